package chat_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/limit"
)

// wantRoles compares who is what, as somebody in there sees it.
func wantRoles(t *testing.T, w *chattest.World, who *chat.Actor, where chat.Ref, want ...string) {
	t.Helper()
	members, err := who.Members(w.Ctx, where)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range members {
		got = append(got, fmt.Sprintf("%s %s", m.Nick, m.Role))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the roles are %q, want %q", got, want)
	}
}

func give(w *chattest.World, by *chat.Actor, where chat.Ref, nick string, role chat.Role) error {
	_, err := by.GiveRole(w.Ctx, where, nick, role)
	return err
}

func remove(w *chattest.World, by *chat.Actor, where chat.Ref, nick string) error {
	_, err := by.Remove(w.Ctx, where, nick)
	return err
}

func alter(w *chattest.World, by *chat.Actor, where chat.Ref, b chat.ConversationChanged) error {
	_, err := by.Change(w.Ctx, where, b)
	return err
}

func post(w *chattest.World, who *chat.Actor, where chat.Ref, text string) error {
	_, err := who.Post(w.Ctx, where, chat.Words{Text: text})
	return err
}

func TestWhoMakesAndUnmakesAdmins(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva, dario := w.Person("ana"), w.Person("beto"), w.Person("eva"), w.Person("dario")
	group := w.Group(ana, "pandilla", beto, eva, dario)
	wantCode(t, give(w, beto, group, "beto", chat.RoleAdmin), chat.NotAllowed)
	wantCode(t, give(w, ana, group, "@Beto", chat.RoleAdmin), "")
	wantCode(t, give(w, ana, group, "beto", chat.RoleAdmin), "") // again is no mistake
	wantCode(t, give(w, beto, group, "eva", chat.RoleMuted), "")
	wantCode(t, post(w, eva, group, "but"), chat.NotAllowed)
	wantCode(t, give(w, eva, group, "eva", chat.RoleMember), chat.NotAllowed)
	for nick, role := range map[string]chat.Role{"ana": chat.RoleMuted, "dario": chat.RoleAdmin, "beto": chat.RoleOwner} {
		wantCode(t, give(w, beto, group, nick, role), chat.NotAllowed)
	}
	wantCode(t, give(w, ana, group, "ana", chat.RoleMember), chat.LastOwner)
	wantCode(t, give(w, ana, group, "nobody", chat.RoleMember), chat.NoPerson)
	w.Person("gema") // who is not in it
	if e := wantCode(t, give(w, ana, group, "gema", chat.RoleMember), chat.NotMember); e.Hint != "gema" {
		t.Errorf("told %+v", e)
	}
	wantCode(t, give(w, ana, w.Talk(ana, beto), "beto", chat.RoleAdmin), chat.NotAGroup)
	wantRoles(t, w, ana, group, "ana owner", "beto admin", "dario member", "eva muted")
}

func TestAGroupIsHandedOver(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "pandilla", beto)
	_, err := beto.HandOver(w.Ctx, group, "beto")
	wantCode(t, err, chat.NotAllowed)
	if c, err := ana.HandOver(w.Ctx, group, "beto"); err != nil || c.Role != chat.RoleAdmin {
		t.Errorf("ana sees %+v, %v", c, err)
	}
	wantRoles(t, w, ana, group, "ana admin", "beto owner")
}

