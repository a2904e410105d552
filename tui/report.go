package tui

import (
	"strconv"

	"charla/server/chat"
	"charla/tui/dialog"
	"charla/tui/pane"
)

// askReport asks whether a message is to be shown to those who look after the
// server.
func (m *Model) askReport(w *window, msg chat.Message) {
	p := &m.screen().People
	switch {
	case msg.Retracted:
		m.say(m.screen().Nothing)
		return
	case msg.From == m.me.ID:
		m.say(p.ReportOwn)
		return
	}
	named := string(w.talk.Handle) + "/" + strconv.FormatUint(uint64(msg.Number), 10)
	m.ask = &question{letters: m.yesOrNo(2), done: func(m *Model, answer int) {
		m.unselect(w)
		switch answer {
		case 0:
			m.slash(w, m.typedAs("report")+" "+named)
		case 1:
			m.fillWith(w, "report", named, p.ReportAs)
		}
	}}
	m.ask.Ask = dialog.Ask{
		Question: p.ReportAsk, Said: m.look.Text.Line(m.screen().Nick(msg.Nick)) + ": " + pane.Preview(&m.look, &msg),
		Answers: []string{p.ReportYes, p.ReportWhy, p.ReportNo}, Hint: p.YesNo,
	}
	m.ask.Choose(2)
}
