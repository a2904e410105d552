package pane

import (
	"sync"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/theme"
)

// Shared is what all screens of a server have in common, so that a message that
// a thousand of them show is there once and becomes rows once. It holds nothing
// that not everybody who asks for it has: whoever asks gives the message. Any
// goroutine may use it; a nil one shares nothing.
type Shared struct {
	mu       sync.Mutex
	messages generations[chat.MessageID, *chat.Message]
	rows     generations[rowsKey, []string]
	largest  generations[chat.MessageID, *chat.Message] // of those over sharedText
	columns  generations[rowsKey, []string]             // and of those over sharedHeight
	nicks    generations[chat.UserID, chat.Nick]        // of who wrote
}

// Bounds of what is shared; beyond them what was not asked for lately is
// forgotten. Of what is large there is less, and enough for what is being said:
// two hundred screens made 400 rows each of every such message, for seconds.
const (
	sharedMessages = 4096
	sharedRows     = 4096
	sharedNicks    = 4096
	sharedText     = 1024 // bytes of a message; a larger one is large
	sharedHeight   = 16   // rows of a message; a higher one is large
	sharedLarge    = 32   // of the large
)

// NewShared returns an empty one, for all screens of a server.
func NewShared() *Shared {
	return &Shared{
		messages: newGenerations[chat.MessageID, *chat.Message](sharedMessages / 2),
		rows:     newGenerations[rowsKey, []string](sharedRows / 2),
		nicks:    newGenerations[chat.UserID, chat.Nick](sharedNicks / 2),
		largest:  newGenerations[chat.MessageID, *chat.Message](sharedLarge / 2),
		columns:  newGenerations[rowsKey, []string](sharedLarge / 2),
	}
}

// message returns a copy of m: the one that others have too, if it says the same.
// It keeps nothing alive that m is a part of.
func (s *Shared) message(m *chat.Message) *chat.Message {
	if s == nil {
		own := *m
		return &own
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	messages := &s.messages
	if len(m.Text) > sharedText {
		messages = &s.largest
	}
	if have, ok := messages.get(m.ID); ok && have.Equal(m) {
		return have
	}
	own := *m
	messages.put(m.ID, &own)
	s.nicks.put(m.From, m.Nick)
	return &own
}

// Nick is that of somebody who wrote lately, "" if it is not known. It is for
// somebody who sees them type: they are in one conversation.
func (s *Shared) Nick(id chat.UserID) chat.Nick {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	nick, _ := s.nicks.get(id)
	return nick
}

// rowsKey is everything that rows of a message depend on which look the same to
// everybody who did not write it.
type rowsKey struct {
	msg    *chat.Message
	theme  *theme.Theme
	words  *i18n.ScreenWords
	loc    *time.Location
	text   theme.Text
	part   part
	width  int16
	today  int32
	day    bool
	header bool
	bare   bool
	named  bool
}

// part is which rows of a message.
type part uint8

const (
	inPane part = iota
	inList
	onTop // the header alone
)

// get returns what others made, or makes it for them.
func (s *Shared) get(k rowsKey, build func() []string) []string {
	if s == nil {
		return build()
	}
	s.mu.Lock()
	rows, ok := s.rows.get(k)
	if !ok {
		rows, ok = s.columns.get(k)
	}
	s.mu.Unlock()
	if ok {
		return rows
	}
	rows = build()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(rows) <= sharedHeight {
		s.rows.put(k, rows)
	} else {
		s.columns.put(k, rows)
	}
	return rows
}

// Line is a row of the list with a message in one line, which others may have
// made. named tells that it begins with who wrote it.
func (s *Shared) Line(l *Look, m *chat.Message, width int, named bool, build func() string) string {
	k := rowsKey{msg: m, theme: l.Theme, words: l.Words, text: l.Text, part: inList, width: int16(width), named: named}
	return s.get(k, func() []string { return []string{build()} })[0]
}

// generations keeps at least the last size things that were used, at most twice
// as many.
type generations[K comparable, V any] struct {
	size       int
	young, old map[K]V
}

func newGenerations[K comparable, V any](size int) generations[K, V] {
	return generations[K, V]{size: size, young: map[K]V{}}
}

func (g *generations[K, V]) get(k K) (V, bool) {
	v, ok := g.young[k]
	if ok {
		return v, true
	}
	if v, ok = g.old[k]; ok {
		g.put(k, v)
	}
	return v, ok
}

func (g *generations[K, V]) put(k K, v V) {
	if len(g.young) >= g.size {
		g.old, g.young = g.young, map[K]V{}
	}
	g.young[k] = v
}