// Mallory, put out of a group, tries every way back in that she knows.
func TestWhoIsPutOutStaysOut(t *testing.T) {
	w := chattest.New(t)
	ana, beto, mallory := w.Person("ana"), w.Person("beto"), w.Person("mallory")
	group := w.Group(ana, "pandilla", beto, mallory)
	w.Say(ana, group, "one")
	wantCode(t, remove(w, mallory, group, "beto"), chat.NotAllowed)
	wantCode(t, remove(w, ana, group, "ana"), chat.NotAllowed)
	wantCode(t, remove(w, ana, group, "mallory"), "")
	w.Say(ana, group, "she is gone")
	wantTexts(t, w, mallory, group, "ana: one")
	wantCode(t, post(w, mallory, group, "wait"), chat.NotMember)
	_, err := mallory.Join(w.Ctx, group)
	wantCode(t, err, chat.Barred)
	_, err = mallory.Add(w.Ctx, group, []string{"mallory"})
	wantCode(t, err, chat.NotMember)
	_, err = beto.Add(w.Ctx, group, []string{"mallory"}) // her friend, no admin
	wantCode(t, err, chat.NotAllowed)
	if left, err := mallory.Departed(w.Ctx); err != nil || len(left) != 1 || left[0].ID != group.ID || !left[0].Barred || left[0].LastN != 1 {
		t.Errorf("mallory has left %+v, %v", left, err)
	}
	w.Add(ana, group, mallory)
	wantTexts(t, w, mallory, group, "ana: one", "ana: she is gone")
}

func TestTheLastOwnerSaysWhoFollows(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	group := w.Group(ana, "pandilla", beto)
	w.Add(ana, group, eva)
	if e := wantCode(t, ana.Leave(w.Ctx, group, ""), chat.LastOwner); e.Name != "pandilla" || e.Hint != "beto" {
		t.Errorf("told %+v, want that beto could", e)
	}
	if e := wantCode(t, ana.Leave(w.Ctx, group, "eav"), chat.NoPerson); e.Hint != "eva" {
		t.Errorf("told %+v", e)
	}
	wantCode(t, ana.Leave(w.Ctx, group, "ana"), chat.NotMember) // but for her
	wantCode(t, ana.Leave(w.Ctx, group, "@Eva"), "")
	wantRoles(t, w, eva, group, "beto member", "eva owner")
	wantCode(t, beto.Leave(w.Ctx, group, ""), "") // who owns nothing leaves as they like
	wantCode(t, eva.Leave(w.Ctx, group, ""), "")  // and so does the last one
}

func TestTwoOwnersGoAtOnceAndOneIsLeft(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	group := w.Group(ana, "pandilla", beto, eva)
	wantCode(t, give(w, ana, group, "beto", chat.RoleOwner), "")
	release := w.Log.TestOnlyHold() // each has seen that the other owns it too
	var refused sync.Map
	var both sync.WaitGroup
	for _, who := range []*chat.Actor{ana, beto} {
		both.Go(func() {
			if err := who.Leave(w.Ctx, group, ""); err != nil {
				refused.Store(who.Me().Nick, chat.CodeOf(err))
			}
		})
	}
	release()
	both.Wait()
	n := 0
	refused.Range(func(nick, code any) bool {
		if n++; code != chat.LastOwner {
			t.Errorf("%s: %s, want that the slower one is asked who follows", nick, code)
		}
		return true
	})
	members, err := eva.Members(w.Ctx, group)
	if err != nil || n != 1 || len(members) != 2 || !slices.ContainsFunc(members, func(m chat.Member) bool { return m.Role == chat.RoleOwner }) {
		t.Errorf("%d were refused; left are %+v, %v", n, members, err)
	}
}

