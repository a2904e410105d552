package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

// team is a group of ana's with a topic and rules, as somebody sees it.
func (s *stage) team(ana *chat.Actor, others ...*chat.Actor) chat.Ref {
	group := s.Group(ana, "Equipo", others...)
	s.change(ana, group, chat.ConversationChanged{Topic: new("lo del viernes"), Expiry: new(7 * 24 * time.Hour), Slow: new(30 * time.Second)})
	s.Settle()
	return group
}

// goes opens a conversation.
func (p *seat) goes(handle string) {
	p.s.t.Helper()
	p.Type("/go " + handle + "\n")
	p.s.settle(p)
}

// asks opens the page about the conversation in focus.
func (p *seat) asks() {
	p.s.t.Helper()
	p.Key("esc", "i")
	p.s.settle(p)
}

// The page about a group says what it is and offers what one may do there: all to
// its owner, little to a member.
func TestThePageAboutAGroup(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}} {
		for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
			story(t, func(s *stage) {
				a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
				s.team(a, b, c)
				name := sized("info-", size, lang)
				ana := s.sit(a, size[0], size[1], func(c *Config) { c.Words = i18n.For(lang) })
				beto := s.sit(b, size[0], size[1], func(c *Config) { c.Words = i18n.For(lang) })
				ana.goes("equipo")
				beto.goes("equipo")
				ana.asks()
				beto.asks()
				golden(t, name+"-owner", ana.Text())
				golden(t, name+"-member", beto.Text())
				if size[0] == 40 {
					plain := s.sit(a, size[0], size[1], func(c *Config) { c.Words, c.ASCII = i18n.For(lang), true })
					plain.goes("equipo")
					plain.Type("/info\n")
					s.settle(plain)
					golden(t, name+"-ascii", plain.Text())
				}
			})
		}
	}
}

// The page follows what others decide, and a letter that is only for others says so.
func TestThePageFollowsWhatIsDecided(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		group := s.team(a, b, c)
		beto := s.sit(b, 100, 30)
		beto.goes("equipo")
		beto.asks()
		beto.sees("lo del viernes", "ana  propiedad", "carla")
		beto.missing("otro título")
		beto.Key("n")
		beto.sees("quien lo administra, sí")
		if _, err := a.GiveRole(s.Ctx, group, "beto", chat.RoleAdmin); err != nil {
			t.Fatal(err)
		}
		s.change(a, group, chat.ConversationChanged{Topic: new("lo del lunes")})
		s.settle(beto)
		beto.sees("lo del lunes", "beto  admin", "otro título")
		if _, err := a.Remove(s.Ctx, group, "beto"); err != nil {
			t.Fatal(err)
		}
		s.settle(beto)
		beto.sees("te sacaron")
		beto.missing("otro título", "ana  propiedad")
	})
}

// Somebody who knows no command renames, adds, silences, makes an admin of, puts
// out and leaves, by letters and lists.
func TestAGroupIsLookedAfterByLetters(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		s.Person("dora")
		group := s.team(a, b, c)
		ana := s.sit(a, 100, 30)
		ana.goes("equipo")
		ana.asks()
		ana.Key("n")
		ana.Type("Los del viernes\n")
		s.settle(ana)
		ana.sees("equipo se llama ahora Los del viernes", "1 Los del viernes")
		ana.asks()
		ana.Key("a")
		ana.sees("> /grupo añadir equipo")
		ana.Type("dora\n")
		s.settle(ana)
		ana.sees("dora está en equipo; 4 personas")
		onto := func(nick string) {
			t.Helper()
			ana.asks()
			ana.Key("p")
			ana.Type(nick + "\n")
			ana.sees(nick+" (", "escribirle")
		}
		onto("beto")
		ana.sees("que solo lea", "que administre", "pasarle la propiedad", "sacar del grupo")
		ana.Key("down", "enter")
		s.settle(ana)
		ana.sees("beto tiene ahora en equipo este papel: en silencio")
		onto("carla")
		ana.Key("down", "down", "enter")
		s.settle(ana)
		ana.sees("carla tiene ahora en equipo este papel: administración")
		onto("beto")
		ana.Key("down", "down", "down", "enter")
		s.settle(ana)
		ana.sees("beto está fuera de equipo")
		if see := s.See(b, group); see.Member || !see.Barred {
			t.Errorf("beto sees %+v", see)
		}
		ana.asks()
		ana.Key("l")
		ana.sees("¿Salir de Los del viernes (equipo)?")
		ana.Key("s")
		s.settle(ana)
		ana.sees("Es tuyo. ¿Quién te sigue?", "carla", "dora")
		golden(t, "info-heir", ana.Text())
		ana.Type("dora\n")
		s.settle(ana)
		ana.sees("has dejado equipo")
		if see := s.See(c, group); see.Members != 2 || see.Role != chat.RoleAdmin {
			t.Errorf("carla sees %+v", see)
		}
	})
}

