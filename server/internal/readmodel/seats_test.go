package readmodel

import (
	"testing"

	"charla/server/chat"
)

// Somebody asks who sits where, and while the answer is on its way that person
// leaves: what was read before must not be kept, or they would read on for ever.
func TestASeatReadBeforeSomebodyLeftIsNotKept(t *testing.T) {
	var s seats
	conv, ana, beto := chat.NewID[chat.Conversation](), chat.NewID[chat.Person](), chat.NewID[chat.Person]()
	in := sitting{kind: chat.Group, member: true}
	left := chat.Change{Kind: chat.Left, Conversation: conv, Member: &chat.Member{User: ana}}
	_, _, asked := s.kept(seatKey{conv, ana})
	s.forget([]chat.Change{left})
	s.keep(seatKey{conv, ana}, in, asked)
	if _, ok, _ := s.kept(seatKey{conv, ana}); ok {
		t.Error("ana still sits there")
	}
	_, _, asked = s.kept(seatKey{conv, beto})
	s.keep(seatKey{conv, beto}, in, asked)
	s.forget([]chat.Change{left})
	if is, ok, _ := s.kept(seatKey{conv, beto}); !ok || is != in {
		t.Error("beto, who stayed, was forgotten")
	}
	_, _, asked = s.kept(seatKey{conv, ana})
	s.keep(seatKey{conv, ana}, in, asked)
	s.forget([]chat.Change{left})
	if _, ok, _ := s.kept(seatKey{conv, ana}); ok {
		t.Error("ana still sits there")
	}
}

func TestSeatsAreBounded(t *testing.T) {
	var s seats
	for range mostSeats + 10 {
		s.keep(seatKey{user: chat.NewID[chat.Person]()}, sitting{}, 0)
	}
	if len(s.of) > mostSeats {
		t.Errorf("%d are kept", len(s.of))
	}
}
