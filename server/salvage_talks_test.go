package server

import (
	"os"
	"testing"
	"time"

	"charla/server/chat"
)

// What is between two people comes back with the log: who was let in, who still
// asks, who is blocked, that what they wrote stays hidden, and how long messages stay.
func TestRequestsAndBlocksComeBack(t *testing.T) {
	h := newHouse(t)
	h.open()
	ana, beto, eva, luis := h.person("ana"), h.person("beto"), h.person("eva"), h.person("luis")
	for range chat.MaxAsked {
		h.say(beto, "ana", "hola")
	}
	h.say(ana, "beto", "hola")
	h.say(beto, "ana", "y más")
	h.say(luis, "ana", "¿me dejas entrar?")
	h.say(eva, "ana", "antes")
	h.say(ana, "eva", "hola")
	week, with := 7*24*time.Hour, chat.Ref{ID: chat.TalkID(ana.Me().ID, eva.Me().ID)}
	if _, err := eva.Change(t.Context(), with, chat.ConversationChanged{Expiry: &week}); err != nil {
		t.Fatal(err)
	}
	blocked := func(who string, block bool, text string, from *chat.Actor) {
		t.Helper()
		do := ana.Block
		if !block {
			do = ana.Unblock
		}
		if _, err := do(t.Context(), who); err != nil {
			t.Fatal(err)
		}
		h.say(from, "ana", text)
	}
	blocked("eva", true, "oculto", eva)
	blocked("eva", false, "después", eva)
	blocked("beto", true, "oculto", beto)
	check := func() {
		t.Helper()
		ana, eva, beto := h.person("ana"), h.person("eva"), h.person("beto")
		for handle, want := range map[string]string{"eva": "antes | hola | después", "luis": "¿me dejas entrar?", "beto": "hola | hola | hola | hola | hola | hola | y más"} {
			if got := h.texts(ana, handle); got != want {
				t.Errorf("with %s ana reads %s, want %s", handle, got, want)
			}
		}
		if got := h.texts(eva, "ana"); got != "antes | hola | oculto | después" {
			t.Errorf("eva reads %s", got)
		}
		if got := h.texts(beto, "ana"); got != "hola | hola | hola | hola | hola | hola | y más | oculto" {
			t.Errorf("beto reads %s", got)
		}
		c, err := ana.Conversation(t.Context(), with)
		page, err2 := ana.Page(t.Context(), with, chat.PageQuery{Limit: 9})
		if err != nil || err2 != nil || c.Expiry != week || !page.Messages[1].Expires.IsZero() || page.Messages[2].Expires.Sub(page.Messages[2].At) != week {
			t.Errorf("with eva messages stay for %v: %+v, %v, %v", c.Expiry, page.Messages, err, err2)
		}
		asked, err := ana.Requests(t.Context())
		people, err2 := ana.BlockedPeople(t.Context())
		if err != nil || err2 != nil || len(asked) != 1 || asked[0].Handle != "luis" || len(people) != 1 || people[0].Nick != "beto" {
			t.Errorf("ana is asked by %v and has blocked %v, %v, %v", asked, people, err, err2)
		}
	}
	check()
	h.shut()
	if err := os.RemoveAll(h.path(logDir)); err != nil {
		t.Fatal(err)
	}
	if err := Repair(t.Context(), h.cfg, ModelSide, h.options()); err != nil {
		t.Fatal(err)
	}
	h.open()
	check()
	h.shut()
	if err := os.Remove(h.path(viewFile)); err != nil {
		t.Fatal(err)
	}
	h.open() // and now it is in the log
	check()
}
