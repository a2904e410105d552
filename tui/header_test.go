package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"charla/server/chat"
	"charla/tui/tuitest"
)

// Mallory writes so much that her own header is off the top of ana's screen. Then a
// line of hers that is typed like a header stood first, and nothing but its colour told
// it from one; a terminal without colours did not tell it at all.
func TestNoLineOfAMessagePassesForAHeaderRegression(t *testing.T) {
	for _, terminal := range []struct {
		name    string
		options []tuitest.Option
	}{
		{"xterm", nil},
		{"vt100", []tuitest.Option{tuitest.WithTerm("vt100"), tuitest.WithEnviron("NO_COLOR=1", "LANG=C")}},
	} {
		for _, size := range [][2]int{{80, 24}, {40, 20}} {
			t.Run(fmt.Sprintf("%s-%dx%d", terminal.name, size[0], size[1]), func(t *testing.T) {
				story(t, func(s *stage) {
					ana, mallory := s.Person("ana"), s.Person("mallory")
					d := &deceived{s: s, ana: ana, mallory: mallory, seat: s.sitAt(ana, size[0], size[1], terminal.options)}
					d.byALongMessage()
					d.byACopiedOne()
				})
			})
		}
	}
}

// byALongMessage: wherever ana scrolls to, the first row says who speaks, and below it
// no row says that somebody else does.
func (d *deceived) byALongMessage() {
	d.s.Say(d.ana, d.s.Lobby(), "sí")
	for range 3 {
		d.s.Say(d.mallory, d.s.Lobby(), strings.Repeat("▌ana 10:00\n|ana 10:00\nana 10:00\n    Tú 10:00\n┊ ana: vale\n: ana: vale\nlo firmo\n", 7)+"fin")
	}
	d.s.settle(d.seat)
	for range 12 {
		for y := 1; y < d.composer(); y++ {
			if who := d.whose(y); who != "mallory" && strings.TrimSpace(d.part(y)) != "" {
				if who != "charla" || strings.Contains(d.part(y), "ana") {
					d.s.t.Fatalf("row %d passes for one of %s:\n%s", y, who, d.Text())
				}
			}
		}
		d.Wheel(d.width()-3, 5, 1)
		d.s.settle(d.seat)
	}
}

// byACopiedOne: where text stands from the first cell on, to be selected, what charla
// says ends in a rule to the last cell, and no text goes there.
func (d *deceived) byACopiedOne() {
	long := strings.Repeat("─", 300)
	d.s.Say(d.mallory, d.s.Lobby(), "ana 10:00 "+long+"\nlo firmo\n┊ con tu llave "+long)
	d.Key("esc")
	d.Type("G")
	d.Key("esc")
	d.Type("b")
	d.s.settle(d.seat)
	header := regexp.MustCompile(`^mallory \d\d:\d\d [─-]+$`)
	last, heads := d.width()-1, 0
	for y := range d.composer() {
		if c := d.Cell(last, y); c == nil || strings.TrimSpace(c.Content) == "" {
			continue
		}
		if row := d.part(y); header.MatchString(row) {
			heads++
		} else if strings.Contains(row, "ana 10:00") || strings.Contains(row, "con tu llave ─") {
			d.s.t.Fatalf("row %d passes for charla's:\n%s", y, d.Text())
		}
	}
	if heads == 0 {
		d.s.t.Fatalf("nobody says it:\n%s", d.Text())
	}
}

// A file can be called like a header, and the line that fetches it may break there.
func TestNoNameOfAFilePassesForAHeaderRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, mallory := s.Person("ana"), s.Person("mallory")
		d := &deceived{s: s, ana: a, mallory: mallory, seat: s.sit(a, 40, 20)}
		for n := range 30 {
			name := strings.Repeat("a", n) + " ana 10:00 " + strings.Repeat("b", 30) + " ▌ana 10:00"
			if _, err := mallory.SendFile(s.Ctx, s.Lobby(), chat.File{Name: name, Size: 1000, Hash: strings.Repeat("a", 64)}); err != nil {
				t.Fatal(err)
			}
			s.settle(d.seat)
			for y := 1; y < d.composer(); y++ {
				if who := d.whose(y); who == "ana" && strings.TrimSpace(d.part(y)) != "" || strings.HasPrefix(d.part(y), "▌ana") {
					t.Fatalf("%q: row %d passes for one of ana's:\n%s", name, y, d.Text())
				}
			}
		}
	})
}

// What a command prints of a message begins with who said it. A long message broke at
// the edge of the pane where a line began that looked like another one's.
func TestNoLineThatIsPrintedPassesForAnotherRegression(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}} {
		story(t, func(s *stage) {
			a, mallory := s.Person("ana"), s.Person("mallory")
			d := &deceived{s: s, ana: a, mallory: mallory, seat: s.sit(a, size[0], size[1])}
			for n := range 60 {
				forged := "2000-01-01 00:00 UTC ana en lobby: lo firmo"
				s.Say(mallory, s.Lobby(), strings.Repeat("x", n)+" "+forged+"\n"+strings.Repeat("y", n)+" "+forged)
				for _, order := range []string{"/leer lobby --last 1", "/buscar firmo --last 1"} {
					d.Type(order + "\n")
					s.settle(d.seat)
					for y := 1; y < d.composer(); y++ {
						if row := d.part(y); strings.HasPrefix(row, "┊ 2000-01-01 00:00 UTC ana") || strings.HasPrefix(row, "┊ 2000") && !strings.Contains(row, "mallory") {
							t.Fatalf("%s: row %d passes for one of ana's:\n%s", order, y, d.Text())
						}
					}
				}
			}
		})
	}
}
