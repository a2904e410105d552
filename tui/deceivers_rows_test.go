package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"charla/server/chat"
)

// zz is a text whose every row begins with the same word, wherever it is broken: what
// stands there could as well be whatever its author wants to be believed. Of the other
// one the rows begin with what joins two words and breaks none.
func zz(n int, word string) string { return strings.TrimSpace(strings.Repeat(word+" ", n)) }

// words are such words, one of them long.
var words = []string{"zz", "zz\u00a0\u00b7\u00a0ana\u2011ana"}

// Mallory writes in each place that charla reads out. Nothing of it begins a row as
// what charla says does, nor as an answer that can be chosen: no row of hers looks like
// a line, a notice, a rule, a name or an answer.
func TestNothingThatIsWrittenBeginsARowOfCharlasRegression(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}} {
		for _, word := range words {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], word), func(t *testing.T) {
				story(t, func(s *stage) {
					d := &deceived{s: s, ana: s.Person("ana"), mallory: s.Person("mallory"), trudy: s.Person("trudy")}
					s.Befriend(d.ana, d.mallory)
					d.group = s.Group(d.mallory, "Equipo "+zz(3, "zz"), d.ana, d.trudy)
					if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
						t.Fatal(err)
					}
					d.seat = s.sit(d.ana, size[0], size[1])
					d.byLongWords(word)
					d.byLongQuestions(word)
				})
			})
		}
	}
}

// byLongWords: what commands print, and the page about a conversation.
func (d *deceived) byLongWords(word string) {
	s := d.s
	s.Say(d.mallory, s.Lobby(), zz(20, word)+"\n"+zz(20, word))
	status, topic := chat.OneLine(zz(30, word), chat.MaxStatus), chat.OneLine(zz(60, word), chat.MaxReason)
	name := chat.OneLine(zz(30, word), 40)
	if err := d.mallory.SetProfile(s.Ctx, chat.Profile{Name: &name, Status: &status}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := d.mallory.Change(s.Ctx, d.group, chat.ConversationChanged{Topic: &topic}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := d.mallory.SendFile(s.Ctx, d.group, chat.File{Name: zz(12, word), Size: 1000, Hash: strings.Repeat("a", 64)}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := d.mallory.OpenRoom(s.Ctx, "sala", topic); err != nil {
		s.t.Fatal(err)
	}
	id := s.Say(d.trudy, s.Lobby(), zz(20, word)+"\n"+zz(20, word))
	if _, err := d.mallory.Report(s.Ctx, id, topic); err != nil {
		s.t.Fatal(err)
	}
	d.goes("notes")
	handle := string(s.See(d.ana, d.group).Handle)
	for _, order := range []string{
		"/leer lobby --last 2", "/buscar zz", "/quien mallory", "/salas", "/lista", "/tema " + handle, "/grupo info " + handle,
		"/info " + handle, "/admin reports", "/admin people", "/grupo miembros " + handle,
	} {
		d.Type(order + "\n")
		s.settle(d.seat)
		d.begins(order, "zz")
		if order == "/salas" {
			d.sees("┊ * lobby", "┊ - sala") // neither begins as a topic goes on
		}
	}
	for _, where := range []string{handle, "mallory", "sala"} {
		d.goes(where)
		d.Key("esc", "i")
		s.settle(d.seat)
		d.begins("the page about "+where, "zz")
		d.Key("esc")
		d.Key("esc", "f")
		s.settle(d.seat)
		d.begins("how files go to "+where, "")
		d.Key("esc")
		s.settle(d.seat)
	}
}

// byLongQuestions: boxes with answers, and what those who look after the server say.
func (d *deceived) byLongQuestions(word string) {
	s := d.s
	d.goes("lobby")
	d.Key("esc", "h")
	s.Say(d.mallory, s.Lobby(), zz(200, word))
	s.settle(d.seat)
	d.Key("up", "!")
	s.settle(d.seat)
	d.sees("denunciarlo y decir por qué", "▶ no", "Enter: no")
	d.begins("the question about a report", "mallory: zz")
	d.Key("esc", "esc")
	d.goes(string(s.See(d.ana, d.group).Handle))
	for _, letter := range []string{"m", "l"} {
		d.Key("esc", "i")
		s.settle(d.seat)
		d.Type(letter)
		s.settle(d.seat)
		d.begins("a question by "+letter, "zz")
		d.Key("esc", "esc")
	}
	for range 2 {
		if err := s.Service.Operator().Warn(s.Ctx, "ana", chat.OneLine(zz(30, word), chat.MaxReason)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.settle(d.seat)
	d.begins("a warning", "zz")
	if n := strings.Count(d.Text(), "│ un aviso de quienes"); n != 2 {
		s.t.Errorf("%d warnings begin, and two were given:\n%s", n, d.Text())
	}
	time.Sleep(2 * startled)
	d.Key("enter")
	title := chat.OneLine("Equipo "+zz(60, word), chat.MaxTitle)
	for range 3 {
		if _, err := d.mallory.Change(s.Ctx, d.group, chat.ConversationChanged{Title: &title}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.settle(d.seat)
	d.begins("a notice", "")
}

// asCharla is a row that begins like a line of charla's: at the edge, behind its mark or
// inside of a box; asAnswer is one that begins like an answer in a box with a question.
var (
	asCharla = regexp.MustCompile(`^(┊ |│ (┊ )?)?(· )?zz`)
	asAnswer = regexp.MustCompile(`^│ (▶ |  )zz`)
)

// begins holds that no row begins with what mallory wrote, and that it is read, if read
// is something.
func (d *deceived) begins(what, read string) {
	d.s.t.Helper()
	text := d.Text()
	if read != "" && !strings.Contains(text, read) {
		d.s.t.Errorf("%s does not tell %q:\n%s", what, read, text)
	}
	edge := -1 // of a box
	for y, whole := range strings.Split(text, "\n")[:d.composer()] {
		row := d.part(y)
		if i := strings.Index(whole, "╭"); i >= 0 {
			edge = utf8.RuneCountInString(whole[:i])
		}
		if edge >= 0 {
			row = string([]rune(whole)[edge:])
		}
		if strings.Contains(whole, "╰") {
			edge = -1
		}
		if y > 0 && asCharla.MatchString(row) || strings.Contains(text, "─ Enter") && asAnswer.MatchString(row) {
			d.s.t.Fatalf("%s: row %d is mallory's and passes for charla's:\n%s", what, y, text)
		}
	}
}
