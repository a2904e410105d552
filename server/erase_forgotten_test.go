package server

import (
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// Words and bytes of somebody who is going to be forgotten, and of somebody else.
const (
	forgottenLine = "marzipan"
	forgottenTalk = "brouhaha"
	forgottenFile = "kumquat.txt"
	forgottenByte = "bytes of a kumquat"
	forgottenWhy  = "persnickety"
	forgottenKey  = "ssh-ed25519 luis"
	forgottenName = "bamboozle"
	openReport    = "flibbertigibbet"
)

var forgottenWords = []string{forgottenLine, forgottenTalk, "kumquat", forgottenWhy, forgottenKey, "sha256:luis", forgottenName}

// settled waits until nothing of anybody who is forgotten is left to go.
func (h *house) settled() {
	h.t.Helper()
	for {
		users, err := h.view.Forgetting(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if len(users) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// forgetful is a server on which luis had said something everywhere before he was
// forgotten, and on which reports about him, by him and about somebody else are
// open.
func forgetful(t *testing.T) *house {
	h := peopled(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ana, beto, luis := h.person("ana"), h.person("beto"), h.person("luis")
	_, err := h.chat.Operator().GiveRank(ctx, "ana", chat.RankOwner)
	must(err)
	_, err = ana.Add(ctx, h.ref(ana, "familia-pena"), []string{"luis"})
	must(err)
	said := h.say(luis, "lobby", forgottenLine)
	h.say(luis, "beto", forgottenTalk)
	h.say(beto, "luis", "I hear you")
	h.file(luis, "familia-pena", forgottenFile, forgottenByte)
	h.file(beto, "familia-pena", forgottenFile, "beto's own") // is called "kumquat (2).txt"
	own, err := beto.FileNamed(ctx, h.ref(beto, "familia-pena"), "kumquat (2).txt")
	must(err)
	done, err := beto.Retract(ctx, own.ID)
	must(err)
	must(beto.Await(ctx, done.Position))
	insult := h.say(beto, "lobby", openReport)
	done, err = beto.Retract(ctx, h.say(beto, "lobby", takenBack).ID)
	must(err)
	must(beto.Await(ctx, done.Position))
	_, err = luis.Report(ctx, insult.ID, forgottenWhy)
	must(err)
	_, err = h.person("eva").Report(ctx, insult.ID, "rude")
	must(err)
	_, err = beto.Report(ctx, said.ID, "noise")
	must(err)
	done, err = beto.Retract(ctx, insult.ID)
	must(err)
	must(beto.Await(ctx, done.Position))
	called := forgottenName
	must(luis.SetProfile(ctx, chat.Profile{Name: &called}))
	must(ana.Forget(ctx, "luis"))
	h.settled()
	return h
}

// Whoever is forgotten is in no byte of the folder once the log is written anew, also
// when somebody new has their nick; all else is as it was, a report about somebody
// else with its words.
func TestEraseLeavesNoTraceOfWhoIsForgotten(t *testing.T) {
	for _, again := range []bool{false, true} {
		h := forgetful(t)
		if again {
			ana := h.person("ana")
			if err := ana.FreeNick(t.Context(), "luis"); err != nil {
				t.Fatal(err)
			}
			key := &chat.Key{Fingerprint: "SHA256:another", Authorized: "ssh-ed25519 another"}
			if _, err := h.chat.Claim(t.Context(), "luis", chat.Credential{Key: key}); err != nil {
				t.Fatal(err)
			}
			h.say(h.person("luis"), "lobby", "I am new here")
		}
		before := h.everything()
		h.shut()
		if found := traces(t, h.cfg.Data, forgottenLine, forgottenTalk, forgottenKey, forgottenByte, forgottenWhy); len(found) < 5 {
			t.Fatalf("before it, only %q are there: this story proves nothing", found)
		}
		for range 2 {
			if err := Erase(t.Context(), h.cfg, h.options()); err != nil {
				t.Fatal(err)
			}
			if found := traces(t, h.cfg.Data, forgottenWords...); len(found) > 0 {
				t.Errorf("still there: %q", found)
			}
		}
		h.open()
		h.wantSame("erased", before, h.everything())
		if found := traces(t, h.cfg.Data, append(forgottenWords, takenBack)...); len(found) > 0 {
			t.Errorf("there again: %q", found)
		}
		h.wantReports(openReport, openReport, "")
		h.goesOn()
		h.shut()
	}
}

// wantReports is what the open reports say, the oldest first.
func (h *house) wantReports(texts ...string) {
	h.t.Helper()
	open, err := h.person("ana").Reports(h.t.Context(), 10)
	if err != nil || len(open) != len(texts) {
		h.t.Fatalf("%d reports are open, %v", len(open), err)
	}
	for i, r := range open {
		if r.Text != texts[i] {
			h.t.Errorf("report %d says %q, want %q", i, r.Text, texts[i])
		}
	}
}

// A server that is stopped while somebody is being forgotten says so when its log is
// erased; what was still to go goes once it runs again, and the next erasure takes it.
func TestEraseWhileSomebodyIsBeingForgotten(t *testing.T) {
	h := peopled(t)
	ctx := t.Context()
	luis := h.person("luis")
	var last chat.Position
	for range 20 * chat.ForgottenMessages {
		e := chat.Event{ID: chat.NewID[chat.Event](), At: time.Now().UTC().Truncate(time.Millisecond), By: luis.Me().ID, Body: chat.MessagePosted{Conversation: chat.LobbyID, Text: forgottenLine}}
		at, err := h.journal.Append(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		last = at
	}
	if err := luis.Await(ctx, last); err != nil {
		t.Fatal(err)
	}
	if err := h.chat.Operator().Forget(ctx, "luis"); err != nil {
		t.Fatal(err)
	}
	if s, err := h.Status(ctx); err != nil || s.Forgetting != 1 {
		t.Errorf("of %d is told that they are being forgotten, %v", s.Forgetting, err)
	}
	h.shut()
	erase := func() (told string) {
		t.Helper()
		h.told = nil
		if err := Erase(ctx, h.cfg, h.options()); err != nil {
			t.Fatal(err)
		}
		return strings.Join(h.told, "\n")
	}
	if told := erase(); !strings.Contains(told, "1 of those forgotten still have words in it") {
		t.Errorf("it said %q", told)
	}
	h.open()
	h.settled()
	if s, err := h.Status(ctx); err != nil || s.Forgetting != 0 {
		t.Errorf("of %d is told that they are being forgotten, %v", s.Forgetting, err)
	}
	h.shut()
	if told := erase(); strings.Contains(told, "forgotten") {
		t.Errorf("it said %q", told)
	}
	if found := traces(t, h.cfg.Data, forgottenLine); len(found) > 0 {
		t.Errorf("still there: %q", found)
	}
}
