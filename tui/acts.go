package tui

import (
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/dialog"
)

// actsOn are what this person may do about a conversation. Whether they may is
// chat's to say, now and again when it is done.
func (m *Model) actsOn(t *talk) []act {
	p := &m.screen().People
	if t.Kind == chat.Talk {
		return m.actsOnTalk(t)
	}
	if !t.Member {
		if t.Lets(chat.RoomJoined{}) {
			return []act{{"j", p.Enter, does("join")}}
		}
		return nil
	}
	acts := []act{m.muting(t), {"p", p.Whom, (*Model).chooseMember}}
	add := func(can bool, letter, text, name, example string) {
		if can {
			acts = append(acts, act{letter, text, fills(name, example)})
		}
	}
	add(t.Lets(chat.MembersAdded{}), "a", p.Add, "group add", p.AddAs)
	if t.Kind == chat.Group && t.Lets(chat.CodeIssued{}) {
		acts = append(acts, act{"c", p.Code, does("group code")})
	}
	add(t.Lets(chat.ConversationChanged{Title: new("x")}), "n", p.Rename, "group rename", p.RenameAs)
	add(t.Lets(chat.ConversationChanged{Topic: new("")}), "t", p.Topic, "topic", p.TopicAs)
	rules := t.Lets(chat.ConversationChanged{Writers: new(chat.AllWrite)})
	add(rules, "w", p.Writers, "group writers", p.WritersAs)
	add(t.Lets(chat.ConversationChanged{Expiry: new(time.Duration(0))}), "e", p.Expiry, "disappear", p.ExpiryAs)
	add(rules, "s", p.Slow, "slow", p.SlowAs)
	return append(acts, act{"l", p.Leave, (*Model).askLeave})
}

func (m *Model) actsOnTalk(t *talk) []act {
	p := &m.screen().People
	if t.Peer == m.me.ID {
		return []act{
			{"n", p.Name, func(m *Model, w *window) { m.fillWith(w, "profile", m.word("name", "nombre"), p.NameAs) }},
			{"t", p.Status, func(m *Model, w *window) { m.fillWith(w, "profile", m.word("status", "estado"), p.StatusAs) }},
		}
	}
	var acts []act
	if t.Request {
		acts = append(acts, act{"a", p.Admit, does("accept")})
	}
	acts = append(acts, m.muting(t))
	if t.Exists && !t.Request && !t.Asked && t.Lets(chat.ConversationChanged{Expiry: new(time.Duration(0))}) {
		acts = append(acts, act{"e", p.Expiry, fills("disappear", p.ExpiryAs)})
	}
	if t.Blocked {
		return append(acts, act{"b", p.Unblock, does("unblock")})
	}
	return append(acts, act{"b", p.Block, does("block")})
}

// muting is the act of a conversation that rings, or rings no more.
func (m *Model) muting(t *talk) act {
	if m.muted(t) {
		return act{"m", m.screen().People.Unmute, does("unmute")}
	}
	return act{"m", m.screen().People.Mute, (*Model).askMute}
}

// word is one that commands take in both languages, in this person's.
func (m *Model) word(english, spanish string) string {
	if m.words.Lang == i18n.Spanish {
		return spanish
	}
	return english
}

// does carries a command out on the conversation, as if it had been typed.
func does(name string) func(*Model, *window) {
	return func(m *Model, w *window) { m.carryOut(w, name, "") }
}

// fills begins a command in the composer, for the person to end it as in the example.
func fills(name, example string) func(*Model, *window) {
	return func(m *Model, w *window) { m.fillWith(w, name, string(w.talk.Handle), example) }
}

// carryOut does a command on the conversation of a window.
func (m *Model) carryOut(w *window, name, rest string) {
	line := m.typedAs(name) + " " + string(w.talk.Handle)
	if rest != "" {
		line += " " + rest
	}
	m.slash(w, line)
}

// typedAs is how a command is typed in this person's language.
func (m *Model) typedAs(name string) string {
	if c, ok := command.Lookup(name); ok {
		name = c.Name(m.words.Lang)
	}
	return "/" + name
}

// askMute asks for how long a conversation makes no sound.
func (m *Model) askMute(w *window) {
	p := &m.screen().People
	m.ask = &question{
		Ask: dialog.Ask{Question: p.MuteAsk(w.talk.name()), Answers: []string{p.Hours, p.Week, p.Always}, Hint: "Esc"},
		done: func(m *Model, answer int) {
			if answer >= 0 {
				m.carryOut(w, "mute", []string{"8h", "7d", ""}[answer])
			}
		},
	}
}

// askLeave asks whether to leave, and the last owner who follows.
func (m *Model) askLeave(w *window) {
	p, heirs := &m.screen().People, m.choicesOf(m.heirs(w.talk))
	m.ask = &question{letters: m.yesOrNo(1), done: func(m *Model, answer int) {
		switch {
		case answer != 0:
		case len(heirs) > 0:
			m.pick(m.screen().People.HeirTitle, heirs, func(m *Model, nick string) { m.carryOut(w, "group leave", nick) })
		default:
			m.carryOut(w, "group leave", "")
		}
	}}
	m.ask.Ask = dialog.Ask{Question: p.LeaveAsk(w.talk.name()), Answers: []string{p.LeaveYes, p.LeaveNo}, Hint: p.YesNo}
	m.ask.Choose(1)
}

// yesOrNo are the letters of a question whose first answer is yes and whose last is
// no: in this person's language alone, for an English s could mean to stay.
func (m *Model) yesOrNo(no int) map[string]int { return map[string]int{m.word("y", "s"): 0, "n": no} }

// heirs are who can follow the person as owner, if somebody has to.
func (m *Model) heirs(t *talk) (heirs []chat.Member) {
	if t.Role != chat.RoleOwner {
		return nil
	}
	for _, one := range m.info.members {
		if one.User == m.me.ID {
			continue
		}
		if one.Role == chat.RoleOwner {
			return nil
		}
		heirs = append(heirs, one)
	}
	return heirs
}
