package projector_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/projector"
)

type (
	state  = projector.State
	origin = projector.Origin
)

func TestCompare(t *testing.T) {
	made := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	digest := [8]byte{1, 2, 3}
	whole := state{LogIdentity: chat.LogIdentity{Created: made, First: 1, Last: 100}, Digest: digest, There: true}
	model := origin{Created: made, Seq: 90, Digest: digest}
	with := func(change func(*state, *origin)) (state, origin) {
		s, o := whole, model
		change(&s, &o)
		return s, o
	}
	for _, tt := range []struct {
		name   string
		change func(*state, *origin)
		want   projector.Verdict
		how    projector.Difference
		says   string
	}{
		{"same", func(*state, *origin) {}, projector.Fine, "", ""},
		{"model at the end", func(s *state, o *origin) { s.Last = 90 }, projector.Fine, "", ""},
		{"both empty", func(s *state, o *origin) {
			*s, *o = state{LogIdentity: chat.LogIdentity{Created: made}}, origin{}
		}, projector.Fine, "", ""},
		{"new model", func(s *state, o *origin) { *o = origin{} }, projector.Fine, "", ""},
		{"new model, log with gaps", func(s *state, o *origin) { s.Lost, *o = 5, origin{} }, 0, projector.Gaps, "without 5 that were lost, and there is no read model that could have them"},
		{"end lost and done without", func(s *state, o *origin) { s.There, s.Lost, o.Lost, o.Digest = false, 5, 5, [8]byte{} }, projector.Fine, "", ""},
		{"entry gone with others", func(s *state, o *origin) { s.There, s.Lost = false, 5 }, 0, projector.Gaps, "without 5"},
		{"bound to another log, nothing applied", func(s *state, o *origin) { *o = origin{Created: made.Add(-time.Hour)} }, projector.Fine, "", ""},
		{"model damaged", func(s *state, o *origin) {
			*o = origin{Unreadable: errors.New("malformed")}
		}, projector.Rebuild, "", ""},
		{"model damaged, log with gaps", func(s *state, o *origin) {
			s.Lost, *o = 5, origin{Unreadable: errors.New("malformed")}
		}, 0, projector.Gaps, "without 5 that were lost, and the read model cannot be read: malformed"},
		{"log younger", func(s *state, o *origin) { s.Created = made.Add(time.Hour) }, 0, projector.Younger, "the log was made 2026-03-01 13:00:00.000"},
		{"log older", func(s *state, o *origin) { s.Created = made.Add(-time.Hour) }, 0, projector.Older, ""},
		{"log shorter", func(s *state, o *origin) { s.Last, s.There = 60, false }, 0, projector.Shorter, "holds entries 1 to 60; the read model was built from it when it reached entry 90"},
		{"log empty", func(s *state, o *origin) { s.First, s.Last, s.There = 0, 0, false }, 0, projector.Shorter, ""},
		{"log different", func(s *state, o *origin) { s.Digest[0]++ }, 0, projector.Different, "0202030000000000 here, 0102030000000000 there"},
		{"entry gone", func(s *state, o *origin) { s.There = false }, 0, projector.Different, ""},
		{"log with gaps", func(s *state, o *origin) { s.Lost = 5 }, 0, projector.Gaps, "without 5"},
		{"shelf shorter", func(s *state, o *origin) { s.Shelf, o.Shelf = 3, 4 }, 0, projector.NoShelf, "ends at value 3; the read model was built from it up to value 4"},
		{"only the shelf applied", func(s *state, o *origin) { s.Shelf, s.There, *o = 4, false, origin{Created: made, Shelf: 4} }, projector.Fine, "", ""},
		{"shelf longer", func(s *state, o *origin) { s.Shelf, o.Shelf = 4, 3 }, projector.Fine, "", ""},
		{"gaps the model was begun with", func(s *state, o *origin) { s.Lost, o.Lost = 5, 5 }, projector.Fine, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := projector.Compare(with(tt.change))
			var mismatch *projector.MismatchError
			if got != tt.want || (tt.how == "") != (err == nil) {
				t.Fatalf("got %v, %v", got, err)
			}
			if err == nil {
				return
			}
			if !errors.As(err, &mismatch) || mismatch.How != tt.how || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want %q and %q", err, tt.how, tt.says)
			}
		})
	}
}

// digesting remembers the last entry it was given.
type digesting struct {
	chat.View
	last chat.Entry
}

func (v *digesting) Apply(ctx context.Context, b chat.Batch) ([]chat.Change, error) {
	if n := len(b.Log); n > 0 {
		v.last = b.Log[n-1]
	}
	return v.View.Apply(ctx, b)
}

func TestCheckReadsTheLog(t *testing.T) {
	log := chattest.NewLog()
	view := &digesting{View: chattest.NewView()}
	p := projector.New(log, log, view, &published{}, slog.New(slog.DiscardHandler))
	end := run(t, p)
	mustAppend(t, log, post("one"))
	if err := p.Await(t.Context(), mustAppend(t, log, post("two"))); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	id, err := log.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	remembered := origin{Created: id.Created, Seq: view.last.Seq, Digest: view.last.Digest}
	mustAppend(t, log, post("three"))
	if got, err := projector.Check(t.Context(), log, remembered); got != projector.Fine || err != nil {
		t.Errorf("its own log: %v, %v", got, err)
	}
	remembered.Seq--
	var mismatch *projector.MismatchError
	if _, err := projector.Check(t.Context(), log, remembered); !errors.As(err, &mismatch) || mismatch.How != projector.Different {
		t.Errorf("another entry: %v", err)
	}
	remembered.Seq = 17
	if _, err := projector.Check(t.Context(), log, remembered); !errors.As(err, &mismatch) || mismatch.How != projector.Shorter {
		t.Errorf("a log behind its reader: %v", err)
	}
}
