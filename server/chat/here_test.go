package chat_test

import (
	"slices"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestWhoIsHereAndWhoTypes(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	anas, betos := ana.Follow(), beto.Follow()
	defer anas.Close()
	defer betos.Close()
	if here, total, _ := eva.Here(2); len(here) != 2 || total != 2 || !eva.IsHere(ana.Me().ID) || eva.IsHere(eva.Me().ID) {
		t.Errorf("here are %v", here)
	}
	talk := w.Talk(ana, beto)
	beto.Typing(w.Ctx, w.Talk(beto, ana))
	if got := ana.WhoTypes(talk); len(got) != 0 {
		t.Errorf("%v types in a talk that does not exist", got)
	}
	w.Say(ana, talk, "hola")
	beto.Typing(w.Ctx, talk)
	if got := ana.WhoTypes(talk); len(got) != 0 {
		t.Errorf("%v types to a stranger", got)
	}
	if _, err := beto.Accept(w.Ctx, talk); err != nil {
		t.Fatal(err)
	}
	beto.Typing(w.Ctx, talk)
	if a, b := ana.WhoTypes(talk), beto.WhoTypes(talk); !slices.Equal(a, []chat.UserID{beto.Me().ID}) || len(b) != 0 {
		t.Errorf("ana sees %v type, beto %v", a, b)
	}
	eva.Typing(w.Ctx, talk) // it is not hers
	w.Say(beto, talk, "qué tal")
	if got := ana.WhoTypes(talk); len(got) != 0 {
		t.Errorf("%v types what has arrived", got)
	}
}

func TestWhatIsSuggested(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	w.Person("bea")
	w.Group(ana, "Bebés")
	w.Group(ana, "El bebé")
	w.Say(ana, w.Talk(ana, beto), "hola")
	got, err := ana.Suggest(w.Ctx, "be", 10)
	if want := []chat.Handle{"beto", "bebes", "bea", "el-bebe"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("suggested %q, %v, want %q", got, err, want)
	}
	// What nobody can be called was taken for no prefix at all, which everybody has.
	for _, typed := range []string{"beto!", "日本", "marta: hola"} {
		if got, err := ana.Suggest(w.Ctx, typed, 10); err != nil || len(got) != 0 {
			t.Errorf("%s suggested %q, %v", typed, got, err)
		}
	}
	if got, err := ana.Suggest(w.Ctx, "@BE", 2); err != nil || len(got) != 2 {
		t.Errorf("suggested %q, %v, want two", got, err)
	}
}

// stingy grants nothing of one budget.
type stingy chat.Budget

// Take is chat.Limiter.
func (s stingy) Take(_ chat.UserID, b chat.Budget, _ int) (time.Duration, bool) {
	return 3 * time.Second, b != chat.Budget(s)
}

func TestWhoIsTooFastIsToldHowLongToWait(t *testing.T) {
	for budget, efforts := range map[chat.Budget]map[string]func(*chattest.World, *chat.Actor) error{
		chat.Messages: {
			"post": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.Post(w.Ctx, w.Lobby(), chat.Words{Text: "hola"})
				return err
			},
			"file": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.SendFile(w.Ctx, w.Lobby(), chat.File{Name: "x"})
				return err
			},
		},
		chat.Bytes: {
			"post": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.Post(w.Ctx, w.Lobby(), chat.Words{Text: "hola"})
				return err
			},
		},
		chat.Changes: {
			"group": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.NewGroup(w.Ctx, "x", nil)
				return err
			},
		},
		chat.Tries: {"a passphrase": func(_ *chattest.World, a *chat.Actor) error { return a.MayTry() }},
		chat.Seats: {
			"group": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.NewGroup(w.Ctx, "x", nil)
				return err
			},
		},
		chat.Saves: {
			"draft":  func(w *chattest.World, a *chat.Actor) error { return a.SaveDraft(w.Ctx, w.Lobby(), "half") },
			"layout": func(w *chattest.World, a *chat.Actor) error { return a.SaveLayout(w.Ctx, "wide", []byte("x")) },
			"settings": func(w *chattest.World, a *chat.Actor) error {
				_, err := a.ChangeSettings(w.Ctx, func(*chat.Settings) {})
				return err
			},
		},
	} {
		for name, effort := range efforts {
			w := chattest.New(t, chattest.WithLimiter(stingy(budget)))
			err := effort(w, w.Person("ana"))
			if e := wantCode(t, err, chat.TooFast); e.Wait != 3*time.Second || !e.Code.Again() {
				t.Errorf("%s: told to wait %s", name, e.Wait)
			}
			w.Settle()
			if c := w.See(w.Person("eva"), w.Lobby()); c.LastN != 0 {
				t.Errorf("%s was refused and stored", name)
			}
		}
	}
}

