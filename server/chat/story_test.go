package chat_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func wantCode(t *testing.T, err error, want chat.Code) *chat.Error {
	t.Helper()
	if got := chat.CodeOf(err); got != want {
		t.Errorf("the error is %v, want the code %q", err, want)
	}
	return chat.AsError(err)
}

func wantTexts(t *testing.T, w *chattest.World, who *chat.Actor, where chat.Ref, want ...string) {
	t.Helper()
	if got := w.Texts(who, where); !slices.Equal(got, want) {
		t.Errorf("%s reads %q, want %q", who.Me().Nick, got, want)
	}
}

func TestTwoPeopleTalk(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	anas, err := ana.Resolve(w.Ctx, "@Beto")
	if err != nil || anas.Exists || anas.Handle != "beto" {
		t.Fatalf("before the first word ana finds %+v, %v", anas, err)
	}
	wantTexts(t, w, ana, anas.Ref())
	w.Say(ana, anas.Ref(), " hola \x1b[31mbeto ")
	betos, err := beto.Resolve(w.Ctx, "ana")
	if err != nil || !betos.Exists || betos.ID != anas.ID || betos.Unread != 1 {
		t.Fatalf("beto finds %+v, %v", betos, err)
	}
	w.Say(beto, betos.Ref(), "¿qué tal?")
	wantTexts(t, w, ana, anas.Ref(), "ana:  hola beto", "beto: ¿qué tal?")
}

func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Talk(ana, beto)
	words := chat.Words{ID: chat.KeyedID(ana.Me().ID, "backup-1"), Text: "done"}
	for range 3 {
		w.Log.TestOnlyTwice(1)
		sent, err := ana.Post(w.Ctx, talk, words)
		if err != nil || sent.ID != words.ID {
			t.Fatalf("sent %+v, %v", sent, err)
		}
	}
	w.Settle()
	wantTexts(t, w, beto, talk, "ana: done")
	words.ID = chat.KeyedID(beto.Me().ID, "backup-1")
	if _, err := beto.Post(w.Ctx, talk, words); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	wantTexts(t, w, beto, talk, "ana: done", "beto: done")
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	broken := errors.New("the disk is on fire")
	w.Log.TestOnlyFail(broken)
	if _, err := ana.Post(w.Ctx, w.Talk(ana, beto), chat.Words{Text: "hola"}); !errors.Is(err, broken) {
		t.Errorf("posted with %v", err)
	}
	w.Say(ana, w.Talk(ana, beto), "hola again")
	wantTexts(t, w, beto, w.Talk(beto, ana), "ana: hola again")
}

func TestWordsThatCannotBe(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	post := func(text string) error {
		_, err := ana.Post(w.Ctx, w.Lobby(), chat.Words{Text: text})
		return err
	}
	wantCode(t, post(""), chat.TextEmpty)
	wantCode(t, post("\x1b[2J \u200b\n"), chat.TextEmpty)
	if e := wantCode(t, post(strings.Repeat("x", chat.MaxText+1)), chat.TextTooLong); e.Limit != chat.MaxText {
		t.Errorf("the limit is told as %d", e.Limit)
	}
	wantCode(t, post("x"+strings.Repeat("\nx", chat.MaxLines)), chat.TextTooManyLines)
	if err := post("x" + strings.Repeat("\nx", chat.MaxLines-1)); err != nil {
		t.Errorf("as many lines as may be: %v", err)
	}
}

func TestWhoEditsAndTakesBack(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	talk := w.Talk(ana, beto)
	m := w.Say(ana, talk, "hoal")
	_, err := beto.Edit(w.Ctx, m, "no")
	wantCode(t, err, chat.NotYours)
	_, err = beto.Retract(w.Ctx, m)
	wantCode(t, err, chat.NotYours)
	_, err = eva.Edit(w.Ctx, m, "no") // not even that it is there
	wantCode(t, err, chat.NoMessage)
	if _, err = ana.Edit(w.Ctx, m, "hola"); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	wantTexts(t, w, beto, talk, "ana: hola")
	if _, err = ana.Retract(w.Ctx, m); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	wantTexts(t, w, beto, talk, "ana: -")
	_, err = ana.Edit(w.Ctx, m, "again")
	wantCode(t, err, chat.NoMessage)
}

