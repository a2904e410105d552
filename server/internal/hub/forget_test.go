package hub

import (
	"log/slog"
	"testing"

	"charla/server/chat"
)

func TestWhatNobodyFollowsIsForgotten(t *testing.T) {
	h := New(slog.New(slog.DiscardHandler))
	defer h.Close()
	ana, id := chat.NewID[chat.Person](), chat.NewID[chat.Conversation]()
	one, two := h.Follow(ana), h.Follow(ana)
	one.Watch(id, 0)
	two.Watch(id, 0)
	h.Typing(id, ana)
	one.Close()
	if len(h.rings) != 2 {
		t.Errorf("%d topics are kept, want hers and the talk", len(h.rings))
	}
	two.Unwatch(id)
	if len(h.rings) != 1 {
		t.Errorf("%d topics are kept, want hers", len(h.rings))
	}
	two.Close()
	if p := &h.here; len(h.rings)+len(p.sessions)+len(p.all)+len(p.typing) != 0 {
		t.Errorf("kept are %d topics, %d people, %d sessions, %d who type", len(h.rings), len(p.sessions), len(p.all), len(p.typing))
	}
}
