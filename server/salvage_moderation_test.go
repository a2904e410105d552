package server

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// Somebody who was banned would walk in again, and somebody who was an owner be
// nobody, if a repair brought back what people said and not what was decided.
func TestARepairBringsBackWhatWasDecided(t *testing.T) {
	h := peopled(t)
	ctx := t.Context()
	ana := h.person("ana")
	luis := h.person("luis")
	h.say(luis, "lobby", "words of luis")
	insult := h.say(h.person("beto"), "lobby", "an insult")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.chat.Operator().GiveRank(ctx, "ana", chat.RankOwner)
	must(err)
	h.chat.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
	invitation, _, err := ana.Invite(ctx, 3, 24*time.Hour, chat.Ref{})
	must(err)
	_, err = ana.GiveRank(ctx, "eva", chat.RankAdmin)
	must(err)
	_, err = luis.Report(ctx, insult.ID, "rude")
	must(err)
	_, err = ana.Ban(ctx, "203.0.113.0/24", 0, "flood")
	must(err)
	_, err = ana.Ban(ctx, "198.51.100.0/24", 0, "a mistake")
	must(err)
	must(ana.Unban(ctx, "198.51.100.0/24"))
	_, err = ana.Ban(ctx, "beto", time.Hour, "insults")
	must(err)
	_, err = ana.Silence(ctx, "beto", time.Hour, "insults")
	must(err)
	must(ana.Forget(ctx, "luis"))
	eva := h.person("eva")
	_, err = eva.Block(ctx, "beto")
	must(err)
	audit, err := ana.Audit(ctx, 0, 100)
	must(err)
	h.shut()

	must(os.RemoveAll(h.path(logDir)))
	if _, err := Open(ctx, h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
		t.Fatalf("serve on a log that lost everything: %v", err)
	}
	must(Repair(ctx, h.cfg, ModelSide, h.options()))
	h.open()
	for nick, rank := range map[chat.Nick]chat.Rank{"ana": chat.RankOwner, "eva": chat.RankAdmin, "beto": chat.RankMember} {
		if p := h.person(nick).Me(); p.Rank != rank {
			t.Errorf("%s is %s, want %s", nick, p.Rank, rank)
		}
	}
	beto := h.person("beto").Me()
	if blocked, err := h.view.Blocks(ctx, eva.Me().ID, beto.ID); err != nil || !blocked {
		t.Errorf("eva hears of beto again: %v", err)
	}
	if _, err := h.chat.CheckInvitation(ctx, invitation); err != nil {
		t.Errorf("an invitation is lost: %v", err)
	}
	for _, who := range []chat.Arrival{{User: beto.ID}, {Address: netip.MustParseAddr("203.0.113.5")}} {
		if err := h.chat.Admits(ctx, who); chat.CodeOf(err) != chat.KeptOut {
			t.Errorf("%+v walks in: %v", who, err)
		}
	}
	if err := h.chat.Admits(ctx, chat.Arrival{Address: netip.MustParseAddr("198.51.100.5")}); err != nil {
		t.Errorf("a ban that was lifted is back: %v", err)
	}
	_, err = h.person("beto").Post(ctx, chat.Ref{ID: chat.LobbyID}, chat.Words{Text: "hi"})
	if chat.CodeOf(err) != chat.Silent {
		t.Errorf("beto writes again: %v", err)
	}
	if _, err := h.chat.PersonByNick(ctx, "luis"); chat.CodeOf(err) != chat.NoPerson {
		t.Errorf("luis is remembered: %v", err)
	}
	if err := h.chat.Claimable(ctx, "luis"); chat.CodeOf(err) != chat.NickTaken {
		t.Errorf("the nick of luis: %v", err)
	}
	again, err := h.person("ana").Audit(ctx, 0, 100)
	must(err)
	if len(again) != len(audit) {
		t.Fatalf("the audit log has %d lines, had %d: %+v", len(again), len(audit), again)
	}
	for i := range audit {
		was, is := audit[i], again[i]
		if was.Position = is.Position; was != is {
			t.Errorf("the audit log has %+v, had %+v", is, was)
		}
	}
	open, err := h.person("ana").Reports(ctx, 9)
	if err != nil || len(open) != 1 || open[0].Text != "an insult" {
		t.Errorf("the reports are %+v, %v", open, err)
	}
}

