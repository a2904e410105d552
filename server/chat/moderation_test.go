package chat_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/limit"
)

// ranked gives ranks as the operator does.
func ranked(t *testing.T, w *chattest.World, rank chat.Rank, people ...*chat.Actor) {
	t.Helper()
	for _, p := range people {
		if _, err := w.Service.Operator().GiveRank(w.Ctx, string(p.Me().Nick), rank); err != nil {
			t.Fatal(err)
		}
	}
}

// A server whose first guest owned it would belong to whoever scans it first.
func TestNobodyOwnsAServerByBeingFirst(t *testing.T) {
	w := chattest.New(t)
	first, second := w.Person("first"), w.Person("second")
	_, err := first.GiveRank(w.Ctx, "first", chat.RankOwner)
	wantCode(t, err, chat.NotAllowed)
	ranked(t, w, chat.RankOwner, second)
	if p, err := second.GiveRank(w.Ctx, "@first", chat.RankAdmin); err != nil || p.Rank != chat.RankAdmin {
		t.Errorf("the owner makes an admin of %+v, %v", p, err)
	}
}

func TestAnAdminTriesToUnseatAnOwner(t *testing.T) {
	w := chattest.New(t)
	olga, ada, ena, beto := w.Person("olga"), w.Person("ada"), w.Person("ena"), w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	ranked(t, w, chat.RankAdmin, ada, ena)
	_, err := ada.GiveRank(w.Ctx, "olga", chat.RankMember)
	wantCode(t, err, chat.NotAllowed)
	for _, whom := range []string{"olga", "ena", "ada"} {
		_, ban := ada.Ban(w.Ctx, whom, 0, "")
		_, silence := ada.Silence(w.Ctx, whom, time.Hour, "")
		_, kick := ada.Kick(w.Ctx, whom, "")
		for _, err := range []error{ban, silence, kick, ada.Warn(w.Ctx, whom, "go"), ada.Forget(w.Ctx, whom)} {
			wantCode(t, err, chat.NotAllowed)
		}
	}
	if err := ada.Warn(w.Ctx, "beto", "go"); err != nil {
		t.Errorf("nor may she warn a member: %v", err)
	}
	if warned, err := beto.Warnings(w.Ctx); err != nil || len(warned) != 1 {
		t.Errorf("beto reads %+v, %v", warned, err)
	}
	_, err = olga.GiveRank(w.Ctx, "olga", chat.RankMember)
	wantCode(t, err, chat.LastOwner)
}

// A member who asks learns nothing: the answer is the same whoever is named.
func TestAMemberWhoTriesLearnsNothing(t *testing.T) {
	w := chattest.New(t)
	beto := w.Person("beto")
	w.Person("eva")
	for _, whom := range []string{"eva", "nobody", "beto", "", "SHA256:x", "0.0.0.0/0"} {
		_, rank := beto.GiveRank(w.Ctx, whom, chat.RankOwner)
		_, ban := beto.Ban(w.Ctx, whom, 0, strings.Repeat("x", 999))
		_, silence := beto.Silence(w.Ctx, whom, time.Hour, strings.Repeat("x", 999))
		_, people := beto.People(w.Ctx, whom, "", 9)
		_, audit := beto.Audit(w.Ctx, 0, 9)
		_, list := beto.Reports(w.Ctx, 9)
		_, bans := beto.Bans(w.Ctx)
		_, kick := beto.Kick(w.Ctx, whom, "")
		for _, err := range []error{
			rank, ban, silence, people, audit, list, bans, kick, beto.Warn(w.Ctx, whom, ""), beto.Unsilence(w.Ctx, whom),
			beto.Unban(w.Ctx, whom), beto.Forget(w.Ctx, whom), beto.FreeNick(w.Ctx, whom), beto.CloseReport(w.Ctx, chat.NewID[chat.Event](), ""),
		} {
			if e := wantCode(t, err, chat.NotAllowed); e.Name+e.Hint != "" {
				t.Errorf("about %s it says %+v", whom, e)
			}
		}
	}
}

func TestTwoOwnersDemoteEachOtherAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		olga, otto := w.Person("olga"), w.Person("otto")
		ranked(t, w, chat.RankOwner, olga, otto)
		release := w.Log.TestOnlyHold()
		errs := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { _, errs[0] = olga.GiveRank(w.Ctx, "otto", chat.RankMember) })
		both.Go(func() { _, errs[1] = otto.GiveRank(w.Ctx, "olga", chat.RankMember) })
		synctest.Wait() // both have seen two owners
		release()
		both.Wait()
		if a, b := chat.CodeOf(errs[0]), chat.CodeOf(errs[1]); a+b != chat.Conflict {
			t.Errorf("the answers are %q and %q", a, b)
		}
		if n, err := w.View.Owners(w.Ctx); n != 1 || err != nil {
			t.Errorf("%d owners are left, %v", n, err)
		}
	})
}

func TestSilenceEndsByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ada, beto, eva := w.Person("ada"), w.Person("beto"), w.Person("eva")
		ranked(t, w, chat.RankAdmin, ada)
		m := w.Say(beto, w.Lobby(), "spam")
		if _, err := ada.Silence(w.Ctx, "beto", time.Hour, "no spam"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Minute)
		_, post := beto.Post(w.Ctx, w.Lobby(), chat.Words{Text: "more"})
		_, edit := beto.Edit(w.Ctx, m, "more")
		_, file := beto.SendFile(w.Ctx, w.Lobby(), chat.File{Name: "more.txt", Size: 1, Hash: "abc"})
		_, put := beto.MaySend(w.Ctx, w.Lobby(), "more.txt")
		_, talk := beto.Post(w.Ctx, w.Talk(beto, eva), chat.Words{Text: "more"})
		for _, err := range []error{post, edit, file, put, talk} {
			if e := wantCode(t, err, chat.Silent); e.Wait != 40*time.Minute {
				t.Errorf("beto is told to wait %v", e.Wait)
			}
		}
		beto.Typing(w.Ctx, w.Lobby())
		if typing := eva.WhoTypes(w.Lobby()); len(typing) > 0 {
			t.Errorf("eva sees typing %v", typing)
		}
		if err := beto.SaveDraft(w.Ctx, w.Lobby(), "for later"); err != nil {
			t.Errorf("a draft is not kept: %v", err)
		}
		w.Say(beto, w.Talk(beto, ada), "why?")
		w.Say(beto, w.Talk(beto, beto), "keep calm")
		if _, err := beto.Retract(w.Ctx, m); err != nil {
			t.Errorf("spam is not taken back: %v", err)
		}
		time.Sleep(41 * time.Minute)
		w.Say(beto, w.Lobby(), "sorry")
		warned, err := beto.Warnings(w.Ctx)
		if err != nil || len(warned) != 1 || warned[0].Reason != "no spam" {
			t.Fatalf("beto was told %+v, %v", warned, err)
		}
		if err := beto.Warned(w.Ctx, warned[0].Position); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if warned, _ := beto.Warnings(w.Ctx); len(warned) > 0 {
			t.Errorf("and once more %+v", warned)
		}
	})
}

// Mallory, who was silenced, speaks by what is not a message: by the names of groups
// and rooms, by how she is shown, by cards, and as an admin by what she decides.
func TestTheSilencedDoNotSpeakByOtherMeans(t *testing.T) {
	w := chattest.New(t)
	mallory, ada, beto := w.Person("mallory"), w.Person("ada"), w.Person("beto")
	ranked(t, w, chat.RankAdmin, ada)
	w.Befriend(mallory, beto)
	for _, who := range []*chat.Actor{mallory, ada} {
		if _, err := w.Service.Operator().Silence(w.Ctx, string(who.Me().Nick), time.Hour, ""); err != nil {
			t.Fatal(err)
		}
		shout, nothing := "BUY HERE", ""
		_, group := who.NewGroup(w.Ctx, shout, []string{"beto"})
		_, room := who.OpenRoom(w.Ctx, "buy-here", shout)
		_, _, invite := who.Invite(w.Ctx, 1, time.Hour, chat.Ref{})
		for _, err := range []error{group, room, invite, who.SetProfile(w.Ctx, chat.Profile{Name: &shout}), who.SetProfile(w.Ctx, chat.Profile{Status: &shout})} {
			if e := wantCode(t, err, chat.Silent); e.Wait < 50*time.Minute {
				t.Errorf("%s waits %v", who.Me().Nick, e.Wait)
			}
		}
		if err := who.SetProfile(w.Ctx, chat.Profile{Status: &nothing}); err != nil {
			t.Errorf("to take it back is not to say something: %v", err)
		}
		if err := who.SaveDraft(w.Ctx, w.Lobby(), shout); err != nil {
			t.Errorf("a draft is nobody's business: %v", err)
		}
	}
	_, ban := ada.Ban(w.Ctx, "beto", time.Hour, "BUY HERE")
	_, kick := ada.Kick(w.Ctx, "beto", "BUY HERE")
	for _, err := range []error{ban, kick, ada.Warn(w.Ctx, "beto", "BUY HERE")} {
		wantCode(t, err, chat.Silent)
	}
}

