package chat_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

func ptr[T any](v T) *T { return &v }

func everyKind() []chat.Body {
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	conv, msg, user := chat.NewID[chat.Conversation](), chat.NewID[chat.Message](), chat.NewID[chat.Person]()
	return []chat.Body{
		chat.PersonClaimed{Nick: "ana", Key: &chat.Key{Fingerprint: "SHA256:x", Authorized: "ssh-ed25519 AAAA", Name: "laptop"}, Passphrase: "$argon2id$"},
		chat.PersonClaimed{Nick: "beto"},
		chat.RoomOpened{Conversation: conv, Name: "lobby", Everyone: true},
		chat.TalkOpened{Conversation: conv, Lo: user, Hi: user},
		chat.GroupCreated{Conversation: conv, Title: "Familia <Peña> & co", Members: []chat.UserID{user}},
		chat.MembersAdded{Conversation: conv, Members: []chat.UserID{user, user}},
		chat.MemberLeft{Conversation: conv},
		chat.MessagePosted{Conversation: conv, Text: "hola\n\"qué\" 🎉", ReplyTo: msg},
		chat.MessagePosted{Conversation: conv, File: &chat.File{Name: "foto.jpg", Size: 1 << 40, Hash: strings.Repeat("ab", 32)}},
		chat.MessagePosted{Conversation: conv, ReplyTo: msg, Erased: true},
		chat.MessagePosted{Conversation: conv, Erased: true, Version: msg},
		chat.MessageEdited{Conversation: conv, Message: msg, Text: "hola"},
		chat.MessageEdited{Conversation: conv, Message: msg, Erased: true},
		chat.MessageRetracted{Conversation: conv, Message: msg},
		chat.FileRenamed{Conversation: conv, Message: msg, Name: "b.jpg"},
		chat.FileRenamed{Conversation: conv, Message: msg, Erased: true, Replaced: msg},
		chat.MessagesExpired{Conversation: conv, Messages: []chat.MessageID{msg}},
		chat.PersonClaimed{Nick: "guest-eva", Code: "c0de", Guest: true},
		chat.MemberLeft{Conversation: conv, Successor: user},

		chat.KeyAdded{Key: chat.Key{Fingerprint: "SHA256:x", Authorized: "ssh-ed25519 AAAA", Proven: true}, Code: "c0de"},
		chat.KeyRemoved{Fingerprint: "SHA256:x"},
		chat.PassphraseSet{Passphrase: "$argon2id$", Code: "c0de"},
		chat.CodeIssued{Code: chat.AccessCode{Hash: "c0de", Purpose: chat.Invitation, For: user, Conversation: conv, Uses: 3, Until: until}},
		chat.CodeRevoked{Hash: "c0de"},
		chat.SignedOut{Keep: "s1"},
		chat.GuestLeft{},

		chat.RoleGiven{Conversation: conv, User: user, Role: chat.RoleAdmin},
		chat.MemberRemoved{Conversation: conv, User: user},
		chat.ConversationChanged{Conversation: conv, Title: ptr("Otra"), Topic: ptr(""), Writers: ptr(chat.AdminsWrite), Expiry: ptr(time.Hour), Slow: ptr(time.Duration(0))},
		chat.RoomJoined{Conversation: conv},
		chat.GroupJoined{Conversation: conv, Code: "c0de"},

		chat.TalkAccepted{Conversation: conv},
		chat.PersonBlocked{User: user},
		chat.PersonUnblocked{User: user},

		chat.RankGiven{User: user, Rank: chat.RankAdmin},
		chat.PersonWarned{User: user, Reason: "spam"},
		chat.PersonSilenced{User: user, Until: until, Reason: "spam"},
		chat.PersonKicked{User: user, Reason: "spam"},
		chat.Banned{Ban: chat.Ban{Network: netip.MustParsePrefix("203.0.113.0/24"), Until: until, Reason: "spam"}},
		chat.Banned{Ban: chat.Ban{User: user}},
		chat.BanLifted{Ban: chat.NewID[chat.Event]()},
		chat.Reported{Message: msg, Reason: "spam"},
		chat.ReportClosed{Report: chat.NewID[chat.Event](), Outcome: "talked to them"},
		chat.PersonForgotten{User: user},
		chat.NickFreed{Nick: "ana"},

		chat.Unknown{Kind: "room.painted", Version: 9, Raw: json.RawMessage(`{"z":1,"a":[null,1e400,"\u003c"]}`)},
		chat.Unknown{Kind: "member.left", Version: 2, Raw: json.RawMessage(`"another meaning"`)},
	}
}

