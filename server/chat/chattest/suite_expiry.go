package chattest

import (
	"slices"
	"testing"
	"time"

	"charla/server/chat"
)

func equal[T comparable](a, b []T) bool { return slices.Equal(a, b) }

// expire says as the server, so long after everything was posted, that the time
// of messages is over.
func (s *stage) expire(in chat.ConversationID, after time.Duration, ids ...chat.MessageID) {
	s.t.Helper()
	e := event(chat.UserID{}, chat.MessagesExpired{Conversation: in, Messages: ids})
	e.At = e.At.Add(after)
	s.happen(e)
}

var expiryStories = map[string]func(*testing.T, *stage){
	"messages have a time while one is set": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		before := s.say("ana", id, "for ever")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		m, f := s.say("beto", id, "for an hour"), s.file("ana", id, "a.txt", "aa")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Duration(0))})
		after := s.say("ana", id, "for ever")
		for _, m := range []chat.MessageID{before, after} {
			if got := s.message(m); !got.Expires.IsZero() {
				t.Errorf("%+v is to expire", got)
			}
		}
		for _, m := range []chat.MessageID{m, f} {
			if got := s.message(m); !got.Expires.Equal(got.At.Add(time.Hour)) {
				t.Errorf("%+v is to expire at %s, want an hour after %s", got, got.Expires, got.At)
			}
		}
		s.edit("beto", id, m, "edited") // changes nothing about that
		if got := s.message(m); !got.Expires.Equal(got.At.Add(time.Hour)) {
			t.Errorf("%+v is to expire at %s", got, got.Expires)
		}
	},
	"what had its time is gone": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		m, f := s.say("ana", id, "secret words"), s.file("ana", id, "secret.txt", "aa")
		was := s.sees("beto", id)
		s.expire(id, time.Hour, m, f, chat.NewID[chat.Message]())
		s.wantTold("retracted #1 -", "retracted #2 -")
		for _, c := range s.told {
			if !c.Message.Expired || !c.Message.Retracted || c.Message.Text != "" || c.Message.File != nil || c.Message.Changed != s.at() {
				t.Errorf("told %+v", c.Message)
			}
		}
		found := must(s.view.Search(t.Context(), chat.TermQuery{Terms: []string{"secret"}, In: []chat.Extent{{ID: id}}, Limit: 9}))(t)
		files := must(s.view.Files(t.Context(), id))(t)
		if blob := must(s.view.HasBlob(t.Context(), "aa"))(t); len(found) != 0 || len(files) != 0 || blob {
			t.Errorf("there still are %v and %v, blob %v", found, files, blob)
		}
		c := s.sees("beto", id)
		if c.Last != nil || c.LastN != 2 || c.Unread != 0 || c.Changed != was.Changed || c.Version != was.Version {
			t.Errorf("beto sees %+v, and saw %+v: nothing is unread and nobody did anything", c, was)
		}
		s.expire(id, 2*time.Hour, m)
		s.wantTold()
	},
	"nothing expires before its time, elsewhere, or by somebody's word": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id, other := s.group("pandilla", "ana", "beto"), s.group("otra", "ana")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		m, kept := s.say("ana", id, "hola"), s.say("ana", other, "hola")
		s.expire(id, time.Hour-time.Millisecond, m)
		s.wantTold()
		s.expire(other, time.Hour, m)
		s.wantTold()
		s.expire(other, time.Hour, kept)
		s.wantTold()
		e := event(s.id("beto"), chat.MessagesExpired{Conversation: id, Messages: []chat.MessageID{m}})
		e.At = e.At.Add(time.Hour)
		s.happen(e)
		s.wantTold()
	},
	"what was taken back goes all the same": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.group("pandilla", "ana")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		m := s.say("ana", id, "hola")
		s.retract("ana", id, m)
		s.expire(id, time.Hour, m)
		if got := s.message(m); !got.Expired || !got.Expires.IsZero() {
			t.Errorf("it is %+v", got)
		}
		s.edit("ana", id, m, "again")
		s.wantTold()
	},
	"a new version of a file has its own time": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.group("pandilla", "ana")
		m := s.file("ana", id, "a.txt", "aa")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		e := event(s.id("ana"), chat.MessagePosted{Conversation: id, File: &chat.File{Name: "a.txt", Size: 1, Hash: "bb"}})
		e.At = e.At.Add(time.Minute)
		s.happen(e)
		if got := s.message(m); !got.Expires.Equal(e.At.Add(time.Hour)) || got.File.Hash != "bb" {
			t.Errorf("it is %+v", got)
		}
	},
	"the view knows what is due": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.group("pandilla", "ana")
		ask := func(want time.Time) {
			t.Helper()
			if next := must(s.view.NextExpiry(t.Context()))(t); !next.Equal(want) {
				t.Errorf("the next is %s, want %s", next, want)
			}
		}
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(2 * time.Hour)})
		ask(time.Time{})
		later := s.say("ana", id, "later")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		sooner := s.say("ana", id, "sooner")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Duration(0))})
		at := s.message(sooner).Expires
		ask(at)
		var due []chat.MessageID
		for _, limit := range []int{0, 1, 9} {
			due = nil
			for _, m := range must(s.view.Expiring(t.Context(), at.Add(time.Hour), limit))(t) {
				due = append(due, m.ID)
			}
			if want := []chat.MessageID{sooner, later}; !equal(due, want[:min(limit, 2)]) {
				t.Errorf("of %d are due %v, want %v", limit, due, want)
			}
		}
		if early := must(s.view.Expiring(t.Context(), at.Add(-time.Millisecond), 9))(t); len(early) != 0 {
			t.Errorf("early are due %v", early)
		}
		s.expire(id, time.Hour, sooner)
		ask(s.message(later).Expires)
	},
	"who left has nothing unread of what is gone": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		m := s.say("ana", id, "one")
		s.leave("beto", id)
		later := s.say("ana", id, "two")
		s.expire(id, time.Hour, m, later)
		if c := s.sees("beto", id); c.Unread != 0 || c.Last != nil || c.LastN != 1 {
			t.Errorf("beto sees %+v", c)
		}
	},
}
