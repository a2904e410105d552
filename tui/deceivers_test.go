package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"charla/server/chat"
)

// Mallory and trudy want ana to believe what is not so. They may say whatever they
// like, be called whatever they like and write it wherever there is something to
// write; her screen says each time who it is that does.

// lie is something that is said, what of it ana reads, and what she is to believe.
type lie struct{ says, reads, believes string }

var lies = []lie{
	{"vale\rana 10:00 pago yo", "pago yo", "that the line is hers: a carriage return overprints"},
	{"\x1b[2J\x1b[1;1H\x1b[31mpantalla limpia", "pantalla limpia", "that the screen is another"},
	{"\u009b2Jotra pantalla\u0085limpia", "limpia", "the same, in C1"},
	{"abc\b\b\bxyz retroceso", "retroceso", "that abc was never there"},
	{"a" + strings.Repeat("\u0301\u0336\u035b", 60) + " apilado", "apilado", "that the rows above are struck out"},
	{"\u4f60\u200d\u4f60\ufe0f\u200b ancho", "ancho", "that the row is longer than it is, so that its end lies on another's"},
	{"--- 2 mensajes nuevos ---", "2 mensajes nuevos", "that what follows is new"},
	{strings.Repeat("─", 12) + " hoy " + strings.Repeat("─", 12), "─ hoy ─", "that a day begins"},
	{"ana se ha ido", "ana se ha ido", "that she is not here"},
	{"[charla] escribe tu frase de paso", "escribe tu frase", "that charla asks for it"},
	{"┊ has entrado con tu llave", "has entrado con", "that charla says so"},
	{"┊ ana: acepto", "ana: acepto", "that somebody answers what she said"},
	{"▌ana 10:00\n▌lo firmo", "lo firmo", "that ana said it"},
	{"ana 10:00\nlo apruebo", "lo apruebo", "that ana said it, for the bar is before all of it"},
	{"┊ ana: pago yo\nya lo dijiste", "ya lo dijiste", "that it answers what ana said"},
	{"    Tú 10:00" + strings.Repeat(" ", 12) + "✓✓\n    lo juro", "lo juro", "that she said it, and it was read"},
	{"hecho" + strings.Repeat(" ", 40) + "✓✓", "hecho", "that everybody has read it"},
	{"\x1b]8;;http://malo.example/\x07banco.example\x1b]8;;\x07", "banco.example", "that it leads there"},
	{"\u202egnp.exe\u202c al revés", "al revés", "that it is exe.png"},
	{"> escribe un mensaje…", "escribe un mensaje", "that the composer is up here"},
	{"\u0430na acepta", "na acepta", "that it is her nick, which is Cyrillic in part"},
}

func TestTwoHostilePeopleDeceiveAThird(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			story(t, func(s *stage) {
				d := &deceived{s: s, ana: s.Person("ana"), mallory: s.Person("mallory"), trudy: s.Person("trudy")}
				s.Befriend(d.ana, d.mallory)
				d.group = s.Group(d.mallory, "Equipo", d.ana, d.trudy)
				if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
					t.Fatal(err)
				}
				d.seat = s.sit(d.ana, size[0], size[1])
				d.byWhatTheySay()
				d.byWhatTheyAreCalled()
				d.byWhatGroupsAreCalled()
				d.byATopic()
				d.byAReport()
				d.byARequest()
			})
		})
	}
}

// deceived is ana, in front of her screen.
type deceived struct {
	s                   *stage
	ana, mallory, trudy *chat.Actor
	group               chat.Ref
	*seat
}

// byWhatTheySay: in a talk, a group and a room alike.
func (d *deceived) byWhatTheySay() {
	places := map[string]chat.Ref{"lobby": d.s.Lobby(), "equipo": d.group, "mallory": d.s.Talk(d.mallory, d.ana)}
	for _, name := range []string{"lobby", "equipo", "mallory"} {
		d.goes(name)
		for _, l := range lies {
			d.s.Say(d.ana, places[name], "sí") // so that a header is in sight
			d.s.Say(d.mallory, places[name], l.says)
			d.s.settle(d.seat)
			d.knows(l, "mallory")
		}
	}
}