// A member may write to others from the list, and nothing more; mutes and leaves.
func TestWhatAMemberMayDoByLetters(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.team(a, b)
		beto := s.sit(b, 80, 24)
		beto.goes("equipo")
		beto.Type("a medias")
		beto.asks()
		beto.Key("m")
		beto.sees("¿Sin avisos de Equipo, por cuánto tiempo?")
		beto.Key("enter")
		s.settle(beto)
		beto.sees("equipo está en silencio hasta", "⊘", "> a medias")
		beto.Key("ctrl+c")
		beto.asks()
		beto.sees("en silencio: sin avisos", "volver a avisar")
		beto.Key("p", "enter")
		s.settle(beto)
		beto.sees("ana (propiedad)", "escribirle")
		beto.missing("sacar", "solo lea")
		beto.Key("enter")
		s.settle(beto)
		beto.sees("1 ana")
		beto.goes("equipo")
		beto.asks()
		beto.Key("l", "enter") // what stands chosen is to stay
		s.settle(beto)
		beto.missing("has dejado")
		beto.asks()
		beto.Key("l", "s")
		s.settle(beto)
		beto.sees("has dejado equipo")
	})
}

// The page about somebody says what they say of themselves and what they show;
// from it they are blocked, and let in again.
func TestThePageAboutSomebody(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.team(a, b)
		name, status := "Alberto P.", "de viaje\x1b[2J hasta el lunes"
		if err := b.SetProfile(s.Ctx, chat.Profile{Name: &name, Status: &status}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		ana, beto := s.sit(a, 80, 24), s.sit(b, 80, 24)
		ana.goes("beto")
		ana.asks()
		ana.sees(`beto "Alberto P."`, "de viaje hasta el lunes", "está aquí", "Grupos en común")
		golden(t, "info-talk", ana.Text())
		ana.Key("esc")
		beto.leave()
		b.Gone()
		time.Sleep(time.Minute)
		synctest.Wait()
		s.settle(ana)
		ana.asks()
		ana.sees("visto")
		ana.Key("b")
		s.settle(ana)
		ana.asks()
		ana.sees("has bloqueado a esta persona", "desbloquear")
		ana.missing("visto")
		ana.Key("b")
		s.settle(ana)
		ana.sees("has desbloqueado a")
		ana.goes(string(chat.Notes))
		ana.asks()
		ana.Key("t")
		ana.sees("/perfil estado")
	})
}

// In a room those are listed who look after it, however many are there; who is not
// in it comes in by a letter, and the title opens the page for a mouse.
func TestThePageAboutARoom(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		if _, err := a.OpenRoom(s.Ctx, "temas", "de todo"); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		beto := s.sit(b, 100, 30)
		beto.goes("temas")
		beto.Click(40, 0)
		s.settle(beto)
		beto.sees("de todo", "Quienes la administran", "ana  propiedad")
		beto.Key("j")
		s.settle(beto)
		beto.sees("estás en temas; 2 personas")
	})
}

// The letters of an answer are of the language it is asked in.
func TestTheLettersOfAnswersAreOfOneLanguage(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		group := s.team(a, b)
		beto := s.sit(b, 80, 24, func(c *Config) { c.Words = i18n.For(i18n.English) })
		beto.goes("equipo")
		beto.asks()
		beto.Key("l", "s")
		s.settle(beto)
		beto.sees("Leave Equipo?")
		beto.Key("y")
		s.settle(beto)
		beto.sees("you left equipo")
		if s.See(b, group).Member {
			t.Error("beto is in it still")
		}
	})
}

// Somebody types a command while a page stands in front: its slash closed the page,
// and the rest was sent to everybody as words.
func TestTextOverAPageIsWrittenRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		ana := s.sit(a, 80, 24)
		ana.goes("beto")
		ana.Key("f1")
		ana.Type("/mute 1h")
		s.settle(ana)
		ana.sees("> /mute 1h")
		ana.Key("enter")
		s.settle(ana)
		if got := s.Texts(a, s.Talk(a, b)); len(got) > 0 && strings.Contains(got[len(got)-1], "mute") {
			t.Errorf("beto reads %q", got)
		}
		ana.Key("f1")
		ana.Key("q")
		s.settle(ana)
		ana.missing("> q")
	})
}

// The page about a conversation said who was here when it was opened, for as long as it
// stayed open.
func TestThePageKnowsWhoComesAndGoesRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		s.Befriend(a, b)
		s.team(a, b, c)
		ana := s.sit(a, 80, 40)
		page := func(handle string, away, here string) {
			t.Helper()
			ana.goes(handle)
			ana.asks()
			ana.sees(away)
			for range 3 { // more than once, and quickly
				beto := s.sit(b, 80, 24)
				time.Sleep(5 * time.Second)
				s.settle(ana)
				ana.sees(here)
				beto.leave()
				time.Sleep(5 * time.Second)
				s.settle(ana)
				ana.sees(away)
				ana.missing(here)
			}
			ana.Key("esc")
		}
		page("equipo", "│ ○ beto", "│ ● beto")
		page("beto", "│ no está", "│ está aquí")
	})
}
