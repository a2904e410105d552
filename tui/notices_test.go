package tui

import (
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// aside is a row that tells what happened, for who sits in front of a conversation
// without a list beside it: in the middle, between two signs, in one muted look.
func (d *deceived) aside(y int) bool {
	row := d.part(y)
	text := strings.TrimSpace(row)
	blanks := len(row) - len(strings.TrimLeft(row, " "))
	right := d.width() - d.left() - blanks - len([]rune(text))
	if blanks < 2 || right < 2 || blanks-right > 1 || right-blanks > 1 || !strings.HasPrefix(text, "· ") || !strings.HasSuffix(text, " ·") {
		return false
	}
	look := d.Cell(d.left()+blanks, y).Style.String()
	for x := d.left() + blanks; x < d.left()+blanks+len([]rune(text)); x++ {
		if d.Cell(x, y).Style.String() != look || look == "" {
			return false
		}
	}
	return true
}

// asides are all of them in sight.
func (d *deceived) asides() (all []string) {
	for y := 1; y < d.composer(); y++ {
		if d.aside(y) {
			all = append(all, strings.Trim(strings.TrimSpace(d.part(y)), "· "))
		}
	}
	return all
}

// Eva looks on while others come and go, and reads it as it happens; who opens the
// group later reads the same among the messages.
func TestWhatHappensInAGroupStandsOnTheScreens(t *testing.T) {
	story(t, func(s *stage) {
		a, b, e := s.Person("ana"), s.Person("beto"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Settle()
		eva := &deceived{s: s, ana: e, seat: s.sit(e, 100, 24)}
		eva.goes("equipo")
		want := []string{"ana creó el grupo contigo"}
		happens := func(line string) {
			t.Helper()
			s.settle(eva.seat)
			want = append(want, line)
			if got := strings.Join(eva.asides(), "\n"); got != strings.Join(want, "\n") {
				t.Fatalf("eva reads\n%s\nand it happened\n%s\n%s", got, strings.Join(want, "\n"), eva.Text())
			}
		}
		s.Add(a, group, b)
		happens("ana añadió a beto")
		s.Say(b, group, "hola")
		s.change(a, group, chat.ConversationChanged{Title: new("Los de siempre")})
		happens(`ana llamó al grupo "Los de siempre"`)
		if _, err := a.GiveRole(s.Ctx, group, "eva", chat.RoleAdmin); err != nil {
			t.Fatal(err)
		}
		happens("ana te dio este papel: administración")
		s.change(e, group, chat.ConversationChanged{Expiry: new(7 * 24 * time.Hour)})
		happens("activaste los mensajes temporales: 7 d")
		s.Say(b, group, "adiós")
		s.Leave(b, group)
		happens("beto salió")
		s.Say(a, group, "qué raro")
		s.settle(eva.seat)
		order := []string{"contigo", "añadió a beto", "hola", "Los de siempre\"", "7 d ·", "adiós", "beto salió", "ana 00:00", "qué raro"}
		late := &deceived{s: s, ana: e, seat: s.sit(e, 80, 24)}
		late.goes("equipo")
		for _, who := range []*deceived{eva, late} {
			at := 0
			for _, text := range order {
				if y := who.rowOf(text); y <= at {
					t.Fatalf("%q stands in row %d, after %d:\n%s", text, y, at, who.Text())
				} else {
					at = y
				}
			}
		}
		if got := strings.Join(late.asides(), "\n"); got != strings.Join(want, "\n") {
			t.Errorf("who comes later reads\n%s", got)
		}
		if _, err := a.Remove(s.Ctx, group, "eva"); err != nil {
			t.Fatal(err)
		}
		s.change(a, group, chat.ConversationChanged{Topic: new("sin eva")})
		happens("ana te sacó")
	})
}

// Mallory says exactly what charla says when something happens, with the signs and
// the blanks around it, in a message and as a topic that is too long for a row: ana
// takes neither for it, not even while she copies, when no bar stands before it.
func TestNobodySaysWhatOnlyCharlaSays(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}} {
		story(t, func(s *stage) {
			a, m := s.Person("ana"), s.Person("mallory")
			group := s.Group(m, "Equipo", a)
			s.Settle()
			ana := &deceived{s: s, ana: a, mallory: m, seat: s.sit(a, size[0], size[1])}
			ana.goes("equipo")
			true0 := ana.asides()
			width := ana.width() - ana.left()
			for _, says := range []string{"· ana salió ·", "\x1b[2m· ana salió ·\x1b[m", strings.Repeat(" ", (width-14)/2) + "· ana salió ·", strings.Repeat("\u00a0", (width-14)/2) + "· ana salió ·", strings.Repeat("─", width) + "\n" + strings.Repeat("\u3000", width/4) + "· ana salió ·"} {
				s.Say(m, group, says)
				s.settle(ana.seat)
				if y := ana.rowOf("ana salió"); ana.aside(y) || ana.whose(y) != "mallory" {
					t.Errorf("%q stands there as %s's:\n%s", says, ana.whose(y), ana.Text())
				}
				if got := ana.asides(); len(got) > len(true0) {
					t.Errorf("after %q happened %q:\n%s", says, got, ana.Text())
				}
			}
			for _, lie := range []string{strings.Repeat("venta ", 9) + strings.Repeat("· ana salió · ", 5), `x" · ana salió · "`} {
				s.change(m, group, chat.ConversationChanged{Topic: &lie})
				s.settle(ana.seat)
				if got := ana.asides(); len(got) == 0 || !strings.HasPrefix(got[len(got)-1], `mallory puso el tema "`) || strings.Count(strings.Join(got, ""), `"`) > 2*len(got) {
					t.Errorf("a topic makes %q:\n%s", got, ana.Text())
				}
				for _, line := range ana.asides() {
					if !strings.HasPrefix(line, "mallory ") {
						t.Errorf("%q happened:\n%s", line, ana.Text())
					}
				}
			}
			ana.Key("esc")
			ana.Type("b")
			s.settle(ana.seat)
			ana.missing("mallory puso el tema")
		})
	}
}

