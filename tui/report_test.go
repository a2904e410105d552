package tui

import (
	"testing"
	"time"

	"charla/server/chat"
)

// A chosen message is reported by a key, once asked, with a reason or without; one's
// own says why not.
func TestAMessageIsReportedByAKey(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		s.Say(a, s.Lobby(), "hola")
		s.Say(a, s.Lobby(), "compra barato")
		s.Settle()
		c := s.Person("carla")
		s.Say(c, s.Lobby(), "lo mío")
		s.Settle()
		carla := s.sit(c, 80, 24)
		carla.goes("lobby")
		reported := func() (texts, reasons []string) {
			s.settle(carla)
			open, err := s.Service.Operator().Reports(s.Ctx, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range open {
				texts, reasons = append(texts, r.Text), append(reasons, r.Reason)
			}
			return texts, reasons
		}
		carla.Key("up", "!")
		carla.sees("este mensaje es tuyo")
		carla.Key("up", "!")
		carla.sees("¿Enseñar este mensaje", "ana: compra barato", "Enter: no")
		golden(t, "report", carla.Text())
		carla.Key("enter")
		if texts, _ := reported(); len(texts) != 0 {
			t.Fatalf("reported %q", texts)
		}
		carla.Key("up", "up", "!", "s")
		if texts, _ := reported(); len(texts) != 1 || texts[0] != "compra barato" {
			t.Fatalf("reported %q", texts)
		}
		carla.Key("up", "up", "up", "!", "up", "enter")
		carla.sees("> /denunciar lobby/1")
		carla.Type("no para\n")
		if texts, reasons := reported(); len(texts) != 2 || texts[1] != "hola" || reasons[1] != "no para" {
			t.Fatalf("reported %q, %q", texts, reasons)
		}
	})
}

// Who looks after the server is told that reports wait, when they come and while they
// are here, at most once a minute; nobody else is.
func TestReportsAreToldToThoseWhoLookAfterTheServer(t *testing.T) {
	story(t, func(s *stage) {
		s.Person("ana")
		b, c := s.Person("beto"), s.Person("carla")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		p, err := s.Service.PersonByNick(s.Ctx, "ana")
		if err != nil {
			t.Fatal(err)
		}
		a := s.Service.Actor(p)
		report := func(text string) {
			t.Helper()
			if _, err := b.Report(s.Ctx, s.Say(c, s.Lobby(), text), ""); err != nil {
				t.Fatal(err)
			}
		}
		report("uno")
		ana, beto := s.sit(a, 140, 24), s.sit(b, 140, 24)
		s.settle(ana, beto)
		ana.sees("espera 1 denuncia: /admin denuncias")
		ana.missing("alguien ha denunciado")
		report("dos")
		time.Sleep(time.Minute)
		s.settle(ana, beto)
		ana.sees("alguien ha denunciado un mensaje; esperan 2 denuncias: /admin denuncias")
		ana.missing("espera 1 denuncia")
		beto.missing("denuncia")
		ana.Key("esc", "h")
		time.Sleep(2 * time.Minute)
		s.settle(ana)
		ana.missing("esperan 2 denuncias")
	})
}