func TestWhatIsSetInAGroup(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "Pandilla", beto)
	follower := beto.Follow()
	defer follower.Close()
	_, asOf, err := beto.Conversations(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	follower.Watch(group.ID, asOf)
	wantCode(t, alter(w, beto, group, chat.ConversationChanged{Topic: new("mine")}), chat.NotAllowed)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Title: new(" Los\x1b[31m de\nsiempre "), Topic: new("cine\u202e")}), "")
	w.Settle()
	c := w.See(beto, group)
	if c.Title != "Los de siempre" || c.Topic != "cine" || c.Handle != "pandilla" {
		t.Errorf("beto sees %+v", c)
	}
	if news := follower.Next(); len(news.Changes) != 3 || news.Changes[0].Kind != chat.Revised || news.Changes[2].Kind != chat.Noticed {
		t.Errorf("beto is told %+v", news.Changes)
	}
	version := c.Version
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Topic: new("cine"), Writers: new(chat.AllWrite)}), "")
	if c := w.See(ana, group); c.Version != version {
		t.Error("saying it again is an event")
	}
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{}), chat.TextEmpty)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Title: new("\x1b[2J")}), chat.TitleInvalid)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Topic: new(strings.Repeat("x", chat.MaxReason+1))}), chat.LongReason)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(time.Minute)}), chat.TermOutside)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Slow: new(2 * time.Hour)}), chat.TermOutside)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Writers: new(chat.AdminsWrite)}), "")
	wantCode(t, post(w, beto, group, "hola"), chat.NotAllowed)
	_, err = beto.MaySend(w.Ctx, group, "a.txt")
	wantCode(t, err, chat.NotAllowed)
	wantCode(t, beto.SaveDraft(w.Ctx, group, "hola"), "") // what he may not say now he keeps
	w.Say(ana, group, "hola")
	wantCode(t, alter(w, ana, w.Lobby(), chat.ConversationChanged{Topic: new("x")}), chat.NotAllowed)
}

// A group that was renamed must not make a nick look free of it: what is typed for
// the group would go to a stranger.
func TestARenamedGroupIsStillMeantByItsOldNameRegression(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	group := w.Group(ana, "Eva")
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Title: new("Fiesta")}), "")
	w.Person("eva")
	_, err := ana.Resolve(w.Ctx, "eva")
	if e := wantCode(t, err, chat.Ambiguous); e.Hint != "eva-2" {
		t.Errorf("the hint is %q", e.Hint)
	}
}

func TestRoomsAreOpenedFoundEnteredAndLeft(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	plaza, err := ana.OpenRoom(w.Ctx, "#Plaza", "what\x1b[2J goes on")
	if err != nil || plaza.Handle != "plaza" || plaza.Role != chat.RoleOwner || plaza.Topic != "what goes on" {
		t.Fatalf("ana opens %+v, %v", plaza, err)
	}
	w.Say(ana, plaza.Ref(), "hola")
	rooms, err := beto.Rooms(w.Ctx)
	if err != nil || len(rooms) != 2 || rooms[1].ID != plaza.ID || rooms[1].Member || rooms[1].Members != 1 {
		t.Fatalf("beto finds %+v, %v", rooms, err)
	}
	wantTexts(t, w, beto, plaza.Ref(), "ana: hola")
	wantCode(t, post(w, beto, plaza.Ref(), "hola"), chat.NotMember)
	for range 2 {
		if c, err := beto.Join(w.Ctx, plaza.Ref()); err != nil || !c.Member || c.Members != 2 {
			t.Errorf("beto is in %+v, %v", c, err)
		}
	}
	w.Say(beto, plaza.Ref(), "hola")
	wantCode(t, beto.Leave(w.Ctx, plaza.Ref(), ""), "")
	wantTexts(t, w, beto, plaza.Ref(), "ana: hola", "beto: hola")
	wantCode(t, beto.Leave(w.Ctx, plaza.Ref(), ""), chat.NotMember)
	wantCode(t, beto.Leave(w.Ctx, w.Lobby(), ""), "")
	if _, err := beto.Join(w.Ctx, w.Lobby()); err != nil {
		t.Error(err)
	}
}

func TestARoomsNameIsFree(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	w.Person("beto")
	for name, want := range map[string]chat.Code{
		"beto": chat.NickTaken, "lobby": chat.RoomTaken, "Admin": chat.NickReserved, "": chat.NickInvalid, "-x": chat.NickInvalid,
		"\x1b[2J": chat.NickInvalid, strings.Repeat("x", 33): chat.NickInvalid, "plaza": "",
	} {
		_, err := ana.OpenRoom(w.Ctx, name, "")
		wantCode(t, err, want)
	}
	_, err := ana.OpenRoom(w.Ctx, "calle", strings.Repeat("x", chat.MaxReason+1))
	wantCode(t, err, chat.LongReason)
	w.Service.SetPolicy(chat.Policy{RoomsByAdmins: true})
	_, err = ana.OpenRoom(w.Ctx, "calle", "")
	wantCode(t, err, chat.NotAllowed)
}

