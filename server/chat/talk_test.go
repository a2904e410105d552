package chat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/limit"
)

func TestAStrangerIsLetInOrNot(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	talk := w.Talk(ana, beto)
	for n := range chat.MaxAsked {
		w.Say(ana, talk, fmt.Sprint("hola ", n+1))
	}
	_, err := ana.Post(w.Ctx, talk, chat.Words{Text: "¿me lees?"})
	if e := wantCode(t, err, chat.RequestPending); e.Name != "beto" {
		t.Errorf("ana is told of %q", e.Name)
	}
	_, err = ana.SendFile(w.Ctx, talk, chat.File{Name: "a.txt", Hash: "aa"})
	wantCode(t, err, chat.RequestPending)

	if list, err := beto.Requests(w.Ctx); err != nil || len(list) != 1 || list[0].Handle != "ana" {
		t.Errorf("beto is asked by %+v, %v", list, err)
	}
	if list, err := ana.Requests(w.Ctx); err != nil || len(list) != 0 {
		t.Errorf("ana is asked by %+v, %v", list, err)
	}
	_, err = ana.Accept(w.Ctx, talk)
	wantCode(t, err, chat.NothingPending)
	if c, err := beto.Accept(w.Ctx, w.Talk(beto, ana)); err != nil || c.Request || c.Unread != chat.MaxAsked {
		t.Errorf("beto let in %+v, %v", c, err)
	}
	w.Say(ana, talk, "gracias")
	_, err = eva.Accept(w.Ctx, w.Talk(eva, ana)) // nobody asked her
	wantCode(t, err, chat.NothingPending)
}

// The same words under the same ID are one message, also the last that a stranger has.
func TestAStrangersLastMessageIsSentAgain(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	words := chat.Words{ID: chat.NewID[chat.Message](), Text: "la última"}
	for range chat.MaxAsked - 1 {
		w.Say(ana, w.Talk(ana, beto), "hola")
	}
	for range 2 {
		if sent, err := ana.Post(w.Ctx, w.Talk(ana, beto), words); err != nil || sent.ID != words.ID {
			t.Errorf("sent %+v, %v", sent, err)
		}
	}
}

// Ten at once see a talk with room for five: what did not come in is refused, and
// nothing that did not is acknowledged.
func TestNoMoreThanFiveComeInAtOnce(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Talk(ana, beto)
	errs := make(chan error, 10)
	for n := range cap(errs) {
		go func() {
			_, err := ana.Post(w.Ctx, talk, chat.Words{Text: fmt.Sprint(n)})
			errs <- err
		}()
	}
	acknowledged := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			acknowledged++
		} else {
			wantCode(t, err, chat.RequestPending)
		}
	}
	if read := len(w.Texts(beto, w.Talk(beto, ana))); acknowledged != chat.MaxAsked || read != chat.MaxAsked {
		t.Errorf("%d were acknowledged and beto reads %d, want %d", acknowledged, read, chat.MaxAsked)
	}
}

func TestTheFilesOfARequestAreNotReachable(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Talk(ana, beto)
	if _, err := ana.SendFile(w.Ctx, talk, chat.File{Name: "a.txt", Hash: "aa"}); err != nil {
		t.Fatal(err)
	}
	if files, err := beto.Files(w.Ctx, talk); err != nil || len(files) != 0 {
		t.Errorf("beto is offered %v, %v", files, err)
	}
	_, err := beto.FileNamed(w.Ctx, talk, "a.txt")
	wantCode(t, err, chat.NoFile)
	if files, err := ana.Files(w.Ctx, talk); err != nil || len(files) != 1 {
		t.Errorf("ana has %v, %v", files, err)
	}
	if _, err := beto.Accept(w.Ctx, talk); err != nil {
		t.Fatal(err)
	}
	if files, err := beto.Files(w.Ctx, talk); err != nil || len(files) != 1 {
		t.Errorf("beto is offered %v, %v", files, err)
	}
}

func TestManyStrangersAreNotAskedAtOnce(t *testing.T) {
	w := chattest.New(t, chattest.WithLimiter(stingy(chat.Requests)))
	ana, beto := w.Person("ana"), w.Person("beto")
	_, err := ana.Post(w.Ctx, w.Talk(ana, beto), chat.Words{Text: "hola"})
	wantCode(t, err, chat.TooFast)
	w.Say(ana, w.Talk(ana, ana), "one's own notes cost nothing")
	ranked(t, w, chat.RankAdmin, beto) // who brings in whom they like
	w.Group(beto, "Pandilla", ana)
	w.Say(ana, w.Talk(ana, beto), "nor does who is known by a group")
}

