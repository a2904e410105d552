package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"charla/server/chat"
)

// forgetful is an eraser that leaves no words but those it knows, and no draft of
// one person.
type forgetful struct {
	keeps string
	user  chat.UserID
}

func (f forgetful) Envelope(_ context.Context, _ uint64, e chat.Envelope) (_ chat.Envelope, changed bool, err error) {
	e.Events = slices.Clone(e.Events)
	for i, event := range e.Events {
		if b, ok := event.Body.(chat.MessagePosted); ok && !strings.Contains(b.Text, f.keeps) {
			e.Events[i] = chat.Erase(event, chat.Fate{Effect: true, Gone: true})
			changed = true
		}
	}
	return e, changed, nil
}

func (f forgetful) Keeps(_ context.Context, user chat.UserID, _ chat.Slot) (bool, error) {
	return user != f.user, nil
}

// A log that is written anew has the same events at the same positions, decides
// names as before, and what was taken out is in none of its bytes.
func TestRewrittenLogIsTheSameButForItsWords(t *testing.T) {
	dir, ana, beto := t.TempDir(), chat.NewID[chat.Person](), chat.NewID[chat.Person]()
	j := mustOpen(t, dir)
	claim := chat.Event{ID: chat.NewID[chat.Event](), By: ana, Body: chat.PersonClaimed{Nick: "ana"}}
	version, err := j.AppendIf(t.Context(), chat.NameSubject("ana"), 0, claim)
	must(t, err)
	for i := range 1500 {
		words := fmt.Sprint("public ", i)
		if i%3 == 0 {
			words = fmt.Sprint("secret ", i)
		}
		_, err := j.Append(t.Context(), post(words), post("public as well"))
		must(t, err)
	}
	must(t, j.Put(t.Context(), beto, "draft.X", []byte("overwritten draft")))
	must(t, j.Put(t.Context(), beto, "draft.X", []byte("standing draft")))
	must(t, j.Put(t.Context(), beto, "draft.Y", []byte("cleared draft")))
	must(t, j.Put(t.Context(), beto, "draft.Y", nil))
	must(t, j.Put(t.Context(), ana, "draft.X", []byte("forgotten draft")))

	to := filepath.Join(t.TempDir(), "log")
	must(t, j.Rewrite(t.Context(), to, forgetful{keeps: "public", user: ana}))
	anew := mustOpen(t, to)
	must(t, anew.ErasedFrom(t.Context(), j))
	before, after := readAll(t, j), readAll(t, anew)
	if len(before) != len(after) {
		t.Fatalf("%d events became %d", len(before), len(after))
	}
	for i := range before {
		if before[i].at != after[i].at || !after[i].event.ErasedFrom(before[i].event) {
			t.Fatalf("%+v became %+v", before[i], after[i])
		}
	}
	again := chat.Event{ID: chat.NewID[chat.Event](), By: beto, Body: chat.PersonClaimed{Nick: "ana"}}
	if _, err := anew.AppendIf(t.Context(), chat.NameSubject("ana"), 0, again); !errors.Is(err, chat.ErrConflict) {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := anew.AppendIf(t.Context(), chat.NameSubject("ana"), version.Seq(), again); err != nil {
		t.Errorf("after what decided it: %v", err)
	}
	must(t, anew.Close())
	for _, words := range []string{"secret", "overwritten", "cleared", "forgotten"} {
		if in := holding(t, to, words); in != "" {
			t.Errorf("%q is in %s", words, in)
		}
	}
	for _, words := range []string{"public 1499", "standing"} {
		if holding(t, to, words) == "" {
			t.Errorf("%q is nowhere", words)
		}
	}
	must(t, j.Close())
}

// holding is the name of a file below dir that has these bytes.
func holding(t *testing.T, dir, words string) (in string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(words)) {
			in = path
		}
		return err
	}))
	return in
}

// What is known to be lost is lost in the new log too, wherever it was: serve
// compares how much.
func TestRewrittenLogLacksWhatWasLost(t *testing.T) {
	for _, lost := range [][]uint64{{1, 2}, {4, 5, 9}, {20}, {1, 7, 19, 20}} {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			j := mustOpen(t, t.TempDir())
			for i := range 20 {
				_, err := j.Append(t.Context(), post(fmt.Sprint(i)))
				must(t, err)
			}
			for _, seq := range lost {
				must(t, j.engine.ev.DeleteMsg(t.Context(), seq))
			}
			j.cutOff = 3 // as after a crash that cut off the end
			to := t.TempDir()
			must(t, j.Rewrite(t.Context(), to, forgetful{}))
			anew := mustOpen(t, to)
			must(t, anew.ErasedFrom(t.Context(), j))
			if n, err := anew.Lost(t.Context()); err != nil || n != uint64(len(lost)+3) {
				t.Errorf("%d records are lost, %v; want %d", n, err, len(lost)+3)
			}
			if is, was := identity(t, anew), identity(t, j); is.Last != was.Last || is.Created.Equal(was.Created) {
				t.Errorf("it is %+v, was %+v", is, was)
			}
			must(t, anew.Close())
			must(t, j.Close())
		})
	}
}

func identity(t *testing.T, j *Journal) chat.LogIdentity {
	t.Helper()
	id, err := j.Identity(t.Context())
	must(t, err)
	return id
}

// clumsy is an eraser that does more than it may.
type clumsy func([]chat.Event) []chat.Event

func (c clumsy) Envelope(_ context.Context, _ uint64, e chat.Envelope) (chat.Envelope, bool, error) {
	e.Events = c(slices.Clone(e.Events))
	return e, true, nil
}

func (c clumsy) Keeps(context.Context, chat.UserID, chat.Slot) (bool, error) { return true, nil }

// A log that is anything else than the old one without its words is found out.
func TestRewriteThatWentWrongIsFound(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	_, err := j.Append(t.Context(), post("one"), post("two"))
	must(t, err)
	for name, c := range map[string]struct {
		harm  clumsy
		extra bool
		right bool
	}{
		"nothing wrong": {func(e []chat.Event) []chat.Event { return e }, false, true},
		"words": {func(e []chat.Event) []chat.Event {
			e[1].Body = chat.MessagePosted{Conversation: chat.LobbyID, Erased: true}
			return e
		}, false, true},
		"one is missing":  {func(e []chat.Event) []chat.Event { return e[:1] }, false, false},
		"another order":   {func(e []chat.Event) []chat.Event { slices.Reverse(e); return e }, false, false},
		"another author":  {func(e []chat.Event) []chat.Event { e[1].By = chat.NewID[chat.Person](); return e }, false, false},
		"another kind":    {func(e []chat.Event) []chat.Event { e[1].Body = chat.MessageEdited{Erased: true}; return e }, false, false},
		"another place":   {func(e []chat.Event) []chat.Event { e[1].Body = chat.MessagePosted{Erased: true}; return e }, false, false},
		"a record beyond": {func(e []chat.Event) []chat.Event { return e }, true, false},
	} {
		to := t.TempDir()
		must(t, j.Rewrite(t.Context(), to, c.harm))
		anew := mustOpen(t, to)
		if c.extra {
			_, err := anew.Append(t.Context(), post("three"))
			must(t, err)
		}
		if err := anew.ErasedFrom(t.Context(), j); (err == nil) != c.right {
			t.Errorf("%s: %v", name, err)
		}
		must(t, anew.Close())
	}
	must(t, j.Close())
}
