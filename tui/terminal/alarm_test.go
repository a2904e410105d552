package terminal

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Messages for later come in the order they are due, those of one time in the
// order they were given, and beyond the bound the next one comes early rather
// than never.
func TestMessagesForLaterComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm()
		start := time.Now()
		for i, after := range []time.Duration{3, 1, 2, 1} {
			if early := a.after(afterOrder{start.Add(after * time.Second), i}); early != nil {
				t.Fatalf("%v came early", early)
			}
		}
		var got []tea.Msg
		for a.set(); !a.rings.IsZero(); a.set() {
			at := <-a.timer.C
			if late := at.Sub(a.rings); late != 0 {
				t.Errorf("the alarm rang %v late", late)
			}
			got = append(got, a.due()...)
		}
		if want := []tea.Msg{1, 3, 2, 0}; !slices.Equal(got, want) {
			t.Errorf("they came as %v, want %v", got, want)
		}
		for i := range maxLater {
			a.after(afterOrder{start.Add(time.Duration(100+i) * time.Second), i})
		}
		if early := a.after(afterOrder{start.Add(time.Hour), "more"}); !slices.Equal(early, []tea.Msg{0}) || len(a.later) != maxLater {
			t.Errorf("beyond the bound came %v, and %d wait", early, len(a.later))
		}
	})
}
