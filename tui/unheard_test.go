package tui

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// ahead are lines of somebody who types on without waiting for the questions.
var ahead = []string{
	"/contraseña\nold secret\nnew secret\nnew secret\n",
	"/contraseña\na secret guess\nan other secret\n",
	"/contraseña quitar ya\nold secret\n",
	"/contraseña ya\nold secret\n",
	"/contrasña\nold secret\nnew secret\nnew secret\n",
	"/contra seña\nold secret\n",
	"/llave añadir none\nold secret\n",
	"/llave añadir none\nold secret",
	"/llave añadir\nold secret",
	"/llave añadir " + anaKey + "\nold secret\n",
	"/enlazar\nold secret\nold secret\n",
	"/enlazar ya\nold secret\n",
	"/enlasar\nold secret\n",
	" /enlazar ya\nold secret\nold secret\n",
}

// inClear are lines in which a passphrase stands where it should not: it is on her own
// screen while she writes it, and nowhere later.
var inClear = []string{
	"/contraseña my secret\n",
	"/contraseña poner my secret\n",
	"/contraseña my secret",
	" /contraseña my secret\n",
	" /contraseña my secret",
	"\u00a0/contraseña my secret\n",
	"/contrasña my secret\n",
	"/contrasña my secret",
	"/contra seña my secret",
	"/contraseñamysecret\n",
	"/enlazar my secret\n",
	"/enlasar my secret",
	"/ir nadie\n/contraseña\nold secret\nnew secret\nnew secret\n",
	"/grupo nuevo Peña nadie\nhola\n/contraseña\nold secret",
}

// Whoever types on without waiting for the questions says nothing in the lobby and
// leaves no draft, whether their keys come at once, which looks like a paste, or one by
// one, and though the command asks nothing.
func TestAPassphraseThatIsTypedAheadIsSaidToNobody(t *testing.T) {
	for _, keys := range append(ahead, inClear...) {
		for name, give := range map[string]func(p *secretive, keys string){
			"at once":    func(p *secretive, keys string) { p.Raw([]byte(strings.ReplaceAll(keys, "\n", "\r"))) },
			"one by one": func(p *secretive, keys string) { p.Type(keys) },
			"slowly": func(p *secretive, keys string) {
				for _, key := range keys {
					p.Type(string(key))
					time.Sleep(200 * time.Millisecond)
				}
			},
			"pasted": func(p *secretive, keys string) { p.Paste(keys); p.Type("\n") },
		} {
			secretStory(t, func(p *secretive) {
				for range 16 { // more codes than there may be: /enlazar is refused
					if _, _, err := p.ana.LoginCode(p.Ctx); err != nil {
						break
					}
				}
				give(p, keys)
				time.Sleep(5 * time.Second)
				p.stage.settle(p.seat)
				if slices.Contains(ahead, keys) {
					p.missing("secret")
				}
				if all := p.told(); strings.Contains(all, "secret") {
					t.Errorf("%q %s can be read:\n%s", keys, name, all)
				}
			})
		}
	}
}

// Who is told that what they typed was not taken goes on in a moment, and mends what
// was refused.
func TestWhoPausesIsHeardAgain(t *testing.T) {
	secretStory(t, func(p *secretive) {
		p.Type("/llave añadir none\nold secret\n")
		p.stage.settle(p.seat)
		p.sees("> /llave añadir none", "no se toma, puede ser una contraseña")
		p.Key("ctrl+c")
		p.sees("> escribe un mensaje")
		time.Sleep(2 * time.Second)
		p.Type("hola\n")
		p.stage.settle(p.seat)
		if got := strings.Join(p.Texts(p.ana, p.Lobby()), "|"); got != "ana: hola" {
			t.Errorf("others read %q", got)
		}
	})
}

// A blank before a slash says no more than in lines; before two it is said as it is.
func TestABlankBeforeASlashSaysNothing(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type(" /quiensoy\n")
		s.settle(ana)
		ana.sees("ana")
		ana.Type("  // nota\n//quiensoy\n")
		s.settle(ana)
		if got := strings.Join(s.Texts(a, s.Lobby()), "|"); got != "ana:   // nota|ana: /quiensoy" {
			t.Errorf("others read %q", got)
		}
	})
}

// Ana forgot that she was editing: her message does not become what she orders, and what
// follows is no message.
func TestAMessageIsNotEditedToHoldAPassphrase(t *testing.T) {
	for _, keys := range []string{"/contraseña\nold secret\n", "/contraseña my secret\n", "/contrasña\nold secret\n", " /llave añadir none\nold secret\n"} {
		secretStory(t, func(p *secretive) {
			p.Type("hola\n")
			p.stage.settle(p.seat)
			p.Key("up", "e", "ctrl+u")
			p.sees("┊ editar: hola")
			p.Type(keys)
			time.Sleep(5 * time.Second)
			p.stage.settle(p.seat)
			p.missing("editar: hola")
			if all := p.told(); strings.Contains(all, "secret") || !strings.Contains(all, "ana: hola") {
				t.Errorf("%q can be read:\n%s", keys, all)
			}
		})
	}
}
