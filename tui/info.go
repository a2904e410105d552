package tui

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/dialog"
)

// info is the page about a conversation while it is open.
type info struct {
	talk    *talk
	page    *dialog.Page
	person  chat.Person // the other one of a talk
	sight   chat.Sight
	shared  []chat.ConversationID
	members []chat.Member // of a group or room, by role and nick
	here    map[chat.UserID]bool
	known   bool // all of that was read
	acts    []act
	looking bool // it is being looked who is here
	stale   bool // and somebody came or went meanwhile
}

// act is what one letter does on the page.
type act struct {
	letter, text string
	do           func(m *Model, w *window)
}

// maxOnPage is how many members the page lists, and shows the presence of; the
// rest is counted.
const maxOnPage = 200

// openInfo shows what the conversation in focus is, who is in it, and what this
// person may do about it.
func (m *Model) openInfo() {
	w := m.current()
	m.info = &info{talk: w.talk, page: &dialog.Page{}}
	m.page = m.info.page
	m.showInfo()
	m.readInfo()
}

// informs tells whether the page about a conversation is open.
func (m *Model) informs(t *talk) bool {
	return m.info != nil && m.page == m.info.page && m.info.talk == t
}

// tidy forgets what was read for a page or list that is closed.
func (m *Model) tidy() {
	if m.info != nil && m.page != m.info.page {
		m.info = nil
	}
	if m.picker.list != nil && m.switcher != m.picker.list {
		m.picker = picker{}
	}
}

// infoMsg answers readInfo.
type infoMsg struct {
	page *dialog.Page
	read info
	err  error
}

// readInfo asks for what the screen does not know already.
func (m *Model) readInfo() {
	actor, t, page := m.actor, m.info.talk, m.info.page
	conv := t.Conversation
	m.io(func(ctx context.Context) tea.Msg {
		msg := infoMsg{page: page}
		switch {
		case conv.Kind == chat.Talk:
			if msg.read.person, msg.err = actor.Person(ctx, conv.Peer); msg.err == nil {
				msg.read.sight, msg.err = actor.Sight(ctx, conv.Peer)
			}
			if msg.err == nil && conv.Peer != actor.Me().ID {
				msg.read.shared, msg.err = actor.Shared(ctx, conv.Peer)
			}
		case conv.Member || conv.Kind == chat.Room && !conv.Barred:
			msg.read.members, msg.err = actor.Members(ctx, conv.Ref())
			msg.read.arrange(conv.Kind, actor.IsHere)
		}
		return msg
	})
}

// hereMsg answers lookWho.
type hereMsg struct {
	page  *dialog.Page
	sight chat.Sight
	here  map[chat.UserID]bool
	err   error
}

// lookWho looks again who of those on the page is here, for somebody came or went: one
// look at a time, and another one after it for all that happened meanwhile.
func (m *Model) lookWho() {
	i := m.info
	if i == nil || m.page != i.page || !i.known {
		return
	}
	if i.looking {
		i.stale = true
		return
	}
	i.looking, i.stale = true, false
	actor, page, talk, listed := m.actor, i.page, i.talk.Conversation, i.listed(i.talk.Kind)
	m.io(func(ctx context.Context) tea.Msg {
		msg := hereMsg{page: page, here: map[chat.UserID]bool{}}
		if talk.Kind == chat.Talk {
			msg.sight, msg.err = actor.Sight(ctx, talk.Peer)
		}
		for _, one := range listed {
			msg.here[one.User] = actor.IsHere(one.User)
		}
		return msg
	})
}

func (m *Model) onHere(msg hereMsg) {
	i := m.info
	if i == nil || m.page != msg.page || i.page != msg.page {
		return // it was closed
	}
	i.looking = false
	if msg.err != nil {
		m.note("look who is here", msg.err)
		return
	}
	i.sight, i.here = msg.sight, msg.here
	m.showInfo()
	if i.stale {
		m.lookWho()
	}
}

// roleOrder is that of the list; who owns comes first.
var roleOrder = map[chat.Role]int{chat.RoleOwner: 0, chat.RoleAdmin: 1, chat.RoleMember: 2, chat.RoleMuted: 3}

// arrange sorts the members and looks who of those that are listed is here.
func (i *info) arrange(kind chat.Kind, isHere func(chat.UserID) bool) {
	slices.SortStableFunc(i.members, func(a, b chat.Member) int {
		return cmp.Or(cmp.Compare(roleOrder[a.Role], roleOrder[b.Role]), cmp.Compare(a.Nick, b.Nick))
	})
	i.members = slices.Clone(i.members[:min(len(i.members), chat.MaxGroup)]) // a room may be everybody
	i.here = map[chat.UserID]bool{}
	for _, one := range i.listed(kind) {
		i.here[one.User] = isHere(one.User)
	}
}