// A request waits unread until it is let in: it is not found by its words, and a
// stranger who has said all that they may does not go on by editing it.
func TestARequestSaysNothingMoreByOtherWays(t *testing.T) {
	w := chattest.New(t)
	mallory, ana := w.Person("mallory"), w.Person("ana")
	talk := w.Talk(mallory, ana)
	var last chat.MessageID
	for range chat.MaxAsked {
		last = w.Say(mallory, talk, "vile xylophone")
	}
	_, err := mallory.Edit(w.Ctx, last, "a sixth")
	wantCode(t, err, chat.RequestPending)
	for _, in := range []chat.Ref{{}, w.Talk(ana, mallory)} {
		if found, err := ana.Search(w.Ctx, chat.Search{Text: "xylophone", In: in, Limit: 9}); err != nil || len(found.Messages) != 0 {
			t.Errorf("ana finds %d, %v", len(found.Messages), err)
		}
	}
	if found, err := mallory.Search(w.Ctx, chat.Search{Text: "xylophone", Limit: 9}); err != nil || len(found.Messages) != chat.MaxAsked {
		t.Errorf("mallory finds %d of her own, %v", len(found.Messages), err)
	}
	if _, err := ana.Accept(w.Ctx, w.Talk(ana, mallory)); err != nil {
		t.Fatal(err)
	}
	if found, err := ana.Search(w.Ctx, chat.Search{Text: "xylophone", Limit: 9}); err != nil || len(found.Messages) != chat.MaxAsked {
		t.Errorf("once she let it in ana finds %d, %v", len(found.Messages), err)
	}
	if _, err := mallory.Edit(w.Ctx, last, "sorry"); err != nil {
		t.Errorf("nor edits mallory then: %v", err)
	}
}

// Mallory knows the ID of a group that she never was in, Eve that of one she was put
// out of: who types there is none of their business.
func TestWhoTypesIsForWhoIsThere(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eve, mallory := w.Person("ana"), w.Person("beto"), w.Person("eve"), w.Person("mallory")
	group := w.Group(ana, "Secreto", beto, eve)
	follower := ana.Follow()
	defer follower.Close()
	if _, err := ana.Remove(w.Ctx, group, "eve"); err != nil {
		t.Fatal(err)
	}
	ana.Typing(w.Ctx, group)
	if got := beto.WhoTypes(group); len(got) != 1 {
		t.Errorf("beto sees %v type", got)
	}
	for _, who := range []*chat.Actor{eve, mallory} {
		if got := who.WhoTypes(group); len(got) != 0 {
			t.Errorf("%s sees %v type", who.Me().Nick, got)
		}
	}
}

// Mallory makes a group with people who never heard of her, to be no stranger to
// them, to see whether they are here, and to tell a thousand of them at once what
// she sells.
func TestAGroupIsNoWayAroundARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithLimiter(limit.New(time.Now)))
		mallory, ana, ada := w.Person("mallory"), w.Person("ana"), w.Person("ada")
		ranked(t, w, chat.RankAdmin, ada)
		if _, err := ana.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Known }); err != nil {
			t.Fatal(err)
		}
		follower := ana.Follow()
		defer follower.Close()
		w.Settle()
		group := w.Group(mallory, "Oferta", ana)
		if mallory.IsHere(ana.Me().ID) {
			t.Error("by a group mallory sees that ana is here")
		}
		w.Say(mallory, w.Talk(mallory, ana), "compra")
		if !w.See(ana, w.Talk(ana, mallory)).Request {
			t.Error("by a group mallory is no stranger to ana")
		}
		crowd := make([]string, chat.MaxStrangers+1)
		for i := range crowd {
			crowd[i] = string(w.Person(chat.Nick(fmt.Sprint("p", i))).Me().Nick)
		}
		_, err := mallory.NewGroup(w.Ctx, "Oferta", crowd)
		if e := wantCode(t, err, chat.TooMany); e.Limit != chat.MaxStrangers {
			t.Errorf("it says %+v", e)
		}
		_, err = mallory.NewGroup(w.Ctx, "Oferta", crowd[:chat.MaxStrangers])
		if e := wantCode(t, err, chat.TooFast); e.Wait < 10*time.Minute {
			t.Errorf("she waits %v", e.Wait)
		}
		if _, err := mallory.Add(w.Ctx, group, crowd[:chat.MaxStrangers-2]); err != nil {
			t.Errorf("what is left of her requests: %v", err)
		}
		_, err = mallory.Add(w.Ctx, group, crowd[chat.MaxStrangers-2:])
		wantCode(t, err, chat.TooFast)
		if _, err := ada.NewGroup(w.Ctx, "Todos", crowd); err != nil {
			t.Errorf("who looks after the server: %v", err)
		}
	})
}