func TestUnsilencedAtOnce(t *testing.T) {
	w := chattest.New(t)
	ada, beto := w.Person("ada"), w.Person("beto")
	ranked(t, w, chat.RankAdmin, ada)
	wantCode(t, ada.Unsilence(w.Ctx, "beto"), chat.NothingPending)
	w.Say(beto, w.Lobby(), "one") // his seat is known
	if _, err := ada.Silence(w.Ctx, "beto", time.Hour, ""); err != nil {
		t.Fatal(err)
	}
	_, err := beto.Post(w.Ctx, w.Lobby(), chat.Words{Text: "two"})
	wantCode(t, err, chat.Silent)
	wantCode(t, beto.Unsilence(w.Ctx, "beto"), chat.NotAllowed)
	if err := ada.Unsilence(w.Ctx, "beto"); err != nil {
		t.Fatal(err)
	}
	w.Say(beto, w.Lobby(), "three")
	wantTexts(t, w, ada, w.Lobby(), "beto: one", "beto: three")
}

// admitted is the code of what the door says.
func admitted(w *chattest.World, who chat.Arrival) chat.Code {
	return chat.CodeOf(w.Service.Admits(w.Ctx, who))
}

func TestSomebodyBannedComesBackAnotherWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ada := w.Person("ada")
		ranked(t, w, chat.RankAdmin, ada)
		key := chat.Key{Fingerprint: "SHA256:" + strings.Repeat("b", 42) + "A"}
		beto, err := w.Service.Claim(w.Ctx, "beto", chat.Credential{Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ada.Ban(w.Ctx, "beto", time.Hour, "insults"); err != nil {
			t.Fatal(err)
		}
		home, cafe := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("2001:db8:1:2::77")
		for what, who := range map[string]chat.Arrival{
			"as himself":             {User: beto.ID, Address: home},
			"by another key":         {User: beto.ID, Key: "SHA256:other", Proven: true},
			"from another network":   {User: beto.ID, Address: cafe},
			"under a new nick":       {Key: key.Fingerprint, Proven: true},
			"on an older connection": {User: beto.ID, Key: key.Fingerprint, Proven: true, Address: home},
		} {
			if got := admitted(w, who); got != chat.KeptOut {
				t.Errorf("%s he is let in: %q", what, got)
			}
		}
		if got := admitted(w, chat.Arrival{Key: key.Fingerprint}); got != "" {
			t.Error("whose key it is was told to somebody who did not sign with it")
		}
		e := wantCode(t, w.Service.Admits(w.Ctx, chat.Arrival{User: beto.ID}), chat.KeptOut)
		if e.Hint != "insults" || e.Wait != time.Hour {
			t.Errorf("he is told %+v", e)
		}
		for _, ban := range []string{key.Fingerprint, "203.0.113.0/24", "2001:db8:1:2::1"} {
			if _, err := ada.Ban(w.Ctx, ban, 0, ""); err != nil {
				t.Errorf("ban %s: %v", ban, err)
			}
		}
		time.Sleep(61 * time.Minute) // his own is over
		for _, who := range []chat.Arrival{{Key: key.Fingerprint}, {Address: home}, {Address: cafe}, {Address: netip.MustParseAddr("::ffff:203.0.113.200")}} {
			if got := admitted(w, who); got != chat.KeptOut {
				t.Errorf("%+v is let in: %q", who, got)
			}
		}
		for _, who := range []chat.Arrival{{User: beto.ID}, {Address: netip.MustParseAddr("203.0.114.1")}, {}} {
			if got := admitted(w, who); got != "" {
				t.Errorf("%+v is kept out: %q", who, got)
			}
		}
		if list, err := ada.Bans(w.Ctx); err != nil || len(list) != 3 {
			t.Errorf("the bans are %+v, %v", list, err)
		}
		wantCode(t, ada.Unban(w.Ctx, "beto"), chat.NothingPending)
		if err := ada.Unban(w.Ctx, "203.0.113.0/24"); err != nil || admitted(w, chat.Arrival{Address: home}) != "" {
			t.Errorf("a ban is not lifted: %v", err)
		}
	})
}