// meter grants everything and remembers how much was asked for.
type meter map[chat.Budget]int

// Take is chat.Limiter.
func (m meter) Take(_ chat.UserID, b chat.Budget, n int) (time.Duration, bool) {
	m[b] += n
	return 0, true
}

// Twenty people made groups of a thousand, ten each at once: a group was one
// change, however many it seated, and everybody's messages took four seconds
// for half a minute.
func TestAGroupCostsWhatItSeatsRegression(t *testing.T) {
	m := meter{}
	w := chattest.New(t, chattest.WithLimiter(m))
	ana, beto, eva, leo := w.Person("ana"), w.Person("beto"), w.Person("eva"), w.Person("leo")
	group := w.Group(ana, "Club", beto, eva)
	if m[chat.Seats] != 3 || m[chat.Changes] != 1 {
		t.Errorf("a group of three costs %d seats and %d changes", m[chat.Seats], m[chat.Changes])
	}
	w.Add(beto, group, leo)
	if m[chat.Seats] != 4 || m[chat.Changes] != 2 {
		t.Errorf("with a fourth it has cost %d seats and %d changes", m[chat.Seats], m[chat.Changes])
	}
}

// Whoever took a group's handle for a nick was sent what people wrote to the
// group from scripts, and it was acknowledged.
func TestANickThatWasAGroupsHandleIsAskedAboutRegression(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	group := w.Group(ana, "Familia", beto)
	if c, err := ana.Resolve(w.Ctx, "familia"); err != nil || c.ID != group.ID {
		t.Fatalf("before, familia is %v, %v", c.Handle, err)
	}
	taken := w.Person("familia")
	asked := func(a *chat.Actor, typed string) {
		t.Helper()
		_, err := a.Resolve(w.Ctx, typed)
		if e := chat.AsError(err); chat.CodeOf(err) != chat.Ambiguous || e.Hint != "familia-2" {
			t.Errorf("%s says %s: %v", a.Me().Nick, typed, err)
		}
	}
	asked(ana, "familia")
	asked(beto, "#Familia")
	w.Say(taken, w.Talk(taken, ana), "hola") // which does not make it any clearer
	asked(ana, "familia")
	if c, err := ana.Resolve(w.Ctx, "@familia"); err != nil || c.Peer != taken.Me().ID {
		t.Errorf("@familia is %v, %v", c.Handle, err)
	}
	if c, err := ana.Resolve(w.Ctx, "familia-2"); err != nil || c.ID != group.ID {
		t.Errorf("familia-2 is %v, %v", c.Handle, err)
	}
	if c, err := eva.Resolve(w.Ctx, "familia"); err != nil || c.Peer != taken.Me().ID {
		t.Errorf("for eva familia is %v, %v", c.Handle, err)
	}
}