// What tells somebody that they are blocked? Ana's talks with Beto, who has
// blocked her, and with Eva, who is away and shows nobody when she was here, must
// look the same from all sides.
func TestTheBlockedSeesWhatOneSeesOfSomebodyAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		lobby := beto.Follow() // he is here, and goes on elsewhere
		defer lobby.Close()
		anas := ana.Follow()
		defer anas.Close()
		w.Befriend(ana, beto)
		w.Befriend(ana, eva)
		for _, one := range []*chat.Actor{beto, eva} {
			w.Say(ana, w.Talk(ana, one), "hola")
			if page, err := one.Page(w.Ctx, w.Talk(one, ana), chat.PageQuery{Limit: 1}); err == nil {
				one.Delivered(page.AsOf)
			}
			w.Say(one, w.Talk(one, ana), "hola")
			if _, err := one.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Nobody }); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		w.Settle()
		if _, err := beto.Block(w.Ctx, "@ana"); err != nil {
			t.Fatal(err)
		}
		for _, one := range []*chat.Actor{beto, eva} {
			anas.Watch(w.Talk(ana, one).ID, 0)
		}
		anas.Next()
		w.Say(ana, w.Talk(ana, beto), "¿estás?")
		w.Say(ana, w.Talk(ana, eva), "¿estás?")
		w.Say(ana, w.Lobby(), "¿hay alguien?")
		beto.Delivered(chat.PositionAt(1<<20, 0)) // of the lobby
		beto.Typing(w.Ctx, w.Lobby())
		time.Sleep(5 * time.Second)
		synctest.Wait()
		w.Settle()

		if a, b := fingerprint(t, w, ana, beto, anas.Next()), fingerprint(t, w, ana, eva, chat.News{}); a != b {
			t.Errorf("ana sees of beto, who blocked her,\n%s\nand of eva, who is away,\n%s", a, b)
		}
		if got := ana.WhoTypes(w.Lobby()); len(got) != 0 {
			t.Errorf("ana sees %v type", got)
		}
		if ids, total, _ := ana.Here(10); total != 1 || len(ids) != 1 || ids[0] != ana.Me().ID {
			t.Errorf("ana sees %v here, %d in all", ids, total)
		}
		wantTexts(t, w, beto, w.Talk(beto, ana), "ana: hola", "beto: hola")
		wantTexts(t, w, beto, w.Lobby(), "ana: ¿hay alguien?") // in rooms both go on
	})
}

// fingerprint is all that one person can learn of another.
func fingerprint(t *testing.T, w *chattest.World, who, other *chat.Actor, news chat.News) string {
	t.Helper()
	talk := w.Talk(who, other)
	c := w.See(who, talk)
	members, err := who.Members(w.Ctx, talk)
	if err != nil {
		t.Fatal(err)
	}
	marks := ""
	for _, m := range members {
		if m.User == other.Me().ID {
			for _, n := range []chat.Number{1, 3} { // her own
				page, err := who.Page(w.Ctx, talk, chat.PageQuery{After: n - 1, Before: n + 1, Limit: 1})
				if err != nil || len(page.Messages) != 1 {
					t.Fatalf("page %v, %v", page, err)
				}
				marks += fmt.Sprint(" ", m.Delivered >= page.Messages[0].Position, m.Read >= n)
			}
		}
	}
	told := ""
	for _, change := range news.Changes {
		if change.Conversation == talk.ID && (change.Kind == chat.Marked || change.Kind == chat.Left) {
			told += fmt.Sprint(" ", change.Kind)
		}
	}
	sight, err := who.Sight(w.Ctx, other.Me().ID)
	if err != nil {
		t.Fatal(err)
	}
	_, group := who.NewGroup(w.Ctx, "x", nil)
	return fmt.Sprintf("%v %v %d members, left %d, request %v asked %v blocked %v, last %d; marks%s; told%s; %+v here %v; types %v; group %v",
		c.Exists, c.Member, len(members), c.Left, c.Request, c.Asked, c.Blocked, c.LastN, marks, told, sight, who.IsHere(other.Me().ID), who.WhoTypes(talk), group)
}