// Somebody adds a key of somebody else's to their own ones, and then is banned on
// purpose.
func TestABanDoesNotCatchWhoseKeyWasAdded(t *testing.T) {
	w := chattest.New(t)
	ada := w.Person("ada")
	ranked(t, w, chat.RankAdmin, ada)
	key := chat.Key{Fingerprint: "SHA256:ana"}
	ana, err := w.Service.Claim(w.Ctx, "ana", chat.Credential{Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	mallory := w.Person("mallory")
	added := chat.Event{ID: chat.NewID[chat.Event](), At: mallory.Now(), By: mallory.Me().ID, Body: chat.KeyAdded{Key: key}}
	if _, err := w.Log.Append(w.Ctx, added); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if _, err := ada.Ban(w.Ctx, "mallory", 0, ""); err != nil {
		t.Fatal(err)
	}
	if got := admitted(w, chat.Arrival{User: ana.ID, Key: key.Fingerprint, Proven: true}); got != "" {
		t.Errorf("ana is kept out: %q", got)
	}
}

func TestWhatIsBannedByWhatIsTyped(t *testing.T) {
	w := chattest.New(t)
	ada := w.Person("ada")
	w.Person("10.1.2.3")
	ranked(t, w, chat.RankOwner, ada)
	const pub = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@home"
	for typed, want := range map[string]string{
		"10.1.2.3": "10.1.2.3/32", "10.1.2.3/8": "10.0.0.0/8", "::ffff:10.1.2.0/120": "10.1.2.0/24", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "@10.1.2.3": "",
		pub: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
	} {
		b, err := ada.Ban(w.Ctx, typed, 0, "")
		got := b.Key
		if b.Network.IsValid() {
			got = b.Network.String()
		}
		if err != nil || got != want || (want == "") == b.User.IsZero() {
			t.Errorf("%s bans %+v, %v", typed, b, err)
		}
	}
	for _, typed := range []string{"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/3", "127.0.0.1", "::1", "0.0.0.0"} {
		_, err := ada.Ban(w.Ctx, typed, 0, "")
		wantCode(t, err, chat.NetworkWide)
	}
	_, err := ada.Ban(w.Ctx, "SHA256:short", 0, "")
	wantCode(t, err, chat.NoPerson)
	_, err = ada.Ban(w.Ctx, "10.2.0.0/16", 0, strings.Repeat("x", chat.MaxReason+1))
	wantCode(t, err, chat.LongReason)
}

// A guest who shouts comes back under another nick at once, and the admin was told
// that they were banned.
func TestWhatIsDecidedAboutAGuestSaysWhatWorks(t *testing.T) {
	w := chattest.New(t)
	ada := w.Person("ada")
	ranked(t, w, chat.RankAdmin, ada)
	w.Service.SetPolicy(chat.Policy{Registration: chat.Open, Guests: true})
	if _, err := w.Service.Visit(w.Ctx, "mallory"); err != nil {
		t.Fatal(err)
	}
	_, ban := ada.Ban(w.Ctx, "guest-mallory", 0, "")
	_, silence := ada.Silence(w.Ctx, "guest-mallory", time.Hour, "")
	for _, err := range []error{ban, silence} {
		if e := wantCode(t, err, chat.NotAllowed); e.Why != chat.WhyVisit {
			t.Errorf("it says %+v", e)
		}
	}
	if _, err := ada.Kick(w.Ctx, "guest-mallory", ""); err != nil {
		t.Errorf("a kick works: %v", err)
	}
}

// Ada is an admin, and would be rid of Olga, who owns the server: by the key that Olga
// has only pasted, by the network she comes from, by undoing what she decided.
func TestAnAdminGoesAroundAnOwner(t *testing.T) {
	w := chattest.New(t)
	olga, ada := w.Person("olga"), w.Person("ada")
	w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	ranked(t, w, chat.RankAdmin, ada)
	k := aKey("olga")
	k.Fingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
	if _, err := olga.AddKey(w.Ctx, k); err != nil {
		t.Fatal(err)
	}
	_, err := ada.Ban(w.Ctx, k.Fingerprint, 0, "")
	wantCode(t, err, chat.NotAllowed)
	for _, wide := range []string{"198.51.0.0/16", "203.0.113.0/23", "2001:db8::/32", "2001:db8::/47"} {
		_, err := ada.Ban(w.Ctx, wide, 0, "")
		if e := wantCode(t, err, chat.NetworkWide); e.Limit == 0 {
			t.Errorf("of %s it does not say what an admin may: %+v", wide, e)
		}
		if _, err := olga.Ban(w.Ctx, wide, 0, ""); err != nil {
			t.Errorf("an owner bans %s: %v", wide, err)
		}
	}
	home := ada.From(netip.MustParseAddr("::ffff:192.0.2.7"))
	_, err = home.Ban(w.Ctx, "192.0.2.0/24", 0, "")
	wantCode(t, err, chat.OwnNetwork)
	for by, typed := range map[*chat.Actor]string{olga: "beto", w.Service.Operator(): "192.0.2.9"} {
		if _, err := by.Ban(w.Ctx, typed, 0, ""); err != nil {
			t.Fatal(err)
		}
		wantCode(t, ada.Unban(w.Ctx, typed), chat.NotAllowed)
		_, err := ada.Ban(w.Ctx, typed, time.Minute, "") // would end sooner
		wantCode(t, err, chat.NotAllowed)
	}
	wantCode(t, olga.Unban(w.Ctx, "192.0.2.9"), chat.NotAllowed)
	if err := olga.Unban(w.Ctx, "beto"); err != nil {
		t.Errorf("olga lifts her own: %v", err)
	}
}

func TestAFloodOfReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithLimiter(limit.New(time.Now)))
		ada, beto, eva := w.Person("ada"), w.Person("beto"), w.Person("eva")
		ranked(t, w, chat.RankAdmin, ada)
		var said []chat.MessageID
		for range 20 {
			said = append(said, w.Say(beto, w.Lobby(), "spam"))
		}
		counted := map[chat.Code]int{}
		for _, id := range said {
			_, err := eva.Report(w.Ctx, id, "spam")
			counted[chat.CodeOf(err)]++
		}
		if counted[""] != 5 || counted[chat.TooFast] != 15 {
			t.Errorf("of twenty at once: %v", counted)
		}
		for range 3 { // the patient
			for _, id := range said {
				time.Sleep(2 * time.Minute)
				_, _ = eva.Report(w.Ctx, id, "spam")
			}
		}
		if list, err := ada.Reports(w.Ctx, 1000); err != nil || len(list) > chat.MaxReports {
			t.Errorf("%d reports, %v", len(list), err)
		}
	})
}

