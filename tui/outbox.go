package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	if !t.waits(msg.words.ID) {
		msg.err = nil // its news came first: it is stored
	}
	w := m.windowOf(t.ID)
	if wait, again := byItself(msg.err); again {
		m.note("send", msg.err)
		m.sayWait(w, wait, msg.err)
		m.after(wait, sendAgain{t})
		return
	}
	t.sending = false
	m.acknowledge(t, msg.words.ID)
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

// sendAgain sends on what was too fast, or may not be stored.
type sendAgain struct{ talk *talk }

// againEvery is how often that is sent of which nobody knows whether it is stored.
const againEvery = 5 * time.Second

// byItself tells whether a message goes again without its person, and when: soon,
// where it only was too fast, and where it is not known whether it is stored, for
// the same message again is no other. Everything else is a refusal, and what was
// refused is sent by nobody but its person, whatever is allowed meanwhile.
func byItself(err error) (wait time.Duration, again bool) {
	switch e := chat.AsError(err); {
	case err == nil:
		return 0, false
	case e.Code == chat.TooFast, e.Code == chat.SlowMode:
		return e.Wait, e.Wait > 0 && e.Wait < waitForServer
	case e.Code == chat.Unavailable, errors.Is(err, context.DeadlineExceeded):
		return againEvery, true
	}
	return 0, false
}

// waits tells whether a message is still to be sent: its news may have come first.
func (t *talk) waits(id chat.MessageID) bool {
	return slices.ContainsFunc(t.outbox, func(w chat.Words) bool { return w.ID == id })
}

// Topics of the lines that say why something was not sent, or not yet.
const (
	failedTopic = "failed"
	waitTopic   = "wait"
)

// sayWait says why a message still waits, and that there is nothing to do.
func (m *Model) sayWait(w *window, wait time.Duration, err error) {
	if w == nil || wait < 2*time.Second { // gone before it was read
		return
	}
	s, line := m.screen(), ""
	switch chat.CodeOf(err) {
	case chat.SlowMode:
		line = s.SlowWaits(m.now().Add(wait).In(m.cfg.Loc))
	case chat.TooFast:
		line = s.FastWaits(m.now().Add(wait).In(m.cfg.Loc))
	default:
		line = s.NotNow
	}
	w.pane.Say(pane.Local{Topic: waitTopic, Lines: []string{line}, Style: m.look.Theme.Warn})
}

// notSent says why; where nobody sees the line any more the words go back to the
// draft.
func (m *Model) notSent(t *talk, w *window, msg sentMsg) {
	m.note("send", msg.err)
	if w == nil {
		t.Draft = unsent(t.Draft, msg.words.Text)
		m.say(m.sentence(msg.err))
		actor, ref, draft := m.actor, t.Ref(), t.Draft
		m.io(func(ctx context.Context) tea.Msg {
			if err := actor.SaveDraft(ctx, ref, draft); err != nil {
				return savedMsg{what: "save a draft", err: err}
			}
			return nil
		})
		return
	}
	w.pane.Say(pane.Local{Topic: failedTopic, Lines: []string{m.sentence(msg.err)}, Style: m.look.Theme.Error})
}

// unsent is what is written in a conversation, behind what was not sent there. What
// is more than a message may hold is cut where it is saved.
func unsent(written string, texts ...string) string {
	if strings.TrimSpace(written) != "" {
		texts = append(texts, written)
	}
	return strings.Join(texts, "\n")
}

// takeBack writes what was refused into the composer of a window that is left.
func (w *window) takeBack(more ...string) {
	var texts []string
	for _, msg := range w.pane.Failed() {
		texts = append(texts, msg.Text)
	}
	switch texts = append(texts, more...); {
	case len(texts) == 0:
	case w.editing.IsZero():
		w.edit.Set(unsent(w.edit.Text(), texts...))
	default:
		w.before = unsent(w.before, texts...)
	}
}

// sendRest sends what waits when the session ends, up to what is not taken; the
// texts from there on are its answer. What was refused before does not wait.
func (m *Model) sendRest(ctx context.Context, t *talk) (left []string) {
	for _, words := range t.outbox {
		if len(left) == 0 {
			_, err := m.actor.Post(ctx, t.Ref(), words)
			if err == nil {
				continue
			}
			m.cfg.Log.Warn("leaving: a message was not sent", "user", m.me.ID, "err", err)
		}
		left = append(left, words.Text)
	}
	return left
}

// acknowledge takes words out of the outbox.
func (m *Model) acknowledge(t *talk, id chat.MessageID) {
	for i := range t.outbox {
		if t.outbox[i].ID == id {
			t.outbox = append(t.outbox[:i], t.outbox[i+1:]...)
			if w := m.windowOf(t.ID); w != nil {
				w.pane.Unsay(waitTopic)
			}
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
