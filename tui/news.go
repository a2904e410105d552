package tui

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/pane"
	"charla/tui/terminal"
)

// bellEvery is how often a screen rings at most.
const bellEvery = 5 * time.Second

// news folds in what the follower has, to its end.
func (m *Model) news() {
	if !m.opened {
		return // the feed keeps it until there is something to fold it into
	}
	news := m.feed.Next()
	if news.LostOwn {
		m.doubtGroups()
	}
	ring, heard := "", false
	for i := range news.Changes {
		c := &news.Changes[i]
		from := m.fold(c)
		if from != "" {
			t := m.talks[c.Conversation]
			if heard = heard || t.Ticks(); m.sounds(t) {
				ring = from
			}
		}
	}
	if heard {
		m.actor.Delivered(news.AsOf)
	}
	for _, moved := range news.Moved {
		if t := m.talks[moved.Conversation]; t != nil && t.watched {
			m.counted(t, moved.By)
		}
	}
	for _, id := range news.Lost {
		m.lost(id)
	}
	if news.LostOwn {
		m.refreshAll()
	}
	if news.Here != m.hereAt {
		m.presence()
	}
	if news.Sights != m.sightsAt {
		m.sightsAt = news.Sights
		m.listenAnew()
	}
	if news.Typing != m.typesAt {
		m.typesAt = news.Typing
		m.typing()
	}
	if ring != "" {
		m.ring(ring)
	}
}

// fold takes one change and returns who wrote, if somebody else did.
func (m *Model) fold(c *chat.Change) (from string) {
	t := m.talks[c.Conversation]
	switch c.Kind {
	case chat.Entered:
		m.entered(c)
	case chat.Exited:
		if t != nil {
			m.exited(t)
		}
	case chat.Shelved:
		m.shelved(c.Slot, c.Value)
	case chat.Ranked:
		m.ranked(chat.Rank(c.Reason))
	case chat.Linked:
		m.askLinked(c.Way, c.Reason)
	case chat.Cautioned:
		m.askWarnings()
		m.askWritingAgain(true)
	default:
		if t != nil && t.watched {
			return m.foldWatched(t, c)
		}
	}
	return ""
}

// foldWatched takes a change of a conversation that is followed.
func (m *Model) foldWatched(t *talk, c *chat.Change) (from string) {
	m.unname(c)
	switch c.Kind {
	case chat.Posted:
		return m.posted(t, c.Message)
	case chat.Edited, chat.Retracted:
		m.changed(t, c.Message)
	case chat.Marked:
		if c.Member != nil {
			m.marked(t, *c.Member)
		}
	case chat.Joined:
		m.counted(t, +1)
	case chat.Left:
		m.counted(t, -1)
	case chat.Noticed:
		if w := m.windowOf(t.ID); w != nil {
			w.pane.Notice(c.Notice)
		}
	case chat.Revised: // title, rules, or somebody's role
		t.asked = false
		m.refresh(t.Ref(), 0)
	}
	return ""
}

// counted takes that somebody came or went. Of a room only how many there are is
// shown, and a thousand newcomers must not be a thousand questions of each screen.
func (m *Model) counted(t *talk, by int) {
	if t.Kind == chat.Room {
		t.Members += by
		return
	}
	t.asked = false
	m.refresh(t.Ref(), 0)
}

// posted folds a message; it returns its sender's nick if it is news to this
// person.
func (m *Model) posted(t *talk, msg *chat.Message) string {
	mine := msg.From == m.me.ID
	if mine {
		m.acknowledge(t, msg.ID)
		m.received(t, msg)
	}
	w := m.windowOf(t.ID)
	fresh := msg.Number > t.LastN
	if fresh {
		m.reordered = m.reordered || t.Last == nil // it was not listed, perhaps
		t.Last, t.LastN, t.Changed, t.Exists = msg, msg.Number, max(t.Changed, msg.Position), true
		m.raise(t)
		m.needMembers(t)
	}
	if w != nil {
		w.pane.Post(msg)
		if !msg.ReplyTo.IsZero() {
			m.needQuotes(w)
		}
	}
	if t.Kind == chat.Group && !mine { // who writes there has read what stands above
		m.marked(t, chat.Member{User: msg.From, Read: msg.Number, Untold: true})
	}
	if t.typing != nil {
		t.typing = slices.DeleteFunc(slices.Clone(t.typing), func(id chat.UserID) bool { return id == msg.From })
	}
	if !fresh || mine || msg.Number <= t.Read {
		return ""
	}
	t.Unread++
	if w != nil && !m.sees(w) {
		w.pane.Rule(t.Read, t.Unread)
	}
	if t.Handle == "" { // a stranger's, perhaps: that is asked
		t.ringing = string(msg.Nick)
		return ""
	}
	return string(msg.Nick)
}