// Notices are neither chosen nor answered: the way up goes from message to message.
func TestOnlyMessagesAreChosen(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		group := s.Group(a, "Equipo", b)
		s.Say(b, group, "uno")
		s.change(a, group, chat.ConversationChanged{Topic: new("cine")})
		s.Say(b, group, "dos")
		s.change(a, group, chat.ConversationChanged{Topic: new("fútbol")})
		s.Settle()
		ana := s.sit(a, 80, 24)
		ana.goes("equipo")
		ana.sees(`pusiste el tema "fútbol"`)
		ana.Key("up")
		ana.Key("up")
		ana.Type("r")
		s.settle(ana)
		ana.sees("uno", "┊")
		ana.Type("sí\n")
		s.settle(ana)
		page, err := a.Page(s.Ctx, group, chat.PageQuery{Limit: 9})
		if err != nil || len(page.Messages) != 3 || page.Messages[2].ReplyTo != page.Messages[0].ID {
			t.Errorf("the group reads %+v, %v", page.Messages, err)
		}
	})
}

// In a talk one of two says for how long, and both read it and see it above the talk.
func TestTheMessagesOfATalkDisappearOnBothScreens(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(a, s.Talk(a, b), "hola")
		s.Settle()
		ana, beto := s.sit(a, 80, 24), s.sit(b, 80, 24)
		ana.goes("beto")
		beto.goes("ana")
		ana.Type("/temporales 7d\n")
		s.settle(ana, beto)
		ana.sees("· activaste los mensajes temporales: 7 d ·", "◷7d", "┊ beto: los mensajes desaparecen al cabo de 7 d")
		beto.sees("· ana activó los mensajes temporales: 7 d ·", "◷7d")
		beto.Key("esc")
		beto.Type("i")
		s.settle(beto)
		beto.sees("los mensajes desaparecen al cabo de 7 d", "cuánto duran los mensajes")
		beto.Type("e")
		s.settle(beto)
		beto.Type("no\n")
		s.settle(ana, beto)
		ana.sees("· beto desactivó los mensajes temporales ·")
		ana.missing("◷7d")
	})
}

// Carla is forgotten: what she said turns to someone's at once, and so does what she
// did and what was done to her, in all that is open, also where she had left before.
func TestWhatHappenedNamesNobodyForgottenRegression(t *testing.T) {
	for _, there := range []bool{true, false} {
		story(t, func(s *stage) {
			a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
			if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankOwner); err != nil {
				t.Fatal(err)
			}
			group := s.Group(c, "Equipo", a, b)
			if _, err := c.Remove(s.Ctx, group, "beto"); err != nil {
				t.Fatal(err)
			}
			s.Say(c, group, "hola")
			s.change(c, group, chat.ConversationChanged{Title: new("Las de carla")})
			if !there {
				s.Leave(c, group)
			}
			s.Settle()
			ana := s.sit(a, 100, 24)
			ana.goes("equipo")
			ana.sees("· carla creó el grupo contigo y con beto ·", "· carla sacó a beto ·", `· carla llamó al grupo "Las de carla" ·`, "▌carla")
			if err := a.Forget(s.Ctx, "carla"); err != nil {
				t.Fatal(err)
			}
			s.settle(ana)
			ana.sees("▌alguien que se fue", "· alguien que se fue creó el grupo contigo y con beto ·", "· alguien que se fue sacó a beto ·", "· alguien que se fue llamó al grupo … ·", "· alguien salió ·")
			ana.missing("carla creó", "carla sacó", "carla llamó", "carla salió")
			late := s.sit(a, 100, 24)
			late.goes("equipo")
			late.sees("· alguien que se fue sacó a beto ·", "· alguien que se fue llamó al grupo … ·", "· alguien salió ·")
		})
	}
}

// On a phone the end of these lines was cut, and in it stood the point: for how long,
// which role. They go on in a row of their own, which is one of charla's too; what
// people typed does not.
func TestTheEndOfWhatHappenedIsReadOnAPhoneRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto-con-nombre-largo")
		group := s.Group(a, "Equipo", b)
		s.Settle()
		beto := &deceived{s: s, ana: b, seat: s.sit(b, 40, 12)}
		beto.goes("equipo")
		happens := func(rows ...string) {
			t.Helper()
			s.settle(beto.seat)
			got := beto.asides()
			if got = got[max(len(got)-len(rows), 0):]; strings.Join(got, "\n") != strings.Join(rows, "\n") {
				t.Errorf("beto reads %q and not %q:\n%s", got, rows, beto.Text())
			}
		}
		s.change(a, group, chat.ConversationChanged{Expiry: new(7 * 24 * time.Hour)})
		happens("ana activó los mensajes", "temporales: 7 d")
		if _, err := a.GiveRole(s.Ctx, group, "beto-con-nombre-largo", chat.RoleAdmin); err != nil {
			t.Fatal(err)
		}
		happens("ana te dio este papel:", "administración")
		s.change(a, group, chat.ConversationChanged{Slow: new(10 * time.Second)})
		happens("ana puso el modo lento: un", "mensaje cada 10 s")
		s.change(a, group, chat.ConversationChanged{Topic: new("lo que se dirá aquí cada lunes")})
		happens("mensaje cada 10 s", `ana puso el tema "lo que se dir…`)
	})
}
