package tui

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/pane"
)

// Topics of local lines, to replace them by.
const (
	exitTopic    = "exit"
	pathTopic    = "path"
	hintsTopic   = "hints"
	refusedTopic = "refused"
	barredTopic  = "barred"
)

// exitWords are what people type who mean to leave; asked once before it is sent.
var exitWords = map[string]bool{"exit": true, "quit": true, "logout": true, "salir": true, ":q": true}

// enter sends what is written, or does what it orders.
func (m *Model) enter(w *window) {
	text := w.edit.Text()
	line, orders := ordered(text)
	switch {
	case strings.HasSuffix(w.edit.Before(), `\`):
		w.edit.Backspace()
		w.edit.Insert("\n")
	case w.edit.Empty() && w.talk.Request && !w.pane.HasFailed():
		m.askRequest(w)
	case w.edit.Empty():
		m.retry(w)
	case !w.editing.IsZero() && orders && command.Asking(line): // a passphrase comes next, and no message says so
		m.endEdit(w)
		m.slash(w, text)
	case !w.editing.IsZero():
		m.saveEdit(w, text)
	case strings.HasPrefix(text, "//"):
		m.sendWritten(w, text[1:])
	case orders:
		w.edit.Clear()
		m.saveDraft(w)
		m.slash(w, text)
	case exitWords[strings.ToLower(strings.TrimSpace(text))] && w.exitWord != text:
		w.exitWord = text
		w.pane.Say(pane.Local{Topic: exitTopic, Lines: []string{m.screen().ExitAsk(strings.TrimSpace(text))}})
	default:
		m.sendWritten(w, text)
	}
}

// sendWritten sends the composer's text if it can be a message.
func (m *Model) sendWritten(w *window, text string) {
	if clean := chat.CleanText(text); strings.Count(clean, "\n") >= chat.MaxLines {
		m.say(m.words.Error(&chat.Error{Code: chat.TextTooManyLines, Limit: chat.MaxLines}))
		return
	}
	if !w.talk.Member {
		m.say(m.words.Error(&chat.Error{Code: chat.NotMember, Name: w.talk.name()}))
		return
	}
	if !m.send(w, text) {
		return
	}
	w.exitWord = ""
	w.pane.Unsay(exitTopic)
	w.edit.Clear()
	m.saveDraft(w)
	m.learn("hello")
}

// own are the slash commands that are about this screen only.
func (m *Model) own(name, rest string, from origin) bool {
	switch name {
	case "go", "ir":
		m.goOrAsk(rest, false, from)
	case "win", "ventana":
		m.goOrAsk(rest, true, from)
	case "close", "cerrar":
		m.closeWindow()
	case "help", "ayuda":
		if rest != "" {
			return false
		}
		m.openHelp()
	case "info", "datos":
		if rest != "" {
			return false
		}
		m.openInfo()
	case "quit", "salir", "exit":
		m.quit()
	case "ascii":
		m.change(func(s *chat.Settings) { s.ASCII = !s.ASCII })
	case "mouse", "raton", "ratón":
		m.change(func(s *chat.Settings) {
			on := s.Mouse != nil && !*s.Mouse
			s.Mouse = &on
		})
	case "language", "idioma":
		if l, ok := i18n.Parse(rest); ok {
			m.change(func(s *chat.Settings) { s.Language = string(l) })
		} else {
			m.say("es  en")
		}
	case "unread", "pendientes":
		m.nextUnread()
	case "file", "archivo", "files", "archivos":
		m.openFiles()
	case "copy", "copiar":
		m.copyMode()
	default:
		return false
	}
	return true
}

// ownNames are the names of own, for completion and help, as Spanish and
// English pairs.
var ownNames = [][2]string{
	{"ir", "go"}, {"ventana", "win"}, {"cerrar", "close"}, {"pendientes", "unread"}, {"archivo", "file"}, {"copiar", "copy"},
	{"idioma", "language"}, {"raton", "mouse"}, {"ascii", "ascii"}, {"ayuda", "help"}, {"salir", "quit"},
}

func (m *Model) goOrAsk(typed string, beside bool, from origin) {
	if typed == "" {
		m.openSwitcher(beside)
		return
	}
	m.resolve(typed, beside, "", from)
}

// slash does a slash command: the screen's own, or one that every face has. One
// that is refused goes back into the composer.
func (m *Model) slash(w *window, text string) {
	line, _ := ordered(text)
	line = strings.TrimSpace(line)
	name, rest, _ := strings.Cut(line, " ")
	from := origin{w, text}
	if m.own(strings.ToLower(name), strings.TrimSpace(rest), from) {
		return
	}
	session := m.orders()
	if i := slices.Index(m.windows, w); i >= 0 && i < len(m.arranged.panes) {
		body := m.boxOf(i).body
		text, room := m.look.Text, pane.Room(body.w)
		session.Width, session.Height = room, body.h
		session.Rows = func(line string) int { return pane.Rows(text, line, room) }
	}
	session.Here = w.talk.Handle
	order, err := session.Parse(line)
	if err == nil && order.Command.Endless {
		err = &command.Unknown{Name: name}
	}
	if err != nil {
		m.misordered(from, line, session.Sentence(err), err)
		return
	}
	w.pane.Unsay(refusedTopic)
	id, opens := w.talk.ID, order.Command.English[0] == "group new"
	if order.Asks() {
		m.runAsking(order, session, outputMsg{id: id, from: from})
		return
	}
	m.going = opens // what is typed meanwhile is for the new group
	m.io(func(ctx context.Context) tea.Msg {
		var out bounded
		session.Out = &out
		err := order.Run(ctx, session)
		msg := outputMsg{id: id, opens: opens, from: from, text: out.String(), err: err}
		if order.Command.English[0] == "help" {
			msg.text = strings.ReplaceAll(withoutFlags(msg.text), session.Words.Command.Send.Help, session.Words.Screen.SendSlash)
		}
		if err != nil && !errors.Is(err, errFull) {
			msg.sentence = session.Sentence(err)
		}
		return msg
	})
}

// misordered says what is wrong with a line that is no order.
func (m *Model) misordered(from origin, line, sentence string, err error) {
	lines := strings.Split(withoutFlags(sentence), " | ")
	if unknown := (*command.Unknown)(nil); errors.As(err, &unknown) {
		lines = append(lines, m.screen().WhatCommand)
	}
	from.window.pane.Say(pane.Local{Topic: refusedTopic, Lines: lines, Style: m.look.Theme.Error})
	if !command.Secretly(line) {
		m.refused(from)
	}
	if command.Asking(line) {
		m.blind()
	}
}

// refused puts a refused command back to be mended. A slash behind it begins another
// one in its place.
func (m *Model) refused(from origin) {
	if m.putBack(from) {
		from.window.refused = from.window.edit.Text()
		m.say(m.screen().Refused)
	}
}

// another tells whether what is typed begins another command behind a refused one.
func (w *window) another(typed string) bool {
	return typed == "/" && w.refused != "" && w.edit.Text() == w.refused && w.edit.Before() == w.refused
}

// orders is what a command has to work with here.
func (m *Model) orders() command.Session {
	return command.Session{
		Actor: m.actor, Words: m.words, Zone: m.cfg.Loc, Prefix: "/", ASCII: m.cfg.ASCII || m.settings.ASCII,
		Server: command.Server{Host: m.cfg.Host, Port: m.cfg.Port, HostKeys: m.cfg.HostKeys, Fingerprint: m.cfg.HostKey, Program: m.cfg.Program},
		Access: m.cfg.Access,
	}
}

// outputMsg is what a command printed.
type outputMsg struct {
	id       chat.ConversationID
	opens    bool // the text is the handle of a conversation to open
	from     origin
	secret   *secret // the command may have asked; nil: it could not
	text     string
	sentence string
	err      error
}

func (m *Model) onOutput(msg outputMsg) {
	if msg.opens {
		m.going = false
		if msg.err == nil {
			m.resolve(strings.TrimSpace(msg.text), false, "", origin{text: msg.from.text})
			return
		}
	}
	if msg.secret != nil {
		defer m.endSecret(msg)()
	}
	w := m.windowOf(msg.id)
	if w == nil {
		w = m.current()
	}
	switch {
	case w == nil:
		return
	case command.Leaves(msg.err):
		m.say(msg.sentence)
		return
	}
	m.news() // what it did stands before what it says of it
	if msg.text != "" {
		m.sayOutput(w, msg.text)
	}
	if msg.sentence != "" {
		m.note("command", msg.err)
		w.pane.Say(pane.Local{Topic: refusedTopic, Lines: []string{msg.sentence}, Style: m.look.Theme.Error})
		if msg.opens || msg.from.window.edit.Empty() {
			m.refused(msg.from)
		}
	}
	w.pane.End()
}

// maxOutput bounds what one command may print on a screen.
const maxOutput = 32 << 10

var errFull = errors.New("more than fits on a screen")

// bounded keeps the first maxOutput bytes and refuses the rest.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutput {
		return 0, errFull
	}
	return b.Buffer.Write(p)
}

// change changes a setting here at once, and for all screens.
func (m *Model) change(set func(*chat.Settings)) {
	s := m.settings
	set(&s)
	m.takeSettings(s)
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		if _, err := actor.ChangeSettings(ctx, set); err != nil {
			return savedMsg{what: "save the settings", err: err}
		}
		return nil
	})
}

// takeSettings uses settings that were read, or that another screen saved.
func (m *Model) takeSettings(s chat.Settings) {
	m.settings = s
	if s.Language == "" {
		m.words = m.cfg.Words
	}
	for _, done := range s.Learned {
		m.hintsDone[done] = true
	}
	m.restyle()
}

// greet says the notice, and to a newcomer how things go.
func (m *Model) greet() {
	w := m.current()
	if w == nil {
		return
	}
	m.askWarnings()
	m.askReports()
	if m.cfg.Notice != "" {
		w.pane.Say(pane.Local{Lines: []string{m.cfg.Notice}})
	}
	if lines := m.entrance(); len(lines) > 0 {
		w.pane.Say(pane.Local{Lines: lines})
	}
	if !m.cfg.New || m.hintsDone["all"] {
		return
	}
	m.showHints(w)
}

// hints are the lines for a newcomer; each goes away by doing it.
func (m *Model) showHints(w *window) {
	o := m.screen().Onboarding
	say := func(topic, order string, line string) {
		if !m.hintsDone[topic] {
			w.pane.Say(pane.Local{Topic: hintsTopic + topic, Lines: []string{line}, Order: order})
		}
	}
	room := m.hintsFit(w)
	say("hello", "", o.Hello(string(m.me.Nick)))
	if m.visits() {
		say("go", "", o.Rooms)
	} else {
		say("go", "", o.Switch)
	}
	say("beside", "", o.Beside)
	if !m.visits() && room {
		say("file", m.addr.send(w.talk.Handle, m.samplePath()), o.Files)
	}
	say("glyphs", "", o.Glyphs)
	say("dismiss", "", o.Dismiss)
}

// samplePath is a file as this person's computer would name it.
func (m *Model) samplePath() string {
	name := "foto.jpg"
	if m.words.Lang == i18n.English {
		name = "photo.jpg"
	}
	return name
}

// learn takes a hint away because it was done.
func (m *Model) learn(topic string) {
	if m.hintsDone[topic] {
		return
	}
	m.hintsDone[topic] = true
	for _, w := range m.windows {
		w.pane.Unsay(hintsTopic + topic)
	}
}

// dismissHints takes all local lines away, for good.
func (m *Model) dismissHints() {
	for _, w := range m.windows {
		w.pane.Unsay("")
	}
	if m.cfg.New && !m.hintsDone["all"] {
		m.hintsDone["all"] = true
		m.change(func(s *chat.Settings) { s.Learned = append(s.Learned, "all") })
	}
}

// armClock draws once a minute, for the clock and for "today".
func (m *Model) armClock() {
	if m.clockArmed {
		return
	}
	m.clockArmed = true
	now := m.now()
	m.after(now.Truncate(time.Minute).Add(time.Minute).Sub(now), clockMsg{})
}

type clockMsg struct{}