func TestEachMemberHasTheirOwnHandle(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	peñas := w.Group(ana, "Familia", beto)
	garcías := w.Group(beto, "Familia")
	lopezes := w.Group(ana, "Familia")
	for _, c := range []struct {
		who  *chat.Actor
		says string
		want chat.Ref
	}{
		{ana, "familia", peñas}, {ana, "#familia-2", lopezes}, {beto, "Familia", peñas}, {beto, "familia-2", garcías},
	} {
		if got, err := c.who.Resolve(w.Ctx, c.says); err != nil || got.ID != c.want.ID {
			t.Errorf("%s says %s and finds %+v, %v", c.who.Me().Nick, c.says, got, err)
		}
	}
	// Nobody squats a nick with a group.
	familia := w.Person("familia")
	if got, err := ana.Resolve(w.Ctx, "@familia"); err != nil || got.Peer != familia.Me().ID {
		t.Errorf("the nick finds %+v, %v", got, err)
	}
	if got := w.See(ana, peñas).Handle; got != "familia-3" {
		t.Errorf("ana's group moved to %q, want familia-3", got)
	}
}

func TestOfTwoWhoClaimAtOnceOneWins(t *testing.T) {
	w := chattest.New(t)
	release := w.Log.TestOnlyHold() // both have seen that the nick is free
	var mu sync.Mutex
	var claimed []chat.Person
	var refused []error
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			p, err := w.Service.Claim(w.Ctx, "ana", chat.Credential{Passphrase: "x"})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused = append(refused, err)
			} else {
				claimed = append(claimed, p)
			}
		})
	}
	release()
	both.Wait()
	if len(claimed) != 1 || len(refused) != 1 {
		t.Fatalf("%d claimed, want one", len(claimed))
	}
	wantCode(t, refused[0], chat.NickTaken)
	if p, err := w.Service.PersonByNick(w.Ctx, "ana"); err != nil || p.ID != claimed[0].ID {
		t.Errorf("the nick is %v's, %v", p, err)
	}
}

func TestWhoMayClaimWhat(t *testing.T) {
	w := chattest.New(t)
	w.Person("ana")
	w.Person("ana2")
	claim := func(nick chat.Nick) error {
		_, err := w.Service.Claim(w.Ctx, nick, chat.Credential{Passphrase: "x"})
		return err
	}
	if e := wantCode(t, claim("ana"), chat.NickTaken); e.Hint != "ana3" {
		t.Errorf("the hint is %q, want ana3", e.Hint)
	}
	if e := wantCode(t, claim("admin"), chat.NickReserved); e.Hint != "admin2" {
		t.Errorf("the hint is %q, want admin2", e.Hint)
	}
	wantCode(t, claim("lobby"), chat.NickReserved)
	_, err := w.Service.Claim(w.Ctx, "eva", chat.Credential{})
	wantCode(t, err, chat.NotAllowed)
}

func TestAKeyOfSeveralPeopleIsOfAll(t *testing.T) {
	w := chattest.New(t)
	key := &chat.Key{Fingerprint: "SHA256:shared"}
	for i, nick := range []chat.Nick{"ana", "beto"} {
		if _, err := w.Service.Claim(w.Ctx, nick, chat.Credential{Key: key}); err != nil {
			t.Fatal(err)
		}
		if all, err := w.Service.ProvenBy(w.Ctx, key.Fingerprint); err != nil || len(all) != i+1 {
			t.Errorf("the key is of %v, %v", all, err)
		}
	}
}

func TestWhoLeftReadsUpToThenAndNoFurther(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "pandilla", beto)
	w.Say(ana, group, "one")
	m := w.Say(beto, group, "two")
	w.Leave(beto, group)
	secret := w.Say(ana, group, "he is gone")
	wantTexts(t, w, beto, group, "ana: one", "beto: two")
	page, err := beto.Page(w.Ctx, group, chat.PageQuery{After: 1, Upto: 99, Limit: 9})
	if err != nil || !slices.Equal(chattest.Lines(page.Messages), []string{"beto: two"}) || page.More {
		t.Errorf("asking for more, beto reads %+v, %v", page, err)
	}
	_, err = beto.Message(w.Ctx, secret)
	wantCode(t, err, chat.NoMessage)
	since, _, err := beto.Since(w.Ctx, 0, []chat.ConversationID{group.ID}, 9)
	if err != nil || len(since) != 0 {
		t.Errorf("since the beginning beto is told %v, %v", chattest.Lines(since), err)
	}
	_, err = beto.Post(w.Ctx, group, chat.Words{Text: "wait"})
	wantCode(t, err, chat.NotMember)
	_, err = beto.Edit(w.Ctx, m, "2")
	wantCode(t, err, chat.NotMember)
	_, err = beto.Members(w.Ctx, group)
	wantCode(t, err, chat.NotMember)
	_, err = beto.Files(w.Ctx, group)
	wantCode(t, err, chat.NoConversation)
	_, err = beto.Add(w.Ctx, group, []string{"beto"})
	wantCode(t, err, chat.NotMember)
	wantCode(t, beto.Leave(w.Ctx, group, ""), chat.NotMember)
}

