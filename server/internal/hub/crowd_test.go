package hub_test

import (
	"testing"
	"testing/synctest"

	"charla/server/chat"
)

// Each newcomer of a full room woke everybody in it: ten thousand who come were
// fifty million wakes, and the room's ring held nothing but them.
func TestNewcomersOfAFullRoomAreCountedRegression(t *testing.T) {
	synctest.Test(t, newcomersOfAFullRoom)
}

func newcomersOfAFullRoom(t *testing.T) {
	h := newHub(t)
	room, talk := newTalk(), newTalk()
	joined := func(id chat.ConversationID, seq uint64, kind chat.ChangeKind) {
		h.Publish([]chat.Change{{Kind: kind, Position: at(seq), Conversation: id}}, level(seq))
	}
	h.Publish(nil, level(1))
	var crowd []chat.Follower
	for range 60 {
		f := h.Follow(newUser())
		defer f.Close()
		f.Watch(room, level(1))
		crowd = append(crowd, f)
	}
	few := h.Follow(newUser())
	defer few.Close()
	few.Watch(talk, level(1))
	calm(append(crowd, few)...)
	for seq := range uint64(1000) {
		joined(room, 2+seq, chat.Joined)
	}
	joined(room, 1002, chat.Left)
	joined(talk, 1003, chat.Joined)
	if !awake(few) || len(few.Next().Changes) != 1 {
		t.Error("where few are, nobody was told of a newcomer")
	}
	for _, f := range crowd {
		if awake(f) {
			t.Fatal("a newcomer woke the crowd")
		}
	}
	h.Publish([]chat.Change{posted(room, at(1004), "hola")}, level(1004))
	for _, f := range crowd {
		news := want(t, f, "hola")
		if len(news.Lost) != 0 || len(news.Moved) != 1 || news.Moved[0] != (chat.Moved{Conversation: room, By: 999}) {
			t.Fatalf("after 1,000 came and one left they hear %+v and lost %v", news.Moved, news.Lost)
		}
		if more := f.Next(); more.Moved != nil {
			t.Fatalf("they hear it twice: %+v", more.Moved)
		}
	}
}