// knows holds the row in which ana reads a lie to show who said it, and the screen
// to show nothing that charla would have said if it were true.
func (d *deceived) knows(l lie, who string) {
	d.s.t.Helper()
	y := d.rowOf(l.reads)
	if got := d.whose(y); got != who {
		d.s.t.Errorf("ana is to believe %s: %s says it, and not %s:\n%s", l.believes, got, who, d.Text())
	}
	left := d.left()
	for y := 1; y < d.composer(); y++ {
		for x := left; x < d.width(); x++ {
			c := d.Cell(x, y)
			if c == nil {
				continue
			}
			if c.Link.URL != "" {
				d.s.t.Errorf("%s: a link to %s is hidden in row %d", l.believes, c.Link.URL, y)
			}
			if x > left && strings.Contains("✓", c.Content) && c.Content != "" && d.whose(y) == who && c.Style.Fg != nil {
				d.s.t.Errorf("%s: a tick of %s's in row %d looks as charla's do", l.believes, who, y)
			}
		}
	}
}

// called is a header of a message: the bar, and right behind it the nick.
var called = regexp.MustCompile(`^[▌|]([a-z0-9._-]+) \d\d:\d\d$`)

// whose is who says a row: a nick, "ana" for what stands indented without a bar, or
// "charla" for what only it draws. It looks at no colour, for many terminals have none.
func (d *deceived) whose(y int) string {
	switch first := d.Cell(d.left(), y); {
	case first == nil || strings.TrimSpace(first.Content) == "":
		return "ana"
	case !strings.Contains("▌|", first.Content):
		return "charla"
	}
	for ; y > 0; y-- {
		if m := called.FindStringSubmatch(d.part(y)); m != nil {
			return m[1]
		}
	}
	return "nobody"
}

// byWhatTheyAreCalled: what they call themselves stands in quotes behind the nick,
// and in no header of a message.
func (d *deceived) byWhatTheyAreCalled() {
	for i, name := range []string{"\u0430na", "ana", "ana (owner)", "system", `x" ● ana "`, "ana ● en línea", "\u202eana"} {
		if err := d.mallory.SetProfile(d.s.Ctx, chat.Profile{Name: &name}); err != nil {
			d.s.t.Fatal(err)
		}
		d.s.settle(d.seat)
		newcomer := d.s.sit(d.ana, d.width(), d.height()) // who looks for the first time
		newcomer.Type("/go mallory\n")
		d.s.settle(newcomer)
		head := (&deceived{s: d.s, seat: newcomer}).part(0)
		shown := regexp.MustCompile(`^(1 )?mallory "[^"]*("|…)`)
		if !shown.MatchString(head) || strings.HasPrefix(head, "ana") {
			d.s.t.Errorf("called %q, mallory's talk is headed %q", name, head)
		}
		newcomer.leave()
		d.goes("lobby")
		text := fmt.Sprintf("soy yo %d", i)
		d.s.Say(d.mallory, d.s.Lobby(), text)
		d.s.settle(d.seat)
		d.knows(lie{name, text, "that it is " + name}, "mallory")
	}
}

// byWhatGroupsAreCalled: a group called like somebody is still a group, and cannot be
// reached by their nick; a room takes no nick, nor one that looks like it to a reader.
func (d *deceived) byWhatGroupsAreCalled() {
	for _, title := range []string{"trudy", "tr\u0443dy", "system", "ana"} {
		group := d.s.Group(d.mallory, title, d.ana)
		c := d.s.See(d.ana, group)
		if c.Handle == "trudy" || c.Handle == "ana" {
			d.s.t.Errorf("a group is reached as %s", c.Handle)
		}
		d.s.Say(d.mallory, group, "desde "+string(c.Handle))
		d.s.settle(d.seat)
		d.goes(string(c.Handle))
		if head := d.part(0); !strings.Contains(head, "(2)") || strings.ContainsAny(head, "●○") {
			d.s.t.Errorf("the group %q is headed %q, as a talk may be", title, head)
		}
		if head := d.part(0); title != "trudy" && title != "system" && title != "ana" && !strings.Contains(head, string(c.Handle)) {
			d.s.t.Errorf("the group %q of two alphabets is headed %q, without its handle", title, head)
		}
		d.knows(lie{title, "desde " + string(c.Handle), "that trudy said it"}, "mallory")
	}
	for _, name := range []string{"trudy", "Trudy", "tr\u0443dy", "ｔｒｕｄｙ", "tru\u200bdy", "trudy\n", "system"} {
		if c, err := d.mallory.OpenRoom(d.s.Ctx, name, ""); err == nil {
			d.s.t.Errorf("a room %q is opened as %s", name, c.Handle)
		}
	}
}

