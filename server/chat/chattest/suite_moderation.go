package chattest

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"charla/server/chat"
)

// ranked makes owners and admins of people, as the operator does.
func (s *stage) ranked(rank chat.Rank, nicks ...string) {
	s.t.Helper()
	for _, n := range nicks {
		s.claim(n)
		s.happen(event(chat.UserID{}, chat.RankGiven{User: s.id(n), Rank: rank}))
	}
}

// wantRank checks what somebody is on the server.
func (s *stage) wantRank(who string, want chat.Rank) {
	s.t.Helper()
	if got := must(s.view.Person(s.t.Context(), s.id(who)))(s.t).Rank; got != want {
		s.t.Errorf("%s is %s, want %s", who, got, want)
	}
}

// try lets somebody decide something and reports whether it had an effect.
func (s *stage) try(who string, body chat.Body) bool {
	s.t.Helper()
	e := event(s.id(who), body)
	s.happen(e)
	return must(s.view.Decided(s.t.Context(), e.ID))(s.t)
}

var moderationStories = map[string]func(*testing.T, *stage){
	"who decides about whom": func(t *testing.T, s *stage) {
		ranks := []chat.Rank{chat.RankOwner, chat.RankAdmin, chat.RankMember}
		for _, r := range ranks {
			s.ranked(r, string(r), "another-"+string(r))
		}
		for by, above := range map[chat.Rank][]chat.Rank{
			chat.RankOwner: {chat.RankAdmin, chat.RankMember}, chat.RankAdmin: {chat.RankMember}, chat.RankMember: nil,
		} {
			for _, whom := range ranks {
				user := s.id("another-" + string(whom))
				want := slices.Contains(above, whom)
				for _, body := range []chat.Body{
					chat.PersonWarned{User: user, Reason: "x"}, chat.PersonSilenced{User: user, Until: time.Now().Add(time.Hour)},
					chat.PersonKicked{User: user}, chat.Banned{Ban: chat.Ban{User: user}},
				} {
					if had := s.try(string(by), body); had != want {
						t.Errorf("%s about %s: %T had effect %v", by, whom, body, had)
					}
					for _, b := range must(s.view.Bans(t.Context()))(t) {
						s.happen(event(chat.UserID{}, chat.BanLifted{Ban: b.ID}))
					}
					s.happen(event(chat.UserID{}, chat.PersonSilenced{User: user}))
				}
			}
			if s.try(string(by), chat.PersonWarned{User: s.id(string(by)), Reason: "x"}) {
				t.Errorf("%s decided about themselves", by)
			}
		}
	},
	"only owners and the operator give ranks": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		for _, who := range []string{"ada", "beto"} {
			for _, rank := range []chat.Rank{chat.RankOwner, chat.RankAdmin} {
				if s.try(who, chat.RankGiven{User: s.id("beto"), Rank: rank}) {
					t.Errorf("%s made an %s", who, rank)
				}
			}
			if s.try(who, chat.RankGiven{User: s.id("olga"), Rank: chat.RankMember}) {
				t.Errorf("%s unseated an owner", who)
			}
		}
		if !s.try("olga", chat.RankGiven{User: s.id("beto"), Rank: chat.RankAdmin}) || s.try("olga", chat.RankGiven{User: s.id("beto"), Rank: "king"}) {
			t.Error("an owner does not give the ranks there are")
		}
		s.wantRank("beto", chat.RankAdmin)
	},
	"who is given a rank is told of it, and of none that they have": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto")
		given := func(rank chat.Rank) chat.Event {
			return event(s.id("olga"), chat.RankGiven{User: s.id("beto"), Rank: rank})
		}
		s.happen(given(chat.RankAdmin), given(chat.RankAdmin), given(chat.RankMember))
		var told []string
		for _, c := range s.told {
			if c.Kind == chat.Ranked && c.User == s.id("beto") && c.Position != 0 {
				told = append(told, c.Reason)
			}
		}
		if !slices.Equal(told, []string{"admin", "member"}) || len(s.told) != 2 {
			t.Errorf("told of %+v", s.told)
		}
	},
	"of owners who demote each other one stays": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga", "otto")
		s.happen(event(s.id("olga"), chat.RankGiven{User: s.id("otto"), Rank: chat.RankMember}), event(s.id("otto"), chat.RankGiven{User: s.id("olga"), Rank: chat.RankMember}))
		s.wantRank("olga", chat.RankOwner)
		s.wantRank("otto", chat.RankMember)
		if s.try("olga", chat.RankGiven{User: s.id("olga"), Rank: chat.RankMember}) {
			t.Error("the last owner stepped down")
		}
		s.happen(event(chat.UserID{}, chat.RankGiven{User: s.id("olga"), Rank: chat.RankMember}))
		s.wantRank("olga", chat.RankMember)
	},
	"who is banned leaves no code behind": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		for name, by := range map[string]struct {
			ban  func(who string) chat.Ban
			left int
		}{
			"the person":             {func(who string) chat.Ban { return chat.Ban{User: s.id(who)} }, 0},
			"a key that is theirs":   {func(who string) chat.Ban { return chat.Ban{Key: "SHA256:" + who} }, 0},
			"a key that they pasted": {func(string) chat.Ban { return chat.Ban{Key: "SHA256:pasted"} }, 1},
			"a network":              {func(string) chat.Ban { return chat.Ban{Network: netip.MustParsePrefix("203.0.113.7/32")} }, 1},
		} {
			who := fmt.Sprint("mallory", len(s.people))
			s.claim(who)
			s.addKey(who, "SHA256:"+who, "", true)
			s.addKey(who, "SHA256:pasted", "", false)
			group := s.group("Oferta", who)
			codes := []chat.CodeHash{
				s.issue(who, chat.AccessCode{Purpose: chat.Invitation}), s.issue(who, chat.AccessCode{Purpose: chat.JoinCode, Conversation: group}),
				s.issue(who, chat.AccessCode{Purpose: chat.LoginCode, For: s.id(who)}), s.issue("", chat.AccessCode{Purpose: chat.LoginCode, For: s.id(who)}),
			}
			s.happen(event(s.id("ada"), chat.Banned{Ban: by.ban(who)}))
			for i, code := range codes {
				if c, _ := s.view.AccessCode(t.Context(), code); c.Uses != by.left {
					t.Errorf("banned by %s: code %d has %d uses left", name, i, c.Uses)
				}
			}
		}
	},
	"who is sent or kept out is told why, and for how long": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		last := func() chat.Change { return s.told[len(s.told)-1] }
		s.happen(event(s.id("ada"), chat.PersonKicked{User: s.id("beto"), Reason: "no links"}))
		if c := last(); c.Kind != chat.Expelled || c.Reason != "kicked" || c.Said != "no links" || !c.Until.IsZero() {
			t.Errorf("a kick tells %+v", c)
		}
		until := time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)
		s.happen(event(s.id("ada"), chat.Banned{Ban: chat.Ban{User: s.id("beto"), Until: until, Reason: "spam"}}))
		if c := last(); c.Kind != chat.Expelled || c.Reason != "banned" || c.Said != "spam" || !c.Until.Equal(until) {
			t.Errorf("a ban tells %+v", c)
		}
	},
	"a warning is told and kept": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		s.happen(event(s.id("ada"), chat.PersonWarned{User: s.id("beto"), Reason: "no links"}))
		s.wantTold("cautioned beto")
		first := s.at()
		s.happen(event(s.id("ada"), chat.PersonKicked{User: s.id("beto"), Reason: "again"}))
		s.wantTold("cautioned beto", "expelled beto")
		all := must(s.view.Warnings(t.Context(), s.id("beto"), 0, 10))(t)
		if len(all) != 2 || all[0].Reason != "no links" || all[1].Kind != "person.kicked" {
			t.Errorf("beto is warned of %+v", all)
		}
		if later := must(s.view.Warnings(t.Context(), s.id("beto"), first, 10))(t); len(later) != 1 {
			t.Errorf("after the first beto is warned of %+v", later)
		}
	},
	"the silenced read and do not write": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto", "eva")
		notes, with, ada := s.talk("beto", "beto"), s.talk("beto", "eva"), s.talk("beto", "ada")
		before := s.say("beto", chat.LobbyID, "hola")
		now := event(s.id("ada"), nil).At
		s.happen(event(s.id("ada"), chat.PersonSilenced{User: s.id("beto"), Until: now.Add(time.Hour), Reason: "spam"}))
		for in, heard := range map[chat.ConversationID]bool{chat.LobbyID: false, with: false, notes: true, ada: true} {
			s.say("beto", in, "let me speak")
			if got := s.sees("beto", in).LastN > 0 && s.sees("beto", in).Last.Text == "let me speak"; got != heard {
				t.Errorf("what beto says in %s was heard: %v", s.sees("beto", in).Handle, got)
			}
		}
		s.edit("beto", chat.LobbyID, before, "spam")
		s.wantTold()
		s.retract("beto", chat.LobbyID, before)
		s.wantTold("retracted #1 -")
		late := event(s.id("beto"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "sorry"})
		late.At = now.Add(time.Hour)
		s.happen(late)
		s.wantTold("posted #2 sorry")
		s.happen(event(s.id("ada"), chat.PersonSilenced{User: s.id("beto")}))
		s.wantTold("cautioned beto")
		if told := must(s.view.Warnings(t.Context(), s.id("beto"), 0, 9))(t); len(told) != 2 || !told[1].Until.IsZero() {
			t.Errorf("he is told %+v, want of both decisions", told)
		}
		s.happen(event(s.id("ada"), chat.PersonSilenced{User: s.id("beto")}))
		s.wantTold()
		s.say("beto", chat.LobbyID, "free")
		s.wantTold("posted #3 free")
	},
	"silence is the same within one batch": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		say := func(text string) chat.Event {
			return event(s.id("beto"), chat.MessagePosted{Conversation: chat.LobbyID, Text: text})
		}
		until := say("").At.Add(time.Hour)
		s.happen(say("one"), event(s.id("ada"), chat.PersonSilenced{User: s.id("beto"), Until: until}), say("two"),
			event(s.id("ada"), chat.PersonSilenced{User: s.id("beto")}), say("three"))
		s.wantTexts(chat.LobbyID, "one", "three")
	},
	"the newest ban of each is kept": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		at := event(s.id("ada"), nil).At
		net := netip.MustParsePrefix("203.0.113.0/24")
		for _, b := range []chat.Ban{
			{User: s.id("beto"), Reason: "first"}, {Key: "SHA256:abc"}, {Network: net, Until: at.Add(time.Minute)}, {User: s.id("beto"), Reason: "second"},
		} {
			if !s.try("ada", chat.Banned{Ban: b}) {
				t.Errorf("%+v had no effect", b)
			}
		}
		bans := must(s.view.Bans(t.Context()))(t)
		if len(bans) != 3 || bans[0].Key != "SHA256:abc" || bans[1].Network != net || bans[2].Reason != "second" || bans[2].By != s.id("ada") {
			t.Errorf("the bans are %+v", bans)
		}
		later := event(s.id("ada"), chat.Banned{Ban: chat.Ban{Key: "SHA256:def"}})
		later.At = at.Add(time.Minute)
		s.happen(later)
		s.wantTold("expelled")
		if bans := must(s.view.Bans(t.Context()))(t); len(bans) != 3 || bans[0].Key != "SHA256:abc" {
			t.Errorf("with one that is over the bans are %+v", bans)
		}
		if s.try("beto", chat.BanLifted{Ban: bans[0].ID}) || !s.try("ada", chat.BanLifted{Ban: bans[0].ID}) || s.try("ada", chat.BanLifted{Ban: bans[0].ID}) {
			t.Error("a ban is not lifted once, by an admin")
		}
	},
	"an admin bans nobody above by a key or a network, and undoes nothing of theirs": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.ranked(chat.RankAdmin, "ada", "ena")
		s.claim("beto")
		s.addKey("olga", "SHA256:olga", "", false)
		wide, narrow := netip.MustParsePrefix("203.0.112.0/23"), netip.MustParsePrefix("203.0.113.0/24")
		for _, b := range []chat.Ban{{Key: "SHA256:olga"}, {Network: wide}, {Network: netip.MustParsePrefix("2001:db8::/47")}} {
			if s.try("ada", chat.Banned{Ban: b}) {
				t.Errorf("%+v had an effect", b)
			}
		}
		if !s.try("olga", chat.Banned{Ban: chat.Ban{Network: wide}}) || !s.try("ada", chat.Banned{Ban: chat.Ban{Network: narrow}}) {
			t.Error("an owner bans no /23, or an admin no /24")
		}
		at := event(s.id("ada"), nil).At
		s.happen(event(chat.UserID{}, chat.Banned{Ban: chat.Ban{Key: "SHA256:m"}}))
		s.happen(event(s.id("olga"), chat.Banned{Ban: chat.Ban{User: s.id("beto"), Until: at.Add(time.Hour)}}))
		bans := must(s.view.Bans(t.Context()))(t)
		for _, no := range []struct {
			who string
			ban chat.Ban
		}{{"ada", bans[0]}, {"ada", bans[2]}, {"olga", bans[2]}, {"ada", bans[3]}} {
			shorter := no.ban
			shorter.Until = at.Add(time.Minute)
			if s.try(no.who, chat.BanLifted{Ban: no.ban.ID}) || s.try(no.who, chat.Banned{Ban: shorter}) {
				t.Errorf("%s undid %+v", no.who, no.ban)
			}
		}
		if !s.try("ena", chat.BanLifted{Ban: bans[1].ID}) || !s.try("olga", chat.BanLifted{Ban: bans[3].ID}) || len(must(s.view.Bans(t.Context()))(t)) != 2 {
			t.Error("an equal's is not lifted, or an owner's own")
		}
	},
	"what no ban may be": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "ada")
		key := chat.Key{Fingerprint: "SHA256:olga"}
		s.happen(event(s.id("olga"), chat.PersonClaimed{Nick: "olga", Key: &key}), event(chat.UserID{}, chat.RankGiven{User: s.id("olga"), Rank: chat.RankOwner}))
		for _, b := range []chat.Ban{
			{}, {User: s.id("nobody")}, {User: s.id("ada"), Key: "SHA256:x"}, {Key: key.Fingerprint}, {Network: netip.MustParsePrefix("0.0.0.0/0")},
			{Network: netip.MustParsePrefix("::/8")}, {Network: netip.MustParsePrefix("127.0.0.0/8")}, {Network: netip.MustParsePrefix("::1/128")},
			{Network: netip.MustParsePrefix("10.1.2.3/8")}, {Key: "SHA256:x", Until: event(s.id("ada"), nil).At},
		} {
			if s.try("ada", chat.Banned{Ban: b}) {
				t.Errorf("%+v had an effect", b)
			}
		}
	},
	"a report keeps what was said until it is closed": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto", "eva", "luis")
		talk := s.talk("beto", "eva")
		m := s.say("beto", talk, "an insult")
		if s.try("luis", chat.Reported{Message: m}); len(must(s.view.Reports(t.Context(), 10))(t)) != 0 {
			t.Error("luis reported what he cannot read")
		}
		report := event(s.id("eva"), chat.Reported{Message: m, Reason: "he insults me"})
		s.happen(report)
		s.wantTold()
		s.happen(event(s.id("eva"), chat.Reported{Message: m}), event(s.id("beto"), chat.Reported{Message: m}))
		s.edit("beto", talk, m, "nothing")
		s.retract("beto", talk, m)
		open := must(s.view.Reports(t.Context(), 10))(t)
		if len(open) != 1 || open[0].ID != report.ID || open[0].Text != "an insult" || open[0].Nick != "beto" || open[0].ByNick != "eva" || open[0].Reason != "he insults me" {
			t.Fatalf("reported is %+v", open)
		}
		if s.try("eva", chat.ReportClosed{Report: report.ID}) || !s.try("ada", chat.ReportClosed{Report: report.ID, Outcome: "warned"}) {
			t.Error("a report is not closed by an admin")
		}
		if r := must(s.view.Report(t.Context(), report.ID))(t); r.Text != "" || r.Closed.IsZero() || r.Outcome != "warned" {
			t.Errorf("closed it is %+v", r)
		}
	},
	"nobody reports without end": func(t *testing.T, s *stage) {
		s.claim("beto", "eva")
		for i := range chat.MaxReports + 3 {
			m := s.say("beto", chat.LobbyID, fmt.Sprint(i))
			s.happen(event(s.id("eva"), chat.Reported{Message: m}))
		}
		if open := must(s.view.ReportsBy(t.Context(), s.id("eva")))(t); open != chat.MaxReports {
			t.Errorf("eva has %d open reports", open)
		}
	},
	"a code of the operator's is in the audit log, and nobody else's": func(t *testing.T, s *stage) {
		s.claim("beto")
		for _, by := range []chat.UserID{{}, s.id("beto")} {
			_, hash := chat.NewCode()
			e := event(by, chat.CodeIssued{})
			e.Body = chat.CodeIssued{Code: chat.AccessCode{Hash: hash, Purpose: chat.LoginCode, For: s.id("beto"), Uses: 1, Until: e.At.Add(time.Hour)}}
			s.happen(e)
		}
		all := must(s.view.Audit(t.Context(), 0, 10))(t)
		if len(all) != 1 || all[0].Kind != "code.issued" || all[0].Nick != "beto" || all[0].Subject != "login" || !all[0].By.IsZero() {
			t.Errorf("it has %+v", all)
		}
	},
	"the audit log has what had an effect": func(t *testing.T, s *stage) {
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		s.try("beto", chat.PersonKicked{User: s.id("ada")})
		s.try("ada", chat.PersonSilenced{User: s.id("beto"), Until: time.Now().Add(time.Hour), Reason: "spam"})
		all := must(s.view.Audit(t.Context(), 0, 10))(t)
		if len(all) != 2 || all[0].ByNick != "ada" || all[0].Nick != "beto" || all[0].Reason != "spam" || all[0].Until.IsZero() || all[1].By != (chat.UserID{}) || all[1].Subject != "admin" {
			t.Errorf("it has %+v", all)
		}
		if older := must(s.view.Audit(t.Context(), all[0].Position, 10))(t); len(older) != 1 || older[0].ID != all[1].ID {
			t.Errorf("before the newest it has %+v", older)
		}
	},
}