func TestAReportTellsTheMessageAndNothingElse(t *testing.T) {
	w := chattest.New(t)
	ada, ena, beto, eva := w.Person("ada"), w.Person("ena"), w.Person("beto"), w.Person("eva")
	ranked(t, w, chat.RankAdmin, ada, ena)
	group := w.Group(eva, "Familia secreta", beto, ena)
	insult := w.Say(beto, group, "an insult")
	theirs := w.Say(ena, group, "an admin's insult")
	_, err := ada.Report(w.Ctx, insult, "")
	wantCode(t, err, chat.NoMessage)
	_, err = beto.Report(w.Ctx, insult, "")
	wantCode(t, err, chat.NotAllowed)
	id, err := eva.Report(w.Ctx, insult, "rude")
	if err != nil {
		t.Fatal(err)
	}
	about, err := eva.Report(w.Ctx, theirs, "rude too")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := ada.Reports(w.Ctx, 9); err != nil || len(list) != 2 || list[0].Text != "an insult" {
		t.Errorf("ada reads %+v, %v", list, err)
	}
	_, err = ada.Message(w.Ctx, insult)
	wantCode(t, err, chat.NoMessage)
	if list, err := ena.Reports(w.Ctx, 9); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("ena reads of herself: %+v, %v", list, err)
	}
	wantCode(t, ena.CloseReport(w.Ctx, about, "nothing"), chat.NothingPending)
	if err := ada.CloseReport(w.Ctx, id, "warned"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, ada.CloseReport(w.Ctx, id, "again"), chat.NothingPending)
}