// byATopic: its lines are one, and it is charla that reads it out.
func (d *deceived) byATopic() {
	topic := "ventas\n▌ana 10:00\n▌acepto\r\x1b[2J"
	if _, err := d.mallory.Change(d.s.Ctx, d.group, chat.ConversationChanged{Topic: &topic}); err != nil {
		d.s.t.Fatal(err)
	}
	d.goes("equipo")
	d.Type("/topic equipo\n")
	d.s.settle(d.seat)
	for _, part := range []string{"ventas", "acepto"} {
		if y := d.rowOf(part); d.whose(y) != "charla" || !strings.HasPrefix(d.part(y), "┊ ") {
			d.s.t.Errorf("the topic stands there as %s's:\n%s", d.whose(y), d.Text())
		}
	}
}

// byAReport: its reason looks like another line of what admins read.
func (d *deceived) byAReport() {
	id := d.s.Say(d.trudy, d.s.Lobby(), "hola a todas\n01HZZZZZZZZZZZZZZZZZZZZZZZ  2026-01-01 10:00 UTC  system: banned mallory")
	reason := "feo)\n01HZZZZZZZZZZZZZZZZZZZZZZZ  2026-01-01 10:00 UTC  ana denuncia lo que dijo beto: nada"
	if _, err := d.mallory.Report(d.s.Ctx, id, reason); err != nil {
		d.s.t.Fatal(err)
	}
	d.goes("notes")
	d.Type("/admin reports\n")
	d.s.settle(d.seat)
	heads := 0
	for y := 1; y < d.composer(); y++ {
		row := d.part(y)
		if strings.HasPrefix(row, "┊ 01HZZ") {
			d.s.t.Errorf("a line that somebody typed stands where reports begin:\n%s", d.Text())
		}
		if regexp.MustCompile(`^┊ [0-9A-Z]{26}`).MatchString(row) {
			heads++
		}
		if strings.Contains(row, "system: banned") && d.whose(y) != "charla" {
			d.s.t.Errorf("it is %s's:\n%s", d.whose(y), d.Text())
		}
	}
	if heads != 1 {
		d.s.t.Errorf("%d reports, and one was made:\n%s", heads, d.Text())
	}
}

// byARequest: what a stranger writes looks as if ana had let them in long ago, or as
// charla's question.
func (d *deceived) byARequest() {
	eva := d.s.Person("eva")
	talk := d.s.Talk(eva, d.ana)
	d.s.Say(eva, talk, "ana ha aceptado tu petición")
	d.s.Say(eva, talk, "mallory quiere escribirte: Enter decide")
	d.s.settle(d.seat)
	d.goes("eva")
	d.knows(lie{"", "ha aceptado", "that she did"}, "eva")
	d.knows(lie{"", "mallory quiere", "that it is mallory who asks"}, "eva")
	var asked []string
	for y := 1; y < d.composer(); y++ {
		if row := d.part(y); strings.Contains(row, "quiere escribirte") && d.Cell(d.left(), y).Content != "▌" {
			asked = append(asked, strings.TrimSpace(row))
		}
	}
	if len(asked) != 1 || !strings.HasPrefix(asked[0], "eva quiere escribirte") {
		d.s.t.Errorf("charla asks %q:\n%s", asked, d.Text())
	}
	if c := d.s.See(d.ana, talk); !c.Request {
		d.s.t.Error("eva is let in")
	}
}

// goes opens a conversation.
func (d *deceived) goes(where string) {
	d.s.t.Helper()
	d.Type("/go " + where + "\n")
	d.s.settle(d.seat)
}

// left is the first column of the conversation: behind the list, where there is room.
func (d *deceived) left() int {
	for x := range d.width() {
		if c := d.Cell(x, 0); c != nil && (c.Content == "│" || c.Content == "|") {
			return x + 1
		}
	}
	return 0
}

func (d *deceived) width() int {
	x := 0
	for d.Cell(x, 0) != nil {
		x++
	}
	return x
}

func (d *deceived) height() int {
	y := 0
	for d.Cell(0, y) != nil {
		y++
	}
	return y
}

// composer is the row of what ana types.
func (d *deceived) composer() int { return d.height() - 2 }

// part is a row of the conversation.
func (d *deceived) part(y int) string {
	var b strings.Builder
	for x := d.left(); x < d.width(); x++ {
		b.WriteString(d.Cell(x, y).Content)
	}
	return strings.TrimRight(b.String(), " ")
}

// rowOf is the last row of the conversation that holds a text.
func (d *deceived) rowOf(text string) int {
	d.s.t.Helper()
	for y := d.composer() - 1; y > 0; y-- {
		if strings.Contains(d.part(y), text) {
			return y
		}
	}
	d.s.t.Fatalf("%q is not there:\n%s", text, d.Text())
	return 0
}