// The answers to a message cost the same ways: neither is refused, and neither
// is told apart by what it takes to send.
func TestAStrangerLearnsNothingOfBeingBlocked(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	if _, err := beto.Block(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	for _, one := range []*chat.Actor{beto, eva} {
		for range chat.MaxAsked {
			w.Say(ana, w.Talk(ana, one), "hola")
		}
		_, err := ana.Post(w.Ctx, w.Talk(ana, one), chat.Words{Text: "¿?"})
		wantCode(t, err, chat.RequestPending)
		c, err := ana.Resolve(w.Ctx, string(one.Me().Nick))
		if err != nil || !c.Asked || !c.Member || c.LastN != chat.MaxAsked {
			t.Errorf("ana sees %+v, %v", c, err)
		}
	}
	if list, err := beto.Requests(w.Ctx); err != nil || len(list) != 0 {
		t.Errorf("beto is asked by %+v, %v", list, err)
	}
	if list, err := eva.Requests(w.Ctx); err != nil || len(list) != 1 {
		t.Errorf("eva is asked by %+v, %v", list, err)
	}
}

func TestWhatIsHiddenStaysHidden(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Befriend(ana, beto)
	w.Say(ana, talk, "antes")
	if _, err := beto.Block(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	secret := w.Say(ana, talk, "el secreto")
	if _, err := ana.SendFile(w.Ctx, talk, chat.File{Name: "secreto.txt", Hash: "aa"}); err != nil {
		t.Fatal(err)
	}
	_, err := beto.Post(w.Ctx, talk, chat.Words{Text: "hola"})
	if e := wantCode(t, err, chat.YouBlocked); e.Name != "ana" {
		t.Errorf("beto is told of %q", e.Name)
	}
	_, err = beto.SendFile(w.Ctx, talk, chat.File{Name: "x", Hash: "bb"})
	wantCode(t, err, chat.YouBlocked)
	if list, err := beto.BlockedPeople(w.Ctx); err != nil || len(list) != 1 || list[0].Nick != "ana" || list[0].Passphrase != "" {
		t.Errorf("beto has blocked %+v, %v", list, err)
	}
	if _, err := beto.Unblock(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	_, err = beto.Unblock(w.Ctx, "ana")
	wantCode(t, err, chat.NothingPending)
	betos := beto.Follow()
	defer betos.Close()
	betos.Watch(talk.ID, w.See(beto, talk).Changed)
	betos.Next()
	if _, err := ana.Edit(w.Ctx, secret, "el secreto, otra vez"); err != nil {
		t.Fatal(err)
	}
	w.Say(ana, talk, "después")
	wantTexts(t, w, beto, talk, "ana: antes", "ana: después")
	wantTexts(t, w, ana, talk, "ana: antes", "ana: el secreto, otra vez", "ana: [secreto.txt]", "ana: después")
	for _, c := range betos.Next().Changes {
		if c.Message != nil && c.Message.ID == secret {
			t.Errorf("beto is told %+v", c)
		}
	}
	_, err = beto.Message(w.Ctx, secret)
	wantCode(t, err, chat.NoMessage)
	_, err = beto.FileNamed(w.Ctx, talk, "secreto.txt")
	wantCode(t, err, chat.NoFile)
	if files, err := beto.Files(w.Ctx, talk); err != nil || len(files) != 0 {
		t.Errorf("beto is offered %v, %v", files, err)
	}
	if found, err := beto.Search(w.Ctx, chat.Search{Text: "secreto", Limit: 10}); err != nil || len(found.Messages) != 0 {
		t.Errorf("beto finds %v, %v", found, err)
	}
	if c := w.See(beto, talk); c.Unread != 1 {
		t.Errorf("beto has %d unread", c.Unread)
	}
}

func TestWhoMayBringWhomIntoGroups(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	adds := func(who *chat.Actor, to chat.Audience) {
		t.Helper()
		if _, err := who.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.AddsBy = to }); err != nil {
			t.Fatal(err)
		}
	}
	wantGroup := func(want chat.Code) {
		t.Helper()
		_, err := ana.NewGroup(w.Ctx, "pandilla", []string{"eva", "beto"})
		if e := wantCode(t, err, want); want != "" && e.Name != "beto" {
			t.Errorf("it is for %q", e.Name)
		}
	}
	adds(beto, chat.Nobody)
	wantGroup(chat.NotAddable)
	adds(beto, chat.Known)
	wantGroup(chat.NotAddable)
	w.Say(ana, w.Talk(ana, beto), "hola")
	wantGroup(chat.NotAddable) // one of both wrote
	w.Say(beto, w.Talk(beto, ana), "hola")
	wantGroup("")
	if _, err := beto.Block(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	wantGroup(chat.NotAddable)
	group := w.Group(ana, "otra", eva)
	_, err := ana.Add(w.Ctx, group, []string{"beto"})
	wantCode(t, err, chat.NotAddable)
	w.Group(beto, "de beto", ana) // the other way round nothing was said
}

func TestWhoShowsWhomThatTheyAreHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		for _, one := range []*chat.Actor{ana, beto, eva} {
			defer one.Follow().Close()
		}
		w.Group(ana, "pandilla", beto)
		wantHere := func(who *chat.Actor, want ...*chat.Actor) {
			t.Helper()
			for _, limit := range []int{0, 10} {
				ids, total, _ := who.Here(limit)
				if total != len(want) || limit == 10 && len(ids) != len(want) {
					t.Errorf("%s sees %d here: %v, want %d", who.Me().Nick, total, ids, len(want))
				}
			}
			for _, one := range []*chat.Actor{ana, beto, eva} {
				if got := who.IsHere(one.Me().ID); got != slices.Contains(want, one) {
					t.Errorf("%s sees %s here: %v", who.Me().Nick, one.Me().Nick, got)
				}
			}
		}
		wantHere(eva, ana, beto, eva)
		_, _, before := eva.Here(0)
		if _, err := ana.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Known }); err != nil {
			t.Fatal(err)
		}
		if _, _, after := eva.Here(0); after == before {
			t.Error("eva's screen does not know that it must look again")
		}
		wantHere(eva, beto, eva)
		wantHere(beto, ana, beto, eva)
		wantHere(ana, ana, beto, eva)
		if _, err := ana.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Nobody }); err != nil {
			t.Fatal(err)
		}
		wantHere(beto, beto, eva)
		if _, err := eva.Block(w.Ctx, "beto"); err != nil {
			t.Fatal(err)
		}
		wantHere(beto, beto)
		wantHere(eva, eva)
		if _, err := eva.Unblock(w.Ctx, "beto"); err != nil {
			t.Fatal(err)
		}
		wantHere(eva, beto, eva)
	})
}

func TestWhenSomebodyWasLastHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		left := time.Now().Truncate(time.Second).UTC()
		beto.Gone()
		time.Sleep(time.Hour)
		w.Settle()
		wantSeen := func(want time.Time) {
			t.Helper()
			if got, err := ana.Sight(w.Ctx, beto.Me().ID); err != nil || got.Here || !got.Seen.Equal(want) {
				t.Errorf("ana sees %+v, %v, want %s", got, err, want)
			}
		}
		wantSeen(left)
		beto.Delivered(chat.PositionAt(1, 0)) // a sign of life
		time.Sleep(time.Minute)
		w.Settle()
		wantSeen(left.Add(time.Hour))
		if _, err := beto.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Nobody }); err != nil {
			t.Fatal(err)
		}
		wantSeen(time.Time{})
	})
}

func TestAMutedConversationIsSilentForATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		wantMuted := func(want bool) {
			t.Helper()
			s, err := ana.Settings(w.Ctx)
			if err != nil || s.IsMuted(chat.LobbyID, ana.Now()) != want {
				t.Errorf("the lobby is muted: %v, %v", !want, err)
			}
		}
		wantMuted(false)
		if err := ana.Mute(w.Ctx, w.Lobby(), true, time.Hour); err != nil {
			t.Fatal(err)
		}
		wantMuted(true)
		time.Sleep(time.Hour)
		wantMuted(false)
		if err := ana.Mute(w.Ctx, w.Lobby(), true, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1000 * time.Hour)
		wantMuted(true)
		if err := ana.Mute(w.Ctx, w.Lobby(), false, 0); err != nil {
			t.Fatal(err)
		}
		wantMuted(false)
	})
}