// Mallory is banned, and asks to be forgotten, to come back with the same key.
func TestToBeForgottenIsNoWayAroundABan(t *testing.T) {
	w := chattest.New(t)
	olga := w.Person("olga")
	ranked(t, w, chat.RankOwner, olga)
	k := aKey("mallory")
	if _, err := w.Service.Claim(w.Ctx, "mallory", chat.Credential{Key: &k}); err != nil {
		t.Fatal(err)
	}
	if _, err := olga.Ban(w.Ctx, "mallory", time.Hour, "spam"); err != nil {
		t.Fatal(err)
	}
	if err := olga.Forget(w.Ctx, "mallory"); err != nil {
		t.Fatal(err)
	}
	err := w.Service.Admits(w.Ctx, chat.Arrival{Key: k.Fingerprint, Proven: true})
	if e := wantCode(t, err, chat.KeptOut); e.Hint != "spam" || e.Wait > time.Hour {
		t.Errorf("she is told %+v", e)
	}
	if bans, err := olga.Bans(w.Ctx); err != nil || len(bans) != 1 || bans[0].Key != k.Fingerprint {
		t.Errorf("the bans are %+v, %v", bans, err)
	}
}

func TestSomebodyIsForgotten(t *testing.T) {
	w := chattest.New(t)
	olga, beto := w.Person("olga"), w.Person("beto")
	ranked(t, w, chat.RankOwner, olga)
	talk := w.Talk(olga, beto)
	w.Say(beto, w.Talk(beto, olga), "private words")
	w.Say(beto, w.Lobby(), "public words")
	if err := beto.SaveDraft(w.Ctx, talk, "unsent words"); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if err := olga.Forget(w.Ctx, "beto"); err != nil {
		t.Fatal(err)
	}
	w.Until("nothing of beto is left", func() bool {
		left, err := w.View.Forgetting(w.Ctx)
		return err == nil && len(left) == 0
	})
	w.Settle()
	wantTexts(t, w, olga, talk, ": -")
	wantTexts(t, w, olga, w.Lobby(), ": -")
	if draft, err := beto.Draft(w.Ctx, talk); err != nil || draft != "" {
		t.Errorf("a draft is left: %q, %v", draft, err)
	}
	_, err := beto.Post(w.Ctx, w.Lobby(), chat.Words{Text: "I am back"})
	wantCode(t, err, chat.NotMember)
	_, err = w.Service.Claim(w.Ctx, "beto", chat.Credential{Passphrase: "x"})
	wantCode(t, err, chat.NickTaken)
	wantCode(t, olga.FreeNick(w.Ctx, "olga"), chat.NothingPending)
	if err := olga.FreeNick(w.Ctx, "beto"); err != nil {
		t.Errorf("the nick is not freed: %v", err)
	}
	all, err := olga.Audit(w.Ctx, 0, 9)
	if err != nil || len(all) != 3 || all[0].Subject != "beto" || all[1].Kind != "person.forgotten" || all[1].Nick != "" {
		t.Errorf("the audit log has %+v, %v", all, err)
	}
}
