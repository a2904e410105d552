package hub_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/internal/hub"
)

func newHub(t testing.TB) *hub.Hub {
	h := hub.New(slog.New(slog.NewTextHandler(t.Output(), nil)))
	t.Cleanup(h.Close)
	return h
}

func newUser() chat.UserID { return chat.NewID[chat.Person]() }

func newTalk() chat.ConversationID { return chat.NewID[chat.Conversation]() }

// posted is a message at a position, told by its text.
func posted(id chat.ConversationID, at chat.Position, text string) chat.Change {
	return chat.Change{Kind: chat.Posted, Position: at, Conversation: id, Message: &chat.Message{Text: text, Position: at}}
}

func marked(id chat.ConversationID, at chat.Position, n chat.Number) chat.Change {
	return chat.Change{Kind: chat.Marked, Position: at, Conversation: id, Member: &chat.Member{Read: n}}
}

func shelved(user chat.UserID, at chat.Position, value string) chat.Change {
	return chat.Change{Kind: chat.Shelved, Position: at, User: user, Slot: chat.SettingsSlot, Value: []byte(value)}
}

func at(seq uint64) chat.Position { return chat.PositionAt(seq, 0) }

// level is how the projector names the end of the envelope at seq.
func level(seq uint64) chat.Position { return chat.PositionAt(seq, 1023) }

// heard is what changes say, in order.
func heard(news chat.News) []string {
	var said []string
	for _, c := range news.Changes {
		switch {
		case c.Message != nil:
			said = append(said, c.Message.Text)
		case c.Member != nil:
			said = append(said, fmt.Sprintf("marked %d", c.Member.Read))
		case c.Kind == chat.Exited:
			said = append(said, "exited")
		default:
			said = append(said, string(c.Value))
		}
	}
	return said
}

func want(t *testing.T, f chat.Follower, said ...string) chat.News {
	t.Helper()
	news := f.Next()
	if got := heard(news); !slices.Equal(got, said) {
		t.Errorf("heard %q, want %q", got, said)
	}
	if len(news.Lost) > 0 || news.LostOwn {
		t.Errorf("lost %v, own: %t", news.Lost, news.LostOwn)
	}
	return news
}

func wantLost(t *testing.T, f chat.Follower, ids ...chat.ConversationID) {
	t.Helper()
	if news := f.Next(); !slices.Equal(news.Lost, ids) || len(news.Changes) > 0 {
		t.Errorf("heard %q and lost %v, want nothing and %v", heard(news), news.Lost, ids)
	}
}

func awake(f chat.Follower) bool {
	select {
	case <-f.Wake():
		return true
	default:
		return false
	}
}

func TestAFollowerHearsWhatItWatchesInLogOrder(t *testing.T) {
	h := newHub(t)
	ana := newUser()
	one, two, other := newTalk(), newTalk(), newTalk()
	f := h.Follow(ana)
	defer f.Close()
	f.Watch(two, 0)
	f.Watch(one, 0)
	h.Publish([]chat.Change{
		posted(one, at(1), "1"), posted(two, at(2), "2"), posted(other, at(2)+1, "not watched"),
		posted(one, at(3), "3"), shelved(ana, at(3), "4"), shelved(newUser(), at(3), "another's"),
	}, level(3))
	if news := want(t, f, "1", "2", "3", "4"); news.AsOf != level(3) {
		t.Errorf("as of %d, want %d", news.AsOf, level(3))
	}
	want(t, f)
}

func TestAWakeHoldsHoweverMuchCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		id := newTalk()
		watching, idle := h.Follow(newUser()), h.Follow(newUser())
		defer watching.Close()
		defer idle.Close()
		watching.Watch(id, 0)
		calm(watching, idle)
		for i := range uint64(3) {
			h.Publish([]chat.Change{posted(id, at(i+1), "x")}, level(i+1))
		}
		if !awake(watching) || awake(watching) {
			t.Error("three changes leave not one wake")
		}
		if awake(idle) {
			t.Error("who watches nothing is woken")
		}
	})
}

func TestWatchingBeginsAfterAPosition(t *testing.T) {
	h := newHub(t)
	id := newTalk()
	first, late := h.Follow(newUser()), h.Follow(newUser())
	defer first.Close()
	defer late.Close()
	first.Watch(id, 0)
	h.Publish([]chat.Change{posted(id, at(1), "1"), posted(id, at(2), "2"), marked(id, at(2), 2)}, level(2))
	late.Watch(id, at(1))
	if !awake(late) {
		t.Error("what is there already wakes nobody")
	}
	want(t, late, "2", "marked 2")

	// The page was read after the projector applied an envelope that the hub
	// does not have yet: it must not come twice. The mark may.
	late.Watch(id, at(3))
	h.Publish([]chat.Change{posted(id, at(3), "3"), marked(id, at(3), 3), posted(id, at(4), "4")}, level(4))
	want(t, late, "marked 3", "4")
}