func TestOfTwoWhoOpenARoomAtOnceOneDoes(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	release := w.Log.TestOnlyHold()
	var mu sync.Mutex
	var codes []chat.Code
	var both sync.WaitGroup
	for _, who := range []*chat.Actor{ana, beto} {
		both.Go(func() {
			_, err := who.OpenRoom(w.Ctx, "plaza", "")
			mu.Lock()
			defer mu.Unlock()
			codes = append(codes, chat.CodeOf(err))
		})
	}
	release()
	both.Wait()
	// The other one is told that the name is taken, or already by what.
	if slices.Sort(codes); len(codes) != 2 || codes[0] != "" || codes[1] != chat.NickTaken && codes[1] != chat.RoomTaken {
		t.Errorf("they are told %q", codes)
	}
}

// Mallory, put out of a room for what she wrote, walks back in.
func TestWhoIsPutOutOfARoomDoesNotWalkBackInRegression(t *testing.T) {
	w := chattest.New(t)
	ana, beto, mallory := w.Person("ana"), w.Person("beto"), w.Person("mallory")
	room, err := ana.OpenRoom(w.Ctx, "plaza", "")
	if err != nil {
		t.Fatal(err)
	}
	plaza := room.Ref()
	for _, who := range []*chat.Actor{beto, mallory} {
		if _, err := who.Join(w.Ctx, plaza); err != nil {
			t.Fatal(err)
		}
	}
	w.Say(mallory, plaza, "insults")
	wantCode(t, give(w, ana, plaza, "mallory", chat.RoleMuted), "")
	wantCode(t, mallory.Leave(w.Ctx, plaza, ""), "")
	if _, err := mallory.Join(w.Ctx, plaza); err != nil {
		t.Fatal(err)
	}
	wantCode(t, post(w, mallory, plaza, "here again"), chat.NotAllowed) // muted as before
	wantCode(t, remove(w, ana, plaza, "mallory"), "")
	_, err = mallory.Join(w.Ctx, plaza)
	wantCode(t, err, chat.Barred)
	w.Say(beto, plaza, "at last")
	wantTexts(t, w, mallory, plaza, "mallory: insults")
	_, err = mallory.Files(w.Ctx, plaza)
	wantCode(t, err, chat.NoConversation)
	_, err = mallory.Members(w.Ctx, plaza)
	wantCode(t, err, chat.NotMember)
	_, err = beto.Add(w.Ctx, plaza, []string{"mallory"})
	wantCode(t, err, chat.NotAllowed)
	if _, err := mallory.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.AddsBy = chat.Nobody }); err != nil {
		t.Fatal(err)
	}
	w.Add(ana, plaza, mallory) // nobody adds him to groups; this takes a bar away
	wantCode(t, post(w, mallory, plaza, "sorry"), chat.NotAllowed)
}

func TestSlowMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		group, other := w.Group(ana, "pandilla", beto, eva), w.Group(ana, "otra", beto)
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Slow: new(time.Minute)}), "")
		words := chat.Words{ID: chat.NewID[chat.Message](), Text: "one"}
		for range 2 { // the same message again is no other
			if _, err := beto.Post(w.Ctx, group, words); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(20 * time.Second)
		if e := wantCode(t, post(w, beto, group, "two"), chat.SlowMode); e.Wait != 40*time.Second || e.Name != "pandilla" || !e.Code.Again() {
			t.Errorf("told %+v, want 40 seconds", e)
		}
		_, err := beto.MaySend(w.Ctx, group, "a.txt")
		wantCode(t, err, chat.SlowMode)
		_, err = beto.SendFile(w.Ctx, group, chat.File{Name: "a.txt", Hash: "aa"})
		wantCode(t, err, chat.SlowMode)
		w.Say(eva, group, "eva has her own pause")
		w.Say(ana, group, "an owner has none")
		w.Say(ana, group, "at all")
		w.Say(beto, other, "elsewhere")
		time.Sleep(40 * time.Second)
		w.Log.TestOnlyFail(errors.New("the disk is on fire"))
		if err := post(w, beto, group, "lost"); err == nil {
			t.Error("posted in spite of the fire")
		}
		if name, err := beto.MaySend(w.Ctx, group, "a.txt"); err != nil || name != "a.txt" {
			t.Errorf("what was not stored counts: %v", err)
		}
		w.Say(beto, group, "two")
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Slow: new(time.Duration(0))}), "")
		w.Say(beto, group, "three")
	})
}

func TestMessagesGoWhenTheirTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		group := w.Group(ana, "pandilla", beto, eva)
		w.Say(ana, group, "kept")
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(time.Hour)}), "")
		m := w.Say(beto, group, "secret words")
		if _, err := beto.SendFile(w.Ctx, group, chat.File{Name: "secret.txt", Hash: "aa"}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(30 * 24 * time.Hour)}), "")
		w.Say(beto, group, "for a month")
		w.Leave(eva, group)
		time.Sleep(time.Hour - time.Millisecond)
		wantTexts(t, w, eva, group, "ana: kept", "beto: secret words", "beto: [secret.txt]", "beto: for a month")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		for _, who := range []*chat.Actor{ana, beto, eva} {
			wantTexts(t, w, who, group, "ana: kept", "beto: -", "beto: -", "beto: for a month")
			if found, err := who.Search(w.Ctx, chat.Search{Text: "secret", Limit: 9}); err != nil || len(found.Messages) != 0 {
				t.Errorf("%s finds %v, %v", who.Me().Nick, found.Messages, err)
			}
		}
		if got, err := ana.Message(w.Ctx, m); err != nil || !got.Expired || !got.Expires.IsZero() {
			t.Errorf("it is %+v, %v, want that the log says so", got, err)
		}
		if blob, err := w.View.HasBlob(w.Ctx, "aa"); blob || err != nil {
			t.Errorf("the file's bytes are still named: %v", err)
		}
		time.Sleep(30 * 24 * time.Hour)
		synctest.Wait()
		wantTexts(t, w, ana, group, "ana: kept", "beto: -", "beto: -", "beto: -")
	})
}

// The keeper is late, for the log takes nothing; nobody is shown what is over.
func TestALateKeeperShowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		group := w.Group(ana, "pandilla", beto)
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(time.Hour)}), "")
		m := w.Say(beto, group, "secret words")
		if _, err := beto.SendFile(w.Ctx, group, chat.File{Name: "secret.txt", Hash: "aa"}); err != nil {
			t.Fatal(err)
		}
		w.Log.TestOnlyFail(errors.New("the disk is on fire"))
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if got, err := w.View.Message(w.Ctx, m); err != nil || got.Expired {
			t.Fatalf("the keeper was not late: %+v, %v", got, err)
		}
		wantTexts(t, w, ana, group, "beto: -", "beto: -")
		got, err := ana.Message(w.Ctx, m)
		since, _, serr := ana.Since(w.Ctx, 0, nil, 9)
		files, ferr := ana.Files(w.Ctx, group)
		found, qerr := ana.Search(w.Ctx, chat.Search{Text: "secret", Limit: 9})
		if err := errors.Join(err, serr, ferr, qerr); err != nil || got.Text != "" || len(files)+len(found.Messages) != 0 {
			t.Errorf("shown are %+v, %v, %v, %v", got, files, found.Messages, err)
		}
		wantCode(t, func() error { _, err := ana.FileNamed(w.Ctx, group, "secret.txt"); return err }(), chat.NoFile)
		_, err = beto.Edit(w.Ctx, m, "again")
		wantCode(t, err, chat.NoMessage)
		if got := chattest.Lines(since); !slices.Equal(got, []string{"beto: -", "beto: -"}) {
			t.Errorf("since the beginning there is %q", got)
		}
		convs, _, err := ana.Conversations(w.Ctx)
		if c := w.See(ana, group); err != nil || c.Last != nil || slices.ContainsFunc(convs, func(c chat.Conversation) bool { return c.Last != nil }) {
			t.Errorf("the last message is %+v, %v", c.Last, err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, err := w.View.Message(w.Ctx, m); err != nil || !got.Expired {
			t.Errorf("a minute later it is %+v, %v", got, err)
		}
	})
}

