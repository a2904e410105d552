package chattest

import (
	"encoding/json"
	"fmt"
	"testing"

	"charla/server/chat"
)

func (s *stage) mark(who string, m chat.Marks) {
	s.t.Helper()
	s.put(who, chat.MarksSlot, must(json.Marshal(m))(s.t))
}

func readUpto(id chat.ConversationID, n chat.Number) chat.Marks {
	return chat.Marks{Read: map[chat.ConversationID]chat.Number{id: n}}
}

// joined is who joined in the last step.
func (s *stage) joined() chat.Member {
	s.t.Helper()
	for _, c := range s.told {
		if c.Kind == chat.Joined {
			return *c.Member
		}
	}
	s.t.Fatalf("told %+v, want that somebody joined", s.told)
	return chat.Member{}
}

// wantUnread checks how far somebody has read a conversation and how much is left.
func (s *stage) wantUnread(who string, in chat.ConversationID, read chat.Number, unread int) {
	s.t.Helper()
	if c := s.sees(who, in); c.Read != read || c.Unread != unread {
		s.t.Errorf("%s has %d unread after %d, want %d after %d", who, c.Unread, c.Read, unread, read)
	}
}

var shelfStories = map[string]func(*testing.T, *stage){
	"a value is kept by slot and told to its owner": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.put("ana", chat.LayoutSlot("wide"), []byte("two windows"))
		want := chat.Change{Kind: chat.Shelved, Position: s.at(), User: s.id("ana"), Slot: "layout.wide", Value: []byte("two windows")}
		if len(s.told) != 1 || fmt.Sprint(s.told[0]) != fmt.Sprint(want) {
			t.Errorf("told %+v, want %+v", s.told, want)
		}
		if v := must(s.view.Value(t.Context(), s.id("ana"), "layout.wide"))(t); string(v) != "two windows" {
			t.Errorf("the value is %q", v)
		}
		s.put("ana", chat.LayoutSlot("wide"), nil)
		if v := must(s.view.Value(t.Context(), s.id("ana"), "layout.wide"))(t); v != nil {
			t.Errorf("a cleared slot holds %q", v)
		}
	},
	"a draft is seen by its owner": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.put("ana", chat.DraftSlot(chat.LobbyID), []byte("hol"))
		if a, b := s.sees("ana", chat.LobbyID), s.sees("beto", chat.LobbyID); a.Draft != "hol" || b.Draft != "" {
			t.Errorf("ana sees the draft %q, beto %q", a.Draft, b.Draft)
		}
	},
	"a read mark is told in a talk": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "1")
		s.say("ana", id, "2")
		s.mark("beto", readUpto(id, 1))
		s.wantTold("marked beto", "shelved beto marks")
		for _, c := range s.told {
			if c.Kind == chat.Marked && (c.Member.Read != 1 || c.Conversation != id || !c.User.IsZero() || c.Position != s.at()) {
				t.Errorf("told %+v", c)
			}
		}
		if c := s.sees("beto", id); c.Read != 1 || c.Unread != 1 {
			t.Errorf("beto has %d unread after %d", c.Unread, c.Read)
		}
		if m := s.member("beto", id); m.Read != 1 {
			t.Errorf("beto has read up to %d", m.Read)
		}
	},
	"a delivered mark is told where it passed something": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		b, e := s.friends("ana", "beto"), s.friends("eva", "beto")
		s.say("ana", b, "hola")
		at := s.at()
		s.say("eva", e, "hola")
		s.mark("beto", chat.Marks{Delivered: at})
		s.wantTold("marked beto", "shelved beto marks")
		if m := s.member("beto", b); m.Delivered != at {
			t.Errorf("delivered up to %d, want %d", m.Delivered, at)
		}
		s.mark("beto", chat.Marks{Delivered: s.at()})
		s.wantTold("marked beto", "shelved beto marks")
		for _, c := range s.told {
			if c.Kind == chat.Marked && c.Conversation != e {
				t.Error("told where nothing was passed")
			}
		}
	},
	"marks never go back": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "1")
		s.say("ana", id, "2")
		s.mark("beto", chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{id: 2}})
		s.mark("beto", chat.Marks{Delivered: 1, Read: map[chat.ConversationID]chat.Number{id: 1, chat.LobbyID: 0}})
		s.wantTold("shelved beto marks")
		if m := s.member("beto", id); m.Read != 2 || m.Delivered != s.at() {
			t.Errorf("beto is at %+v", m)
		}
		var kept chat.Marks
		if err := json.Unmarshal(must(s.view.Value(t.Context(), s.id("beto"), chat.MarksSlot))(t), &kept); err != nil || kept.Read[id] != 2 || kept.Delivered != s.at() {
			t.Errorf("the shelf holds %+v, %v", kept, err)
		}
	},
	"a newcomer has read what was there before": func(t *testing.T, s *stage) {
		s.claim("ana")
		group := s.group("pandilla", "ana")
		for _, id := range []chat.ConversationID{chat.LobbyID, group} {
			s.say("ana", id, "1")
			s.say("ana", id, "2")
		}
		s.claim("beto")
		if m := s.joined(); m.Read != 2 {
			t.Errorf("beto joined the lobby as %+v, want read up to 2", m)
		}
		s.add("ana", group, "beto")
		if m := s.joined(); m.Read != 2 {
			t.Errorf("beto joined the group as %+v, want read up to 2", m)
		}
		for _, id := range []chat.ConversationID{chat.LobbyID, group} {
			s.wantUnread("beto", id, 2, 0)
			s.say("ana", id, "3")
			s.wantUnread("beto", id, 2, 1)
			if page := must(s.view.Page(t.Context(), id, chat.PageQuery{Limit: 9}))(t); len(page.Messages) != 3 {
				t.Errorf("there are %d messages to read, want 3", len(page.Messages))
			}
		}
		s.mark("beto", readUpto(group, 1))
		s.wantTold("shelved beto marks")
		s.wantUnread("beto", group, 2, 1)
		s.mark("beto", readUpto(group, 3))
		s.wantTold("marked beto", "shelved beto marks")
		s.wantUnread("beto", group, 3, 0)
	},
	"who comes back has read what was said meanwhile": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "1")
		s.leave("beto", id)
		s.wantUnread("beto", id, 0, 1)
		s.say("ana", id, "2")
		s.add("ana", id, "beto")
		s.wantUnread("beto", id, 2, 0)
	},
	"joining moves no mark back": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.say("ana", chat.LobbyID, "1")
		s.mark("beto", readUpto(chat.LobbyID, 3))
		s.claim("beto")
		for _, text := range []string{"2", "3", "4"} {
			s.say("ana", chat.LobbyID, text)
		}
		s.wantUnread("beto", chat.LobbyID, 3, 1)
	},
	"marks over one's own words are not told": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "1")
		s.mark("ana", chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{id: 1}})
		s.wantTold("shelved ana marks")
	},
	"marks of a room are not told": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.say("ana", chat.LobbyID, "1")
		s.mark("beto", chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{chat.LobbyID: 1}})
		s.wantTold("shelved beto marks")
		if c := s.sees("beto", chat.LobbyID); c.Read != 1 || c.Unread != 0 {
			t.Errorf("beto has %d unread after %d", c.Unread, c.Read)
		}
	},
	"marks of a large group are not told": func(t *testing.T, s *stage) {
		var all []string
		for i := range chat.MaxTicked {
			all = append(all, fmt.Sprintf("p%d", i))
		}
		s.claim(all...)
		id := s.group("todos", all[0], all[1:]...)
		s.say(all[0], id, "1")
		s.mark(all[1], readUpto(id, 1))
		s.wantTold("marked p1", "shelved p1 marks")
		s.claim("more")
		s.add(all[0], id, "more")
		s.say(all[0], id, "2")
		s.mark(all[1], readUpto(id, 2))
		s.wantTold("shelved p1 marks")
	},
	"who left marks nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "1")
		s.leave("beto", id)
		s.mark("beto", chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{id: 1}})
		s.wantTold("shelved beto marks")
	},
	"a mark may come before what it marks": func(t *testing.T, s *stage) {
		talk := chat.TalkID(s.id("ana"), s.id("beto"))
		s.mark("beto", readUpto(talk, 2))
		s.claim("ana", "beto")
		s.talk("ana", "beto")
		for _, text := range []string{"1", "2", "3"} {
			s.say("ana", talk, text)
		}
		if c := s.sees("beto", talk); c.Read != 2 || c.Unread != 1 {
			t.Errorf("beto has %d unread after %d, want 1 after 2", c.Unread, c.Read)
		}
	},
	"bytes that are no marks change nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "1")
		s.mark("beto", readUpto(id, 1))
		for _, junk := range []string{"", "junk", "[]", `{"r":{"x":1}}`, `{"d":-1}`} {
			s.put("beto", chat.MarksSlot, []byte(junk))
			s.wantTold()
		}
		if m := s.member("beto", id); m.Read != 1 {
			t.Errorf("beto has read up to %d, want 1", m.Read)
		}
		if _, shelf, _ := s.view.Applied(t.Context()); shelf != s.shelf {
			t.Errorf("applied %d of the shelf, want %d", shelf, s.shelf)
		}
	},
}
