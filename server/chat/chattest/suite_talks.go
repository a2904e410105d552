package chattest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"charla/server/chat"
)

func (s *stage) accept(who string, talk chat.ConversationID) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.TalkAccepted{Conversation: talk}))
}

func (s *stage) block(by, other string) {
	s.t.Helper()
	s.happen(event(s.id(by), chat.PersonBlocked{User: s.id(other)}))
}

func (s *stage) unblock(by, other string) {
	s.t.Helper()
	s.happen(event(s.id(by), chat.PersonUnblocked{User: s.id(other)}))
}

func (s *stage) choose(who string, c chat.Settings) {
	s.t.Helper()
	s.put(who, chat.SettingsSlot, must(json.Marshal(c))(s.t))
}

// wantReads checks what somebody reads in a conversation, however they look.
func (s *stage) wantReads(who string, in chat.ConversationID, want ...string) {
	s.t.Helper()
	page := must(s.view.Page(s.t.Context(), in, chat.PageQuery{Limit: 1000, For: s.id(who)}))(s.t)
	var got []string
	for _, m := range page.Messages {
		got = append(got, said(m))
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%s reads %q, want %q", who, got, want)
	}
}

// wantStands checks whether somebody is asked, or waits to be let in.
func (s *stage) wantStands(who string, in chat.ConversationID, request, asked bool) {
	s.t.Helper()
	if c := s.sees(who, in); c.Request != request || c.Asked != asked {
		s.t.Errorf("%s sees request %v and asked %v, want %v and %v", who, c.Request, c.Asked, request, asked)
	}
}

// wantKnows checks whether somebody knows another one.
func (s *stage) wantKnows(who, other string, want bool) {
	s.t.Helper()
	if knows := must(s.view.Acquainted(s.t.Context(), s.id(who), s.id(other)))(s.t); knows != want {
		s.t.Errorf("%s knows %s: %v, want %v", who, other, knows, want)
	}
}

// answersOf is what a view says about one person and everybody else.
func (s *stage) answersOf(v chat.View, nick string) (all []string) {
	ctx, user := s.t.Context(), s.people[nick]
	note := func(what string, answer any, err error) {
		all = append(all, nick+" "+what+": "+asJSON(answer)+" "+string(chat.CodeOf(err)))
	}
	blocked, err := v.Blocked(ctx, user)
	note("blocked", blocked, err)
	estranged, err := v.Estranged(ctx, user)
	note("is estranged from", estranged, err)
	privacy, seen, err := v.Privacy(ctx, user)
	note("shows", []any{privacy, seen}, err)
	for _, c := range must(v.Seats(ctx, user, 5))(s.t) {
		apart, err := v.ReadApart(ctx, user, c.ID)
		note("knows of those apart in "+c.ID.String(), apart, err)
	}
	for _, other := range s.everybody() {
		known, err := v.Acquainted(ctx, user, s.people[other])
		note("knows "+other, known, err)
		shared, err := v.Shared(ctx, user, s.people[other], 3)
		note("shares with "+other, shared, err)
		blocks, err := v.Blocks(ctx, user, s.people[other])
		note("blocks "+other, blocks, err)
	}
	return all
}