// received tells a newcomer that their first file came.
func (m *Model) received(t *talk, msg *chat.Message) {
	if !m.cfg.New || msg.File == nil || m.hintsDone["file"] {
		return
	}
	m.learn("file")
	w := m.windowOf(t.ID)
	if w == nil {
		w = m.current()
	}
	if w != nil {
		w.pane.Say(pane.Local{Lines: []string{m.screen().Onboarding.Received(m.look.Theme.Glyphs.Stored, msg.File.Name)}, Style: m.look.Theme.OK})
	}
}

// raise moves a talk to the top of the list.
func (m *Model) raise(t *talk) {
	i := slices.Index(m.order, t)
	if i > 0 {
		copy(m.order[1:i+1], m.order[:i])
		m.order[0] = t
		m.reordered = true
	}
}

func (m *Model) changed(t *talk, msg *chat.Message) {
	if msg.Expired {
		m.expired(t, msg)
		return
	}
	m.said(t, msg.From)
	if t.Last != nil && t.Last.ID == msg.ID {
		t.Last = msg
	}
	if w := m.windowOf(t.ID); w != nil {
		w.pane.Change(msg)
	}
}

// expired takes a message off the screen, and out of what is unread.
func (m *Model) expired(t *talk, msg *chat.Message) {
	if t.Last != nil && t.Last.ID == msg.ID {
		t.Last = nil
	}
	if msg.From != m.me.ID && msg.Number > t.Read {
		t.Unread = max(t.Unread-1, 0)
	}
	if w := m.windowOf(t.ID); w != nil {
		w.pane.Change(msg)
	}
}

func (m *Model) marked(t *talk, member chat.Member) {
	if member.User == m.me.ID {
		m.readElsewhere(t, member.Read)
		return
	}
	if t.Asked { // how far the other one is nobody is told before they let one in
		m.refresh(t.Ref(), 0)
	}
	for i := range t.members {
		if t.members[i].User == member.User {
			t.members[i].Delivered = max(t.members[i].Delivered, member.Delivered)
			t.members[i].Read = max(t.members[i].Read, member.Read)
			t.members[i].Untold = t.members[i].Untold && member.Untold
		}
	}
	t.marks.Update(member)
}

// listenAnew asks for the members again where others of whom this person is told
// what reached them count than did. It looks in memory.
func (m *Model) listenAnew() {
	for _, t := range m.order {
		if len(t.members) > 0 && m.actor.HearsOtherwise(t.members) {
			t.asked = false
			m.needMembers(t)
		}
	}
}

// readElsewhere takes the read mark of another session of this person.
func (m *Model) readElsewhere(t *talk, read chat.Number) {
	if read <= t.Read {
		return
	}
	t.Read = read
	if w := m.windowOf(t.ID); w != nil {
		if n, all := w.pane.UnreadOf(read); all {
			t.recount(n)
			return
		}
	}
	t.recount(0)
	if t.Unread > 0 {
		m.refresh(t.Ref(), 0)
	}
}

// entered: somebody opened a talk with this person, or brought them into a group.
func (m *Model) entered(c *chat.Change) {
	t := m.talks[c.Conversation]
	if t == nil {
		// Known by name only until the answer comes; its messages are counted.
		t = m.know(chat.Conversation{ID: c.Conversation, Changed: c.Position})
		t.Kind = chat.Talk
	}
	again := t.Exists && !t.watched
	t.Exists, t.Member = true, true
	m.watch(t, c.Position)
	m.refresh(t.Ref(), c.Position)
	if again {
		m.reread(t)
	}
}

// reread shows anew what a conversation holds and who is in it: something may have
// happened there that was not followed.
func (m *Model) reread(t *talk) {
	t.asked = false
	if w := m.windowOf(t.ID); w != nil {
		w.loading = false
		m.load(w, newest)
	}
}