// listed are the members that the page shows: of a room, which may be everybody,
// those who look after it.
func (i *info) listed(kind chat.Kind) []chat.Member {
	n := len(i.members)
	if kind == chat.Room {
		n = 0
		for n < len(i.members) && roleOrder[i.members[n].Role] < roleOrder[chat.RoleMember] {
			n++
		}
	}
	return i.members[:min(n, maxOnPage)]
}

func (m *Model) onInfo(msg infoMsg) {
	if m.info == nil || m.page == nil || m.page != msg.page || m.info.page != msg.page {
		return // it was closed
	}
	if msg.err != nil {
		m.fail("read who is there", msg.err)
		return
	}
	msg.read.talk, msg.read.page, msg.read.known = m.info.talk, m.info.page, true
	m.info = &msg.read
	m.showInfo()
}

// showInfo makes the page of what is known now. Where it was scrolled to stays.
func (m *Model) showInfo() {
	i, s := m.info, m.screen()
	t := i.talk
	i.page.Title, i.page.Hint = m.look.Text.Line(t.name()), s.People.Hint
	i.page.Lines = nil
	for _, fact := range m.facts(i) {
		i.page.Lines = append(i.page.Lines, dialog.Line{Text: m.look.Text.Line(fact)})
	}
	i.page.Lines = append(i.page.Lines, dialog.Line{})
	i.acts = m.actsOn(t)
	for _, a := range i.acts {
		i.page.Lines = append(i.page.Lines, dialog.Line{Key: a.letter, Text: a.text})
	}
	if t.Kind == chat.Talk {
		m.listShared(i)
		return
	}
	if t.Member && !t.Lets(chat.ConversationChanged{Topic: new("")}) {
		i.page.Lines = append(i.page.Lines, dialog.Line{Text: s.People.ForAdmins, Dim: true})
	}
	m.listMembers(i)
}

// facts are what there is to know, a line each.
func (m *Model) facts(i *info) []string {
	s, t, session := m.screen(), i.talk, m.orders()
	var facts []string
	switch {
	case t.Kind != chat.Talk:
		facts = session.About(t.Conversation)
	case !i.known:
		facts = []string{t.title()}
	default:
		facts = []string{command.Called(m.words, i.person)}
		if i.person.Status != "" {
			facts = append(facts, i18n.Quoted(chat.OneLine(i.person.Status, chat.MaxStatus)))
		}
		if t.Peer != m.me.ID {
			facts = append(facts, session.SeenNow(i.sight))
		}
	}
	if t.Kind == chat.Talk && t.Expiry > 0 {
		facts = append(facts, m.words.Command.Groups.Expires(t.Expiry))
	}
	if t.Blocked {
		facts = append(facts, s.People.Blocked)
	}
	if m.muted(t) {
		facts = append(facts, s.People.Muted)
	}
	return facts
}

// listShared adds the groups that both are in.
func (m *Model) listShared(i *info) {
	if len(i.shared) == 0 {
		return
	}
	i.page.Lines = append(i.page.Lines, dialog.Line{Head: true, Text: m.screen().People.Shared})
	for _, id := range i.shared {
		if t := m.talks[id]; t != nil {
			i.page.Lines = append(i.page.Lines, dialog.Line{Text: m.look.Text.Line(t.name())})
		}
	}
}

// listMembers adds who is in it, with their roles and whether they are here.
func (m *Model) listMembers(i *info) {
	s, g := m.screen(), m.look.Theme.Glyphs
	listed := i.listed(i.talk.Kind)
	if len(listed) == 0 {
		return
	}
	head := s.Members(len(i.members))
	if i.talk.Kind == chat.Room {
		head = s.People.LookAfter
	}
	i.page.Lines = append(i.page.Lines, dialog.Line{Head: true, Text: head})
	for _, one := range listed {
		sign := g.Away
		if i.here[one.User] || one.User == m.me.ID {
			sign = g.Here
		}
		text := sign + " " + m.look.Text.Line(s.Nick(one.Nick))
		if one.Role != chat.RoleMember {
			text += "  " + m.words.Command.Groups.RoleWord(one.Role)
		}
		i.page.Lines = append(i.page.Lines, dialog.Line{Text: text})
	}
	if more := len(i.members) - len(listed); more > 0 && i.talk.Kind == chat.Group {
		i.page.Lines = append(i.page.Lines, dialog.Line{Text: s.People.More(more)})
	}
}

// infoKey does what a letter of the page stands for. One that only others may use
// says so.
func (m *Model) infoKey(name string) bool {
	i := m.info
	if i == nil || m.page != i.page {
		return false
	}
	for _, a := range i.acts {
		if a.letter == name {
			m.page = nil
			if w := m.windowOf(i.talk.ID); w != nil {
				a.do(m, w)
			}
			return true
		}
	}
	if i.talk.Kind != chat.Talk && len(name) == 1 && name >= "a" && name <= "z" && !isScroll(name) {
		m.say(m.screen().People.NotYours)
		return true
	}
	return false
}

func isScroll(name string) bool { return slices.Contains([]string{"u", "d", "j", "k", "g"}, name) }