func TestNobodyIsBehindAPageThatTheyJustRead(t *testing.T) {
	h := newHub(t)
	id, other := newTalk(), newTalk()
	h.Publish(nil, level(5)) // the server starts with a log of five
	f := h.Follow(newUser())
	defer f.Close()
	f.Watch(id, chat.PositionAt(5, 2)) // the last event of the fifth
	want(t, f)
	f.Watch(id, level(5)) // as News tells it
	want(t, f)
	h.Publish([]chat.Change{posted(other, at(6), "x"), marked(id, at(6), 1)}, level(6))
	f.Unwatch(id)
	f.Watch(id, at(6)) // nobody followed it, but the mark may be newer than the page
	want(t, f, "marked 1")
	f.Unwatch(id)
	h.Publish([]chat.Change{posted(id, at(7), "missed")}, level(7))
	f.Watch(id, at(6))
	wantLost(t, f, id)
	want(t, f)
}

func TestAPageOfAnEarlierLifeIsTooOld(t *testing.T) {
	h := newHub(t)
	h.Publish(nil, level(5))
	id := newTalk()
	f := h.Follow(newUser())
	defer f.Close()
	f.Watch(id, at(4))
	if !awake(f) {
		t.Error("who lost something is not woken")
	}
	wantLost(t, f, id)
}

func TestWhoFallsOutOfTheRingIsToldOnce(t *testing.T) {
	h := newHub(t)
	ana, id, quiet := newUser(), newTalk(), newTalk()
	f := h.Follow(ana)
	defer f.Close()
	f.Watch(id, 0)
	f.Watch(quiet, 0)
	h.Publish([]chat.Change{posted(quiet, at(1), "quiet")}, level(1))
	seq := uint64(1)
	for range 257 {
		seq++
		h.Publish([]chat.Change{posted(id, at(seq), "x"), shelved(ana, at(seq), "y")}, level(seq))
	}
	news := f.Next()
	if !slices.Equal(news.Lost, []chat.ConversationID{id}) || !news.LostOwn || !slices.Equal(heard(news), []string{"quiet"}) || news.AsOf != level(seq) {
		t.Errorf("lost %v, own: %t, heard %q as of %d", news.Lost, news.LostOwn, heard(news), news.AsOf)
	}
	h.Publish([]chat.Change{posted(id, at(seq+1), "after")}, level(seq+1))
	want(t, f, "after")
}

func TestTheRingHoldsTheLast256(t *testing.T) {
	h := newHub(t)
	id := newTalk()
	f := h.Follow(newUser())
	defer f.Close()
	f.Watch(id, 0)
	for round := range uint64(5) { // the ring turns more than once
		var changes []chat.Change
		for i := range uint64(256) {
			changes = append(changes, posted(id, chat.PositionAt(round+1, int(i)), "x"))
		}
		h.Publish(changes, level(round+1))
		news := f.Next()
		if len(news.Changes) != 256 || news.Lost != nil || !slices.IsSortedFunc(news.Changes, func(a, b chat.Change) int { return int(a.Position) - int(b.Position) }) {
			t.Fatalf("round %d: heard %d, lost %v", round, len(news.Changes), news.Lost)
		}
	}
}

func TestMoreThanTheRingHoldsAtOnceIsLost(t *testing.T) {
	h := newHub(t)
	id := newTalk()
	f := h.Follow(newUser())
	defer f.Close()
	f.Watch(id, 0)
	var changes []chat.Change
	for i := range 1000 {
		changes = append(changes, posted(id, chat.PositionAt(1, i), "x"))
	}
	h.Publish(changes, level(1))
	wantLost(t, f, id)
	want(t, f)
}

func TestMoreOfTheShelfThanIsKeptIsLost(t *testing.T) {
	h := newHub(t)
	h.Publish(nil, level(1))
	id := newTalk()
	for range 300 {
		h.Publish([]chat.Change{shelved(newUser(), at(1), "x")}, level(1))
	}
	f := h.Follow(newUser())
	defer f.Close()
	f.Watch(id, at(1))
	wantLost(t, f, id)
}

func TestUnwatchAndCloseEndIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		id := newTalk()
		f := h.Follow(newUser())
		f.Watch(id, 0)
		f.Watch(id, 0) // twice is once
		calm(f)
		f.Unwatch(id)
		h.Publish([]chat.Change{posted(id, at(1), "x")}, level(1))
		if awake(f) {
			t.Error("woken by what is not watched")
		}
		want(t, f)
		f.Close()
		f.Close()
		f.Watch(id, 0)
		f.Unwatch(id)
		h.Publish([]chat.Change{posted(id, at(2), "x")}, level(2))
		want(t, f)
	})
}

// A face that forgets to unwatch what its person left must not go on reading.
func TestWhoExitedHearsNoMore(t *testing.T) {
	h := newHub(t)
	beto, id := newUser(), newTalk()
	f := h.Follow(beto)
	defer f.Close()
	f.Watch(id, 0)
	exit := chat.Change{Kind: chat.Exited, Position: at(2), Conversation: id, User: beto}
	h.Publish([]chat.Change{posted(id, at(1), "hola"), exit, posted(id, at(3), "he is gone")}, level(3))
	want(t, f, "hola", "exited")
	h.Publish([]chat.Change{posted(id, at(4), "finally")}, level(4))
	want(t, f)
}

func TestAClaimIsOnNoTopic(t *testing.T) {
	h := newHub(t)
	ana := newUser()
	f := h.Follow(ana)
	defer f.Close()
	h.Publish([]chat.Change{{Kind: chat.Claimed, Position: at(1), User: ana}}, level(1))
	want(t, f)
}
