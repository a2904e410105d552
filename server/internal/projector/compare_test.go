package projector

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestCompare(t *testing.T) {
	made := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	digest := [8]byte{1, 2, 3}
	whole := State{LogIdentity: chat.LogIdentity{Created: made, First: 1, Last: 100}, Digest: digest, There: true}
	model := Origin{Created: made, Seq: 90, Digest: digest}
	with := func(change func(*State, *Origin)) (State, Origin) {
		s, o := whole, model
		change(&s, &o)
		return s, o
	}
	for _, tt := range []struct {
		name   string
		change func(*State, *Origin)
		want   Verdict
		how    Difference
		says   string
	}{
		{"same", func(*State, *Origin) {}, Fine, "", ""},
		{"model at the end", func(s *State, o *Origin) { s.Last = 90 }, Fine, "", ""},
		{"both empty", func(s *State, o *Origin) { *s, *o = State{LogIdentity: chat.LogIdentity{Created: made}}, Origin{} }, Fine, "", ""},
		{"new model", func(s *State, o *Origin) { *o = Origin{} }, Fine, "", ""},
		{"new model, log with gaps", func(s *State, o *Origin) { s.Lost, *o = 5, Origin{} }, Fine, "", ""},
		{"bound to another log, nothing applied", func(s *State, o *Origin) { *o = Origin{Created: made.Add(-time.Hour)} }, Fine, "", ""},
		{"model damaged", func(s *State, o *Origin) { *o = Origin{Unreadable: errors.New("malformed")} }, Rebuild, "", ""},
		{"model damaged, log with gaps", func(s *State, o *Origin) { s.Lost, *o = 5, Origin{Unreadable: errors.New("malformed")} }, 0, Gaps, "without 5 that were lost; the read model cannot be read: malformed"},
		{"log younger", func(s *State, o *Origin) { s.Created = made.Add(time.Hour) }, 0, Younger, "made 2026-03-01 13:00:00.000"},
		{"log older", func(s *State, o *Origin) { s.Created = made.Add(-time.Hour) }, 0, Older, ""},
		{"log shorter", func(s *State, o *Origin) { s.Last, s.There = 60, false }, 0, Shorter, "holds entries 1 to 60; the read model was built from a log made 2026-03-01 12:00:00.000 and has applied it up to entry 90"},
		{"log empty", func(s *State, o *Origin) { s.First, s.Last, s.There = 0, 0, false }, 0, Shorter, ""},
		{"log different", func(s *State, o *Origin) { s.Digest[0]++ }, 0, Different, "0102030000000000 there, 0202030000000000 in the log"},
		{"entry gone", func(s *State, o *Origin) { s.There = false }, 0, Different, ""},
		{"log with gaps", func(s *State, o *Origin) { s.Lost = 5 }, 0, Gaps, "without 5"},
		{"gaps the model was begun with", func(s *State, o *Origin) { s.Lost, o.Lost = 5, 5 }, Fine, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Compare(with(tt.change))
			var mismatch *MismatchError
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
	p := New(log, log, view, &published{}, slog.New(slog.DiscardHandler))
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
	remembered := Origin{Created: id.Created, Seq: view.last.Seq, Digest: view.last.Digest}
	mustAppend(t, log, post("three"))
	if got, err := Check(t.Context(), log, remembered); got != Fine || err != nil {
		t.Errorf("its own log: %v, %v", got, err)
	}
	remembered.Seq--
	var mismatch *MismatchError
	if _, err := Check(t.Context(), log, remembered); !errors.As(err, &mismatch) || mismatch.How != Different {
		t.Errorf("another entry: %v", err)
	}
	remembered.Seq = 17
	if _, err := Check(t.Context(), log, remembered); !errors.As(err, &mismatch) || mismatch.How != Shorter {
		t.Errorf("a log behind its reader: %v", err)
	}
}
