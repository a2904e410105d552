package linear_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// What others do in a group is a line when it happens, also for who comes in by it,
// and stands among what was said for who looks later. What one does oneself is
// answered by the command alone.
func TestWhatHappensInAGroupIsSaidInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		group := w.Group(ana, "Pandilla", beto)
		betos, evas, anas := open(t, w, beto, nil), open(t, w, eva, nil), open(t, w, ana, nil)
		happens := func(do func(), to map[*terminal]string) {
			t.Helper()
			do()
			synctest.Wait()
			for _, who := range []*terminal{anas, betos, evas} {
				if got := who.read(); got != to[who] {
					t.Errorf("somebody reads %q, want %q", got, to[who])
				}
			}
		}
		happens(func() { w.Add(ana, group, eva) }, map[*terminal]string{betos: "* pandilla: ana added eva\n", evas: "* pandilla: ana added you\n"})
		happens(func() {
			if _, err := ana.Change(w.Ctx, group, chat.ConversationChanged{Title: new("Los\n* lobby: ana left"), Expiry: new(time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}, map[*terminal]string{
			betos: "* pandilla: ana called the group \"Los * lobby: ana left\"\n* pandilla: ana turned on disappearing messages: 1 h\n",
			evas:  "* pandilla: ana called the group \"Los * lobby: ana left\"\n* pandilla: ana turned on disappearing messages: 1 h\n",
		})
		w.Say(eva, group, "hola\n* pandilla: ana left")
		synctest.Wait()
		anas.read()
		betos.read()
		evas.read()
		happens(func() { w.Leave(beto, group) }, map[*terminal]string{anas: "* pandilla: beto left\n", evas: "* pandilla: beto left\n"})
		evas.wants("/go pandilla\n", "* your lines go to pandilla\n* 00:00 pandilla: ana made the group with beto\n* 00:00 pandilla: ana added you\n"+
			"* 00:00 pandilla: ana called the group \"Los * lobby: ana left\"\n* 00:00 pandilla: ana turned on disappearing messages: 1 h\n"+
			"00:00 eva in pandilla: hola\n    * pandilla: ana left\n* 00:00 pandilla: beto left\n")
		evas.wants("/read pandilla\n", "2000-01-01 00:00 UTC eva in pandilla: hola\n    * pandilla: ana left\n")
		happens(func() {
			if _, err := ana.Remove(w.Ctx, group, "eva"); err != nil {
				t.Fatal(err)
			}
		}, map[*terminal]string{evas: "* pandilla: ana put you out\n"})
		happens(func() { w.Say(ana, group, "por fin") }, map[*terminal]string{anas: "00:00 ana in pandilla: por fin\n"})
	})
}

// An admin changes the topic as fast as they can, more often than is kept: Eva is told
// each once at most, and reads the last ten when she goes there.
func TestANightOfTopicsIsSaidInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, eva := w.Person("ana"), w.Person("eva")
		group := w.Group(ana, "Pandilla", eva)
		evas := open(t, w, eva, nil)
		topic := func(n int) {
			text := strings.Repeat("x", n%100+1) + time.Duration(n).String()
			if _, err := ana.Change(w.Ctx, group, chat.ConversationChanged{Topic: &text}); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 600 {
			topic(n)
		}
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(evas.read()), "\n")
		seen := map[string]bool{}
		for _, line := range lines {
			if seen[line] || !strings.HasPrefix(line, `* pandilla: ana set the topic "`) {
				t.Errorf("she reads %q", line)
			}
			seen[line] = true
		}
		if strings.Count(evas.types("/go pandilla\n"), "set the topic") != 10 {
			t.Error("going there she reads others than the last ten")
		}
		topic(0)
		synctest.Wait()
		if got := evas.read(); strings.Count(got, "\n") != 1 {
			t.Errorf("afterwards she reads %q", got)
		}
	})
}

// Who chats in lines is told of a device that came in as them with a code, too, and
// how it is shut out: by its fingerprint, for the thief, who calls it like a number of
// ana's and has a key that sorts first, chose all else that could name it.
func TestADeviceThatCameInIsSaidInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		for _, fp := range []string{"SHA256:hers", "SHA256:0thief"} {
			if _, err := ana.AddKey(w.Ctx, chat.Key{Fingerprint: fp, Name: "2"}); err != nil {
				t.Fatal(err)
			}
		}
		lines := open(t, w, ana, nil)
		plain, _, err := ana.LoginCode(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		code, err := w.Service.CheckLoginCode(w.Ctx, ana.Me().ID, plain)
		if err != nil {
			t.Fatal(err)
		}
		lines.read()
		if _, err := w.Service.AddProvenKey(w.Ctx, ana.Me().ID, chat.Key{Fingerprint: "SHA256:zzzzzzzzzzzzzzzz/thief", Name: "phone\n* ana \"left\""}, code); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := lines.read()
		if got != "* another device came in as you with a code: \"phone * ana 'left'\"; if that was not you, /key remove SHA256:zzzzzzzzzzzzzzzz\n" {
			t.Errorf("ana reads %q", got)
		}
		lines.wants(got[strings.LastIndex(got, "/"):], "this key lets you in no more: SHA256:zzzzzzzzzzzzzzzz/thief  \"phone * ana 'left'\"\n")
	})
}
