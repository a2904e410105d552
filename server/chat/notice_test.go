package chat_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// wantReading checks what somebody reads in a conversation, with what happened there.
func wantReading(t *testing.T, w *chattest.World, who *chat.Actor, where chat.Ref, want ...string) {
	t.Helper()
	page, err := who.Page(w.Ctx, where, chat.PageQuery{Limit: 100, Notices: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := chattest.Reading(page); !slices.Equal(got, want) {
		t.Errorf("%s reads %q, want %q", who.Me().Nick, got, want)
	}
}

// Beto leaves, Eva is put out, Dario is brought in later: each reads what happened
// while they were there, and Dario what was before as well.
func TestWhoReadsWhatHappened(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva, dario := w.Person("ana"), w.Person("beto"), w.Person("eva"), w.Person("dario")
	group := w.Group(ana, "Pandilla", beto, eva)
	w.Say(ana, group, "hola")
	w.Leave(beto, group)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Title: new("Sin beto"), Topic: new("beto \x1b[31mno\n* ana left")}), "")
	w.Say(ana, group, "ya se fue")
	wantCode(t, remove(w, ana, group, "eva"), "")
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Topic: new("eva no")}), "")
	w.Add(ana, group, dario)
	all := []string{"* ana made beto eva", "hola", "* beto left", "* ana title Sin beto", "* ana topic beto no * ana left", "ya se fue", "* ana removed eva"}
	wantReading(t, w, beto, group, all[:3]...)
	wantReading(t, w, eva, group, all...)
	wantReading(t, w, dario, group, append(all, "* ana topic eva no", "* ana added dario")...)
	if list, err := eva.Notices(w.Ctx, group, 0); err != nil || len(list) != 5 {
		t.Errorf("eva is told %v, %v", list, err)
	}
	w.Add(ana, group, beto)
	if list, err := beto.Notices(w.Ctx, group, 0); err != nil || len(list) != 8 {
		t.Errorf("beto, who came back, is told %v, %v", list, err)
	}
}

// Nothing had been said when Beto left: he reads that he did, and Mallory, who knows
// the group's ID, as much as of one that there is not.
func TestWhatHappenedTellsNoStrangerOfAGroup(t *testing.T) {
	w := chattest.New(t)
	ana, beto, mallory := w.Person("ana"), w.Person("beto"), w.Person("mallory")
	group := w.Group(ana, "Secreto", beto)
	follower := mallory.Follow()
	defer follower.Close()
	w.Leave(beto, group)
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Topic: new("sorpresa")}), "")
	wantReading(t, w, beto, group, "* ana made beto", "* beto left")
	_, refused := mallory.Notices(w.Ctx, group, 0)
	_, nothing := mallory.Notices(w.Ctx, chat.Ref{ID: chat.NewID[chat.Conversation]()}, 0)
	if wantCode(t, refused, chat.NoConversation); fmt.Sprint(refused) != fmt.Sprint(nothing) {
		t.Errorf("of a group she is told %v, of nothing %v", refused, nothing)
	}
	if news := follower.Next(); len(news.Changes) != 0 {
		t.Errorf("she hears %v", news.Changes)
	}
}

// Who is put out hears that they are, in the end, and no more.
func TestWhoGoesHearsItLast(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "Pandilla", beto)
	follower := beto.Follow()
	defer follower.Close()
	_, at, err := beto.Conversations(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	follower.Watch(group.ID, at)
	wantCode(t, remove(w, ana, group, "beto"), "")
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Topic: new("sin beto")}), "")
	w.Settle()
	var heard []chat.NoticeKind
	for _, c := range follower.Next().Changes {
		if c.Kind == chat.Noticed {
			heard = append(heard, c.Notice.Kind)
		}
	}
	if !slices.Equal(heard, []chat.NoticeKind{chat.NoticeRemoved}) {
		t.Errorf("beto hears %q", heard)
	}
}

// What happens in a group is not unread, and a script that reads it sees messages.
func TestWhatHappensIsNoMessage(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	group := w.Group(ana, "Pandilla", beto)
	w.Say(ana, group, "hola")
	wantCode(t, alter(w, ana, group, chat.ConversationChanged{Expiry: new(time.Hour), Topic: new("elefantes")}), "")
	wantCode(t, give(w, ana, group, "beto", chat.RoleAdmin), "")
	if c := w.See(beto, group); c.Unread != 1 || c.LastN != 1 {
		t.Errorf("beto sees %+v", c)
	}
	if page, err := beto.Page(w.Ctx, group, chat.PageQuery{Limit: 9}); err != nil || len(page.Notices) != 0 || len(page.Messages) != 1 {
		t.Errorf("a page that nobody asked for it is %+v, %v", page, err)
	}
	if found, err := beto.Search(w.Ctx, chat.Search{Text: "elefantes", Limit: 9}); chat.CodeOf(err) != chat.NothingFound && len(found.Messages) != 0 {
		t.Errorf("the topic is found: %v, %v", found, err)
	}
}

