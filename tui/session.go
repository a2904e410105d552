package tui

import (
	"context"
	"errors"
	"log/slog"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/pane"
)

// Sizes of what is read at once.
const (
	pageLeast  = 40
	pageMost   = 240
	maxNames   = 50  // names shown of people here; above it a number
	maxMembers = 256 // members read for ticks
)

// openedMsg answers open.
type openedMsg struct {
	class    string
	convs    []chat.Conversation
	asOf     chat.Position
	layout   []byte
	settings chat.Settings
	err      error
}

// open reads what the screen starts with.
func (m *Model) open() {
	m.opening = true
	actor, class := m.actor, widthClass(m.width)
	m.io(func(ctx context.Context) tea.Msg {
		msg := openedMsg{class: class}
		if msg.settings, msg.err = actor.Settings(ctx); msg.err != nil {
			return msg
		}
		if msg.layout, msg.err = actor.Layout(ctx, class); msg.err != nil {
			return msg
		}
		msg.convs, msg.asOf, msg.err = actor.Conversations(ctx)
		return msg
	})
}

// retryMsg opens again.
type retryMsg struct{}

func (m *Model) onOpened(msg openedMsg) {
	if msg.err != nil {
		m.fail("open the screen", msg.err)
		m.after(waitForServer/10, retryMsg{})
		return
	}
	m.opened = true
	m.takeSettings(msg.settings)
	m.takeConversations(msg.convs, msg.asOf)
	m.restoreLayout(msg.class, msg.layout)
	m.presence()
	m.typing()
	m.armClock()
}

// takeConversations learns the list and follows all of it.
func (m *Model) takeConversations(convs []chat.Conversation, asOf chat.Position) {
	heard := false
	for _, c := range convs {
		t := m.know(c)
		followed := t.watched
		m.watch(t, asOf)
		if t.watched && !followed && (t.doubted || m.windowOf(t.ID) != nil) {
			m.lost(t.ID) // what came while it was not followed
		}
		heard = heard || t.Unread > 0 && t.Ticks()
		m.needMembers(t)
	}
	for _, t := range m.order {
		if t.doubted && !t.watched {
			t.Member = false
			m.refresh(t.Ref(), 0)
		}
		t.doubted = false
	}
	if heard {
		m.actor.Delivered(asOf)
	}
}

// needMembers asks for the members of a conversation whose ticks are shown.
func (m *Model) needMembers(t *talk) {
	shown := m.windowOf(t.ID) != nil || t.Last != nil && t.Last.From == m.me.ID
	if t.asked || !shown || !t.Exists || !t.Ticks() || t.Members > maxMembers || !t.Member {
		return
	}
	t.asked = true
	actor, ref := m.actor, t.Ref()
	m.io(func(ctx context.Context) tea.Msg {
		members, err := actor.Members(ctx, ref)
		return membersMsg{ref.ID, members, err}
	})
}

type membersMsg struct {
	id      chat.ConversationID
	members []chat.Member
	err     error
}

func (m *Model) onMembers(msg membersMsg) {
	t := m.talks[msg.id]
	if t == nil {
		return
	}
	if msg.err != nil {
		t.asked = false
		m.note("members", msg.err)
		return
	}
	for i := range msg.members {
		one := &msg.members[i]
		m.name(one.User, one.Nick)
		for _, old := range t.members { // a mark that was told stays
			if old.User == one.User {
				one.Delivered, one.Read = max(one.Delivered, old.Delivered), max(one.Read, old.Read)
			}
		}
	}
	t.members = msg.members
	t.marks.Set(t.Conversation, t.members, m.me.ID)
}

// pageMsg answers load: a page of a conversation's history.
type pageMsg struct {
	window *window // the one that asked; a closed one is not shown any more
	turn   uint32  // of its questions: a late answer to another is dropped
	kind   pageKind
	page   chat.Page
	err    error
}

type pageKind uint8

const (
	newest pageKind = iota
	oldest
	older
	newer
)

// load asks for a page, one at a time for a window.
func (m *Model) load(w *window, kind pageKind) {
	if w.loading {
		return
	}
	if !w.talk.Exists { // nobody wrote there yet
		w.loaded = true
		return
	}
	q := chat.PageQuery{Limit: max(pageLeast, m.height), Notices: true}
	switch kind {
	case newest:
		q.Limit = max(q.Limit, min(w.talk.Unread+pageLeast/4, pageMost)) // so that the line of new messages is on it
	case oldest:
		q.Before = chat.Number(q.Limit + 1) // numbers count from 1; an After of 0 would ask for the newest
	case older:
		q.Before = w.pane.First()
	case newer:
		q.After = w.pane.Last()
	}
	w.loading = true
	w.turn++
	actor, ref, turn := m.actor, w.talk.Ref(), w.turn
	m.io(func(ctx context.Context) tea.Msg {
		page, err := actor.Page(ctx, ref, q)
		return pageMsg{w, turn, kind, page, err}
	})
}