var requestStories = map[string]func(*testing.T, *stage){
	"a stranger's talk is a request until it is let in": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.say("ana", id, "hola")
		s.wantStands("beto", id, true, false)
		s.wantStands("ana", id, false, true)
		s.accept("ana", id) // not hers to let in
		s.wantTold()
		s.accept("beto", id)
		s.wantTold("entered beto", "marked beto")
		s.wantStands("beto", id, false, false)
		s.wantStands("ana", id, false, false)
		s.accept("beto", id)
		s.wantTold()
	},
	"whoever writes in a request lets it in": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.say("ana", id, "hola")
		s.say("beto", id, "¿quién eres?")
		s.wantTold("entered beto", "marked beto", "posted #2 ¿quién eres?")
		s.wantStands("beto", id, false, false)
		if known := must(s.view.Acquainted(t.Context(), s.id("ana"), s.id("beto")))(t); !known {
			t.Error("they wrote to each other and do not know each other")
		}
	},
	"who shares a group is no stranger, who shares a room is": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		s.say("beto", s.group("pandilla", "ana", "beto"), "hola")
		s.wantStands("beto", s.talk("ana", "beto"), false, false)
		s.wantStands("eva", s.talk("ana", "eva"), true, false)
	},
	"a stranger who makes a group with somebody stays a stranger": func(t *testing.T, s *stage) {
		s.claim("mallory", "ana", "beto", "eva")
		group := s.group("oferta", "mallory", "ana", "beto")
		s.happen(event(s.id("mallory"), chat.RoleGiven{Conversation: group, User: s.id("ana"), Role: chat.RoleOwner}))
		s.wantKnows("ana", "mallory", false)
		s.wantKnows("mallory", "ana", true)
		s.wantStands("ana", s.talk("mallory", "ana"), true, false)
		s.say("beto", group, "¿qué es esto?")
		s.wantStands("beto", s.talk("mallory", "beto"), false, false)
		s.leave("beto", group)
		s.add("mallory", group, "beto")
		s.wantKnows("beto", "mallory", false)
		code := s.issue("mallory", chat.AccessCode{Purpose: chat.JoinCode, Conversation: group})
		s.happen(event(s.id("eva"), chat.GroupJoined{Conversation: group, Code: code}))
		s.wantKnows("eva", "mallory", true)
		newcomer := s.issue("mallory", chat.AccessCode{Purpose: chat.Invitation, Conversation: group})
		s.happen(event(s.id("zoe"), chat.PersonClaimed{Nick: "zoe", Passphrase: "x", Code: newcomer}))
		s.wantKnows("zoe", "mallory", true)
		s.wantKnows("ana", "zoe", false)
	},
	"who left the group is a stranger again": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("pandilla", "ana", "beto")
		s.say("beto", group, "hola")
		s.leave("beto", group)
		s.wantStands("beto", s.talk("ana", "beto"), true, false)
	},
	"the groups that two are in are shared, until one leaves": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		want := func(n, limit int) {
			t.Helper()
			if got := must(s.view.Shared(t.Context(), s.id("ana"), s.id("beto"), limit))(t); len(got) != n || !slices.IsSortedFunc(got, func(a, b chat.ConversationID) int { return bytes.Compare(a[:], b[:]) }) {
				t.Errorf("they share %v, want %d", got, n)
			}
		}
		want(0, 9)
		first := s.group("pandilla", "ana", "beto")
		s.group("clase", "eva", "ana", "beto")
		s.group("otros", "ana", "eva")
		want(2, 9)
		want(1, 1)
		s.leave("beto", first)
		want(1, 9)
	},
	"notes are no request": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.wantStands("ana", s.talk("ana", "ana"), false, false)
	},
	"a stranger has five messages, files among them": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		for n := range chat.MaxAsked - 1 {
			s.say("ana", id, fmt.Sprint(n+1))
		}
		file := s.file("ana", id, "a.txt", "aa")
		s.say("ana", id, "one more")
		s.wantTold()
		s.file("ana", id, "a.txt", "bb")
		s.wantTold()
		s.edit("ana", id, file, "words for it")
		s.wantTold("edited #5 [a.txt]")
		s.wantTexts(id, "1", "2", "3", "4", "[a.txt]")
		s.accept("beto", id)
		s.say("ana", id, "6")
		s.wantTold("posted #6 6")
	},
	"a request tells the stranger nothing of marks": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.say("ana", id, "hola")
		m := readUpto(id, 1)
		m.Delivered = s.at()
		s.mark("beto", m)
		s.wantTold("shelved beto marks")
		if b := s.member("beto", id); b.Read != 0 || b.Delivered != 0 {
			t.Errorf("ana is told of beto %+v", b)
		}
		s.wantUnread("beto", id, 1, 0)
		s.accept("beto", id)
		for _, c := range s.told {
			if c.Kind == chat.Marked && (c.Member.Read != 1 || c.Member.Delivered == 0) {
				t.Errorf("ana is told of beto %+v once she is let in", c.Member)
			}
		}
	},
	"a request is not told since, what came after it is": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.say("ana", id, "hola")
		if list, _, err := s.view.Since(t.Context(), s.id("beto"), 0, nil, 10); err != nil || len(list) != 0 {
			t.Errorf("beto is told %v, %v", list, err)
		}
		s.accept("beto", id)
		if list, _, err := s.view.Since(t.Context(), s.id("beto"), 0, nil, 10); err != nil || len(list) != 1 {
			t.Errorf("beto is told %v, %v", list, err)
		}
	},
}

