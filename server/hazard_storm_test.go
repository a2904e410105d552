package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// What one person can do to others by asking for too much of what is theirs to ask
// for. Each harm says what came of it: done as often as the budget lets, and refused
// in words beyond that.
func TestHarmByAStorm(t *testing.T) {
	r := newRig(t)
	r.face([]peril{
		{"requests to five hundred strangers", r.storm(storm{
			burst: 40, times: 500, says: "too fast",
			before: func() { r.strangersToAsk(500) },
			does:   func(n int) string { return fmt.Sprintf("send storm%d hello", n) },
		}), always},
		{"invitations and codes", r.storm(storm{
			burst: 20, times: 100, says: "too fast",
			does: func(int) string { return "link" },
		}), always},
		{"reports", r.storm(storm{
			burst: 5, times: 100, says: "too fast",
			does: func(n int) string { return fmt.Sprintf("report lobby/%d because", 1+n%2) },
		}), always},
		{"codes guessed", r.storm(storm{
			burst: 20, times: 200, says: "too fast", none: true,
			does: func(n int) string { return fmt.Sprintf("join ABCD-EFGH-J%03d", n) },
		}), always},
		{"coming into a room and leaving it", r.storm(storm{
			burst: 20, times: 200, says: "too fast",
			again: true, does: func(n int) string { return []string{"join lobby", "leave lobby"}[n%2] },
		}), always},
		{"blocks and blocks taken back", r.storm(storm{
			burst: 10, times: 200, says: "too fast",
			before: func() { r.strangersToAsk(1) },
			again:  true, does: func(n int) string { return []string{"block storm0", "unblock storm0"}[n%2] },
		}), always},
		{"another name again and again", r.storm(storm{
			burst: 120, times: 400, says: "too fast",
			does: func(n int) string { return fmt.Sprintf("profile name n%d", n) },
		}), always},
	})
}

// storm is a line that somebody runs again and again.
type storm struct {
	burst  int // of the budget it takes from
	times  int
	says   string // in the refusal
	none   bool   // none of them is right
	again  bool   // what is so already is done without a change: the log is counted
	before func()
	does   func(n int) string
}

// storm runs it by eight sessions at once, by a person nobody knew, and holds how
// often it was done to what the budget holds and gives back meanwhile.
func (r *rig) storm(s storm) harm {
	return func(ctx context.Context, under func()) error {
		r.strangers++
		nick := fmt.Sprintf("mal%dstorm", r.strangers)
		g, err := r.dial(nick, nil, nil)
		if err != nil {
			return err
		}
		defer g.Close()
		if err := r.known(g); err != nil {
			return err
		}
		if s.before != nil {
			s.before()
		}
		before, err := r.chat.Log.Identity(ctx)
		if err != nil {
			return err
		}
		done, told, err := r.together(g, s, under)
		if err != nil {
			return err
		}
		if after, err := r.chat.Log.Identity(context.WithoutCancel(ctx)); err != nil {
			return err
		} else if s.again {
			done = int(after.Last - before.Last) // with what others say meanwhile
		}
		// What comes back while the storm lasts and what others say are a fifth of it at most, or the machine
		// is too slow to storm.
		if most := s.burst + s.times/5; done > most || s.none && done > 0 {
			return fmt.Errorf("done %d times of %d, want at most %d", done, s.times, most)
		}
		if told == "" || !strings.Contains(told, s.says) {
			return fmt.Errorf("whoever does it is told %q", told)
		}
		<-ctx.Done()
		return nil
	}
}

// together runs a storm, and returns how often it was done and the last that was
// said of those that were not.
func (r *rig) together(g *guest, s storm, under func()) (done int, told string, failed error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	const atOnce = 8
	for worker := range atOnce {
		all.Go(func() {
			for n := worker; n < s.times; n += atOnce {
				errs, err := g.does(s.does(n))
				mu.Lock()
				exit := (*gossh.ExitError)(nil)
				switch {
				case err == nil:
					done++
				case errors.As(err, &exit):
					if told == "" || strings.Contains(errs, s.says) {
						told = errs
					}
				default:
					failed = err
				}
				mu.Unlock()
				under()
			}
		})
	}
	all.Wait()
	return done, told, failed
}

// does runs a verb, and returns what it says on standard error.
func (g *guest) does(line string) (errs string, err error) {
	session, err := g.NewSession()
	for full := (*gossh.OpenChannelError)(nil); errors.As(err, &full); session, err = g.NewSession() {
		time.Sleep(5 * time.Millisecond) // a verb that was done counts until it has ended
	}
	if err != nil {
		return "", err
	}
	defer session.Close()
	var e bytes.Buffer
	session.Stderr = &e
	err = session.Run(line)
	return e.String(), err
}

// strangersToAsk are so many people who do not know anybody.
func (r *rig) strangersToAsk(n int) {
	for i := range n {
		r.person(chat.Nick(fmt.Sprintf("storm%d", i)))
	}
}