func (m *Model) onPage(msg pageMsg) {
	w := msg.window
	if msg.turn != w.turn {
		return
	}
	w.loading = false
	if m.windowOf(w.talk.ID) != w {
		return
	}
	if msg.err != nil {
		m.fail("read a page", msg.err)
		if !w.loaded {
			m.after(waitForServer/10, pageAgain{w})
		}
		return
	}
	switch msg.kind {
	case newest:
		w.pane.Reset(msg.page)
		w.loaded = true
		m.askedLine(w)
		if m.flash == m.screen().CatchingUp {
			m.flash = "" // done
		}
	case oldest:
		w.pane.Begin(msg.page, w.talk.LastN)
		w.loaded = true
	case older:
		w.pane.Prepend(msg.page)
	case newer:
		w.pane.Append(msg.page)
	}
	m.needQuotes(w)
	m.fill()
}

// fill asks for more where a pane is larger than what it holds.
func (m *Model) fill() {
	for i, w := range m.windows {
		if i >= len(m.arranged.panes) || m.arranged.folded[i] || !w.loaded || w.loading {
			continue
		}
		if b := m.boxOf(i).body; b.h > 0 && w.pane.Short(&m.look, b.w, b.h, m.now()) {
			m.load(w, older)
		}
	}
}

// pageAgain asks once more for the first page of a window.
type pageAgain struct{ window *window }

// needQuotes asks for messages that replies answer and that are not held.
func (m *Model) needQuotes(w *window) {
	ids := w.pane.Unquoted()
	if len(ids) == 0 {
		return
	}
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		msg := quotesMsg{window: w}
		for _, id := range ids {
			quoted, err := actor.Message(ctx, id)
			if err != nil {
				quoted = chat.Message{ID: id, Retracted: true} // gone, or never ours to read
			}
			msg.quoted = append(msg.quoted, quoted)
		}
		return msg
	})
}

type quotesMsg struct {
	window *window
	quoted []chat.Message
}

func (m *Model) onQuotes(msg quotesMsg) {
	for _, q := range msg.quoted {
		msg.window.pane.Quote(q)
	}
}

// refresh reads a conversation again.
func (m *Model) refresh(ref chat.Ref, after chat.Position) {
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		c, err := actor.Conversation(ctx, ref)
		return conversationMsg{c, after, err}
	})
}

type conversationMsg struct {
	c     chat.Conversation
	after chat.Position // follow from there; 0: do not
	err   error
}

func (m *Model) onConversation(msg conversationMsg) {
	if msg.err != nil {
		m.note("conversation", msg.err)
		return
	}
	t := m.know(msg.c)
	if t.Unread > 0 && t.Ticks() && t.Last != nil {
		m.actor.Delivered(t.Last.Position)
	}
	if from := t.ringing; from != "" {
		if t.ringing = ""; m.sounds(t) {
			m.ring(from)
		}
	}
	if w := m.windowOf(t.ID); w != nil {
		if t.Kind == chat.Room {
			m.watch(t, t.Changed) // one that was left is read on from outside
		}
		if !w.loaded {
			m.load(w, newest)
		}
	}
	if !t.sight.asked {
		m.needSight(t)
	}
	m.needMembers(t)
	if w := m.windowOf(t.ID); w != nil {
		m.askWriting(t)
		m.askedLine(w)
		if t.parted && t.Barred {
			w.pane.Say(pane.Local{Topic: barredTopic, Lines: []string{m.whyNot(t)}, Style: m.look.Theme.Error})
		} else if t.Member {
			w.pane.Unsay(barredTopic)
		}
	}
	t.parted = false
	if m.informs(t) {
		m.showInfo()
		m.readInfo()
	}
}

// refreshAll reads the list again, after the own topic was lost.
func (m *Model) refreshAll() {
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		convs, asOf, err := actor.Conversations(ctx)
		return conversationsMsg{convs, asOf, err}
	})
}

type conversationsMsg struct {
	convs []chat.Conversation
	asOf  chat.Position
	err   error
}

func (m *Model) onConversations(msg conversationsMsg) {
	if msg.err != nil {
		m.fail("read the list", msg.err)
		return
	}
	m.takeConversations(msg.convs, msg.asOf)
}

// fail says what went wrong in the bottom row and notes it.
func (m *Model) fail(what string, err error) {
	m.note(what, err)
	m.say(m.sentence(err))
}

// sentence is what people read about an error. A server that did not answer in
// time is not ready.
func (m *Model) sentence(err error) string {
	if errors.Is(err, context.DeadlineExceeded) && chat.CodeOf(err) == chat.Internal {
		err = &chat.Error{Code: chat.Unavailable, Err: err}
	}
	return m.words.ErrorBehind("/", err)
}

// note logs what only the operator can do something about.
func (m *Model) note(what string, err error) {
	if m.ctx.Err() == nil && chat.CodeOf(err) == chat.Internal {
		m.cfg.Log.LogAttrs(m.ctx, slog.LevelError, "screen: "+what, slog.Any("user", m.me.ID), slog.Any("err", err))
	}
}

// flashMsg ends what say said, if it still stands there.
type flashMsg string

// say shows a sentence in the bottom row until a key is pressed or for a while.
func (m *Model) say(text string) {
	m.flash = m.look.Text.Line(text)
	m.after(waitForServer/2, flashMsg(m.flash))
}