// The last number that somebody may read is 0 when nothing had been said, and 0
// was taken for no bound at all: they read everything that was said afterwards.
func TestWhoLeftBeforeTheFirstWordReadsNothingRegression(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "pandilla", beto)
	w.Leave(beto, group)
	w.Say(ana, group, "secret")
	wantTexts(t, w, beto, group)
	page, err := beto.Page(w.Ctx, group, chat.PageQuery{After: 0, Upto: 9, Limit: 9})
	if err != nil || len(page.Messages) != 0 || page.More || page.AsOf == 0 {
		t.Errorf("asking for more, beto reads %+v, %v", page, err)
	}
}

func TestAStrangerDoesNotLearnThatAGroupExists(t *testing.T) {
	w := chattest.New(t)
	ana, eva := w.Person("ana"), w.Person("eva")
	group := w.Group(ana, "pandilla")
	m := w.Say(ana, group, "secret")
	nothing := chat.Ref{ID: chat.NewID[chat.Conversation]()}
	for name, ask := range map[string]func(chat.Ref) error{
		"conversation": func(r chat.Ref) error { _, err := eva.Conversation(w.Ctx, r); return err },
		"page":         func(r chat.Ref) error { _, err := eva.Page(w.Ctx, r, chat.PageQuery{Limit: 1}); return err },
		"members":      func(r chat.Ref) error { _, err := eva.Members(w.Ctx, r); return err },
		"files":        func(r chat.Ref) error { _, err := eva.Files(w.Ctx, r); return err },
		"file":         func(r chat.Ref) error { _, err := eva.FileNamed(w.Ctx, r, "x"); return err },
		"post":         func(r chat.Ref) error { _, err := eva.Post(w.Ctx, r, chat.Words{Text: "x"}); return err },
		"send":         func(r chat.Ref) error { _, err := eva.MaySend(w.Ctx, r, "x"); return err },
		"add":          func(r chat.Ref) error { _, err := eva.Add(w.Ctx, r, []string{"eva"}); return err },
		"leave":        func(r chat.Ref) error { return eva.Leave(w.Ctx, r, "") },
		"draft":        func(r chat.Ref) error { return eva.SaveDraft(w.Ctx, r, "x") },
		"with a peer":  func(r chat.Ref) error { r.Peer = ana.Me().ID; _, err := eva.Conversation(w.Ctx, r); return err },
	} {
		there, not := ask(group), ask(nothing)
		wantCode(t, there, chat.NoConversation)
		if there == nil || not == nil || there.Error() != not.Error() {
			t.Errorf("%s: of a group %q, of nothing %q", name, there, not)
		}
	}
	_, err := eva.Resolve(w.Ctx, "pandilla")
	if e := wantCode(t, err, chat.NoConversation); e.Hint != "" {
		t.Errorf("the hint is %q", e.Hint)
	}
	_, err = eva.Message(w.Ctx, m)
	wantCode(t, err, chat.NoMessage)
}

func TestNearestNames(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	w.Person("carmen")
	w.Group(ana, "Familia")
	for typed, want := range map[string]string{"carmne": "carmen", "famila": "familia", "zzz": ""} {
		_, err := ana.Resolve(w.Ctx, typed)
		if e := wantCode(t, err, chat.NoConversation); e.Hint != want || e.Name != typed {
			t.Errorf("%q: name %q, hint %q, want %q", typed, e.Name, e.Hint, want)
		}
	}
	_, err := ana.NewGroup(w.Ctx, "x", []string{"carmne"})
	if e := wantCode(t, err, chat.NoPerson); e.Hint != "carmen" {
		t.Errorf("the hint is %q, want carmen", e.Hint)
	}
	for _, typed := range []string{"", "@", "\x1b[2J", "ñ\u202e", strings.Repeat("x", 1000)} {
		_, err := ana.Resolve(w.Ctx, typed)
		wantCode(t, err, chat.NoConversation)
	}
}

