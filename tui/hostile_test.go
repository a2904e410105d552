package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// What people call themselves and their groups, what these are about and what
// somebody is warned of stays in its box, whatever it is: each row of the frame ends
// where the others do, and nothing of it reaches the terminal.
func TestHostileTextStaysInItsBox(t *testing.T) {
	for _, h := range chattest.HostileTexts() {
		story(t, func(s *stage) {
			a, b := s.Person("ana"), s.Person("beto")
			s.Befriend(a, b)
			if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
				t.Fatal(err)
			}
			group := s.Group(a, "Equipo", b)
			_, _ = a.Change(s.Ctx, group, chat.ConversationChanged{Title: &h.Text}) // what is refused
			_, _ = a.Change(s.Ctx, group, chat.ConversationChanged{Topic: &h.Text}) // is not shown either
			_ = a.SetProfile(s.Ctx, chat.Profile{Name: &h.Text, Status: &h.Text})
			_ = a.Warn(s.Ctx, "beto", h.Text)
			s.Settle()
			beto := s.sit(b, 40, 20)
			s.settle(beto)
			boxed := func(where string) {
				t.Helper()
				if err := inBox(beto.Text()); err != nil {
					t.Errorf("%s, %s: %v\n%s", h.Name, where, err, beto.Text())
				}
				if title := beto.Title(); title != "charla" {
					t.Errorf("%s, %s: the terminal is called %q", h.Name, where, title)
				}
			}
			if strings.Contains(beto.Text(), "╭") {
				boxed("a warning")
				time.Sleep(startled)
				beto.Key("enter")
			}
			for _, where := range []string{"equipo", "ana"} {
				beto.goes(where)
				beto.asks()
				boxed("the page about " + where)
				beto.Key("esc")
			}
		})
	}
}

// inBox is nil if a box is on the screen, and all its rows end in its right edge.
func inBox(screen string) error {
	left, right := -1, -1
	for _, row := range strings.Split(screen, "\n") {
		cells := []rune(row)
		if i := strings.IndexRune(row, '╭'); i >= 0 {
			left, right = len([]rune(row[:i])), len(cells)-1
			if cells[right] != '╮' {
				return fmt.Errorf("the upper edge is %q", row)
			}
			continue
		}
		switch {
		case left < 0:
		case len(cells) <= left || cells[left] != '│' && cells[left] != '╰':
			return fmt.Errorf("the left edge is missing in %q", row)
		case cells[left] == '╰':
			return nil
		case cells[len(cells)-1] != '│':
			return fmt.Errorf("the right edge is missing in %q", row)
		}
	}
	return fmt.Errorf("there is no box")
}