// shelved takes what another session of this person put on the shelf.
func (m *Model) shelved(slot chat.Slot, value []byte) {
	switch {
	case slot == chat.MarksSlot:
		var marks chat.Marks
		if json.Unmarshal(value, &marks) != nil {
			return
		}
		for id, read := range marks.Read {
			if t := m.talks[id]; t != nil {
				m.readElsewhere(t, read)
			}
		}
	case slot == chat.SettingsSlot:
		m.takeSettings(chat.ParseSettings(value))
	case slot == chat.WarnedSlot:
		m.askWarnings()
	case strings.HasPrefix(string(slot), "draft."):
		id, err := chat.ParseID[chat.Conversation](strings.TrimPrefix(string(slot), "draft."))
		if err == nil {
			m.draftElsewhere(id, string(value))
		}
	}
}

// lost: too much happened in a conversation; it is read again.
func (m *Model) lost(id chat.ConversationID) {
	t := m.talks[id]
	if t == nil {
		return
	}
	m.refresh(t.Ref(), 0)
	if m.windowOf(id) != nil {
		m.say(m.screen().CatchingUp)
	}
	m.reread(t)
}

// ring tells that somebody wrote, if the person is looking elsewhere.
func (m *Model) ring(from string) {
	now := m.now()
	away := m.focused == focusLost || m.focused == focusUnknown && now.Sub(m.lastKey) > bellEvery
	if !away || now.Sub(m.lastBell) < bellEvery {
		return
	}
	m.lastBell = now
	m.do(terminal.Notify("charla", from))
}

// presence reads who is here, which is in memory.
func (m *Model) presence() {
	m.online, m.bar.Count, m.hereAt = m.actor.Here(maxNames)
	for _, t := range m.order {
		was := t.here
		if t.here = t.Kind == chat.Talk && m.actor.IsHere(t.Peer); was && !t.here {
			m.needSight(t)
		}
	}
	m.nameThem(m.online)
	m.listOnline()
	m.lookWho()
}

// typing reads who types in the windows, which is in memory too.
func (m *Model) typing() {
	for _, w := range m.windows {
		m.whoTypes(w.talk)
	}
}

// typingFor is how long the feed remembers that somebody types. Its end is looked
// for then, if no news told of it before: the feed wakes for it as many as it may.
const typingFor = 6 * time.Second

// said ends the typing of somebody whose edit came; a message ends it in the
// feed itself.
func (m *Model) said(t *talk, from chat.UserID) {
	if m.windowOf(t.ID) == nil || !slices.Contains(m.actor.WhoTypes(t.Ref()), from) {
		return
	}
	if t.spoke == nil || len(t.spoke) > maxNames {
		t.spoke = map[chat.UserID]time.Time{}
	}
	t.spoke[from] = m.now()
	m.whoTypes(t)
}

// whoTypes reads who types in a conversation. What is known of somebody whose
// edit came is of before: it counts again when it was gone once.
func (m *Model) whoTypes(t *talk) {
	typing := m.actor.WhoTypes(t.Ref())
	now := m.now()
	for id, at := range t.spoke {
		if now.Sub(at) >= typingFor || !slices.Contains(typing, id) {
			delete(t.spoke, id)
		}
	}
	t.typing = slices.DeleteFunc(typing, func(id chat.UserID) bool { _, spoke := t.spoke[id]; return spoke })
	if (len(t.typing) > 0 || len(t.spoke) > 0) && !m.typingArmed {
		m.typingArmed = true
		m.after(typingFor, typingMsg{})
	}
}

// typingMsg looks again at who types.
type typingMsg struct{}

// nameThem asks for the nicks of people here that are not known yet.
func (m *Model) nameThem(ids []chat.UserID) {
	var want []chat.UserID
	for _, id := range ids {
		if m.names[id] == "" && !m.asked[id] && id != m.me.ID {
			m.asked[id] = true
			want = append(want, id)
		}
	}
	if len(want) == 0 {
		return
	}
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		msg := namesMsg{}
		for _, id := range want {
			p, err := actor.Person(ctx, id)
			if err == nil {
				msg[id] = p.Nick
			}
		}
		return msg
	})
}

type namesMsg map[chat.UserID]chat.Nick

func (m *Model) onNames(msg namesMsg) {
	for id, nick := range msg {
		m.name(id, nick)
	}
	m.listOnline()
}

// listOnline fills the lower part of the list.
func (m *Model) listOnline() {
	m.bar.Online = nil
	for _, id := range m.online {
		if nick := m.names[id]; nick != "" && id != m.me.ID {
			m.bar.Online = append(m.bar.Online, string(nick))
		}
	}
	slices.Sort(m.bar.Online)
	if m.switcher != nil && !m.picking() && m.switcher.Edit.Text() == "" && !m.switcher.Moved {
		m.switcher.Offer(m.matches(""))
	}
}