func TestTheNotesAreOnesOwn(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	for _, typed := range []string{"notes", "ana", "@Ana"} {
		c, err := ana.Resolve(w.Ctx, typed)
		if err != nil || c.Handle != chat.Notes || c.Members != 1 {
			t.Errorf("%s finds %+v, %v", typed, c, err)
		}
	}
	notes := w.Talk(ana, ana)
	w.Say(ana, notes, "leche")
	if c := w.See(ana, notes); c.Members != 1 || c.Unread != 0 || !c.Exists {
		t.Errorf("ana sees %+v", c)
	}
	_, err := beto.Conversation(w.Ctx, notes)
	wantCode(t, err, chat.NoConversation)
}

func TestDraftsAndSettings(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	talk := w.Talk(ana, beto)
	other := ana.Follow() // another session of hers
	defer other.Close()
	if err := ana.SaveDraft(w.Ctx, talk, "hol\x1b[2J"); err != nil { // nobody has written there yet
		t.Fatal(err)
	}
	if _, err := ana.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.Language = "es" }); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if d, err := ana.Draft(w.Ctx, talk); d != "hol" || err != nil {
		t.Errorf("the draft is %q, %v", d, err)
	}
	if s, err := ana.Settings(w.Ctx); s.Language != "es" || err != nil {
		t.Errorf("the settings are %+v, %v", s, err)
	}
	if c := w.See(ana, talk); c.Draft != "hol" || c.Exists {
		t.Errorf("ana sees %+v", c)
	}
	if d, err := beto.Draft(w.Ctx, talk); d != "" || err != nil {
		t.Errorf("beto reads the draft %q, %v", d, err)
	}
	if news := other.Next(); len(news.Changes) != 2 || news.Changes[0].Slot != chat.DraftSlot(talk.ID) {
		t.Errorf("her other session is told %+v", news.Changes)
	}
	if err := ana.SaveDraft(w.Ctx, talk, ""); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if d, _ := ana.Draft(w.Ctx, talk); d != "" {
		t.Errorf("the draft is still %q", d)
	}
}

func TestFilesOfTwoPeople(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	send := func(who *chat.Actor, name, hash string) chat.Message {
		t.Helper()
		m, err := who.SendFile(w.Ctx, w.Lobby(), chat.File{Name: name, Size: 1, Hash: hash})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := send(ana, "../foto.jpg", "aa")
	if again := send(ana, "../foto.jpg", "bb"); again.ID != first.ID || again.File.Hash != "bb" || !again.Edited {
		t.Errorf("her second version is %+v", again)
	}
	if his := send(beto, "../foto.jpg", "cc"); his.File.Name != ".._foto (2).jpg" {
		t.Errorf("his is called %q", his.File.Name)
	}
	_, err := beto.RenameFile(w.Ctx, first.ID, "mine.jpg")
	wantCode(t, err, chat.NotYours)
	if m, err := ana.RenameFile(w.Ctx, first.ID, "playa.jpg"); err != nil || m.File.Name != "playa.jpg" {
		t.Errorf("renamed to %+v, %v", m.File, err)
	}
	if m, err := beto.FileNamed(w.Ctx, w.Lobby(), "playa.jpg"); err != nil || m.ID != first.ID {
		t.Errorf("beto finds %+v, %v", m, err)
	}
	if _, err := ana.Retract(w.Ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	files, err := beto.Files(w.Ctx, w.Lobby())
	if err != nil || !slices.Equal(chattest.Lines(files), []string{"beto: [.._foto (2).jpg]"}) {
		t.Errorf("left are %q, %v", chattest.Lines(files), err)
	}
}

func TestManyChangeAGroupAtOnce(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	group := w.Group(ana, "pandilla")
	var newcomers []*chat.Actor
	for _, nick := range []chat.Nick{"beto", "carmen", "dario"} {
		newcomers = append(newcomers, w.Person(nick))
	}
	var all sync.WaitGroup
	for _, n := range newcomers {
		all.Go(func() {
			// Three tries may be too few for the last of three.
			for {
				_, err := ana.Add(w.Ctx, group, []string{string(n.Me().Nick)})
				if chat.CodeOf(err) != chat.Conflict {
					wantCode(t, err, "")
					return
				}
			}
		})
	}
	all.Wait()
	if c := w.See(ana, group); c.Members != 4 {
		t.Errorf("%d are in it, want 4", c.Members)
	}
	if c, err := ana.Add(w.Ctx, group, []string{"beto", "@Carmen"}); err != nil || c.Members != 4 {
		t.Errorf("who is in already: %+v, %v", c, err)
	}
	_, err := ana.Add(w.Ctx, w.Lobby(), []string{"beto"})
	wantCode(t, err, chat.NotAllowed)
	_, err = ana.Add(w.Ctx, w.Talk(ana, newcomers[0]), []string{"carmen"})
	wantCode(t, err, chat.NotAGroup)
}
