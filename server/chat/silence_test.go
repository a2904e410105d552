package chat_test

import (
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// Any admin ended a silence, or put a minute in its place, that an owner had decided.
func TestNobodyEndsASilenceThatSomebodyAboveThemDecided(t *testing.T) {
	w := chattest.New(t)
	olga, ada, ena, beto := w.Person("olga"), w.Person("ada"), w.Person("ena"), w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	ranked(t, w, chat.RankAdmin, ada, ena)
	silence := func(by *chat.Actor, term time.Duration) error {
		_, err := by.Silence(w.Ctx, "beto", term, "")
		return err
	}
	if err := silence(olga, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{ada.Unsilence(w.Ctx, "beto"), silence(ada, time.Minute)} {
		if e := wantCode(t, err, chat.NotAllowed); e.Why != chat.WhyAbove {
			t.Errorf("ada is told %+v", e)
		}
	}
	if p, err := beto.Person(w.Ctx, beto.Me().ID); err != nil || p.SilencedBy != (chat.UserID{}) {
		t.Errorf("beto learns who: %+v, %v", p, err)
	}
	if err := olga.Unsilence(w.Ctx, "beto"); err != nil {
		t.Fatal(err)
	}
	if err := silence(ada, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := ena.Unsilence(w.Ctx, "beto"); err != nil {
		t.Errorf("an equal does not end it: %v", err)
	}
}
