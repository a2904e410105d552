package tui

import (
	"charla/server/chat"
	"charla/tui/dialog"
)

// picker is a list of people of whom one is chosen, while its switcher is open.
type picker struct {
	list *dialog.Switcher
	all  []dialog.Choice
	done func(m *Model, nick string)
}

// pick lets the person choose one of a list.
func (m *Model) pick(title string, all []dialog.Choice, done func(m *Model, nick string)) {
	p := &m.screen().People
	m.picker = picker{&dialog.Switcher{Title: title, Hint: p.MemberHint, Empty: p.NoMember}, all, done}
	m.switcher = m.picker.list
	m.mode = m.modeAfterPopup()
	m.narrow()
}

// picking tells whether the open list is one of people.
func (m *Model) picking() bool { return m.switcher != nil && m.switcher == m.picker.list }

// fitting are the choices whose name fits what was typed, best first.
func (p *picker) fitting(typed string) []dialog.Choice {
	var ranks [begins + 1][]dialog.Choice
	for _, c := range p.all {
		rank := begins
		if typed != "" {
			rank = fuzzy(typed, c.Key)
		}
		ranks[rank] = append(ranks[rank], c)
	}
	return append(append(ranks[begins], ranks[2]...), ranks[1]...)
}

// picked hands on who was chosen.
func (m *Model) picked() {
	if c, ok := m.switcher.Chosen(); ok {
		m.switcher = nil
		m.picker.done(m, c.Key)
	}
}

// choicesOf lists members with their roles.
func (m *Model) choicesOf(members []chat.Member) []dialog.Choice {
	var all []dialog.Choice
	for _, one := range members {
		if one.User == m.me.ID || one.Nick == "" {
			continue
		}
		c := dialog.Choice{Key: string(one.Nick), Name: string(one.Nick)}
		if one.Role != chat.RoleMember {
			c.Note = m.words.Command.Groups.RoleWord(one.Role)
		}
		if m.info.here[one.User] {
			c.Name += " " + m.look.Theme.Glyphs.Here
		}
		all = append(all, c)
	}
	return all
}

// chooseMember lists who is in it, to do something about one of them.
func (m *Model) chooseMember(w *window) {
	members := m.info.members
	m.pick(m.screen().People.MemberTitle, m.choicesOf(members), func(m *Model, nick string) {
		for _, one := range members {
			if string(one.Nick) == nick {
				m.askMember(w, one)
			}
		}
	})
}

// askMember asks what to do about a member: what chat lets this person do. The
// answers have no letters of their own: a key that came too often puts nobody out.
func (m *Model) askMember(w *window, one chat.Member) {
	p, nick := &m.screen().People, string(one.Nick)
	answers, dos := []string{p.Write}, []func(m *Model){func(m *Model) { m.goTo(chat.Handle(nick), false, origin{}) }}
	offer := func(role chat.Role, text, name string) {
		if one.Role != role && w.talk.LetsOn(chat.RoleGiven{Role: role}, one.Role) {
			answers, dos = append(answers, text), append(dos, func(m *Model) { m.carryOut(w, name, nick) })
		}
	}
	switch one.Role {
	case chat.RoleMuted:
		offer(chat.RoleMember, p.Speak, "group unmute")
	case chat.RoleAdmin, chat.RoleOwner:
		offer(chat.RoleMember, p.Lower, "group unmute")
	default:
		offer(chat.RoleMuted, p.Silence, "group mute")
	}
	if one.Role == chat.RoleMember && w.talk.LetsOn(chat.RoleGiven{Role: chat.RoleAdmin}, one.Role) {
		answers, dos = append(answers, p.Raise), append(dos, func(m *Model) { m.carryOut(w, "group role", nick+" admin") })
	}
	if w.talk.Role == chat.RoleOwner {
		offer(chat.RoleOwner, p.Crown, "group handover")
	}
	if w.talk.LetsOn(chat.MemberRemoved{}, one.Role) {
		answers, dos = append(answers, p.Remove), append(dos, func(m *Model) { m.carryOut(w, "group remove", nick) })
	}
	m.ask = &question{
		Ask: dialog.Ask{Question: p.MemberAsk(nick, m.words.Command.Groups.RoleWord(one.Role)), Answers: answers, Hint: "Esc"},
		done: func(m *Model, answer int) {
			if answer >= 0 {
				dos[answer](m)
			}
		},
	}
}
