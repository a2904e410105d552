package chat_test

import (
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// Any admin ended a silence, or put a minute in its place, that an owner had decided.
func TestNobodyEndsASilenceThatSomebodyAboveThemDecided(t *testing.T) {
	w := chattest.New(t)
	olga, ada, ena, beto := w.Person("olga"), w.Person("ada"), w.Person("ena"), w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	ranked(t, w, chat.RankAdmin, ada, ena)
	silence := func(by *chat.Actor, term time.Duration) error {
		_, err := by.Silence(w.Ctx, "beto", term, "")
		return err
	}
	if err := silence(olga, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{ada.Unsilence(w.Ctx, "beto"), silence(ada, time.Minute)} {
		if e := wantCode(t, err, chat.NotAllowed); e.Why != chat.WhyAbove {
			t.Errorf("ada is told %+v", e)
		}
	}
	if p, err := beto.Person(w.Ctx, beto.Me().ID); err != nil || p.SilencedBy != (chat.UserID{}) || p.SilencedAs != "" {
		t.Errorf("beto learns who: %+v, %v", p, err)
	}
	if err := olga.Unsilence(w.Ctx, "beto"); err != nil {
		t.Fatal(err)
	}
	if err := silence(ada, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := ena.Unsilence(w.Ctx, "beto"); err != nil {
		t.Errorf("an equal does not end it: %v", err)
	}
}

// Olga was forgotten and Oto is an owner no more: any admin undid what they had decided.
func TestWhatAnOwnerDecidedStandsWhenTheyAreNoneAnyMoreRegression(t *testing.T) {
	w := chattest.New(t)
	olga, oto, ada := w.Person("olga"), w.Person("oto"), w.Person("ada")
	w.Person("beto")
	w.Person("eva")
	ranked(t, w, chat.RankOwner, olga, oto)
	ranked(t, w, chat.RankAdmin, ada)
	if _, err := olga.Ban(w.Ctx, "eva", 0, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := oto.Silence(w.Ctx, "beto", time.Hour, ""); err != nil {
		t.Fatal(err)
	}
	operator := w.Service.Operator()
	wantCode(t, operator.Forget(w.Ctx, "olga"), "")
	_, err := operator.GiveRank(w.Ctx, "oto", chat.RankAdmin)
	wantCode(t, err, "")
	for _, by := range []*chat.Actor{ada, oto} {
		_, ban := by.Ban(w.Ctx, "eva", time.Minute, "")
		_, silence := by.Silence(w.Ctx, "beto", time.Minute, "")
		for _, err := range []error{by.Unban(w.Ctx, "eva"), by.Unsilence(w.Ctx, "beto"), ban, silence} {
			if e := wantCode(t, err, chat.NotAllowed); e.Why != chat.WhyAbove {
				t.Errorf("%s is told %+v", by.Me().Nick, e)
			}
		}
	}
	wantCode(t, operator.Unban(w.Ctx, "eva"), "")
	wantCode(t, operator.Unsilence(w.Ctx, "beto"), "")
}

// An owner whom the operator had silenced gave ranks, forgot people and took back their
// codes all the same.
func TestAnOwnerWhoIsSilencedDecidesNothingRegression(t *testing.T) {
	w := chattest.New(t)
	olga, eva := w.Person("olga"), w.Person("eva")
	w.Person("zoe")
	w.Person("dan")
	ranked(t, w, chat.RankOwner, olga)
	operator := w.Service.Operator()
	wantCode(t, operator.Forget(w.Ctx, "dan"), "")
	w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
	_, own, err := olga.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
	wantCode(t, err, "")
	_, evas, err := eva.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
	wantCode(t, err, "")
	decide := func(want chat.Code) {
		t.Helper()
		_, rank := olga.GiveRank(w.Ctx, "eva", chat.RankAdmin)
		_, recall := olga.RecallCode(w.Ctx, "eva", evas.Hash.ID())
		for what, err := range map[string]error{"a rank": rank, "a code": recall, "a nick": olga.FreeNick(w.Ctx, "dan"), "forgetting": olga.Forget(w.Ctx, "zoe")} {
			if chat.CodeOf(err) != want {
				t.Errorf("%s: %v, want %q", what, err, want)
			}
		}
	}
	_, err = operator.Silence(w.Ctx, "olga", time.Hour, "")
	wantCode(t, err, "")
	decide(chat.Silent)
	_, err = olga.Revoke(w.Ctx, own.Hash.ID()) // which is hers
	wantCode(t, err, "")
	wantCode(t, operator.Unsilence(w.Ctx, "olga"), "")
	decide("")
}