var blockStories = map[string]func(*testing.T, *stage){
	"who blocks leaves the talk and nobody is told": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "hola")
		s.block("beto", "ana")
		s.wantTold("exited beto", "estranged beto")
		s.say("ana", id, "¿estás?")
		s.wantHandles("beto", "lobby")
		b := s.sees("beto", id)
		if b.Member || !b.Blocked || b.Left != 1 || b.LastN != 1 || b.Last.Text != "hola" {
			t.Errorf("beto sees %+v", b)
		}
		if a := s.sees("ana", id); !a.Member || a.Blocked || a.Members != 2 || a.LastN != 2 {
			t.Errorf("ana sees %+v", a)
		}
		s.wantMembers(id, "ana", "beto")
		s.say("beto", id, "he cannot")
		s.wantTold()
	},
	"what is written to a blocker is hidden for good": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "antes")
		s.block("beto", "ana")
		s.say("ana", id, "oculto")
		s.file("ana", id, "oculto.txt", "aa")
		s.unblock("beto", "ana")
		s.wantTold("entered beto", "estranged beto")
		s.wantUnread("beto", id, 3, 0)
		if c := s.sees("beto", id); c.Last == nil || c.Last.Text != "antes" {
			t.Errorf("the newest that beto sees is %+v", c.Last)
		}
		s.say("ana", id, "después")
		s.wantUnread("beto", id, 3, 1)
		s.wantReads("beto", id, "antes", "después")
		s.wantReads("ana", id, "antes", "oculto", "[oculto.txt]", "después")
		for _, who := range []string{"ana", "beto"} {
			q := chat.TermQuery{Terms: []string{"oculto"}, In: []chat.Extent{{ID: id}}, Limit: 10, For: s.id(who)}
			if found := must(s.view.Search(t.Context(), q))(t); len(found) != map[string]int{"ana": 2}[who] {
				t.Errorf("%s finds %v", who, found)
			}
		}
		list, _, err := s.view.Since(t.Context(), s.id("beto"), 0, nil, 10)
		if err != nil || len(list) != 2 {
			t.Errorf("beto is told since %v, %v", list, err)
		}
	},
	"pages of a talk with hidden messages are whole": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		for n := range 6 {
			if n == 2 {
				s.block("beto", "ana")
			}
			s.say("ana", id, fmt.Sprint(n+1))
			if n == 3 {
				s.unblock("beto", "ana")
			}
		}
		for q, want := range map[chat.PageQuery]string{
			{Limit: 3}: "[2 5 6] true", {Limit: 4}: "[1 2 5 6] false", {Before: 6, Limit: 2}: "[2 5] true", {After: 1, Limit: 2}: "[2 5] true", {After: 2, Limit: 2}: "[5 6] false",
		} {
			q.For = s.id("beto")
			page := must(s.view.Page(t.Context(), id, q))(t)
			var got []string
			for _, m := range page.Messages {
				got = append(got, m.Text)
			}
			if is := fmt.Sprint(got, page.More); is != want {
				t.Errorf("%+v is %s, want %s", q, is, want)
			}
		}
	},
	"a talk begun with a blocker is none to them": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.block("beto", "ana")
		s.wantTold("estranged beto")
		id := s.talk("ana", "beto")
		s.wantTold("entered ana", "joined ana", "joined beto")
		s.say("ana", id, "hola")
		s.wantHandles("beto", "lobby")
		s.wantHandles("ana", "lobby", "beto")
		s.unblock("beto", "ana")
		s.wantHandles("beto", "lobby") // there is nothing for him in it
		s.say("ana", id, "¿ahora?")
		s.wantTold("entered beto", "posted #2 ¿ahora?") // no list of his had it
		s.wantHandles("beto", "lobby", "ana")
		s.say("ana", id, "¿y ahora?")
		s.wantTold("posted #3 ¿y ahora?")
		s.wantReads("beto", id, "¿ahora?", "¿y ahora?")
		s.wantStands("beto", id, true, false)
	},
	"a blocker does not begin a talk": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.block("beto", "ana")
		id := s.talk("beto", "ana")
		s.wantTold()
		s.say("beto", id, "hola")
		s.wantTold()
		if _, err := s.view.Conversation(t.Context(), s.id("ana"), id); chat.CodeOf(err) != chat.NoConversation {
			t.Errorf("ana finds it: %v", err)
		}
	},
	"to the blocked it is as with somebody who is away": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		b, e := s.friends("ana", "beto"), s.friends("ana", "eva")
		for _, id := range []chat.ConversationID{b, e} {
			s.say("ana", id, "hola")
		}
		for _, who := range []string{"beto", "eva"} {
			s.mark(who, chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{b: 1, e: 1}})
		}
		at := s.at()
		s.block("beto", "ana")
		s.say("ana", b, "¿estás?")
		s.say("ana", e, "¿estás?")
		s.mark("beto", chat.Marks{Delivered: s.at(), Read: map[chat.ConversationID]chat.Number{b: 2}}) // he goes on elsewhere
		s.wantTold("shelved beto marks")
		one, other := s.member("beto", b), s.member("eva", e)
		if one.Read != other.Read || one.Read != 1 || one.Delivered < at || one.Delivered > at+chat.PositionAt(1, 0) {
			t.Errorf("beto, who blocked, is told as %+v; eva, who is away, as %+v", one, other)
		}
		x, y := s.sees("ana", b), s.sees("ana", e)
		if x.Member != y.Member || x.Members != y.Members || x.Asked != y.Asked || x.Blocked || x.Left != y.Left || x.LastN != y.LastN {
			t.Errorf("ana sees %+v and %+v", x, y)
		}
	},
	"who is blocked brings the blocker into no group": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		s.block("beto", "ana")
		id := s.group("pandilla", "ana", "beto", "eva")
		s.wantMembers(id, "ana", "eva")
		s.add("ana", id, "beto")
		s.wantTold()
		s.add("eva", id, "beto")
		s.wantMembers(id, "ana", "beto", "eva")
	},
	"blocks are put up and taken down once": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.unblock("beto", "ana")
		s.wantTold()
		s.block("beto", "beto")
		s.wantTold()
		s.block("beto", "ghost")
		s.wantTold()
		s.block("ghost", "ana")
		s.wantTold()
		s.block("beto", "ana")
		s.block("beto", "ana")
		s.wantTold()
		s.block("ana", "beto")
		for _, who := range []string{"ana", "beto"} {
			if list := must(s.view.Estranged(t.Context(), s.id(who)))(t); len(list) != 1 {
				t.Errorf("%s is estranged from %v", who, list)
			}
			if list := must(s.view.Blocked(t.Context(), s.id(who)))(t); len(list) != 1 {
				t.Errorf("%s has blocked %v", who, list)
			}
		}
	},
}

