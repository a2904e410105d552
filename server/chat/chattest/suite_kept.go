package chattest

import (
	"testing"
	"time"

	"charla/server/chat"
)

// sayings are what mallory says or decides, in a group of hers and elsewhere, that is
// not a message.
func (s *stage) sayings(group chat.ConversationID) []chat.Body {
	title, eva := "Buy here", s.id("eva")
	_, code := chat.NewCode()
	return []chat.Body{
		chat.ConversationChanged{Conversation: group, Title: &title},
		chat.ConversationChanged{Conversation: group, Topic: &title},
		chat.RoleGiven{Conversation: group, User: eva, Role: chat.RoleAdmin},
		chat.MemberRemoved{Conversation: group, User: eva},
		chat.MembersAdded{Conversation: group, Members: []chat.UserID{s.id("olga")}},
		chat.GroupCreated{Conversation: chat.NewID[chat.Conversation](), Title: title, Members: []chat.UserID{eva}},
		chat.RoomOpened{Conversation: chat.NewID[chat.Conversation](), Name: "offers", Topic: title},
		chat.CodeIssued{Code: chat.AccessCode{Hash: code, Purpose: chat.Invitation, Uses: 1, Until: then.Add(time.Hour)}},
		chat.PersonWarned{User: eva, Reason: title},
		chat.Banned{Ban: chat.Ban{User: eva}},
	}
}

// wantSayings checks that nothing of that has an effect, or all; and that what was
// decided moves on either way.
func (s *stage) wantSayings(group chat.ConversationID, effect bool) {
	s.t.Helper()
	for _, body := range s.sayings(group) {
		e := event(s.id("mallory"), body)
		s.happen(e)
		had := len(s.told) > 0
		if b, ok := body.(chat.CodeIssued); ok {
			_, err := s.view.AccessCode(s.t.Context(), b.Code.Hash)
			had = err == nil
		}
		if had != effect {
			s.t.Errorf("%T had an effect: %v, want %v", body, had, effect)
		}
		if name, in := chat.Decides(body); name != "" {
			s.wantName(name, s.at().Seq(), effect)
		} else if in == group {
			if got := s.sees("mallory", group).Version; got != s.at() {
				s.t.Errorf("%T left the version at %d, want %d", body, got, s.at())
			}
		}
	}
}

