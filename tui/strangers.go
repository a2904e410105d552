package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/dialog"
	"charla/tui/pane"
)

// counts is what a conversation adds to the number of what is unread: nothing
// while it is a stranger's request, or not known well enough to tell, or only looked
// at from outside.
func (t *talk) counts() int {
	if t.Request || t.Handle == "" || !t.Member {
		return 0
	}
	return t.Unread
}

// muted tells whether a conversation makes no sound now.
func (m *Model) muted(t *talk) bool {
	return len(m.settings.Muted) > 0 && m.settings.IsMuted(t.ID, m.now())
}

// sounds tells whether a message in a conversation may ring.
func (m *Model) sounds(t *talk) bool { return !t.Request && !m.muted(t) }

// askRequest asks what is to become of a stranger's request. Who goes on writing has
// not decided: an answer is written to somebody, and lets them in.
func (m *Model) askRequest(w *window) {
	s, nick := &m.screen().Talks, m.look.Text.Line(string(w.talk.Handle))
	actor, ref := m.actor, w.talk.Ref()
	m.ask = &question{
		Ask: dialog.Ask{Question: s.Ask(nick), Answers: []string{s.Accept, s.Block, s.Later}, Hint: "Esc"},
		aside: func(m *Model, name string, k tea.KeyPressMsg) {
			if isText(k) {
				m.ask = nil
				m.write(name, k)
			}
		},
		done: func(m *Model, answer int) {
			switch answer {
			case 0:
				m.io(func(ctx context.Context) tea.Msg {
					_, err := actor.Accept(ctx, ref)
					return decidedMsg{w, s.Admitted(nick), err}
				})
			case 1:
				m.io(func(ctx context.Context) tea.Msg {
					_, err := actor.Block(ctx, nick)
					return decidedMsg{w, s.Shut(nick), err}
				})
			}
		},
	}
}

// askedTopic is the line that says that the other one has not let this person in.
const askedTopic = "asked"

// askedLine says once that what is written to a stranger waits, and stops saying so
// when they let its person in: then nothing is refused for that any more.
func (m *Model) askedLine(w *window) {
	switch asked := w.talk.Asked && w.talk.LastN > 0; {
	case asked && !w.asked:
		line := m.screen().Talks.Waits(m.look.Text.Line(string(w.talk.Handle)), chat.MaxAsked)
		w.pane.Say(pane.Local{Topic: askedTopic, Lines: []string{line}})
	case !asked && w.asked:
		w.pane.Unsay(askedTopic)
		w.pane.Unsay(failedTopic)
	}
	w.asked = w.talk.Asked && w.talk.LastN > 0
}

// requestBar is as much of what stands above the composer of a request as fits, whole.
func (m *Model) requestBar(nick string, width int) string {
	s, text := &m.screen().Talks, m.look.Text
	for _, line := range []string{s.Bar(nick), s.BarShort(nick)} {
		if text.Width(line) < width {
			return line
		}
	}
	return s.BarShort(text.Cut(nick, max(width-1-text.Width(s.BarShort("")), 1)))
}

// decidedMsg answers askRequest; what was decided comes as news.
type decidedMsg struct {
	window *window
	said   string // of it, and what takes it back
	err    error
}

func (m *Model) onDecided(msg decidedMsg) {
	if msg.err != nil {
		m.fail("decide about a request", msg.err)
		return
	}
	msg.window.pane.Say(pane.Local{Topic: decidedTopic, Lines: []string{msg.said}})
	msg.window.pane.End()
}

// decidedTopic is the line that says what was decided about a stranger.
const decidedTopic = "decided"

// sight is what the other one of a talk tells of themselves.
type sight struct {
	called string    // their nick with what they call themselves; "" without
	seen   time.Time // when they were last here; zero: not told
	text   string    // of seen
	asked  bool
}

// sightMsg answers needSight.
type sightMsg struct {
	id  chat.ConversationID
	of  sight
	err error
}

// needSight asks what the other one of an open talk tells of themselves.
func (m *Model) needSight(t *talk) {
	if t.Kind != chat.Talk || t.Peer.IsZero() || t.Peer == m.me.ID || m.windowOf(t.ID) == nil {
		return
	}
	t.sight.asked = true
	actor, id, peer, words := m.actor, t.ID, t.Peer, m.screen()
	m.io(func(ctx context.Context) tea.Msg {
		msg := sightMsg{id: id, of: sight{asked: true}}
		p, err := actor.Person(ctx, peer)
		if err != nil {
			return sightMsg{id: id, err: err}
		}
		if p.Name != "" {
			msg.of.called = words.Nick(p.Nick) + " " + i18n.Quoted(p.Name)
		}
		seen, err := actor.Sight(ctx, peer)
		msg.of.seen, msg.err = seen.Seen, err
		return msg
	})
}

func (m *Model) onSight(msg sightMsg) {
	t := m.talks[msg.id]
	if t == nil || msg.err != nil {
		m.note("sight", msg.err)
		return
	}
	if t.sight = msg.of; !t.sight.seen.IsZero() {
		t.sight.text = m.screen().Talks.Seen(t.sight.seen.In(m.cfg.Loc), m.now().In(m.cfg.Loc))
	}
}

// lookAgain asks each minute about those of the open talks who are not here: when
// they were, and whether they show it still.
func (m *Model) lookAgain() {
	for _, w := range m.windows {
		if !w.talk.here {
			m.needSight(w.talk)
		}
	}
}