// Two changes of settings at once, as two hints that were done: none is lost.
func TestChangesOfSettingsDoNotUndoEachOther(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	done := make(chan error, 8)
	for n := range cap(done) {
		go func() {
			_, err := ana.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.Learned = append(s.Learned, fmt.Sprint(n)) })
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if s, err := ana.Settings(w.Ctx); err != nil || len(s.Learned) != cap(done) {
		t.Errorf("learned %q, %v", s.Learned, err)
	}
}

func TestADisplayNameIsOneCleanLine(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	name, status := " Ana\x1b[31m P.\n ", "en casa\r✓✓"
	if err := ana.SetProfile(w.Ctx, chat.Profile{Name: &name, Status: &status}); err != nil {
		t.Fatal(err)
	}
	p, err := beto.PersonByNick(w.Ctx, "ana")
	if err != nil || p.Name != "Ana P." || p.Nick != "ana" {
		t.Errorf("beto sees %+v, %v", p, err)
	}
	long := "una persona con un nombre que no cabe en ninguna parte"
	e := wantCode(t, ana.SetProfile(w.Ctx, chat.Profile{Name: &long}), chat.LongReason)
	if e.Limit != chat.MaxName {
		t.Errorf("the limit is %d", e.Limit)
	}
	none := ""
	if err := ana.SetProfile(w.Ctx, chat.Profile{Name: &none}); err != nil {
		t.Fatal(err)
	}
	if p, err := beto.PersonByNick(w.Ctx, "ana"); err != nil || p.Name != "" || p.Status == "" {
		t.Errorf("beto sees %+v, %v", p, err)
	}
}

// Who was blocked goes on speaking by editing what was said before: other words,
// another name of a file, other bytes under its name.
func TestWhoIsBlockedDoesNotSpeakByEditingRegression(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Befriend(ana, beto)
	said := w.Say(ana, talk, "hola")
	for _, name := range []string{"a.txt", "b.txt"} {
		if _, err := ana.SendFile(w.Ctx, talk, chat.File{Name: name, Size: 1, Hash: strings.Repeat("a", 64)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := beto.Block(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	_, err := ana.Edit(w.Ctx, said, "a threat")
	if err == nil {
		_, err = ana.SendFile(w.Ctx, talk, chat.File{Name: "a.txt", Size: 1, Hash: strings.Repeat("b", 64)})
	}
	var b chat.Message
	if err == nil {
		b, err = ana.FileNamed(w.Ctx, talk, "b.txt")
	}
	if err == nil {
		_, err = ana.RenameFile(w.Ctx, b.ID, "a threat.txt")
	}
	if err != nil {
		t.Fatalf("ana learns of it: %v", err)
	}
	back := w.Talk(beto, ana)
	for _, l := range w.Texts(beto, back) {
		if strings.Contains(l, "threat") || strings.Contains(l, "a.txt") {
			t.Errorf("beto reads %q", l)
		}
	}
	if _, err := beto.Unblock(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	if found, err := beto.Search(w.Ctx, chat.Search{Text: "threat", Limit: 9}); err != nil || len(found.Messages) != 0 {
		t.Errorf("beto finds %v, %v", found.Messages, err)
	}
	if _, err := beto.FileNamed(w.Ctx, back, "a.txt"); chat.CodeOf(err) != chat.NoFile {
		t.Errorf("the bytes of then: %v", err)
	}
	// What is sent from now on comes, also under a name that was hidden.
	if _, err := ana.SendFile(w.Ctx, talk, chat.File{Name: "a.txt", Size: 1, Hash: strings.Repeat("c", 64)}); err != nil {
		t.Fatal(err)
	}
	if m, err := beto.FileNamed(w.Ctx, back, "a.txt"); err != nil || m.File.Hash != strings.Repeat("c", 64) {
		t.Errorf("beto gets %+v, %v", m.File, err)
	}
}
