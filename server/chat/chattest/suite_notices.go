package chattest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// wantNotices checks all that a conversation holds of what happened, each as
// "by kind [whom …] [the rest]".
func (s *stage) wantNotices(in chat.ConversationID, want ...string) {
	s.t.Helper()
	list := must(s.view.Notices(s.t.Context(), in, 0, 0))(s.t)
	if got := tellNotices(list); !slices.Equal(got, want) {
		s.t.Errorf("it holds %q, want %q", got, want)
	}
}

func tellNotices(list []chat.Notice) (told []string) {
	for _, n := range list {
		words := []string{called(n.By), string(n.Kind)}
		for _, p := range n.Whom {
			words = append(words, called(p))
		}
		if n.More > 0 {
			words = append(words, fmt.Sprint("+", n.More))
		}
		if n.Term != 0 {
			words = append(words, n.Term.String())
		}
		words = append(words, string(n.Role), string(n.Writers), n.Text)
		told = append(told, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	return told
}

func called(p chat.Party) string {
	if p.Forgotten() {
		return "someone"
	}
	return string(p.Nick)
}

// Reading is a page as somebody would see it: the texts, and where they stand among
// them the notices, each as "* by kind [whom …] [the rest]".
func Reading(p chat.Page) (rows []string) {
	told := tellNotices(p.Notices)
	for _, m := range p.Messages {
		for len(told) > 0 && p.Notices[0].Position < m.Position {
			rows, told, p.Notices = append(rows, "* "+told[0]), told[1:], p.Notices[1:]
		}
		rows = append(rows, said(m))
	}
	for _, n := range told {
		rows = append(rows, "* "+n)
	}
	return rows
}

// wantPage checks a page with its notices.
func (s *stage) wantPage(in chat.ConversationID, q chat.PageQuery, want ...string) {
	s.t.Helper()
	q.Notices = true
	if got := Reading(must(s.view.Page(s.t.Context(), in, q))(s.t)); !slices.Equal(got, want) {
		s.t.Errorf("the page %+v is %q, want %q", q, got, want)
	}
}

var noticeStories = map[string]func(*testing.T, *stage){
	"what happens in a group stands in it": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva", "dario")
		id := s.group("pandilla", "ana", "beto", "ghost")
		s.add("beto", id, "eva", "ana", "ghost")
		s.say("eva", id, "hola")
		s.give("ana", id, "beto", admin)
		s.alter("ana", id, chat.ConversationChanged{Title: new("Los de siempre"), Topic: new("ventas"), Writers: new(chat.AdminsWrite), Expiry: new(time.Hour), Slow: new(time.Minute)})
		s.alter("ana", id, chat.ConversationChanged{Title: new("Los de siempre"), Expiry: new(time.Duration(0))})
		s.remove("beto", id, "eva")
		s.leave("ana", id)
		s.wantNotices(id,
			"ana made beto", "beto added eva", "ana role beto admin", "ana title Los de siempre", "ana topic ventas", "ana writers admins", "ana expiry 1h0m0s",
			"ana slow 1m0s", "ana expiry", "beto removed eva", "ana left", "role beto owner")
	},
	"what has no effect is not told": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto")
		s.add("ana", id, "beto")
		s.alter("beto", id, chat.ConversationChanged{Title: new("mine")})
		s.give("beto", id, "ana", muted)
		s.remove("eva", id, "beto")
		s.leave("eva", id)
		s.wantNotices(id, "ana made beto")
	},
	"they are told as they happen, before who leaves is told nothing more": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.remove("ana", id, "beto")
		if s.told[0].Kind != chat.Noticed || s.told[0].Conversation != id || s.told[0].Notice.Serial != 2 || !s.told[0].User.IsZero() {
			t.Errorf("first is told %+v", s.told[0])
		}
		if got := tellNotices([]chat.Notice{*s.told[0].Notice}); got[0] != "ana removed beto" {
			t.Errorf("told is %q", got)
		}
	},
	"who comes in by a code is told": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.JoinCode, Conversation: id})
		s.happen(event(s.id("beto"), chat.GroupJoined{Conversation: id, Code: code}))
		code = s.issue("ana", chat.AccessCode{Purpose: chat.Invitation, Conversation: id})
		s.happen(event(s.id("eva"), chat.PersonClaimed{Nick: "eva", Passphrase: "x", Code: code}))
		s.wantNotices(id, "ana made", "beto came", "eva came")
	},
	"rooms are not full of who comes and goes": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := chat.NewID[chat.Conversation]()
		s.happen(event(s.id("ana"), chat.RoomOpened{Conversation: id, Name: "plaza"}))
		s.happen(event(s.id("beto"), chat.RoomJoined{Conversation: id}))
		s.give("ana", id, "beto", admin)
		s.alter("beto", id, chat.ConversationChanged{Topic: new("todo")})
		s.leave("ana", id)
		s.wantNotices(id, "ana role beto admin", "beto topic todo", "role beto owner")
		s.wantNotices(chat.LobbyID)
	},
	"of many people some are named": func(t *testing.T, s *stage) {
		s.claim("ana")
		var others []string
		for i := range chat.MaxNamed + 3 {
			others = append(others, fmt.Sprint("p", i))
		}
		s.claim(others...)
		id := s.group("pandilla", "ana", others...)
		s.wantNotices(id, "ana made p0 p1 p2 p3 p4 p5 p6 p7 +3")
	},
	"only the latest are kept": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id, other := s.group("pandilla", "ana", "beto"), s.group("otra", "ana")
		for i := range chat.MaxNotices {
			s.alter("ana", id, chat.ConversationChanged{Topic: new(fmt.Sprint("topic ", i))})
		}
		list := must(s.view.Notices(t.Context(), id, 0, 0))(t)
		if len(list) != chat.MaxNotices || list[0].Text != "topic 0" || list[0].Serial != 2 {
			t.Errorf("%d are kept, the first is %+v", len(list), list[0])
		}
		s.wantNotices(other, "ana made")
	},
	"who is forgotten has no name in them, and no words": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.give("ana", id, "beto", admin)
		s.alter("beto", id, chat.ConversationChanged{Topic: new("beto's own words")})
		s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("beto")}))
		s.wantNotices(id, "ana made someone", "ana role someone admin", "someone topic", "someone left")
	},
	"a notice stands on one page": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		for i := range 5 {
			s.say("ana", id, fmt.Sprint(i+1))
			s.alter("ana", id, chat.ConversationChanged{Topic: new(fmt.Sprint("t", i+1))})
		}
		s.wantPage(id, chat.PageQuery{Limit: 2}, "* ana topic t3", "4", "* ana topic t4", "5", "* ana topic t5")
		s.wantPage(id, chat.PageQuery{Before: 4, Limit: 2}, "* ana topic t1", "2", "* ana topic t2", "3")
		s.wantPage(id, chat.PageQuery{Before: 2, Limit: 2}, "* ana made beto", "1")
		s.wantPage(id, chat.PageQuery{Before: 1, Limit: 2})
		s.wantPage(id, chat.PageQuery{After: 1, Limit: 2}, "* ana topic t1", "2", "* ana topic t2", "3")
		s.wantPage(id, chat.PageQuery{After: 3, Limit: 2}, "* ana topic t3", "4", "* ana topic t4", "5", "* ana topic t5")
		s.wantPage(id, chat.PageQuery{Before: 7, Limit: 9}, "* ana made beto", "1", "* ana topic t1", "2", "* ana topic t2", "3", "* ana topic t3", "4", "* ana topic t4", "5", "* ana topic t5")
		if page := must(s.view.Page(t.Context(), id, chat.PageQuery{Limit: 9}))(t); len(page.Notices) != 0 {
			t.Errorf("nobody asked for %v", page.Notices)
		}
	},
	"a page ends where somebody left": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "1")
		s.leave("beto", id)
		left := s.at()
		s.alter("ana", id, chat.ConversationChanged{Topic: new("later")})
		s.wantPage(id, chat.PageQuery{Limit: 9, Upto: 1, Gone: left}, "* ana made beto", "1", "* beto left")
		if list := must(s.view.Notices(t.Context(), id, left, left))(t); len(list) != 0 {
			t.Errorf("after it is told %v", list)
		}
	},
	"either of a talk has messages disappear": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.talk("ana", "beto")
		hour := chat.ConversationChanged{Expiry: new(time.Hour)}
		s.say("ana", id, "hola")
		s.alter("ana", id, hour) // a stranger, who was not let in
		s.wantTold()
		s.alter("beto", id, hour)
		s.wantTold()
		s.happen(event(s.id("beto"), chat.TalkAccepted{Conversation: id}))
		for _, other := range []chat.ConversationChanged{{Title: new("x")}, {Topic: new("x")}, {Writers: new(chat.AdminsWrite)}, {Slow: new(time.Minute)}, {Expiry: new(time.Minute)}, {Expiry: new(time.Hour), Topic: new("x")}} {
			s.alter("ana", id, other)
			s.wantTold()
		}
		s.alter("eva", id, hour)
		s.wantTold()
		version := s.sees("ana", id).Version
		s.alter("ana", id, hour)
		s.wantTold("revised")
		s.alter("beto", id, hour)
		s.wantTold()
		if c := s.sees("beto", id); c.Expiry != time.Hour || c.Version != version || c.Unread != 1 {
			t.Errorf("beto sees %+v", c)
		}
		s.say("beto", id, "adiós")
		page := must(s.view.Page(t.Context(), id, chat.PageQuery{Limit: 9}))(t)
		if len(page.Messages) != 2 || !page.Messages[0].Expires.IsZero() || page.Messages[1].Expires.IsZero() {
			t.Errorf("there is %+v", page.Messages)
		}
		s.alter("beto", id, chat.ConversationChanged{Expiry: new(time.Duration(0))})
		s.wantNotices(id, "ana expiry 1h0m0s", "beto expiry")
	},
	"who blocked the other one sets nothing, who is blocked does": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "hola")
		s.happen(event(s.id("ana"), chat.PersonBlocked{User: s.id("beto")}))
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(time.Hour)})
		s.wantTold()
		s.alter("beto", id, chat.ConversationChanged{Expiry: new(2 * time.Hour)})
		s.wantTold("revised")
		s.wantNotices(id, "beto expiry 2h0m0s")
	},
	"they are no messages": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "1")
		s.alter("ana", id, chat.ConversationChanged{Topic: new("later")})
		s.give("ana", id, "beto", admin)
		if c := s.sees("beto", id); c.LastN != 1 || c.Unread != 1 || c.Last == nil || c.Last.Text != "1" {
			t.Errorf("beto sees %+v", c)
		}
		if found := must(s.view.Search(t.Context(), chat.TermQuery{Terms: []string{"later"}, In: []chat.Extent{{ID: id}}, Limit: 9}))(t); len(found) != 0 {
			t.Errorf("the topic is found: %v", found)
		}
	},
}
