package chattest_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestTwoPeopleTalk(t *testing.T) { twoPeopleTalk(t) }

func TestTwoPeopleTalkInABubble(t *testing.T) { synctest.Test(t, twoPeopleTalk) }

func twoPeopleTalk(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	follower := beto.Follow()
	defer follower.Close()
	w.Say(ana, w.Talk(ana, beto), "hola")
	w.Say(beto, w.Talk(beto, ana), "qué tal")
	w.Settle()
	want := []string{"ana: hola", "beto: qué tal"}
	if got := w.Texts(ana, w.Talk(ana, beto)); !slices.Equal(got, want) {
		t.Errorf("ana reads %q, want %q", got, want)
	}
	if news := follower.Next(); len(news.Changes) != 2 || news.Changes[0].Conversation != w.Talk(ana, beto).ID || news.Changes[1].Kind != chat.Entered {
		t.Errorf("beto is told %+v, want that he entered the talk, and let it in by writing", news)
	}
}
