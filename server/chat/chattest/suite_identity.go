package chattest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"charla/server/chat"
)

// then is when everything on the stage happens.
var then = event(chat.UserID{}, nil).At

func hash(plain string) chat.CodeHash { return chat.HashCode(plain) }

// issue tells of a code of somebody's, "" for the operator, and returns its hash.
func (s *stage) issue(by string, c chat.AccessCode) chat.CodeHash {
	s.t.Helper()
	if c.Hash == "" {
		_, c.Hash = chat.NewCode()
	}
	if c.Uses == 0 {
		c.Uses = 1
	}
	if c.Until.IsZero() {
		c.Until = then.Add(time.Hour)
	}
	var who chat.UserID
	if by != "" {
		who = s.id(by)
	}
	s.happen(event(who, chat.CodeIssued{Code: c}))
	return c.Hash
}

// wantUses checks how many uses a code has left, 0 for one that is not there.
func (s *stage) wantUses(hash chat.CodeHash, want int) {
	s.t.Helper()
	c, err := s.view.AccessCode(s.t.Context(), hash)
	if want == 0 {
		wantCode(s.t, err, chat.CodeWrong)
		return
	}
	if err != nil || c.Uses != want || c.Hash != hash {
		s.t.Errorf("the code is %+v, %v, want %d uses left", c, err, want)
	}
}

func (s *stage) addKey(who, fingerprint string, code chat.CodeHash, proven bool) {
	s.t.Helper()
	key := chat.Key{Fingerprint: fingerprint, Authorized: "ssh-ed25519 AAAA", Proven: proven}
	s.happen(event(s.id(who), chat.KeyAdded{Key: key, Code: code}))
}

func (s *stage) person(who string) chat.Person {
	s.t.Helper()
	return must(s.view.Person(s.t.Context(), s.id(who)))(s.t)
}

// wantKeys checks the fingerprints of somebody's keys; "!" marks a proven one.
func (s *stage) wantKeys(who string, want ...string) {
	s.t.Helper()
	var got []string
	for _, k := range s.person(who).Keys {
		if k.Proven {
			k.Fingerprint += "!"
		}
		got = append(got, k.Fingerprint)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("the keys of %s are %q, want %q", who, got, want)
	}
}