// Ana and Beto let each other in; then either decides how long what they say stays,
// both read who did, and it goes for both.
func TestMessagesOfATalkDisappear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		talk, back := w.Talk(ana, beto), w.Talk(beto, ana)
		within := func(d time.Duration) chat.ConversationChanged { return chat.ConversationChanged{Expiry: &d} }
		why := func(err error) chat.Why {
			t.Helper()
			return wantCode(t, err, chat.NotYet).Why
		}
		if got := why(alter(w, ana, talk, within(time.Hour))); got != chat.WhySilence {
			t.Errorf("before a word ana is told %q", got)
		}
		w.Say(ana, talk, "hola")
		if got := why(alter(w, ana, talk, within(time.Hour))); got != chat.WhyAsked {
			t.Errorf("who asks is told %q", got)
		}
		if got := why(alter(w, beto, back, within(time.Hour))); got != chat.WhyRequest {
			t.Errorf("who is asked is told %q", got)
		}
		w.Say(beto, back, "hola, ana")
		wantCode(t, alter(w, beto, back, within(time.Hour)), "")
		wantCode(t, alter(w, ana, talk, within(30*time.Minute)), chat.TermOutside)
		for _, nonsense := range []chat.ConversationChanged{{Title: new("x")}, {Topic: new("x")}, {Writers: new(chat.AdminsWrite)}, {Slow: new(time.Minute)}} {
			wantCode(t, alter(w, ana, talk, nonsense), chat.NotAGroup)
		}
		w.Say(ana, talk, "para una hora")
		wantCode(t, alter(w, ana, talk, within(0)), "")
		w.Say(beto, back, "para siempre")
		for _, who := range []*chat.Actor{ana, beto} {
			wantReading(t, w, who, w.Talk(who, map[*chat.Actor]*chat.Actor{ana: beto, beto: ana}[who]),
				"hola", "hola, ana", "* beto expiry 1h0m0s", "para una hora", "* ana expiry", "para siempre")
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		w.Settle()
		if got := w.Texts(ana, talk); !slices.Equal(got, []string{"ana: hola", "beto: hola, ana", "ana: -", "beto: para siempre"}) {
			t.Errorf("two hours later ana reads %q", got)
		}
		notes := w.Talk(ana, ana)
		w.Say(ana, notes, "una nota")
		wantCode(t, alter(w, ana, notes, within(time.Hour)), "")
		_, err := w.Service.Operator().Silence(w.Ctx, "ana", time.Hour, "gritos")
		wantCode(t, err, "")
		for _, where := range []chat.Ref{talk, notes} { // where she may write, and where not
			wantCode(t, alter(w, ana, where, within(2*time.Hour)), chat.Silent)
		}
		wantCode(t, alter(w, beto, back, within(2*time.Hour)), "")
	})
}

// Ana blocks Beto, who is not told, and tries whether she did: he sets what he likes
// as before. She sets nothing, reads nothing of it while it stands, and it is told to
// her when she takes it back.
func TestABlockIsNotToldByWhatDisappears(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	w.Befriend(ana, beto)
	w.Say(ana, w.Talk(ana, beto), "hola")
	hour, week := time.Hour, 7*24*time.Hour
	_, err := ana.Block(w.Ctx, "beto")
	wantCode(t, err, "")
	wantCode(t, alter(w, ana, w.Talk(ana, beto), chat.ConversationChanged{Expiry: &hour}), chat.YouBlocked)
	wantCode(t, alter(w, beto, w.Talk(beto, ana), chat.ConversationChanged{Expiry: &week}), "")
	wantReading(t, w, beto, w.Talk(beto, ana), "hola", "* beto expiry 168h0m0s")
	wantReading(t, w, ana, w.Talk(ana, beto), "hola")
	_, err = ana.Unblock(w.Ctx, "beto")
	wantCode(t, err, "")
	wantReading(t, w, ana, w.Talk(ana, beto), "hola", "* beto expiry 168h0m0s")
	wantCode(t, alter(w, ana, w.Talk(ana, beto), chat.ConversationChanged{Expiry: new(time.Duration(0))}), "")
}
