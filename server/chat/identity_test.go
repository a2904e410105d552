package chat_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func aKey(name string) chat.Key {
	return chat.Key{Fingerprint: "SHA256:" + name, Authorized: "ssh-ed25519 " + name, Name: name}
}

func wantError(t *testing.T, err error, want chat.Code) {
	t.Helper()
	if got := chat.CodeOf(err); got != want {
		t.Errorf("the error is %v, want the code %q", err, want)
	}
}

// mallory adds ana's public key, which anybody may have, to her own account
// before ana ever comes. Whoever comes with that key under a free nick must not
// become mallory, who would read all they say from then on.
func TestAPastedKeyIsNobodysName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		mallory := w.Person("mallory")
		ana := aKey("ana")
		ana.Proven = true // as a client of hers may claim
		if _, err := mallory.AddKey(w.Ctx, ana); err != nil {
			t.Fatal(err)
		}
		if all, err := w.Service.ProvenBy(w.Ctx, ana.Fingerprint); err != nil || len(all) != 0 {
			t.Errorf("the key is of %v, %v; want nobody", all, err)
		}
		p, err := w.Service.Claim(w.Ctx, "ana", chat.Credential{Key: &ana})
		if err != nil {
			t.Fatal(err)
		}
		all, err := w.Service.ProvenBy(w.Ctx, ana.Fingerprint)
		if err != nil || len(all) != 1 || all[0].ID != p.ID {
			t.Errorf("the key is of %v, %v; want ana", all, err)
		}
	})
}

func TestKeysAreFoundAsPeopleNameThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		for _, name := range []string{"aaaa1", "aaaa2", "bbbb1", "cccc1"} {
			k := aKey(name)
			k.Name = map[string]string{"cccc1": "laptop\x1b[31m"}[name]
			if _, err := ana.AddKey(w.Ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		_, err := ana.AddKey(w.Ctx, aKey("aaaa1"))
		wantError(t, err, chat.KeyKnown)
		keys, err := ana.Keys(w.Ctx)
		if err != nil || len(keys) != 4 || keys[3].Name != "laptop" {
			t.Fatalf("the keys are %+v, %v", keys, err)
		}
		for _, typed := range []string{"", "0", "5", "aaaa", "SHA256:aaaa", "cc", "nobody's"} {
			_, err := ana.RemoveKey(w.Ctx, typed, "")
			wantError(t, err, chat.NoKey)
		}
		for _, typed := range []string{"laptop", "SHA256:aaaa1", "1", "bbbb"} {
			if _, err := ana.RemoveKey(w.Ctx, typed, ""); err != nil {
				t.Errorf("%s: %v", typed, err)
			}
		}
		if keys, _ := ana.Keys(w.Ctx); len(keys) != 0 {
			t.Errorf("left are %+v", keys)
		}
	})
}

// A thief with a session of ana's adds keys that are called like what she types to be
// rid of theirs: a number of hers, or her fingerprint.
func TestNoKeyIsCalledLikeAnotherRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		for fp, c := range map[string]struct{ wished, name string }{
			"t1": {"1", "key-1"}, "t2": {"#2", "key-#2"}, "t3": {"+2", "key-+2"}, "t4": {"٢", "key-٢"}, "t5": {strings.Repeat("2", 99), "key-" + strings.Repeat("2", 36)},
			"t6": {"SHA256:mine", "SHA256-mine"}, "t7": {"x sha256:SHA256:mine", "x sha256-SHA256-mine"}, "t8": {"ana@laptop2", "ana@laptop2"},
		} {
			k := aKey(fp)
			k.Name = c.wished
			if kept, err := ana.AddKey(w.Ctx, k); err != nil || kept.Name != c.name {
				t.Errorf("%q is called %q, %v; want %q", c.wished, kept.Name, err, c.name)
			}
		}
		plain, _, err := ana.LoginCode(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		k := aKey("t9")
		k.Name = "3"
		p, err := w.Service.AddProvenKey(w.Ctx, ana.Me().ID, k, chat.HashCode(plain))
		if err != nil || p.Keys[8].Name != "key-3" {
			t.Errorf("by a code came %+v, %v", p.Keys, err)
		}
	})
}