func TestEveryKindOfEventSurvivesTheWire(t *testing.T) {
	kinds := map[reflect.Type]bool{}
	for _, body := range everyKind() {
		kinds[reflect.TypeOf(body)] = true
		want := chat.Event{ID: chat.NewID[chat.Event](), At: time.UnixMilli(1_700_000_000_123).UTC(), By: chat.NewID[chat.Person](), Body: body}
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got chat.Event
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s became %+v, want %+v", raw, got, want)
		}
	}
	if len(kinds) != 37 {
		t.Errorf("%d kinds were tried, want all 36 and an unknown one", len(kinds))
	}
}

// What is in a log today must mean the same tomorrow: this is its form.
func TestTheWireFormOfAnEvent(t *testing.T) {
	id, err := chat.ParseID[chat.Event]("01JD8Z0000000000000000000A")
	if err != nil {
		t.Fatal(err)
	}
	e := chat.Event{ID: id, At: time.UnixMilli(5), Body: chat.RoomOpened{Conversation: chat.LobbyID, Name: "lobby", Everyone: true}}
	want := `{"k":"room.opened","v":1,"id":"01JD8Z0000000000000000000A","at":5,"b":{"conv":"` + chat.LobbyID.String() + `","name":"lobby","everyone":true}}`
	if raw, err := json.Marshal(e); err != nil || string(raw) != want {
		t.Errorf("it is %s, %v\nwant  %s", raw, err, want)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	for _, raw := range []string{
		``, `null`, `{}`, `[]`, `7`, `{"k":"member.left","v":1}`,
		`{"v":1,"id":"01JD8Z0000000000000000000A","b":{}}`,
		`{"k":"member.left","v":1,"id":"01jd8z0000000000000000000a","b":{}}`,  // not canonical
		`{"k":"member.left","v":1,"id":"01JD8Z0000000000000000000A"}`,         // without a body
		`{"k":"member.left","v":1,"id":"01JD8Z0000000000000000000A","b":[1]}`, // with another's
		`{"k":"member.left","v":1,"id":"81JD8Z0000000000000000000A","b":{}}`,  // beyond 128 bits
	} {
		var e chat.Event
		if err := json.Unmarshal([]byte(raw), &e); err == nil {
			t.Errorf("%s was taken for %+v", raw, e)
		}
	}
}

func FuzzEvent(f *testing.F) {
	for _, body := range everyKind() {
		raw, err := json.Marshal(chat.Event{ID: chat.NewID[chat.Event](), Body: body})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"k":"x","v":-1,"id":"01JD8Z0000000000000000000A","at":-9223372036854775808,"b": {"a" : "<&>"} }`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var first, second chat.Event
		if json.Unmarshal(raw, &first) != nil {
			return
		}
		once, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("what was parsed cannot be encoded: %v", err)
		}
		if err := json.Unmarshal(once, &second); err != nil {
			t.Fatalf("what was encoded cannot be parsed: %v\n%s", err, once)
		}
		twice, err := json.Marshal(second)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("it changes with each copy, %v:\n%s\n%s", err, once, twice)
		}
		for _, fate := range []chat.Fate{{}, {Forgotten: true}, {Effect: true}, {Effect: true, Gone: true}, {Effect: true, Outdone: true, Name: "a (2)"}} {
			erased := chat.Erase(first, fate)
			if raw, err := json.Marshal(erased); err != nil || len(raw) > len(once)+100 {
				t.Fatalf("%s was erased to %s, %v", once, raw, err)
			}
			if !erased.ErasedFrom(first) {
				t.Fatalf("%s cannot be told from another when it is erased by %+v", once, fate)
			}
		}
	})
}

// A record of the log is whatever the disk gives back: what is read of it can be
// written again, says the same, and is not larger than a copy of each event.
func FuzzEnvelope(f *testing.F) {
	var all chat.Envelope
	for _, body := range everyKind() {
		all.Events = append(all.Events, chat.Event{ID: chat.NewID[chat.Event](), Body: body})
	}
	all.Committer, all.Counter = chat.NewID[chat.Committer](), 7
	raw, err := json.Marshal(all)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	for _, s := range []string{"", "{}", "null", "[]", `{"e":null}`, `{"e":[null]}`, `{"e":[{}]}`, `{"c":"","n":-1}`, `{"n":18446744073709551615,"e":[]}`, strings.Repeat("[", 5000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var first, second chat.Envelope
		if json.Unmarshal(raw, &first) != nil {
			return
		}
		once, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if len(once) > 20*len(raw)+1000 {
			t.Fatalf("%d bytes became %d", len(raw), len(once))
		}
		if err := json.Unmarshal(once, &second); err != nil || len(second.Events) != len(first.Events) {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		twice, err := json.Marshal(second)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("it changes with each copy, %v:\n%s\n%s", err, once, twice)
		}
	})
}