// What somebody had on its way to the log when they were banned was said after all.
var keptStories = map[string]func(*testing.T, *stage){
	"who is banned says nothing more": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "mallory")
		s.claim("eva")
		group, with := s.group("Fiesta", "mallory", "eva"), s.talk("mallory", "eva")
		first := s.say("mallory", group, "hola")
		file := s.file("mallory", group, "a.txt", "abc")
		term := event(s.id("mallory"), nil).At.Add(time.Hour)
		say := func(in chat.ConversationID, text string) chat.Event {
			return event(s.id("mallory"), chat.MessagePosted{Conversation: in, Text: text})
		}
		s.happen(say(group, "before"), event(s.id("olga"), chat.Banned{Ban: chat.Ban{User: s.id("mallory"), Until: term}}), say(group, "in flight"), say(with, "in flight"))
		s.wantTexts(group, "hola", "[a.txt]", "before")
		s.wantTexts(with)
		s.edit("mallory", group, first, "spam")
		s.wantTold()
		s.rename("mallory", group, file, "spam.txt")
		s.wantTold()
		s.file("mallory", group, "b.txt", "abd")
		s.wantTold()
		s.happen(event(s.id("mallory"), chat.TalkOpened{Conversation: chat.TalkID(s.id("mallory"), s.id("olga")), Lo: s.id("mallory"), Hi: s.id("olga")}))
		s.wantTold()
		s.wantSayings(group, false)
		s.retract("mallory", group, first)
		s.wantTold("retracted #1 -")
		later := say(group, "served")
		later.At = term
		s.happen(later)
		s.wantTold("posted #4 served")
	},
	"whose ban is lifted, or forgotten with a newer one, speaks again": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "mallory")
		s.claim("eva")
		group := s.group("Fiesta", "mallory", "eva")
		ban := func(until time.Time) chat.Event {
			return event(s.id("olga"), chat.Banned{Ban: chat.Ban{User: s.id("mallory"), Until: until}})
		}
		say := event(s.id("mallory"), chat.MessagePosted{Conversation: group, Text: "after the shorter one"})
		say.At = say.At.Add(time.Minute)
		s.happen(ban(time.Time{}), ban(say.At), say)
		s.wantTexts(group, "after the shorter one")
		s.happen(ban(time.Time{}))
		s.say("mallory", group, "banned")
		for _, b := range must(s.view.Bans(t.Context()))(t) {
			s.happen(event(s.id("olga"), chat.BanLifted{Ban: b.ID}))
		}
		s.say("mallory", group, "free")
		s.wantTexts(group, "after the shorter one", "free")
		s.wantSayings(group, true)
	},
	"a key or a network keeps out at the door only": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("mallory")
		s.addKey("mallory", "SHA256:mallory", "", true)
		s.happen(event(s.id("olga"), chat.Banned{Ban: chat.Ban{Key: "SHA256:mallory"}}))
		s.say("mallory", chat.LobbyID, "still here")
		s.wantTexts(chat.LobbyID, "still here")
	},
	"nobody undoes a silence that somebody above them decided": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "ada", "ena")
		s.claim("beto")
		now := event(s.id("olga"), nil).At
		silence := func(until time.Time) chat.Body { return chat.PersonSilenced{User: s.id("beto"), Until: until} }
		undo := silence(time.Time{})
		for _, by := range []struct{ decider, below, may string }{{"ada", "", "ena"}, {"olga", "ada", "olga"}, {"", "olga", ""}} {
			e := event(chat.UserID{}, silence(now.Add(time.Hour)))
			if by.decider != "" {
				e.By = s.id(by.decider)
			}
			s.happen(e)
			if by.below != "" && (s.try(by.below, undo) || s.try(by.below, silence(now.Add(time.Minute)))) {
				t.Errorf("%s undid what %q decided", by.below, by.decider)
			}
			if p := s.person("beto"); !p.Silenced.Equal(now.Add(time.Hour)) || p.SilencedBy != e.By {
				t.Errorf("beto is silenced until %v by %v", p.Silenced, p.SilencedBy)
			}
			if by.may != "" && !s.try(by.may, undo) {
				t.Errorf("%s does not undo what %q decided", by.may, by.decider)
			}
		}
		over := event(s.id("ada"), silence(now.Add(3*time.Hour))) // what the operator decided is over by then
		over.At = now.Add(2 * time.Hour)
		s.happen(over)
		s.wantTold("cautioned beto")
	},
	"who is silenced decides nothing, whatever their rank": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga", "otis")
		s.claim("eva", "zoe", "dan")
		s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("dan")}))
		until := event(s.id("olga"), nil).At.Add(time.Hour)
		issue := func(by string) chat.CodeHash {
			_, hash := chat.NewCode()
			s.happen(event(s.id(by), chat.CodeIssued{Code: chat.AccessCode{Hash: hash, Purpose: chat.Invitation, Uses: 1, Until: then.Add(time.Hour)}}))
			s.wantUses(hash, 1)
			return hash
		}
		own, others := issue("olga"), issue("eva")
		silence := func(until time.Time) {
			s.happen(event(chat.UserID{}, chat.PersonSilenced{User: s.id("olga"), Until: until}))
		}
		deeds := []chat.Body{
			chat.RankGiven{User: s.id("eva"), Rank: chat.RankAdmin}, chat.CodeRevoked{Hash: others},
			chat.NickFreed{Nick: "dan"}, chat.PersonForgotten{User: s.id("zoe")},
		}
		silence(until)
		for _, b := range deeds {
			if s.try("olga", b) {
				t.Errorf("%T had its effect", b)
			}
		}
		s.wantName("dan", s.at().Seq()-1, true) // its subject moves on all the same
		s.wantUses(others, 1)
		s.happen(event(s.id("olga"), chat.CodeRevoked{Hash: own}))
		s.wantUses(own, 0)
		silence(time.Time{})
		for _, b := range deeds {
			if !s.try("olga", b) {
				t.Errorf("%T has no effect afterwards", b)
			}
		}
	},
	"what an owner decided stands when they are none any more": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga", "oto", "otis")
		s.ranked(chat.RankAdmin, "ada", "ena")
		s.claim("beto", "eva")
		until := event(s.id("olga"), nil).At.Add(time.Hour)
		ban := func(user string) chat.Body { return chat.Banned{Ban: chat.Ban{User: s.id(user), Until: until}} }
		silence := func(until time.Time) chat.Body { return chat.PersonSilenced{User: s.id("beto"), Until: until} }
		bans := func() []chat.Ban { return must(s.view.Bans(t.Context()))(t) }
		if !s.try("olga", ban("eva")) || !s.try("oto", silence(until)) || !s.try("ada", chat.Banned{Ban: chat.Ban{Key: "SHA256:m"}}) {
			t.Fatal("an owner bans and silences nobody")
		}
		held := bans()
		if held[0].By != s.id("olga") || held[0].As != chat.RankOwner || held[1].As != chat.RankAdmin {
			t.Errorf("the bans are %+v", held)
		}
		s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("olga")}), event(chat.UserID{}, chat.RankGiven{User: s.id("oto"), Rank: chat.RankAdmin}))
		for _, by := range []string{"ada", "oto"} {
			for _, undo := range []chat.Body{chat.BanLifted{Ban: held[0].ID}, ban("eva"), silence(time.Time{}), silence(until.Add(-time.Minute))} {
				if s.try(by, undo) {
					t.Errorf("%s did %+v", by, undo)
				}
			}
		}
		if p := s.person("beto"); p.SilencedBy != s.id("oto") || p.SilencedAs != chat.RankOwner {
			t.Errorf("beto was silenced by %v, %s", p.SilencedBy, p.SilencedAs)
		}
		s.happen(event(chat.UserID{}, chat.RankGiven{User: s.id("ada"), Rank: chat.RankOwner})) // who was an admin when she banned
		if !s.try("ena", chat.BanLifted{Ban: held[1].ID}) || !s.try("otis", chat.BanLifted{Ban: held[0].ID}) || !s.try("otis", silence(time.Time{})) || len(bans()) != 0 {
			t.Errorf("what may be undone is not: %+v", bans())
		}
	},
	"who is silenced says nothing in other ways either": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "mallory")
		s.claim("eva")
		group := s.group("Fiesta", "mallory", "eva")
		until := event(s.id("olga"), nil).At.Add(time.Hour)
		s.happen(event(s.id("olga"), chat.PersonSilenced{User: s.id("mallory"), Until: until}))
		s.wantSayings(group, false)
		_, device := chat.NewCode()
		s.happen(event(s.id("mallory"), chat.CodeIssued{Code: chat.AccessCode{Hash: device, Purpose: chat.LoginCode, For: s.id("mallory"), Uses: 1, Until: then.Add(time.Hour)}}))
		s.wantUses(device, 1)
		s.happen(event(s.id("olga"), chat.PersonSilenced{User: s.id("mallory")}))
		s.wantSayings(group, true)
	},
}
