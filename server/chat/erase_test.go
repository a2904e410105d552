package chat_test

import (
	"encoding/json"
	"strings"
	"testing"

	"charla/server/chat"
)

// Of somebody forgotten nothing is left by which they could be known or come in;
// but a key that they removed is still the one that they had added, and who had a
// passphrase had one: else the projection would count other ways in than there were.
func TestKeysOfSomebodyForgotten(t *testing.T) {
	key := func(name string) chat.Key {
		return chat.Key{Fingerprint: "SHA256:" + name, Authorized: "ssh-ed25519 " + name, Name: name, Proven: true}
	}
	first, second := key("laptop"), key("phone")
	bodies := []chat.Body{
		chat.PersonClaimed{Nick: "ana", Key: &first, Passphrase: "$argon2id$secret"}, chat.KeyAdded{Key: second, Code: "c0de"},
		chat.KeyRemoved{Fingerprint: first.Fingerprint}, chat.PassphraseSet{Passphrase: "$argon2id$other"}, chat.PassphraseSet{},
	}
	var left []chat.Body
	for _, body := range bodies {
		e := chat.Event{ID: chat.NewID[chat.Event](), By: chat.NewID[chat.Person](), Body: body}
		if kept := chat.Erase(e, chat.Fate{}); !kept.Same(e) {
			t.Errorf("of somebody who is here %+v became %+v", e, kept)
		}
		once := chat.Erase(e, chat.Fate{Forgotten: true})
		if again := chat.Erase(once, chat.Fate{Forgotten: true}); !again.Same(once) {
			t.Errorf("erased again, %+v became %+v", once, again)
		}
		raw, err := json.Marshal(once)
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range []string{"SHA256", "ssh-ed25519", "laptop", "phone", "argon2id"} {
			if strings.Contains(string(raw), trace) {
				t.Errorf("%q is in %s", trace, raw)
			}
		}
		left = append(left, once.Body)
	}
	claimed, added, removed := left[0].(chat.PersonClaimed), left[1].(chat.KeyAdded), left[2].(chat.KeyRemoved)
	if claimed.Key.Fingerprint != removed.Fingerprint || added.Key.Fingerprint == removed.Fingerprint || !added.Key.Proven || added.Code != "c0de" || claimed.Nick != "ana" {
		t.Errorf("the keys are %+v, %+v, removed %+v", claimed, added, removed)
	}
	if claimed.Passphrase == "" || left[3].(chat.PassphraseSet).Passphrase == "" || left[4].(chat.PassphraseSet).Passphrase != "" {
		t.Errorf("the passphrases are %+v, %+v, %+v", claimed, left[3], left[4])
	}
}
