package chat_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// To write to somebody who was forgotten was accepted, with a tick, and nobody would
// ever read it.
func TestNobodyWritesToWhoWasForgotten(t *testing.T) {
	w := chattest.New(t)
	olga, ana, beto := w.Person("olga"), w.Person("ana"), w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	talk := w.Befriend(ana, beto)
	mine := w.Say(ana, talk, "hola, beto")
	w.Settle()
	if err := olga.Forget(w.Ctx, "beto"); err != nil {
		t.Fatal(err)
	}
	_, post := ana.Post(w.Ctx, talk, chat.Words{Text: "still there?"})
	_, edit := ana.Edit(w.Ctx, mine, "bye, beto")
	_, file := ana.MaySend(w.Ctx, talk, "photo.jpg")
	for what, err := range map[string]error{"writes": post, "may write": ana.MayWrite(w.Ctx, talk), "edits": edit, "sends a file": file} {
		if e := wantCode(t, err, chat.NotAllowed); e.Why != chat.WhyDeserted || e.Name != string(chat.LeftHandle(beto.Me().ID)) {
			t.Errorf("ana %s: %+v", what, e)
		}
	}
	if found, err := ana.Resolve(w.Ctx, string(chat.LeftHandle(beto.Me().ID))); err != nil || found.ID != talk.ID || !found.Deserted {
		t.Errorf("ana finds %+v, %v", found, err)
	}
	if _, err := ana.Post(w.Ctx, w.Talk(ana, ana), chat.Words{Text: "a note"}); err != nil {
		t.Errorf("ana notes nothing any more: %v", err)
	}
	if _, err := ana.Retract(w.Ctx, mine); err != nil {
		t.Fatalf("ana takes nothing back: %v", err)
	}
	w.Settle()
	if m, err := ana.Message(w.Ctx, mine); err != nil || !m.Retracted {
		t.Errorf("what ana took back is %+v, %v", m, err)
	}
}

// fed is a view that has enough of what is forgotten.
type fed struct {
	*chattest.View
	sated atomic.Bool
}

func (f *fed) Sated(context.Context) (bool, error) { return f.sated.Load(), nil }

// All of it at once was one step in which the index of words left it out, and nobody's
// message came through meanwhile.
func TestForgettingWaitsForTheIndexOfWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		view := &fed{View: chattest.NewView()}
		w := chattest.New(t, chattest.WithView(view))
		beto := w.Person("beto")
		for n := range 3 * chat.ForgottenMessages {
			time.Sleep(time.Second) // messages have a budget
			w.Say(beto, w.Lobby(), fmt.Sprint(n))
		}
		w.Settle()
		view.sated.Store(true)
		if err := w.Service.Operator().Forget(w.Ctx, "beto"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{1, 0} {
			time.Sleep(10 * time.Second)
			if left, err := view.Forgetting(w.Ctx); err != nil || len(left) != want {
				t.Errorf("with a view that is sated, %v, %d are being forgotten, %v", view.sated.Load(), len(left), err)
			}
			view.sated.Store(false)
		}
	})
}