// stumbling is a view that panics when it is first asked what expires.
type stumbling struct {
	chat.View
	fell sync.Once
}

// Expiring is chat.Reader.
func (v *stumbling) Expiring(ctx context.Context, at time.Time, limit int) ([]chat.Message, error) {
	v.fell.Do(func() { panic("a stumble") })
	return v.View.Expiring(ctx, at, limit)
}

func TestAKeeperThatPanicsGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithView(&stumbling{View: chattest.NewView()}))
		ana := w.Person("ana")
		group := w.Group(ana, "pandilla")
		wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(time.Hour)}), "")
		m := w.Say(ana, group, "secret words")
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		if got, err := w.View.Message(w.Ctx, m); err != nil || !got.Expired {
			t.Errorf("it is %+v, %v", got, err)
		}
	})
}

// What comes due together goes a few hundred at a time, all of it.
func TestManyMessagesExpireTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		group, other := w.Group(ana, "pandilla"), w.Group(ana, "otra")
		for _, where := range []chat.Ref{group, other} {
			wantCode(t, alter(w, ana, where, chat.ConversationChanged{Expiry: new(time.Hour)}), "")
			for range 250 {
				wantCode(t, post(w, ana, where, "x"), "")
			}
		}
		w.Settle()
		before, err := w.Log.Identity(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if left, err := w.View.Expiring(w.Ctx, time.Now(), 9); err != nil || len(left) != 0 {
			t.Errorf("%d are left, %v", len(left), err)
		}
		after, err := w.Log.Identity(w.Ctx)
		if n := after.Last - before.Last; err != nil || n != 3 {
			t.Errorf("that took %d envelopes, %v, want 3 of 200 at most", n, err)
		}
	})
}

func TestComingsAndChangesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithLimiter(limit.New(time.Now)))
		ana, beto := w.Person("ana"), w.Person("beto")
		room, err := ana.OpenRoom(w.Ctx, "plaza", "")
		if err != nil {
			t.Fatal(err)
		}
		storm := func(ask func(i int) error) (code chat.Code) {
			for i := range 100 {
				if err := ask(i); err != nil {
					return chat.CodeOf(err)
				}
			}
			return ""
		}
		for name, ask := range map[string]func(int) error{
			"coming and going": func(int) error {
				if _, err := beto.Join(w.Ctx, room.Ref()); err != nil {
					return err
				}
				return beto.Leave(w.Ctx, room.Ref(), "")
			},
			"topics": func(i int) error {
				return alter(w, ana, room.Ref(), chat.ConversationChanged{Topic: new(fmt.Sprint(i))})
			},
			"rooms": func(i int) error { _, err := ana.OpenRoom(w.Ctx, fmt.Sprint("room", i), ""); return err },
		} {
			if got := storm(ask); got != chat.TooFast {
				t.Errorf("a storm of %s ends with %q", name, got)
			}
			time.Sleep(time.Hour)
		}
	})
}

func TestAGroupIsEnteredByCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva, mallory := w.Person("ana"), w.Person("beto"), w.Person("eva"), w.Person("mallory")
		group := w.Group(ana, "pandilla", beto)
		_, _, err := beto.GroupCode(w.Ctx, group, 1, time.Hour)
		wantCode(t, err, chat.NotAllowed)
		_, _, err = mallory.GroupCode(w.Ctx, group, 1, time.Hour)
		wantCode(t, err, chat.NoConversation)
		_, _, err = ana.GroupCode(w.Ctx, w.Lobby(), 1, time.Hour)
		wantCode(t, err, chat.NotAGroup)
		_, _, err = ana.GroupCode(w.Ctx, group, 0, time.Hour)
		wantCode(t, err, chat.TooMany)
		_, _, err = ana.GroupCode(w.Ctx, group, 1, 100*24*time.Hour)
		wantCode(t, err, chat.TooMany)
		plain, code, err := ana.GroupCode(w.Ctx, group, 1, time.Hour)
		if err != nil || code.Uses != 1 {
			t.Fatalf("the code is %+v, %v", code, err)
		}
		if c, err := beto.JoinByCode(w.Ctx, plain); err != nil || c.ID != group.ID { // is in already, and uses none
			t.Errorf("beto is in %+v, %v", c, err)
		}
		if c, err := eva.JoinByCode(w.Ctx, strings.ToLower(plain)); err != nil || !c.Member || c.Members != 3 || c.Role != chat.RoleMember {
			t.Errorf("eva is in %+v, %v", c, err)
		}
		_, err = mallory.JoinByCode(w.Ctx, plain)
		used := wantCode(t, err, chat.CodeWrong)
		_, err = mallory.JoinByCode(w.Ctx, "0000-0000-0000")
		if never := wantCode(t, err, chat.CodeWrong); never.Error() != used.Error() {
			t.Errorf("of a code that was used %q, of none %q", used, never)
		}
		old, _, err := ana.GroupCode(w.Ctx, group, 9, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, remove(w, ana, group, "eva"), "")
		_, err = eva.JoinByCode(w.Ctx, old)
		wantCode(t, err, chat.Barred)
		time.Sleep(time.Hour)
		_, err = mallory.JoinByCode(w.Ctx, old)
		wantCode(t, err, chat.CodeWrong)
	})
}

func TestOfManyWhoUseTheLastOneOneIsIn(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	group := w.Group(ana, "pandilla")
	plain, _, err := ana.GroupCode(w.Ctx, group, 3, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	codes := map[chat.Code]int{}
	var all sync.WaitGroup
	for i := range 6 {
		who := w.Person(chat.Nick(fmt.Sprint("p", i)))
		all.Go(func() {
			_, err := who.JoinByCode(w.Ctx, plain)
			mu.Lock()
			defer mu.Unlock()
			codes[chat.CodeOf(err)]++
		})
	}
	all.Wait()
	if c := w.See(ana, group); codes[""] != 3 || codes[chat.CodeWrong] != 3 || c.Members != 4 {
		t.Errorf("they are told %v; %d are in", codes, c.Members)
	}
}

func TestNobodyGuessesCodesWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithLimiter(limit.New(time.Now)))
		mallory := w.Person("mallory")
		for i := range 100 {
			_, err := mallory.JoinByCode(w.Ctx, fmt.Sprintf("0000-0000-%04d", i))
			if code := chat.CodeOf(err); code == chat.TooFast {
				return
			}
			wantCode(t, err, chat.CodeWrong)
		}
		t.Error("a hundred guesses are answered")
	})
}

