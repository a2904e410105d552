package tui

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"charla/server/chat"
	"charla/tui/composer"
	"charla/tui/pane"
)

// talk is a conversation the screen knows, open or not.
type talk struct {
	chat.Conversation
	label   string // its name, where the title alone could deceive
	marks   pane.Marks
	members []chat.Member // where ticks are told; else nil
	asked   bool          // members are asked for or here
	watched bool
	doubted bool // was watched; whether it may be is asked again
	typing  []chat.UserID
	spoke   map[chat.UserID]time.Time // whose edit came: they do not type it any more
	here    bool                      // the other one of a talk has a session
	parted  bool                      // went out of it, and it was not read yet how
	unfit   error                     // why this person may not write there; nil: they may, or it was not asked
	sight   sight                     // of the other one, once the talk was opened
	ringing string                    // who wrote before it was known what this is
	outbox  []chat.Words              // sent in this order, one at a time
	sending bool
}

// name is what it is called on the screen.
func (t *talk) name() string {
	switch {
	case t.label != "":
		return t.label
	case t.Kind == chat.Group && t.Title != "":
		return t.Title
	}
	return string(t.Handle)
}

// title is what it is called above its window.
func (t *talk) title() string {
	if t.sight.called != "" {
		return t.sight.called
	}
	return t.name()
}

// relabel gives their handles to groups whose titles could be taken for
// something else: another name, of which the server made theirs differ, another
// group, or letters of two alphabets that look like one.
func (m *Model) relabel() {
	m.renamed = false
	alike := map[chat.Handle]int{}
	for _, t := range m.order {
		if t.Kind == chat.Group {
			alike[chat.HandleOf(t.Title)]++
		}
	}
	for _, t := range m.order {
		t.label = ""
		if t.Kind != chat.Group || t.Title == "" || t.Handle == "" {
			continue
		}
		plain := chat.HandleOf(t.Title)
		if plain != t.Handle || reserved(plain) || alike[plain] > 1 || twoAlphabets(t.Title) {
			t.label = t.Title + " (" + string(t.Handle) + ")"
		}
	}
}

// reserved reports the handle of a group whose title is a word that nobody may be
// called, as the lobby's.
func reserved(h chat.Handle) bool {
	word, is := strings.CutPrefix(string(h), "grupo-")
	return is && chat.Nick(word).Reserved()
}

// twoAlphabets tells Latin letters among others.
func twoAlphabets(title string) bool {
	latin, other := false, false
	for _, r := range title {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r):
			other = true
		}
	}
	return latin && other
}

// window is an open conversation.
type window struct {
	talk *talk
	pane pane.Pane
	edit composer.Editor

	loaded   bool
	loading  bool // a page is under way
	asked    bool // it says that the other one has not let this person in
	turn     uint32
	reply    *chat.Message
	editing  chat.MessageID
	before   string // what was written when an edit began
	begun    begun
	refused  string // the command that was put back, as it stood then
	exitWord string // asked about: Enter sends it, Ctrl+D leaves

	draft draft
	title memo[titleKey] // as drawn last
	empty memo[draftKey] // the composer, when nothing is typed in it
}

// window of a conversation, if it is open.
func (m *Model) windowOf(id chat.ConversationID) *window {
	for _, w := range m.windows {
		if w.talk.ID == id {
			return w
		}
	}
	return nil
}

// current is the window in focus; nil before the first answer of the server.
func (m *Model) current() *window {
	if m.focus >= len(m.windows) {
		return nil
	}
	return m.windows[m.focus]
}

// know takes a conversation as the server sees it now. What the news told
// already is not taken back by an answer that is older.
func (m *Model) know(c chat.Conversation) *talk {
	t := m.talks[c.ID]
	if t == nil {
		t = &talk{Conversation: c}
		m.talks[c.ID] = t
		m.order = append(m.order, t)
	} else {
		old := t.Conversation
		t.Conversation = c
		if old.Request && !c.Request {
			m.restyle() // its files are offered now
		}
		if old.Blocked != c.Blocked {
			t.sight.asked = false // neither sees when the other was here, or does again
			if w := m.windowOf(c.ID); w != nil && !c.Blocked {
				w.pane.Unsay(decidedTopic)
			}
		}
		if old.LastN > c.LastN {
			t.Last, t.LastN, t.Unread, t.Changed = old.Last, old.LastN, old.Unread, old.Changed
		}
		if old.Read > c.Read {
			t.Read = old.Read
			t.recount(0)
		}
	}
	if c.Kind == chat.Talk && c.Peer != m.me.ID {
		m.name(c.Peer, chat.Nick(c.Title))
		t.here = m.actor.IsHere(c.Peer)
	}
	m.renamed = true
	m.sort()
	return t
}

// maxKnown bounds the nicks a screen remembers: of who is here, of members and of
// the others in talks. They come again when needed.
const maxKnown = 512

// nickOf is the nick of somebody who types, "" if it is not known.
func (m *Model) nickOf(id chat.UserID) chat.Nick {
	if nick := m.names[id]; nick != "" {
		return nick
	}
	return m.cfg.Shared.Nick(id)
}

// name remembers somebody's nick.
func (m *Model) name(id chat.UserID, nick chat.Nick) {
	if nick == "" || m.names[id] == nick {
		return
	}
	if len(m.names) >= maxKnown {
		clear(m.names)
		clear(m.asked)
	}
	m.names[id] = nick
}

// recount is the number of unread messages when the read mark moved; known is
// how many there are if that is known.
func (t *talk) recount(known int) {
	t.Unread = known
	if t.Read >= t.LastN {
		t.Unread = 0
	} else if known == 0 {
		t.Unread = min(max(t.Unread, 1), int(t.LastN-t.Read))
	}
}

// sort keeps the list in the order of the newest change.
func (m *Model) sort() {
	m.reordered = true
	slices.SortStableFunc(m.order, func(a, b *talk) int {
		switch {
		case a.Changed > b.Changed:
			return -1
		case a.Changed < b.Changed:
			return 1
		}
		return 0
	})
}

// watch follows a conversation from just after a position. The feed asks no
// permission: what somebody has left is not followed.
func (m *Model) watch(t *talk, after chat.Position) {
	if !t.watched && t.Exists && (t.Member || t.Kind == chat.Room && !t.Barred) {
		t.watched = true
		m.feed.Watch(t.ID, after)
	}
}

// unwatch ends that.
func (m *Model) unwatch(t *talk) {
	if t.watched {
		t.watched = false
		m.feed.Unwatch(t.ID)
	}
}

// doubtGroups follows no group until the list is read again: the news that this
// person was taken out of one may be among what was lost.
func (m *Model) doubtGroups() {
	for _, t := range m.order {
		if t.Kind == chat.Group && t.watched {
			m.unwatch(t)
			t.doubted = true
		}
	}
}

// unread is the sum over all conversations that people were let in to.
func (m *Model) unread() int {
	n := 0
	for _, t := range m.order {
		n += t.counts()
	}
	return n
}
