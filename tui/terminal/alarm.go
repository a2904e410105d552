package terminal

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// maxLater bounds the messages that wait in one session. Beyond it the one that
// is due first comes early.
const maxLater = 64

// After sends msg to the model in a while; return it as a command. Unlike
// [tea.Tick] it costs neither a goroutine nor a timer while it waits, and it
// ends with the session.
func After(d time.Duration, msg tea.Msg) tea.Cmd {
	at := time.Now().Add(d)
	return func() tea.Msg { return afterOrder{at, msg} }
}

// afterOrder is a message that is due at a time.
type afterOrder struct {
	at  time.Time
	msg tea.Msg
}

// alarm is all that a session waits for by the clock: a frame that came too
// early, and what the model wants to be told later. It belongs to the program's
// goroutine, but for the timer's channel, which the pump reads.
type alarm struct {
	timer *time.Timer
	rings time.Time // when timer fires; zero: it does not
	frame time.Time // when a frame that had to wait is due; zero: none
	later []afterOrder
}

func newAlarm() alarm { return alarm{timer: stoppedTimer()} }

// after puts an order where it belongs and returns what the bound pushes out.
func (a *alarm) after(o afterOrder) (early []tea.Msg) {
	i, _ := slices.BinarySearchFunc(a.later, o, func(in, o afterOrder) int {
		if in.at.After(o.at) {
			return 1
		}
		return -1 // also if equal: in the order they were given
	})
	a.later = slices.Insert(a.later, i, o)
	if len(a.later) > maxLater {
		early = []tea.Msg{a.later[0].msg}
		a.later = slices.Delete(a.later, 0, 1)
	}
	return early
}

// due takes what is due by now.
func (a *alarm) due() (msgs []tea.Msg) {
	a.rings = time.Time{}
	n, now := 0, time.Now()
	for n < len(a.later) && !a.later[n].at.After(now) {
		msgs = append(msgs, a.later[n].msg)
		n++
	}
	a.later = slices.Delete(a.later, 0, n)
	return msgs
}

// set sets the timer to what comes next.
func (a *alarm) set() {
	next := a.frame
	if len(a.later) > 0 && (next.IsZero() || a.later[0].at.Before(next)) {
		next = a.later[0].at
	}
	switch {
	case next.Equal(a.rings):
		return
	case next.IsZero():
		a.timer.Stop()
	default:
		a.timer.Reset(time.Until(next))
	}
	a.rings = next
}