// mal opened a room of the name by which bob's group went, and bob had joined it: his
// script told the room what it meant for the group.
func TestARoomThatTookAGroupsHandleIsAskedAboutRegression(t *testing.T) {
	w := chattest.New(t)
	bob, vic, mal := w.Person("bob"), w.Person("vic"), w.Person("mal")
	group := w.Group(bob, "Secret Plan", vic)
	room, err := mal.OpenRoom(w.Ctx, "secret-plan", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // before bob is in it, and then
		_, err = bob.Resolve(w.Ctx, "secret-plan")
		if e := chat.AsError(err); e == nil || e.Code != chat.Ambiguous || e.Why != chat.WhyRoom || e.Hint != "secret-plan-2" {
			t.Errorf("bob says secret-plan: %v", err)
		}
		if c, err := bob.Resolve(w.Ctx, "@secret-plan"); err != nil || c.ID != room.ID {
			t.Errorf("@secret-plan is %v, %v", c.Handle, err)
		}
		if c, err := bob.Resolve(w.Ctx, "secret-plan-2"); err != nil || c.ID != group.ID {
			t.Errorf("secret-plan-2 is %v, %v", c.Handle, err)
		}
		if _, err := bob.Join(w.Ctx, room.Ref()); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, vic.Leave(w.Ctx, group, ""), "") // who is not asked any more
	if c, err := vic.Resolve(w.Ctx, "secret-plan"); err != nil || c.ID != room.ID {
		t.Errorf("for vic secret-plan is %v, %v", c.Handle, err)
	}
	// The other way round nobody is kept from a room by a group of that title.
	w.Group(mal, "lobby", bob)
	if c, err := bob.Resolve(w.Ctx, "lobby"); err != nil || c.ID != chat.LobbyID {
		t.Errorf("lobby is %v, %v", c.Handle, err)
	}
}

// tom brought ana into a group called like a room, or like somebody, gave it another
// title, and she could not say lobby any more, also after she had left it.
func TestNobodyTakesANameFromOthersByAGroupRegression(t *testing.T) {
	w := chattest.New(t)
	ana, tom, dan := w.Person("ana"), w.Person("tom"), w.Person("dan")
	plaza, err := dan.OpenRoom(w.Ctx, "plaza", "")
	if err != nil {
		t.Fatal(err)
	}
	means := func(typed string, want chat.ConversationID) {
		t.Helper()
		if c, err := ana.Resolve(w.Ctx, typed); err != nil || c.ID != want {
			t.Errorf("%s is %v, %v", typed, c.Handle, err)
		}
	}
	all := func() {
		t.Helper()
		means("lobby", chat.LobbyID)
		means("#lobby", chat.LobbyID)
		means("plaza", plaza.ID)
		means("dan", w.Talk(ana, dan).ID)
	}
	var groups []chat.Ref
	for _, title := range []string{"Lobby 2", "Lobby", "Plaza", "Plaza 2", "Dan 2"} {
		group := w.Group(tom, title, ana)
		all()
		wantCode(t, alter(w, tom, group, chat.ConversationChanged{Title: new("Charla tranquila")}), "")
		all()
		groups = append(groups, group)
	}
	called := w.Group(tom, "Dan", ana) // in which she may well mean the group
	_, err = ana.Resolve(w.Ctx, "dan")
	wantCode(t, err, chat.Ambiguous)
	wantCode(t, ana.Leave(w.Ctx, called, ""), "")
	all()
	for _, group := range groups {
		wantCode(t, ana.Leave(w.Ctx, group, ""), "")
	}
	all()
}

// mal claimed the handle that bob's group had, and then the one that it went by from
// then on: what was forgotten of the first went to mal again. Who has left is not asked.
func TestAGroupThatGaveWayTwiceIsAskedAboutByBothRegression(t *testing.T) {
	w := chattest.New(t)
	bob, vic := w.Person("bob"), w.Person("vic")
	group := w.Group(bob, "Familia", vic)
	wantCode(t, alter(w, bob, group, chat.ConversationChanged{Title: new("Fiesta")}), "")
	first, second := w.Person("familia"), w.Person("familia-2")
	for range 2 {
		for _, typed := range []string{"familia", "familia-2"} {
			_, err := bob.Resolve(w.Ctx, typed)
			if e := wantCode(t, err, chat.Ambiguous); e.Hint != "familia-2-2" {
				t.Errorf("the hint is %q", e.Hint)
			}
		}
		wantCode(t, alter(w, bob, group, chat.ConversationChanged{Title: new("Charla")}), "")
	}
	wantCode(t, vic.Leave(w.Ctx, group, ""), "")
	for typed, mal := range map[string]*chat.Actor{"familia": first, "familia-2": second} {
		if c, err := vic.Resolve(w.Ctx, typed); err != nil || c.Peer != mal.Me().ID {
			t.Errorf("for vic %s is %v, %v", typed, c.Handle, err)
		}
	}
}