var forgettingStories = map[string]func(*testing.T, *stage){
	"who is forgotten leaves nothing": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		key := chat.Key{Fingerprint: "SHA256:beto"}
		s.happen(event(s.id("beto"), chat.PersonClaimed{Nick: "beto", Key: &key, Passphrase: "phc"}))
		group := s.group("pandilla", "olga", "beto")
		m := s.say("beto", group, "something secret")
		s.file("beto", chat.LobbyID, "secret.txt", "abc")
		s.put("beto", chat.SettingsSlot, []byte("{}"))
		s.put("beto", chat.MarksSlot, []byte(`{"d":5}`))
		if !s.try("olga", chat.PersonForgotten{User: s.id("beto")}) {
			t.Fatal("an owner forgets nobody")
		}
		s.wantTold("expelled beto", "left ", "left ", "exited beto", "exited beto", "retracted #1 -", "retracted #1 -")
		p := must(s.view.Person(t.Context(), s.id("beto")))(t)
		if !p.Forgotten || p.Nick != "" || p.Passphrase != "" || len(p.Keys) > 0 {
			t.Errorf("left is %+v", p)
		}
		_, err := s.view.PersonByNick(t.Context(), "beto")
		wantCode(t, err, chat.NoPerson)
		if got := s.message(m); got.Nick != "" || !got.Retracted {
			t.Errorf("the message is %+v", got)
		}
		found := must(s.view.Search(t.Context(), chat.TermQuery{Terms: []string{"secret"}, In: []chat.Extent{{ID: group}, {ID: chat.LobbyID}}, Limit: 5}))(t)
		slots := must(s.view.Slots(t.Context(), s.id("beto")))(t)
		if blob := must(s.view.HasBlob(t.Context(), "abc"))(t); blob || len(found)+len(slots) > 0 {
			t.Errorf("there are a blob %v, messages %+v, slots %v", blob, found, slots)
		}
		s.wantMembers(group, "olga")
		s.wantMembers(chat.LobbyID, "olga")
	},
	"who is forgotten comes into nothing": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto")
		group := s.group("pandilla", "olga")
		s.try("olga", chat.PersonForgotten{User: s.id("beto")})
		s.add("olga", group, "beto")
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: chat.NewID[chat.Conversation](), Name: "plaza", Everyone: true}))
		s.wantTold("joined olga", "entered olga")
		s.put("beto", chat.SettingsSlot, []byte("{}"))
		s.say("beto", chat.LobbyID, "here again")
		s.wantMembers(group, "olga")
		s.wantTexts(chat.LobbyID)
		if s.try("beto", chat.RankGiven{User: s.id("beto"), Rank: chat.RankOwner}) || s.try("olga", chat.RankGiven{User: s.id("beto"), Rank: chat.RankOwner}) {
			t.Error("somebody who left has a rank")
		}
	},
	"much is forgotten in pieces": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto")
		const many = chat.ForgottenMessages + 3
		var said []chat.Event
		for i := range many {
			said = append(said, event(s.id("beto"), chat.MessagePosted{Conversation: chat.LobbyID, Text: fmt.Sprint(i)}))
		}
		s.happen(said...)
		forget := func() (retracted int) {
			s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("beto")}))
			for _, c := range s.told {
				if c.Kind == chat.Retracted {
					retracted++
				}
			}
			return retracted
		}
		var got []int
		for range 3 {
			got = append(got, forget(), len(must(s.view.Forgetting(t.Context()))(t)))
		}
		if want := []int{chat.ForgottenMessages, 1, 3, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("taken back and still forgetting: %v, want %v", got, want)
		}
		if all := must(s.view.Audit(t.Context(), 0, 10))(t); len(all) != 2 {
			t.Errorf("the audit log has %+v", all)
		}
	},
	"a talk with them has a handle of its own": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto", "eva")
		id := s.talk("olga", "beto")
		s.say("beto", id, "private")
		s.say("olga", id, "I hear you")
		s.try("olga", chat.PersonForgotten{User: s.id("beto")})
		gone := chat.LeftHandle(s.id("beto"))
		for what, c := range map[string]chat.Conversation{
			"sees":  s.sees("olga", id),
			"finds": must(s.view.ByHandle(t.Context(), s.id("olga"), gone))(t),
		} {
			if c.ID != id || c.Handle != gone || c.Title != string(gone) || !c.Member || !c.Deserted {
				t.Errorf("olga %s %+v", what, c)
			}
		}
		if seat := must(s.view.Seat(t.Context(), s.id("olga"), id))(t); !seat.Deserted {
			t.Errorf("olga's seat is %+v", seat)
		}
		s.say("olga", id, "where are you?") // on its way by then
		s.wantTold()
		for who, handle := range map[string]chat.Handle{"eva": gone, "olga": "beto"} {
			if _, err := s.view.ByHandle(t.Context(), s.id(who), handle); chat.CodeOf(err) != chat.NoConversation {
				t.Errorf("%s finds %s: %v", who, handle, err)
			}
		}
	},
	"what was reported of them is forgotten too": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto", "eva")
		report := func(who, by string) {
			m := s.say(who, chat.LobbyID, "words of "+who)
			s.happen(event(s.id(by), chat.Reported{Message: m, Reason: "reason of " + by}))
		}
		report("beto", "eva")
		report("eva", "beto")
		s.try("olga", chat.PersonForgotten{User: s.id("beto")})
		open := must(s.view.Reports(t.Context(), 10))(t)
		if len(open) != 2 || open[0].Text != "" || open[0].Reason != "reason of eva" || open[1].Text != "words of eva" || open[1].Reason != "" {
			t.Errorf("the reports are %+v", open)
		}
	},
	"a nick is freed only of who was forgotten": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga")
		s.claim("beto")
		if s.try("olga", chat.NickFreed{Nick: "beto"}) {
			t.Error("the nick of somebody who is here was freed")
		}
		if got, taken, err := s.view.Name(t.Context(), "beto"); err != nil || got != s.at().Seq() || !taken {
			t.Errorf("the name's version is %d, want %d: its subject moved on; %v, %v", got, s.at().Seq(), taken, err)
		}
		s.try("olga", chat.PersonForgotten{User: s.id("beto")})
		if !s.try("olga", chat.NickFreed{Nick: "beto"}) || s.try("olga", chat.NickFreed{Nick: "beto"}) || s.try("olga", chat.NickFreed{Nick: "lobby"}) {
			t.Error("a nick is not freed once")
		}
	},
	"owners are forgotten by the operator only": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga", "otto")
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		if s.try("olga", chat.PersonForgotten{User: s.id("otto")}) || s.try("ada", chat.PersonForgotten{User: s.id("beto")}) || s.try("beto", chat.PersonForgotten{User: s.id("beto")}) {
			t.Error("somebody was forgotten")
		}
		s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("otto")}))
		if owners := must(s.view.Owners(t.Context()))(t); owners != 1 {
			t.Errorf("there are %d owners", owners)
		}
	},
}
