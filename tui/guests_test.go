package tui

import (
	"testing"

	"charla/server/chat"
)

// visitor is somebody who is here for a visit.
func (s *stage) visitor(nick chat.Nick) *chat.Actor {
	s.t.Helper()
	s.Service.SetPolicy(chat.Policy{Guests: true})
	p, err := s.Service.Visit(s.Ctx, nick)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.Service.Actor(p)
}

// A guest was shown how to send and fetch files, which sftp refuses them, and how to
// write in a talk, where they may not.
func TestAGuestIsShownNoFilesRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		if _, err := a.SendFile(s.Ctx, s.Lobby(), chat.File{Name: "plano.pdf", Size: 5, Hash: "ab"}); err != nil {
			t.Fatal(err)
		}
		guest := s.sit(s.visitor("eva"), 140, 40, func(c *Config) { c.New = true })
		s.settle(guest)
		guest.sees("plano.pdf", "Eres guest-eva", "Ctrl+K y un nombre: otra sala")
		none := []string{"scp", "sftp", "Esc f", "archivo", "hablar con alguien"}
		guest.missing(none...)
		guest.Key("esc")
		guest.missing("archivos")
		guest.Key("f")
		s.settle(guest)
		guest.sees("eso no puede hacerse de visita")
		guest.missing("scp", "sftp")
		guest.Type("/archivo\n")
		s.settle(guest)
		guest.sees("eso no puede hacerse de visita")
		guest.Paste("/home/eva/foto.jpg")
		s.settle(guest)
		guest.missing("scp")
		guest.Key("ctrl+u")
		guest.Key("f1")
		guest.missing("/archivo")
		guest.Key("esc")
		guest.Type("/ir ana\n")
		s.settle(guest)
		guest.sees("1 ana", "eso no puede hacerse de visita")
		guest.missing("Escribe y pulsa", "Puedes escribir", "Esc f")
	})
}

// Who has left a group was told that nobody was in it.
func TestALeftGroupIsNotCountedRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		group := s.team(a, b, c)
		s.Say(a, group, "hola")
		beto := s.sit(b, 80, 24)
		beto.goes("equipo")
		beto.sees("1 Equipo (3)")
		s.Leave(b, group)
		s.settle(beto)
		beto.sees("1 Equipo no estás dentro")
		beto.missing("(0)", "(2)")
	})
}