// Logs have keys that are called so. What stands in the list beside a key means it all
// the same, and what may be the beginning of one and the name of another means neither.
func TestANumberMeansNoNameRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		for typed, want := range map[string]string{"1": "mine1", "#1": "mine1", "SHA256:mine1": "mine1", "SHA256:mine": "mine1", "mine": "", "7": "0thief"} {
			ana := w.Person(chat.Nick("ana" + strconv.Itoa(len(typed)) + want))
			for _, k := range []chat.Key{aKey("mine1"), {Fingerprint: "SHA256:0thief", Name: typed}} {
				e := chat.Event{ID: chat.NewID[chat.Event](), At: time.Now(), By: ana.Me().ID, Body: chat.KeyAdded{Key: k}}
				if _, err := w.Log.Append(w.Ctx, e); err != nil {
					t.Fatal(err)
				}
			}
			w.Settle()
			k, err := ana.RemoveKey(w.Ctx, typed, "")
			if want == "" {
				wantError(t, err, chat.NoKey)
			} else if err != nil || k.Fingerprint != "SHA256:"+want {
				t.Errorf("%q removed %+v, %v", typed, k, err)
			}
		}
	})
}

// ana's laptop has two keys with the same comment, and her phone comes by a code twice
// on one day: each has a name that means it alone.
func TestKeysOfOneNameAreToldApartRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		wish := func(fp, name string) chat.Key { k := aKey(fp); k.Name = name; return k }
		long := strings.Repeat("n", chat.MaxKeyName)
		for i, k := range []chat.Key{wish("rsa", "ana@laptop"), wish("ed", "ana@laptop"), wish("sk", "ana@laptop\x1b[2J"), wish("l1", long), wish("l2", long), wish("n1", ""), wish("n2", "")} {
			kept, err := ana.AddKey(w.Ctx, k)
			want := []string{"ana@laptop", "ana@laptop-2", "ana@laptop-3", long, "", "", ""}[i]
			if err != nil || want != "" && i != 2 && kept.Name != want || utf8.RuneCountInString(kept.Name) > chat.MaxKeyName {
				t.Errorf("%d is called %q, %v", i, kept.Name, err)
			}
		}
		for range 2 {
			plain, _, err := ana.LoginCode(w.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			hash := chat.HashCode(plain)
			if _, err := w.Service.AddProvenKey(w.Ctx, ana.Me().ID, wish(string(hash), "OpenSSH-2026-11-27"), hash); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"ana@laptop", "OpenSSH-2026-11-27", "OpenSSH-2026-11-27-2", "ana@laptop-2"} {
			if k, err := ana.RemoveKey(w.Ctx, name, ""); err != nil || k.Name != name {
				t.Errorf("%s: removed %q, %v", name, k.Name, err)
			}
		}
	})
}

func TestNobodyLocksThemselvesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		k := aKey("ana")
		p, err := w.Service.Claim(w.Ctx, "ana", chat.Credential{Key: &k})
		if err != nil {
			t.Fatal(err)
		}
		ana := w.Service.Actor(p)
		_, err = ana.RemoveKey(w.Ctx, "1", "")
		wantError(t, err, chat.LastWayIn)
		if err := ana.SetPassphrase(w.Ctx, "phc", ""); err != nil {
			t.Fatal(err)
		}
		if _, err = ana.RemoveKey(w.Ctx, "1", ""); err != nil {
			t.Fatal(err)
		}
		wantError(t, ana.SetPassphrase(w.Ctx, "", ""), chat.LastWayIn)
	})
}

// Two people got the same invitation of one use, and come at the same time.
func TestAnInvitationUsedTwiceAtOnceLetsOneIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		if plain, _, err := ana.Invite(w.Ctx, 1, time.Hour, chat.Ref{}); plain != "" || err != nil {
			t.Errorf("a code of %q where nobody is asked for one, %v", plain, err)
		}
		w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		plain, c, err := ana.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
		if err != nil || c.Until.Sub(ana.Now()) > time.Hour {
			t.Fatalf("%+v, %v", c, err)
		}
		hash, err := w.Service.CheckInvitation(w.Ctx, plain)
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error, 2)
		for _, nick := range []chat.Nick{"beto", "eva"} {
			go func() {
				_, err := w.Service.Claim(w.Ctx, nick, chat.Credential{Passphrase: "x", Code: hash})
				errs <- err
			}()
		}
		first, second := <-errs, <-errs
		if first != nil {
			first, second = second, first
		}
		if first != nil {
			t.Fatalf("nobody is in: %v, %v", first, second)
		}
		wantError(t, second, chat.CodeWrong)
		if _, err := w.Service.CheckInvitation(w.Ctx, plain); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("it still holds: %v", err)
		}
		// Whoever lost comes again under the same nick, which nobody has.
		again, _, err := ana.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		for _, nick := range []chat.Nick{"beto", "eva"} {
			if _, err := w.Service.PersonByNick(w.Ctx, nick); err != nil {
				if _, err := w.Service.Claim(w.Ctx, nick, chat.Credential{Passphrase: "x", Code: chat.HashCode(again)}); err != nil {
					t.Errorf("%s, with another code: %v", nick, err)
				}
			}
		}
	})
}

func TestCodesAreForWhatTheyWereMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, mallory := w.Person("ana"), w.Person("mallory")
		login, _, err := ana.LoginCode(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Service.CheckInvitation(w.Ctx, login); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("as an invitation: %v", err)
		}
		if _, err := w.Service.CheckLoginCode(w.Ctx, mallory.Me().ID, login); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("for mallory: %v", err)
		}
		hash, err := w.Service.CheckLoginCode(w.Ctx, ana.Me().ID, login)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Service.AddProvenKey(w.Ctx, mallory.Me().ID, aKey("m"), hash); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("mallory's key: %v", err)
		}
		_, _, err = mallory.LoginCodeFor(w.Ctx, "ana")
		wantError(t, err, chat.NotAllowed)
		if _, err := w.Service.AddProvenKey(w.Ctx, ana.Me().ID, aKey("a"), hash); err != nil {
			t.Error(err)
		}
		if _, err := w.Service.ResetPassphrase(w.Ctx, ana.Me().ID, "phc", hash); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("twice: %v", err)
		}
		desk, c, err := w.Service.Operator().LoginCodeFor(w.Ctx, "@Ana")
		if err != nil || c.For != ana.Me().ID || !c.By.IsZero() {
			t.Fatalf("%+v, %v", c, err)
		}
		time.Sleep(chat.DeskTerm)
		if _, err := w.Service.CheckLoginCode(w.Ctx, ana.Me().ID, desk); chat.CodeOf(err) != chat.CodeWrong {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestWhoLeadsInviteIntoAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		group := w.Group(ana, "Equipo", beto)
		if _, c, err := ana.Invite(w.Ctx, 1, time.Hour, group); c.Purpose != chat.JoinCode || err != nil {
			t.Errorf("where anybody comes in the code is %+v, %v", c, err)
		}
		w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		_, _, err := beto.Invite(w.Ctx, 1, time.Hour, group)
		wantError(t, err, chat.NotAllowed)
		_, _, err = eva.Invite(w.Ctx, 1, time.Hour, group)
		wantError(t, err, chat.NoConversation)
		plain, _, err := ana.Invite(w.Ctx, 1, time.Hour, group)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Service.Claim(w.Ctx, "luis", chat.Credential{Passphrase: "x", Code: chat.HashCode(plain)})
		if err != nil {
			t.Fatal(err)
		}
		if c := w.See(w.Service.Actor(p), group); !c.Member || c.Members != 3 {
			t.Errorf("luis sees %+v", c)
		}
	})
}

func TestOpenCodesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		for range chat.MaxCodes {
			if _, _, err := ana.Invite(w.Ctx, 1, time.Hour, chat.Ref{}); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := ana.LoginCode(w.Ctx)
		wantError(t, err, chat.TooMany)
		open, err := ana.Codes(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{"3", "#3", "", string(open[2].Hash), open[2].Hash.ID()[:7]} {
			_, err := ana.Revoke(w.Ctx, typed)
			wantError(t, err, chat.CodeWrong)
		}
		if c, err := ana.Revoke(w.Ctx, " "+strings.ToUpper(open[2].Hash.ID())); err != nil || c != open[2] {
			t.Fatalf("%+v, %v", c, err)
		}
		plain, _, err := ana.LoginCode(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ana.Revoke(w.Ctx, plain); err != nil {
			t.Fatal(err)
		}
		_, err = ana.Revoke(w.Ctx, plain)
		wantError(t, err, chat.CodeWrong)
	})
}

func TestAGuestComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		_, err := w.Service.Visit(w.Ctx, "eva")
		wantError(t, err, chat.NotAllowed)
		resident := w.Person("beto").Me()
		w.Service.SetPolicy(chat.Policy{Registration: chat.Closed, Guests: true})
		first, err := w.Service.Visit(w.Ctx, "eva")
		second, err2 := w.Service.Visit(w.Ctx, "eva")
		if err := errors.Join(err, err2); err != nil || first.Nick != "guest-eva" || second.Nick != "guest-eva2" {
			t.Fatalf("%s and %s, %v", first.Nick, second.Nick, err)
		}
		wantError(t, w.Service.Claimable(w.Ctx, "guest-luis"), chat.NickReserved)
		if hint := chat.AsError(w.Service.Claimable(w.Ctx, "guest-luis")).Hint; hint != "luis" {
			t.Errorf("told of %q, want luis", hint)
		}
		eva := w.Service.Actor(first)
		w.Say(eva, w.Lobby(), "hola")
		_, _, err = eva.LoginCode(w.Ctx)
		wantError(t, err, chat.NotAllowed)
		_, _, err = eva.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
		wantError(t, err, chat.NotAllowed)
		_, err = eva.AddKey(w.Ctx, aKey("eva"))
		wantError(t, err, chat.NotAllowed)
		wantError(t, eva.MayTransfer(w.Ctx), chat.NotAllowed)
		// Guests write in rooms only, also to somebody who wrote to them first.
		beto := w.Service.Actor(resident)
		w.Say(beto, w.Talk(beto, eva), "who are you?")
		_, err = eva.Post(w.Ctx, w.Talk(eva, beto), chat.Words{Text: "buy this"})
		wantError(t, err, chat.NotAllowed)
		_, err = eva.NewGroup(w.Ctx, "Ventas", nil)
		wantError(t, err, chat.NotAllowed)
		if err := w.Service.Depart(w.Ctx, first); err != nil {
			t.Fatal(err)
		}
		again, err := w.Service.Visit(w.Ctx, "eva")
		if err != nil || again.Nick != "guest-eva" || again.ID == first.ID {
			t.Errorf("the next is %s, %v", again.Nick, err)
		}
		// A crash leaves guests behind; the next start does not.
		if err := w.Service.Start(w.Ctx); err != nil {
			t.Fatal(err)
		}
		if left, err := w.View.Guests(w.Ctx); len(left) != 0 || err != nil {
			t.Errorf("left are %v, %v", left, err)
		}
	})
}

func TestTheLastUseOfAKeyIsNotedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		if _, err := ana.AddKey(w.Ctx, aKey("a")); err != nil {
			t.Fatal(err)
		}
		used := func() time.Time {
			t.Helper()
			keys, err := ana.Keys(w.Ctx)
			if err != nil || len(keys) != 1 {
				t.Fatalf("%+v, %v", keys, err)
			}
			return keys[0].Used
		}
		use := func() {
			t.Helper()
			was := used()
			if use, err := ana.UsedKey(w.Ctx, "SHA256:a"); err != nil || !use.Before.Equal(was) {
				t.Fatalf("it was used before at %v, want %v, %v", use.Before, was, err)
			}
		}
		if !used().IsZero() {
			t.Error("used before it was")
		}
		start := time.Now().Truncate(time.Second).UTC()
		use()
		if at := used(); !at.Equal(start) {
			t.Errorf("used at %v, want %v", at, start)
		}
		time.Sleep(2 * time.Minute) // it is put, and forgotten by who keeps the marks
		use()
		if at := used(); !at.Equal(start) {
			t.Errorf("used at %v though it was noted at %v", at, start)
		}
		time.Sleep(9 * time.Minute)
		use()
		if at := used(); at.Equal(start) {
			t.Error("eleven minutes later it is not noted again")
		}
	})
}

// A screen names a key once: that is stored with the marks, is known to another screen
// at once and after whoever keeps the marks has forgotten it, and of keys that come and
// go the oldest are named again.
func TestAKeyThatWasNamedIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		named := func(key string) bool {
			t.Helper()
			use, err := ana.UsedKey(w.Ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			return use.Named
		}
		if named("SHA256:a") {
			t.Error("named before it was")
		}
		ana.NamedKey("SHA256:a")
		for _, later := range []time.Duration{0, 90 * time.Second, 2 * time.Minute} { // it waits, is put, is forgotten by who keeps the marks
			time.Sleep(later)
			if !named("SHA256:a") || named("SHA256:b") {
				t.Errorf("%v later: a %v, b %v", later, named("SHA256:a"), named("SHA256:b"))
			}
		}
		for i := range 2 * chat.MaxKeys {
			time.Sleep(time.Second)
			ana.NamedKey(fmt.Sprint("SHA256:", i))
		}
		time.Sleep(3 * time.Minute)
		if named("SHA256:a") || !named("SHA256:0") {
			t.Errorf("a %v, the first of many others %v", named("SHA256:a"), named("SHA256:0"))
		}
	})
}
