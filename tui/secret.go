package tui

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/tui/dialog"
)

// secret is a command that runs and may ask for what is not shown. What is typed goes
// from the box to the command and nowhere else; keys that come while it looks at an
// answer wait for the next question, and are forgotten with the command.
type secret struct {
	box     dialog.Secret
	asks    chan command.Question
	answers chan string
	left    chan struct{} // closed: the person would not say
	done    chan struct{} // closed: the command has ended
	clock   *time.Timer   // ends a command whose server does not answer; it stands while a person types
	asked   bool          // something was asked
	begun   bool          // something was typed in answer
}

// runAsking does an order that may ask: one command runs it, another waits for what
// it asks. Both end with it, at the latest with the session.
func (m *Model) runAsking(order command.Order, session command.Session, msg outputMsg) {
	ctx, cancel := context.WithCancelCause(m.ctx)
	s := &secret{
		box:  dialog.Secret{Title: "/" + order.Command.Name(m.words.Lang), Hint: m.screen().SecretHint},
		asks: make(chan command.Question), answers: make(chan string), left: make(chan struct{}), done: make(chan struct{}),
		clock: time.AfterFunc(waitForServer, func() { cancel(&chat.Error{Code: chat.Unavailable}) }),
	}
	session.Ask, msg.secret = s.ask, s
	m.going = true
	m.do(func() tea.Msg {
		defer cancel(nil)
		defer close(s.done)
		defer s.clock.Stop()
		var out bounded
		session.Out = &out
		err := order.Run(ctx, session)
		if cause := context.Cause(ctx); err != nil && chat.CodeOf(cause) == chat.Unavailable {
			err = cause
		}
		if msg.text, msg.err = out.String(), err; err != nil {
			msg.sentence = session.Sentence(err)
		}
		return msg
	})
	m.do(s.next)
}

// ask is the command's side: it waits for the person.
func (s *secret) ask(ctx context.Context, q command.Question) (string, error) {
	s.clock.Stop()
	defer s.clock.Reset(waitForServer)
	select {
	case s.asks <- q:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case typed := <-s.answers:
		return typed, nil
	case <-s.left:
		return "", command.Left()
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// secretMsg is what a command asks.
type secretMsg struct {
	secret *secret
	q      command.Question
}

// next waits for the next question.
func (s *secret) next() tea.Msg {
	select {
	case q := <-s.asks:
		return secretMsg{s, q}
	case <-s.done:
		return nil
	}
}

func (m *Model) onSecret(msg secretMsg) {
	s := msg.secret
	s.asked = true
	s.box.Prompt, s.box.Problem = msg.q.Prompt, ""
	if msg.q.Problem != nil {
		s.box.Problem = m.orders().Sentence(msg.q.Problem)
	}
	m.secret, m.going = s, false
	m.release()
}

// secretKey takes a key while something is asked.
func (m *Model) secretKey(name string, k tea.KeyPressMsg) {
	s := m.secret
	switch name {
	case "esc", "ctrl+c", "ctrl+d":
		s.box.Clear()
		m.secret = nil
		m.going = true // until the command has heard it
		close(s.left)
	case "enter", "kpenter":
		m.answerSecret()
	case "backspace", "ctrl+h":
		s.box.Backspace()
	case "ctrl+u", "ctrl+w":
		s.box.Clear()
	default:
		if isText(k) && utf8.ValidString(k.Text) {
			s.write(k.Text)
		}
	}
}

// write types into the box. Whoever leaves it after that may begin anew at once, where
// others would read it.
func (s *secret) write(text string) {
	s.box.Insert(text)
	s.begun = true
}

// answerSecret hands what is typed to the command, which looks at it or asks more.
func (m *Model) answerSecret() {
	s := m.secret
	typed := s.box.Take()
	m.going = true
	m.do(func() tea.Msg {
		select {
		case s.answers <- typed:
			return s.next()
		case <-s.done:
			return nil
		}
	})
}

// endSecret is after the command: what is still held was typed for its questions, and
// so is what comes without a pause if it failed, or was left when an answer had been
// begun. That is said behind what the command printed.
func (m *Model) endSecret(msg outputMsg) (say func()) {
	m.secret, m.going = nil, false
	if msg.err != nil && (msg.secret.begun || !command.Leaves(msg.err)) {
		m.blind()
	}
	if strings.Join(m.ahead(), "") == "" || msg.secret.asked && msg.err == nil {
		return func() {}
	}
	return func() { m.say(m.words.Command.Identity.Unheard) }
}