// A log that had lost its end knew of a ban and not that it was lifted: what was said
// and made by then was to be said again by somebody who is banned, and was lost.
func TestARepairBringsBackWhatWasSaidAfterABan(t *testing.T) {
	h := peopled(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.chat.Operator().GiveRank(ctx, "ana", chat.RankOwner)
	must(err)
	_, err = h.person("ana").Ban(ctx, "beto", 0, "a mistake")
	must(err)
	_, err = h.person("ana").Silence(ctx, "eva", time.Hour, "a mistake")
	must(err)
	h.shut()
	before := t.TempDir()
	must(os.CopyFS(before, os.DirFS(h.path(logDir))))
	h.open()
	must(h.person("ana").Unban(ctx, "beto"))
	must(h.person("ana").Unsilence(ctx, "eva"))
	h.say(h.person("beto"), "lobby", "beto is back")
	h.say(h.person("eva"), "lobby", "eva speaks again")
	_, err = h.person("beto").NewGroup(ctx, "Reconciliados", []string{"ana"})
	must(err)
	h.shut()

	must(os.RemoveAll(h.path(logDir)))
	must(os.CopyFS(h.path(logDir), os.DirFS(before)))
	if _, err := Open(ctx, h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
		t.Fatalf("serve on a log that lost its end: %v", err)
	}
	must(Repair(ctx, h.cfg, ModelSide, h.options()))
	h.open()
	texts := h.texts(h.person("ana"), "lobby")
	for _, said := range []string{"beto is back", "eva speaks again"} {
		if !strings.Contains(texts, said) {
			t.Errorf("%q is lost: %s", said, texts)
		}
	}
	if c, err := h.person("ana").Resolve(ctx, "reconciliados"); err != nil || c.Kind != chat.Group {
		t.Errorf("the group is %+v, %v", c, err)
	}
	if err := h.chat.Admits(ctx, chat.Arrival{User: h.person("beto").Me().ID}); err != nil {
		t.Errorf("beto is banned again: %v", err)
	}
}

// What is brought back is said in the name of those who own something: also of one who
// is banned or silenced, who stays so, by whom it was decided: or by the operator, where
// they are less by now than they were.
func TestARepairBringsBackWhatIsOfSomebodyBanned(t *testing.T) {
	for name, rank := range map[string]chat.Rank{"by an owner": chat.RankOwner, "by one who is none any more": chat.RankAdmin} {
		t.Run(name, func(t *testing.T) { bringsBackOfSomebodyBanned(t, rank) })
	}
}

func bringsBackOfSomebodyBanned(t *testing.T, later chat.Rank) {
	h := peopled(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.chat.Operator().GiveRank(ctx, "ana", chat.RankOwner)
	must(err)
	for _, who := range []chat.Nick{"beto", "eva"} {
		_, err := h.person(who).NewGroup(ctx, "Grupo de "+string(who), []string{"ana"})
		must(err)
		group, err := h.person("ana").Resolve(ctx, "grupo-de-"+string(who))
		must(err)
		_, err = h.person(who).GiveRole(ctx, group.Ref(), "ana", chat.RoleAdmin)
		must(err)
	}
	_, err = h.person("ana").Ban(ctx, "beto", 0, "spam")
	must(err)
	_, err = h.person("ana").Silence(ctx, "eva", time.Hour, "spam")
	must(err)
	_, err = h.chat.Operator().GiveRank(ctx, "ana", later)
	must(err)
	by, as := h.person("ana").Me().ID, chat.RankOwner
	if later != as {
		by, as = chat.UserID{}, chat.RankOperator
	}
	h.shut()
	before := t.TempDir()
	must(os.CopyFS(before, os.DirFS(h.path(logDir))))
	h.open()
	topic := "what ana decided later"
	for _, handle := range []string{"grupo-de-beto", "grupo-de-eva"} {
		group, err := h.person("ana").Resolve(ctx, handle)
		must(err)
		_, err = h.person("ana").Change(ctx, group.Ref(), chat.ConversationChanged{Topic: &topic})
		must(err)
	}
	h.shut()

	must(os.RemoveAll(h.path(logDir)))
	must(os.CopyFS(h.path(logDir), os.DirFS(before)))
	must(Repair(ctx, h.cfg, ModelSide, h.options()))
	h.open()
	for _, handle := range []string{"grupo-de-beto", "grupo-de-eva"} {
		if c, err := h.person("ana").Resolve(ctx, handle); err != nil || c.Topic != topic {
			t.Errorf("%s is about %q, %v", handle, c.Topic, err)
		}
	}
	wantHeld(t, h, by, as)
}

// wantHeld checks that beto is banned and eva silenced, by whom and as what.
func wantHeld(t *testing.T, h *house, by chat.UserID, as chat.Rank) {
	t.Helper()
	ctx := t.Context()
	bans, err := h.view.Bans(ctx)
	if err != nil || len(bans) != 1 || bans[0].User != h.person("beto").Me().ID || bans[0].By != by || bans[0].Reason != "spam" {
		t.Errorf("the bans are %+v, %v", bans, err)
	}
	eva, err := h.view.Person(ctx, h.person("eva").Me().ID)
	if err != nil || !eva.Silenced.After(time.Now()) || eva.SilencedBy != by {
		t.Errorf("eva is silenced until %v by %v, %v", eva.Silenced, eva.SilencedBy, err)
	}
	if bans[0].As != as || eva.SilencedAs != as {
		t.Errorf("it was decided as %s and %s", bans[0].As, eva.SilencedAs)
	}
}
