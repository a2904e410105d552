package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/tui/dialog"
)

// warned tells a story of ana, and of ada, who may warn her at any moment of it.
func warned(t *testing.T, tell func(p *secretive, warn func())) {
	secretStory(t, func(p *secretive) {
		ada := p.Person("ada")
		if _, err := p.Service.Operator().GiveRank(p.Ctx, "ada", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		p.stage.settle(p.seat)
		tell(p, func() {
			t.Helper()
			if err := ada.Warn(p.Ctx, "ana", "sin enlaces"); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// unread fails the test if a passphrase of ana's is read anywhere.
func (p *secretive) unread() {
	p.t.Helper()
	if all := p.told(); strings.Contains(all, "secret") {
		p.t.Errorf("it can be read:\n%s", all)
	}
}

// A warning that came between the keys of "/contraseña" and the first question took the
// passphrase: it stood in the composer in clear, became a draft and was said in the lobby.
func TestAWarningWaitsForAPassphraseRegression(t *testing.T) {
	lines := []string{"/contraseña", "\n", "old secret", "\n", "new secret", "\n", "new secret", "\n"}
	for at := 1; at < len(lines); at++ {
		for _, looks := range []bool{false, true} {
			warned(t, func(p *secretive, warn func()) {
				for i, keys := range lines {
					if i == at {
						warn()
						if looks {
							p.stage.settle(p.seat)
							p.missing("sin enlaces")
						}
					}
					p.Type(keys)
					if looks || i != at && i+1 != at {
						p.types("")
					}
				}
				p.types("")
				p.sees("tu contraseña está puesta", "sin enlaces")
				p.has("new secret")
				time.Sleep(startled)
				p.types("\n")
				p.missing("sin enlaces")
				p.unread()
			})
		}
	}
}

// Ana types her order over a warning, at any speed, at once or as a paste: it gives way
// to the order, and comes back when that is over.
func TestAWarningGivesWayToAPassphraseRegression(t *testing.T) {
	const answers = "old secret\nnew secret\nnew secret\n"
	for name, give := range map[string]func(p *secretive){
		"one by one": func(p *secretive) { p.types("seña\n" + answers) },
		"slowly": func(p *secretive) {
			for _, key := range "seña\n" + answers {
				time.Sleep(2 * startled)
				p.types(string(key))
			}
		},
		"at once":         func(p *secretive) { p.Raw([]byte("seña\r" + strings.ReplaceAll(answers, "\n", "\r"))) },
		"pasted":          func(p *secretive) { p.Paste("seña\n" + answers) },
		"pasted by lines": func(p *secretive) { p.Paste("seña"); p.types("\n"); p.Paste("old secret\n"); p.types("\n") },
		"mistyped":        func(p *secretive) { p.types("sna\n" + answers) },
	} {
		warned(t, func(p *secretive, warn func()) {
			p.Type("/contra")
			warn()
			p.stage.settle(p.seat)
			p.sees("sin enlaces")
			give(p)
			p.types("")
			switch name {
			case "one by one", "slowly":
				p.has("new secret")
			case "pasted by lines":
				p.sees("Contraseña nueva:")
				p.missing("sin enlaces")
				p.Key("esc")
				p.stage.settle(p.seat)
			default:
				p.sees("no se toma, puede ser una contraseña")
				time.Sleep(2 * blindly)
				p.Key("ctrl+c")
				p.stage.settle(p.seat)
			}
			p.sees("sin enlaces")
			p.unread()
		})
	}
}

// What was decided is read between Enter and the first question, and the passphrase was
// typed before that came.
func TestAWarningWaitsForTheFirstQuestionRegression(t *testing.T) {
	warned(t, func(p *secretive, _ func()) {
		p.types("/contraseña")
		_, enter := p.model.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
		p.model.Update(untoldMsg{untold: []command.Warned{{At: 1 << 40, Sentence: "sin enlaces"}}})
		p.types("old secret")
		p.missing("sin enlaces")
		brought := make(chan tea.Msg, maxHeld)
		all, _ := enter().(tea.BatchMsg)
		for _, cmd := range all {
			go func() { brought <- cmd() }()
		}
		take := func() {
			for synctest.Wait(); len(brought) > 0; {
				p.model.Update(<-brought)
			}
			p.Key("ctrl+l") // draws it
		}
		take()
		p.sees("Tu contraseña de ahora:", "> ••••••••••")
		p.missing("sin enlaces", "secret")
		p.Key("esc")
		take()
		p.sees("sin enlaces")
		p.unread()
	})
}

// Whatever else is asked, a passphrase is asked first, of keys and of pastes.
func TestAPassphraseIsAskedBeforeAllElse(t *testing.T) {
	secretStory(t, func(p *secretive) {
		p.types("/contraseña\n")
		p.model.ask = &question{Ask: dialog.Ask{Question: "otra cosa", Answers: []string{"no"}}, done: func(*Model, int) { t.Error("it was answered") }}
		p.types("old ")
		p.Paste("secret\n")
		p.types("")
		p.missing("otra cosa")
		p.sees("> ••••••••••")
		p.Click(40, 8)
		p.types("\n")
		p.sees("Contraseña nueva:")
		p.unread()
	})
}

// A warning waits no longer than the order is written.
func TestAWarningComesWhenTheOrderIsTakenBack(t *testing.T) {
	warned(t, func(p *secretive, warn func()) {
		p.types("/contraseña")
		warn()
		p.types("")
		p.missing("sin enlaces")
		p.Key("ctrl+u")
		p.types("")
		p.sees("sin enlaces")
		p.types("hola")
		p.sees("sin enlaces", "> hola")
	})
}