var privacyStories = map[string]func(*testing.T, *stage){
	"what people say of themselves is cleaned": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.choose("ana", chat.Settings{Name: "Ana\x1b[2J\nP.", Status: "en casa"})
		p := must(s.view.Person(t.Context(), s.id("ana")))(t)
		if p.Name != "Ana P." || p.Status != "en casa" {
			t.Errorf("ana is %q, who says %q", p.Name, p.Status)
		}
		s.put("ana", chat.SettingsSlot, nil)
		if p := must(s.view.Person(t.Context(), s.id("ana")))(t); p.Name != "" || p.Status != "" {
			t.Errorf("ana is %+v", p)
		}
	},
	"settings may come before their person": func(t *testing.T, s *stage) {
		s.choose("ana", chat.Settings{Name: "Ana P.", SeenBy: chat.Nobody, NoReceipts: true, AddsBy: chat.Known})
		s.mark("ana", chat.Marks{Seen: 1_800_000_000})
		s.claim("ana")
		p := must(s.view.Person(t.Context(), s.id("ana")))(t)
		privacy, seen, err := s.view.Privacy(t.Context(), s.id("ana"))
		if err != nil || p.Name != "Ana P." || privacy != (chat.Privacy{Seen: chat.Nobody, Adds: chat.Known}) || !seen.Equal(time.Unix(1_800_000_000, 0)) {
			t.Errorf("ana is %+v and shows %+v, seen %s, %v", p, privacy, seen, err)
		}
	},
	"whom one shows oneself to changes who sees whom": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.choose("ana", chat.Settings{SeenBy: chat.Nobody})
		s.wantTold("estranged ana", "shelved ana settings")
		s.choose("ana", chat.Settings{SeenBy: chat.Nobody, Name: "Ana"})
		s.wantTold("shelved ana settings")
		if all := must(s.view.Reserved(t.Context()))(t); len(all) != 1 || all[s.id("ana")] != chat.Nobody {
			t.Errorf("reserved are %v", all)
		}
	},
	"without receipts read marks are told to neither": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id, group := s.friends("ana", "beto"), s.group("pandilla", "ana", "beto")
		s.say("ana", id, "hola")
		s.say("beto", id, "hola")
		s.say("ana", group, "hola")
		s.choose("beto", chat.Settings{NoReceipts: true})
		s.mark("beto", readUpto(group, 1))
		s.wantTold("marked beto", "shelved beto marks") // a group is no talk
		s.mark("ana", readUpto(id, 2))
		s.wantTold("shelved ana marks")
		s.say("ana", id, "¿lees?")
		s.mark("beto", readUpto(id, 3))
		s.wantTold("shelved beto marks")
		for _, who := range []string{"ana", "beto"} {
			if m := s.member(who, id); m.Read != 0 {
				t.Errorf("told of %s: %+v", who, m)
			}
		}
		s.mark("beto", chat.Marks{Delivered: s.at()})
		s.wantTold("marked beto", "marked beto", "shelved beto marks") // of the group's too
		if m := s.member("beto", id); m.Delivered != s.at() {
			t.Errorf("told of beto %+v", m)
		}
		s.choose("beto", chat.Settings{})
		if m := s.member("beto", id); m.Read != 3 {
			t.Errorf("told of beto %+v", m)
		}
	},
}