var identityStories = map[string]func(*testing.T, *stage){
	"of two who use an invitation's last use at once the first has it": func(t *testing.T, s *stage) {
		s.claim("ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		s.wantUses(code, 1)
		s.happen(event(s.id("beto"), chat.PersonClaimed{Nick: "beto", Passphrase: "x", Code: code}),
			event(s.id("eva"), chat.PersonClaimed{Nick: "eva", Passphrase: "x", Code: code}))
		s.wantMembers(chat.LobbyID, "ana", "beto")
		s.wantName("beto", s.seq, true)
		s.wantName("eva", s.seq, false)
		s.wantUses(code, 0)
		s.claim("eva")
		s.wantName("eva", s.seq, true)
	},
	"a code of two uses is used twice": func(t *testing.T, s *stage) {
		code := s.issue("", chat.AccessCode{Purpose: chat.Invitation, Uses: 2})
		for i, nick := range []string{"ana", "beto", "eva"} {
			s.happen(event(s.id(nick), chat.PersonClaimed{Nick: chat.Nick(nick), Passphrase: "x", Code: code}))
			s.wantUses(code, max(0, 1-i))
		}
		s.wantMembers(chat.LobbyID, "ana", "beto")
	},
	"the event's time judges whether a code holds": func(t *testing.T, s *stage) {
		code := s.issue("", chat.AccessCode{Purpose: chat.Invitation, Uses: 5})
		late, early := event(s.id("ana"), nil), event(s.id("beto"), nil)
		late.At, early.At = then.Add(time.Hour), then.Add(time.Hour-time.Millisecond)
		late.Body = chat.PersonClaimed{Nick: "ana", Passphrase: "x", Code: code}
		early.Body = chat.PersonClaimed{Nick: "beto", Passphrase: "x", Code: code}
		s.happen(late)
		s.happen(early)
		s.wantMembers(chat.LobbyID, "beto")
		s.wantUses(code, 4)
	},
	"an invitation into a group brings in, while its issuer leads there": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("Equipo", "ana", "beto")
		none := s.issue("beto", chat.AccessCode{Purpose: chat.Invitation, Conversation: group})
		s.wantUses(none, 0)
		code := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation, Conversation: group, Uses: 2})
		s.happen(event(s.id("eva"), chat.PersonClaimed{Nick: "eva", Passphrase: "x", Code: code}))
		s.wantMembers(group, "ana", "beto", "eva")
		s.leave("ana", group)
		s.happen(event(s.id("zoe"), chat.PersonClaimed{Nick: "zoe", Passphrase: "x", Code: code}))
		s.wantMembers(group, "beto", "eva")
		s.wantName("zoe", s.seq, false)
		s.wantUses(code, 1)
	},
	"a login code is for one person, once": func(t *testing.T, s *stage) {
		s.claim("ana", "mallory")
		theft := s.issue("mallory", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		s.wantUses(theft, 0)
		code := s.issue("ana", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		for who, want := range map[string]bool{"ana": true, "mallory": false} {
			if open, err := s.view.LoginCodeOpen(t.Context(), s.id(who), then); open != want || err != nil {
				t.Errorf("a login code of %s is open: %t, %v", who, open, err)
			}
		}
		if open, _ := s.view.LoginCodeOpen(t.Context(), s.id("ana"), then.Add(time.Hour)); open {
			t.Error("it is open when its time is over")
		}
		s.addKey("mallory", "SHA256:m", code, true)
		s.wantKeys("mallory")
		s.happen(event(s.id("mallory"), chat.PassphraseSet{Passphrase: "y", Code: code}))
		s.addKey("ana", "SHA256:a", code, true)
		s.addKey("ana", "SHA256:b", code, true)
		s.wantKeys("ana", "SHA256:a!")
		if p := s.person("mallory").Passphrase; p != "test" {
			t.Errorf("mallory's passphrase is %q now", p)
		}
	},
	"a thief's login code does not outlive what shuts the thief out": func(t *testing.T, s *stage) {
		for name, shut := range map[string]func(who string) chat.Body{
			"signing out":      func(string) chat.Body { return chat.SignedOut{Keep: "here"} },
			"a key removed":    func(who string) chat.Body { return chat.KeyRemoved{Fingerprint: "SHA256:" + who} },
			"a new passphrase": func(string) chat.Body { return chat.PassphraseSet{Passphrase: "new"} },
			"another code used": func(who string) chat.Body {
				return chat.KeyAdded{Key: chat.Key{Fingerprint: "SHA256:new", Proven: true}, Code: s.issue(who, chat.AccessCode{Purpose: chat.LoginCode, For: s.id(who)})}
			},
		} {
			who := fmt.Sprint("ana", len(s.people))
			s.claim(who)
			s.addKey(who, "SHA256:"+who, "", false)
			theirs := s.issue(who, chat.AccessCode{Purpose: chat.LoginCode, For: s.id(who)})
			desk := s.issue("", chat.AccessCode{Purpose: chat.LoginCode, For: s.id(who)})
			invitation := s.issue(who, chat.AccessCode{Purpose: chat.Invitation})
			s.addKey(who, "SHA256:pasted", "", false)
			s.wantUses(theirs, 1)
			s.happen(event(s.id(who), shut(who)))
			for _, code := range []chat.CodeHash{theirs, desk} {
				if _, err := s.view.AccessCode(t.Context(), code); chat.CodeOf(err) != chat.CodeWrong {
					t.Errorf("after %s a login code holds", name)
				}
			}
			s.wantUses(invitation, 1)
		}
	},
	"a device that came in with a code is told of": func(t *testing.T, s *stage) {
		s.claim("ana")
		issue := func() chat.CodeHash {
			return s.issue("ana", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		}
		s.addKey("ana", "SHA256:a", "", true)
		s.addKey("ana", "SHA256:b", "wrong", true)
		code := issue()
		s.told = nil
		s.addKey("ana", "SHA256:c", code, true)
		want := chat.Change{Kind: chat.Linked, User: s.id("ana"), Way: "SHA256:c"}
		if len(s.told) == 1 {
			want.Position, want.Reason = s.told[0].Position, s.told[0].Reason
		}
		if len(s.told) != 1 || !reflect.DeepEqual(s.told[0], want) {
			t.Errorf("told of %+v", s.told)
		}
		code = issue()
		s.told = nil
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: "new", Code: code}))
		if n := len(s.told); n == 0 || s.told[n-1].Kind != chat.Linked || s.told[n-1].Way != chat.ByPassphrase {
			t.Errorf("told of %+v", s.told)
		}
	},
	"what had no effect takes no login code": func(t *testing.T, s *stage) {
		s.claim("ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:none"}))
		s.happen(event(s.id("ana"), chat.PassphraseSet{}))
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: "x", Code: "wrong"}))
		s.wantUses(code, 1)
	},
	"a code for one thing does no other": func(t *testing.T, s *stage) {
		s.claim("ana")
		login := s.issue("", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		s.happen(event(s.id("eva"), chat.PersonClaimed{Nick: "eva", Passphrase: "x", Code: login}))
		s.wantName("eva", s.seq, false)
		invitation := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		s.addKey("ana", "SHA256:a", invitation, true)
		s.wantKeys("ana")
		s.wantUses(login, 1)
		s.wantUses(invitation, 1)
	},
	"an event without effect uses no code": func(t *testing.T, s *stage) {
		s.claim("ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("ana")})
		s.addKey("ana", "SHA256:a", "", true)
		s.addKey("ana", "SHA256:a", code, true)
		s.wantUses(code, 1)
	},
	"codes have a form": func(t *testing.T, s *stage) {
		s.claim("ana")
		_, good := chat.NewCode()
		for name, c := range map[string]chat.AccessCode{
			"no hash":       {Hash: "abc", Purpose: chat.Invitation},
			"no purpose":    {Purpose: "entrance"},
			"no person":     {Purpose: chat.LoginCode},
			"two logins":    {Purpose: chat.LoginCode, For: s.id("ana"), Uses: 2},
			"no group":      {Purpose: chat.JoinCode},
			"over by then":  {Purpose: chat.Invitation, Until: then},
			"less than one": {Hash: good, Purpose: chat.Invitation, Uses: -1},
		} {
			if h := s.issue("ana", c); h != "" {
				if _, err := s.view.AccessCode(t.Context(), h); chat.CodeOf(err) != chat.CodeWrong {
					t.Errorf("%s: a code", name)
				}
			}
		}
	},
	"somebody has so many codes, and old ones make room": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		for range chat.MaxCodes - 1 {
			s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		}
		short := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation, Until: then.Add(time.Minute)})
		more := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		s.wantUses(short, 1)
		s.wantUses(more, 0)
		s.wantUses(s.issue("beto", chat.AccessCode{Purpose: chat.Invitation}), 1)
		open := must(s.view.CodesBy(t.Context(), s.id("ana"), then))(t)
		later := must(s.view.CodesBy(t.Context(), s.id("ana"), then.Add(time.Minute)))(t)
		if len(open) != chat.MaxCodes || len(later) != chat.MaxCodes-1 || open[len(open)-1].Hash != short || open[0].By != s.id("ana") {
			t.Errorf("%d codes hold, %d a minute later", len(open), len(later))
		}
		e := event(s.id("ana"), chat.CodeIssued{Code: chat.AccessCode{Hash: hash("AAAA-AAAA-AAAA"), Purpose: chat.Invitation, Uses: 1, Until: then.Add(time.Hour)}})
		e.At = then.Add(time.Minute)
		s.happen(e)
		s.wantUses(hash("AAAA-AAAA-AAAA"), 1)
		s.wantUses(short, 0)
	},
	"a code is revoked by who issued it, or the operator": func(t *testing.T, s *stage) {
		s.claim("ana", "mallory")
		a := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		b := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		s.happen(event(s.id("mallory"), chat.CodeRevoked{Hash: a}))
		s.wantUses(a, 1)
		s.happen(event(s.id("ana"), chat.CodeRevoked{Hash: a}))
		s.wantUses(a, 0)
		s.happen(event(chat.UserID{}, chat.CodeRevoked{Hash: b}))
		s.wantUses(b, 0)
	},
	"to take back another's code is a decision about them": func(t *testing.T, s *stage) {
		s.ranked(chat.RankOwner, "olga", "otto")
		s.ranked(chat.RankAdmin, "ada")
		s.claim("beto")
		for _, c := range []struct {
			of, by string
			had    bool
		}{{"beto", "ada", false}, {"beto", "olga", true}, {"ada", "olga", true}, {"otto", "olga", false}, {"otto", "", true}, {"", "olga", false}, {"", "", true}} {
			code := chat.AccessCode{Purpose: chat.Invitation}
			var by chat.UserID
			if c.by != "" {
				by = s.id(c.by)
			}
			hash := s.issue(c.of, code)
			e := event(by, chat.CodeRevoked{Hash: hash})
			s.happen(e)
			if _, err := s.view.AccessCode(t.Context(), hash); (err != nil) != c.had || must(s.view.Decided(t.Context(), e.ID))(t) != c.had {
				t.Errorf("%q took back a code of %q and should have: %v", c.by, c.of, c.had)
			}
		}
		own := event(s.id("beto"), chat.CodeRevoked{Hash: s.issue("beto", chat.AccessCode{Purpose: chat.Invitation})})
		s.happen(own)
		if must(s.view.Decided(t.Context(), own.ID))(t) {
			t.Error("to take back one's own is a decision")
		}
		group := s.group("Secreto", "beto")
		s.happen(event(s.id("olga"), chat.CodeRevoked{Hash: s.issue("beto", chat.AccessCode{Purpose: chat.JoinCode, Conversation: group})}))
		if all := must(s.view.Audit(t.Context(), 0, 1))(t); len(all) != 1 || all[0].User != s.id("beto") || all[0].Subject != "" {
			t.Errorf("the audit log tells of a group: %+v", all)
		}
	},
	"keys stand in the order in which they came": func(t *testing.T, s *stage) {
		s.happen(event(s.id("ana"), chat.PersonClaimed{Nick: "ana", Key: &chat.Key{Fingerprint: "SHA256:m", Authorized: "x"}}))
		s.addKey("ana", "SHA256:z", "", false)
		s.happen(event(s.id("ana"), chat.KeyAdded{Key: chat.Key{Fingerprint: "SHA256:p"}}), event(s.id("ana"), chat.KeyAdded{Key: chat.Key{Fingerprint: "SHA256:a"}}))
		s.addKey("ana", "SHA256:z", "", true)
		s.wantKeys("ana", "SHA256:m!", "SHA256:z!", "SHA256:p", "SHA256:a")
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:m"}))
		s.addKey("ana", "SHA256:m", "", false)
		s.wantKeys("ana", "SHA256:z!", "SHA256:p", "SHA256:a", "SHA256:m")
	},
	"keys come and go, but for the last way in": func(t *testing.T, s *stage) {
		s.happen(event(s.id("ana"), chat.PersonClaimed{Nick: "ana", Key: &chat.Key{Fingerprint: "SHA256:b", Authorized: "x"}}))
		s.addKey("ana", "SHA256:a", "", false)
		s.wantTold()
		s.wantKeys("ana", "SHA256:b!", "SHA256:a")
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:b", Keep: "here"}))
		if len(s.told) != 1 || s.told[0].Way != "SHA256:b" || s.told[0].Keep != "here" || s.told[0].Reason != "key-removed" || s.told[0].User != s.id("ana") {
			t.Errorf("told %+v", s.told)
		}
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:b"}))
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:a"}))
		s.wantTold()
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: ""}))
		s.wantKeys("ana", "SHA256:a")
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: "p"}))
		s.wantTold()
		s.happen(event(s.id("ana"), chat.KeyRemoved{Fingerprint: "SHA256:a"}))
		s.wantKeys("ana")
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: ""}))
		s.wantTold()
		s.happen(event(s.id("ana"), chat.PassphraseSet{Passphrase: "q", Keep: "here"}))
		if len(s.told) != 1 || s.told[0].Way != chat.ByPassphrase || s.told[0].Keep != "here" || s.person("ana").Passphrase != "q" {
			t.Errorf("told %+v of %+v", s.told, s.person("ana"))
		}
	},
	"the codes of who is forgotten are gone with them": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		by := s.issue("beto", chat.AccessCode{Purpose: chat.Invitation})
		of := s.issue("", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("beto")})
		other := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation})
		s.happen(event(chat.UserID{}, chat.PersonForgotten{User: s.id("beto")}))
		s.wantUses(by, 0)
		s.wantUses(of, 0)
		s.wantUses(other, 1)
	},
	"a pasted key is proven once, and nobody has more than so many": func(t *testing.T, s *stage) {
		s.claim("ana")
		for i := range chat.MaxKeys + 1 {
			s.addKey("ana", fmt.Sprintf("SHA256:%02d", i), "", false)
		}
		if n := len(s.person("ana").Keys); n != chat.MaxKeys {
			t.Errorf("ana has %d keys", n)
		}
		s.addKey("ana", "SHA256:00", "", true)
		s.addKey("ana", "SHA256:00", "", false)
		if k := s.person("ana").Keys[0]; !k.Proven {
			t.Errorf("the key is %+v", k)
		}
	},
	"signing out ends the others": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.happen(event(s.id("ana"), chat.SignedOut{Keep: "here"}))
		if len(s.told) != 1 || s.told[0].Kind != chat.Expelled || s.told[0].Keep != "here" || s.told[0].Way != "" || s.told[0].Reason != "signed-out" {
			t.Errorf("told %+v", s.told)
		}
		s.happen(event(s.id("ghost"), chat.SignedOut{}))
		s.wantTold()
	},
	"a guest is gone when they leave, and the nick is free": func(t *testing.T, s *stage) {
		s.claim("ana")
		guest := func(who string, nick chat.Nick) {
			s.happen(event(s.id(who), chat.PersonClaimed{Nick: nick, Guest: true, Passphrase: "x", Key: &chat.Key{Fingerprint: "SHA256:g"}}))
		}
		guest("eva", "eva")
		s.wantName("eva", s.seq, false)
		guest("eva", "guest-eva")
		claimed := s.seq
		if p := s.person("eva"); p.Rank != chat.RankGuest || p.Passphrase != "" || len(p.Keys) != 0 {
			t.Errorf("the guest is %+v", p)
		}
		s.say("eva", chat.LobbyID, "hola")
		s.addKey("eva", "SHA256:g", "", true)
		s.happen(event(s.id("eva"), chat.PassphraseSet{Passphrase: "p"}))
		s.wantUses(s.issue("eva", chat.AccessCode{Purpose: chat.Invitation}), 0)
		s.wantUses(s.issue("", chat.AccessCode{Purpose: chat.LoginCode, For: s.id("eva")}), 0)
		s.wantKeys("eva")
		if guests := must(s.view.Guests(t.Context()))(t); len(guests) != 1 || guests[0] != s.id("eva") {
			t.Errorf("the guests are %v", guests)
		}
		s.happen(event(s.id("ana"), chat.GuestLeft{}))
		s.wantTold()
		s.happen(event(s.id("eva"), chat.GuestLeft{}))
		s.wantTold("left guest-eva", "exited eva", "expelled eva")
		s.wantMembers(chat.LobbyID, "ana")
		s.wantName("guest-eva", claimed, false)
		_, err := s.view.PersonByNick(t.Context(), "guest-eva")
		wantCode(t, err, chat.NoPerson)
		if nicks := must(s.view.Nicks(t.Context(), "guest", 5))(t); len(nicks) != 0 {
			t.Errorf("nicks are %q", nicks)
		}
		s.happen(event(s.id("eva"), chat.GuestLeft{}), event(s.id("eva"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "still here"}))
		s.wantTold()
		room := chat.NewID[chat.Conversation]()
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: room, Name: "plaza", Everyone: true}))
		s.wantMembers(room, "ana")
		guest("zoe", "guest-eva")
		if p := must(s.view.PersonByNick(t.Context(), "guest-eva"))(t); p.ID != s.id("zoe") {
			t.Error("the nick is not the second guest's")
		}
		s.wantTexts(chat.LobbyID, "hola")
	},
}