// A guest is in rooms, and nowhere else.
func TestGuestsAreInRoomsOnly(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	w.Service.SetPolicy(chat.Policy{Guests: true})
	p, err := w.Service.Visit(w.Ctx, "eva")
	if err != nil {
		t.Fatal(err)
	}
	guest, group := w.Service.Actor(p), w.Group(ana, "pandilla")
	_, err = ana.Add(w.Ctx, group, []string{string(p.Nick)})
	wantCode(t, err, chat.NotAddable)
	_, err = ana.NewGroup(w.Ctx, "otra", []string{string(p.Nick)})
	wantCode(t, err, chat.NotAddable)
	_, err = guest.NewGroup(w.Ctx, "mine", nil)
	wantCode(t, err, chat.NotAllowed)
	_, err = guest.OpenRoom(w.Ctx, "mine", "")
	wantCode(t, err, chat.NotAllowed)
	plain, _, err := ana.GroupCode(w.Ctx, group, 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, err = guest.JoinByCode(w.Ctx, plain)
	wantCode(t, err, chat.NotAllowed)
	room, err := ana.OpenRoom(w.Ctx, "plaza", "")
	if err == nil {
		_, err = guest.Join(w.Ctx, room.Ref())
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Say(guest, room.Ref(), "hola")
	wantTexts(t, w, ana, room.Ref(), string(p.Nick)+": hola")
}

// Nobody owns the lobby, and somebody floods it.
func TestTheLobbyGetsAnOwnerAndSlowMode(t *testing.T) {
	w := chattest.New(t)
	ana, mallory := w.Person("ana"), w.Person("mallory")
	wantCode(t, give(w, mallory, w.Lobby(), "mallory", chat.RoleOwner), chat.NotAllowed)
	wantCode(t, give(w, ana, w.Lobby(), "ana", chat.RoleOwner), chat.NotAllowed)
	if _, err := w.Log.Append(w.Ctx, chat.Event{ID: chat.NewID[chat.Event](), At: time.Now(), Body: chat.RankGiven{User: ana.Me().ID, Rank: chat.RankOwner}}); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	wantCode(t, give(w, ana, w.Lobby(), "ana", chat.RoleOwner), "")
	wantCode(t, alter(w, ana, w.Lobby(), chat.ConversationChanged{Slow: new(time.Minute), Topic: new("be kind")}), "")
	w.Say(mallory, w.Lobby(), "one")
	wantCode(t, post(w, mallory, w.Lobby(), "two"), chat.SlowMode)
	wantCode(t, remove(w, ana, w.Lobby(), "mallory"), "")
	room, err := mallory.OpenRoom(w.Ctx, "plaza", "") // which has its owner
	if err == nil {
		_, err = ana.Join(w.Ctx, room.Ref())
	}
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, give(w, ana, room.Ref(), "ana", chat.RoleOwner), chat.NotAllowed)
}

// Whoever was put out of a group learns what it is called later, how many are in it,
// and what was made of the messages they could read.
func TestWhoIsOutLearnsNothingOfLaterRegression(t *testing.T) {
	w := chattest.New(t)
	ana, eva := w.Person("ana"), w.Person("eva")
	group := w.Group(ana, "pandilla", eva)
	kept, changed := w.Say(ana, group, "hola"), w.Say(ana, group, "the password")
	if _, err := ana.Remove(w.Ctx, group, "eva"); err != nil {
		t.Fatal(err)
	}
	title, topic := "Operation Midnight", "meet at 9 at the dock"
	if _, err := ana.Change(w.Ctx, group, chat.ConversationChanged{Title: &title, Topic: &topic}); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Edit(w.Ctx, changed, "the password is swordfish"); err != nil {
		t.Fatal(err)
	}
	w.Add(ana, group, w.Person("mal"))
	w.Settle()
	if c := w.See(eva, group); c.Title != "pandilla" || c.Topic != "" || c.Members != 0 || c.Last == nil || c.Last.Text != "" {
		t.Errorf("eva sees %+v, the last message %+v", c, c.Last)
	}
	if got := w.Texts(eva, group); len(got) != 2 || got[0] != "ana: hola" || got[1] != "ana: -" {
		t.Errorf("eva reads %q", got)
	}
	if m, err := eva.Message(w.Ctx, changed); err != nil || m.Text != "" {
		t.Errorf("eva gets %+v, %v", m, err)
	}
	if m, err := eva.Message(w.Ctx, kept); err != nil || m.Text != "hola" {
		t.Errorf("eva gets %+v, %v, want what she could always read", m, err)
	}
	for _, in := range []chat.Ref{group, {}} {
		if found, err := eva.Search(w.Ctx, chat.Search{Text: "swordfish", In: in, Limit: 9}); err != nil || len(found.Messages) != 0 {
			t.Errorf("eva finds %v, %v", found.Messages, err)
		}
	}
}
