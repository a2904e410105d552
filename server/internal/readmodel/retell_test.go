package readmodel_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// retelling is a model that knows the fate of what each event brought.
func retelling(t *testing.T, b chat.Batch) *readmodel.Model {
	t.Helper()
	m, err := readmodel.Open(t.Context(), readmodel.Options{Path: file(t), Log: slog.New(slog.DiscardHandler), Retell: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	apply(t, m, b)
	return m
}

// erased is a log without what nobody is to have any more.
func erased(t *testing.T, m *readmodel.Model, log []chat.Entry) (all []chat.Entry) {
	t.Helper()
	for _, e := range log {
		events := make([]chat.Event, len(e.Envelope.Events))
		for i, event := range e.Envelope.Events {
			f, err := m.Fate(t.Context(), chat.PositionAt(e.Seq, i), event)
			if err != nil {
				t.Fatal(err)
			}
			if events[i] = chat.Erase(event, f); !events[i].ErasedFrom(event) {
				t.Fatalf("%+v was erased to %+v", event, events[i])
			}
		}
		e.Envelope.Events = events
		all = append(all, e)
	}
	return all
}

// Whatever people did: of a log and of the same log erased comes out the same, and
// of a log that was erased nothing more is taken.
func TestErasedLogMakesTheSameModel(t *testing.T) {
	if testing.Short() {
		t.Skip("six logs take long with the race detector, and have no goroutine")
	}
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			c := newChatter(seed)
			if seed%2 == 1 { // people who know what they do: most of it has an effect
				c.people, c.convs = c.people[:2], []chat.ConversationID{chat.LobbyID}
				for n, user := range c.people {
					c.tell(user, chat.PersonClaimed{Nick: someNicks[n]})
				}
			}
			for range 400 {
				c.step()
				if seed%2 == 1 {
					c.messages = c.messages[max(len(c.messages)-6, 0):]
				}
			}
			before, after := file(t), file(t)
			apply(t, open(t, before), c.batch)
			old := retelling(t, c.batch)
			log := erased(t, old, c.batch.Log)
			m := open(t, after)
			apply(t, m, chat.Batch{Log: log, Shelf: c.batch.Shelf})
			if want, got := dump(t, before), dump(t, after); got != want {
				t.Fatalf("of the erased log came something else:\n%s", firstDifference(want, got))
			}
			want, err := old.Sum(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := m.Sum(t.Context()); err != nil || got != want {
				t.Errorf("the sums are %x and %x, %v", want, got, err)
			}
			again := erased(t, retelling(t, chat.Batch{Log: log, Shelf: c.batch.Shelf}), log)
			if first, second := said(t, log), said(t, again); first != second {
				t.Errorf("erasing again changed:\n%s", firstDifference(first, second))
			}
			for _, id := range gone(t, old, c.batch.Log) {
				if strings.Contains(said(t, log), id) {
					t.Errorf("%q is still in the log", id)
				}
			}
		})
	}
}

func said(t *testing.T, log []chat.Entry) string {
	t.Helper()
	var b strings.Builder
	for _, e := range log {
		raw, err := json.Marshal(e.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", raw)
	}
	return b.String()
}

// gone are the words that were said in the log and stand in no message and no open
// report. A chatter never says the same twice.
func gone(t *testing.T, m *readmodel.Model, log []chat.Entry) (words []string) {
	t.Helper()
	standing := map[string]bool{}
	err := m.Export().Messages(t.Context(), func(m chat.Message) error {
		standing[m.Text] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	open, err := m.Reports(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var kept string
	for _, r := range open {
		if r.Text != "" { // every version of it is
			kept += r.Message.String()
		}
		standing[r.Reason] = true
	}
	for _, e := range log {
		for _, event := range e.Envelope.Events {
			var text string
			var of chat.MessageID
			switch b := event.Body.(type) {
			case chat.MessagePosted:
				text, of = b.Text, chat.MessageID(event.ID)
			case chat.MessageEdited:
				text, of = b.Text, b.Message
			}
			if text != "" && !standing[text] && !strings.Contains(kept, of.String()) {
				words = append(words, `"`+text+`"`)
			}
		}
	}
	if len(words) == 0 {
		t.Fatal("everything stands")
	}
	return words
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want " + w[i] + "\ngot  " + g[i]
		}
	}
	return fmt.Sprintf("%d and %d lines", len(w), len(g))
}

// Messages whose time was over leave the log, and the rows stay as they are.
func TestErasedLogOfWhatHadItsTime(t *testing.T) {
	s := &story{t: t}
	group := id[chat.Conversation](7)
	soon := chat.MinExpiry
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	s.tell(ana, chat.GroupCreated{Conversation: group, Title: "g", Members: []chat.UserID{ana}})
	s.tell(ana, chat.ConversationChanged{Conversation: group, Expiry: &soon})
	file := &chat.File{Name: "hush.txt", Size: 1, Hash: strings.Repeat("a", 64)}
	words := s.tell(ana, chat.MessagePosted{Conversation: group, Text: "hush one"})
	edited := s.tell(ana, chat.MessagePosted{Conversation: group, Text: "hush two"})
	s.tell(ana, chat.MessageEdited{Conversation: group, Message: edited, Text: "hush three"})
	sent := s.tell(ana, chat.MessagePosted{Conversation: group, File: file})
	s.tell(ana, chat.MessagePosted{Conversation: group, File: file, Text: "hush four"})
	taken := s.tell(ana, chat.MessagePosted{Conversation: group, Text: "hush five"})
	s.tell(ana, chat.MessageRetracted{Conversation: group, Message: taken})
	later := int(chat.MinExpiry / time.Millisecond)
	s.ids += later // an event has a millisecond
	s.tell(chat.UserID{}, chat.MessagesExpired{Conversation: group, Messages: []chat.MessageID{words, edited, sent, taken}})
	young := s.tell(ana, chat.MessagePosted{Conversation: group, Text: "still here"})
	s.tell(chat.UserID{}, chat.MessagesExpired{Conversation: group, Messages: []chat.MessageID{young}})
	old := retelling(t, s.batch)
	log := erased(t, old, s.batch.Log)
	if text := said(t, log); strings.Contains(text, "hush") || !strings.Contains(text, "still here") {
		t.Errorf("left is\n%s", text)
	}
	want, err := old.Sum(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := retelling(t, chat.Batch{Log: log}).Sum(t.Context()); err != nil || got != want {
		t.Errorf("the sums are %x and %x, %v", want, got, err)
	}
}
