package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/pane"
)

// maxOutbox bounds what waits to be sent in one conversation; beyond it a line
// stays in the composer.
const maxOutbox = 64

// send puts words into a conversation's outbox; its line shows at once. It
// reports false when too much waits already.
func (m *Model) send(w *window, text string) bool {
	t := w.talk
	if len(t.outbox) >= maxOutbox {
		m.say(m.words.Error(&chat.Error{Code: chat.TooFast}))
		return false
	}
	words := chat.Words{ID: chat.NewID[chat.Message](), Text: text}
	if w.reply != nil {
		words.ReplyTo = w.reply.ID
		w.reply = nil
	}
	if w.pane.Newer { // the end is not held: go there first
		m.load(w, newest)
	}
	w.pane.Rule(0, 0)
	w.pane.Wait(m.pendingMessage(t, words))
	t.outbox = append(t.outbox, words)
	m.toldTyping = time.Time{}
	m.sendNext(t)
	return true
}

// pendingMessage is how words look until they come back.
func (m *Model) pendingMessage(t *talk, words chat.Words) *chat.Message {
	return &chat.Message{ID: words.ID, Conversation: t.ID, From: m.me.ID, Nick: m.me.Nick, At: m.now(), Text: chat.CleanText(words.Text), ReplyTo: words.ReplyTo}
}

// sendNext sends the first of the outbox. One at a time: commands run side by
// side, and lines must not overtake each other.
func (m *Model) sendNext(t *talk) {
	if t.sending || len(t.outbox) == 0 {
		return
	}
	t.sending = true
	actor, ref, words := m.actor, t.Ref(), t.outbox[0]
	m.io(func(ctx context.Context) tea.Msg {
		sent, err := actor.Post(ctx, ref, words)
		return sentMsg{ref.ID, words, sent, err}
	})
}

type sentMsg struct {
	id    chat.ConversationID
	words chat.Words
	sent  chat.Sent
	err   error
}

func (m *Model) onSent(msg sentMsg) {
	t := m.talks[msg.id]
	if t == nil {
		return
	}
	if wait := chat.AsError(msg.err).Wait; msg.err != nil && wait > 0 && wait < waitForServer {
		m.after(wait, sendAgain{t}) // too fast: it goes by itself
		return
	}
	t.sending = false
	m.acknowledge(t, msg.words.ID)
	w := m.windowOf(t.ID)
	if w != nil {
		w.pane.Settle(msg.words.ID, msg.err == nil)
	}
	if msg.err != nil {
		m.notSent(t, w, msg)
	} else if !t.Exists {
		// The first message opened the talk; the news of it may be under way.
		t.Exists = true
		m.watch(t, msg.sent.Position-chat.Position(msg.sent.Position.Index())-1)
		m.refresh(t.Ref(), 0)
	}
	m.sendNext(t)
}

// sendAgain sends on what was too fast.
type sendAgain struct{ talk *talk }

// failedTopic is the line that says why something was not sent.
const failedTopic = "failed"

// notSent says why; where nobody sees the line any more the words go back to the
// draft.
func (m *Model) notSent(t *talk, w *window, msg sentMsg) {
	m.note("send", msg.err)
	if w == nil {
		t.Draft = msg.words.Text
		m.say(m.sentence(msg.err))
		return
	}
	w.pane.Say(pane.Local{Topic: failedTopic, Lines: []string{m.sentence(msg.err)}, Style: m.look.Theme.Error})
}

// acknowledge takes words out of the outbox.
func (m *Model) acknowledge(t *talk, id chat.MessageID) {
	for i := range t.outbox {
		if t.outbox[i].ID == id {
			t.outbox = append(t.outbox[:i], t.outbox[i+1:]...)
			return
		}
	}
}

// retry sends again what failed.
func (m *Model) retry(w *window) {
	w.pane.Unsay(failedTopic)
	for _, msg := range w.pane.Failed() {
		w.talk.outbox = append(w.talk.outbox, chat.Words{ID: msg.ID, Text: msg.Text, ReplyTo: msg.ReplyTo})
	}
	m.sendNext(w.talk)
}

// saveEdit gives a message other words.
func (m *Model) saveEdit(w *window, text string) {
	actor, id := m.actor, w.editing
	m.endEdit(w)
	m.io(func(ctx context.Context) tea.Msg {
		_, err := actor.Edit(ctx, id, text)
		return savedMsg{what: "edit", err: err}
	})
}

// endEdit puts back what was written before an edit began.
func (m *Model) endEdit(w *window) {
	w.editing = chat.MessageID{}
	w.edit.Set(w.before)
	w.before = ""
}

// retract takes a message back.
func (m *Model) retract(id chat.MessageID) {
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		_, err := actor.Retract(ctx, id)
		return savedMsg{what: "delete", err: err}
	})
}
