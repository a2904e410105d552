package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
)

// Eva is nobody to ana. What she says rings nothing, counts nothing and is shown
// nowhere until ana looks; her file is not offered before ana lets her in.
func TestAStrangerAsks(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		ana := s.sit(a, 80, 24)
		ana.Key("blur")
		time.Sleep(10 * time.Second)
		s.Say(e, s.Talk(e, a), "compra barato")
		s.settle(ana)
		ana.sees("Peticiones ──", "eva ○", "quiere escribir…")
		ana.missing("compra barato", "•1")
		if ana.Bells() != 0 || ana.Title() != "charla" {
			t.Errorf("%d bells, title %q", ana.Bells(), ana.Title())
		}
		if _, err := e.SendFile(s.Ctx, s.Talk(e, a), chat.File{Name: "oferta.exe", Size: 5, Hash: "ab"}); err != nil {
			t.Fatal(err)
		}
		s.settle(ana)
		ana.Key("focus", "ctrl+k")
		ana.Type("eva\n")
		s.settle(ana)
		ana.sees("compra barato", "oferta.exe", "eva quiere escribirte: Enter decide, contestar acepta")
		ana.missing("sftp -P")
		golden(t, "request", ana.Text())
		ana.Key("enter")
		ana.sees("¿Dejar que eva te escriba?", "dejarle entrar", "bloquear; no se le dice")
		golden(t, "request-ask", ana.Text())
		ana.Key("enter")
		s.settle(ana)
		ana.missing("quiere escribirte", "Peticiones")
		ana.sees(`sftp -P 2222 "ana@chat.lan:eva/oferta.exe"`)
		ana.Key("blur")
		time.Sleep(10 * time.Second)
		s.Say(e, s.Talk(e, a), "gracias")
		s.settle(ana)
		if ana.Bells() != 1 {
			t.Errorf("%d bells once she is let in", ana.Bells())
		}
	})
}

func TestAnAnswerLetsAStrangerIn(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		s.Say(e, s.Talk(e, a), "¿eres ana?")
		ana, eva := s.sit(a, 80, 24), s.sit(e, 80, 24)
		eva.Type("/go ana\n")
		s.settle(eva)
		ana.Type("/go eva\n")
		s.settle(ana, eva)
		ana.sees("Peticiones", "eva quiere escribirte:")
		eva.missing("✓✓") // she is not told that it was read
		ana.Type("sí\n")
		time.Sleep(2 * time.Second)
		s.settle(ana, eva)
		ana.missing("Peticiones", "quiere escribirte")
		eva.sees("✓✓")
	})
}

// Beto blocks eva from the question. She writes on and sees one tick, as to
// somebody who is away; he sees nothing, and his composer says why.
func TestBlockingFromTheScreen(t *testing.T) {
	story(t, func(s *stage) {
		b, e := s.Person("beto"), s.Person("eva")
		s.Say(e, s.Talk(e, b), "hola")
		beto, eva := s.sit(b, 80, 24), s.sit(e, 80, 24)
		eva.Type("/go beto\n")
		s.settle(eva)
		eva.sees("1 beto ●")
		beto.Type("/go eva\n")
		s.settle(beto)
		beto.Key("enter", "down", "enter")
		time.Sleep(5 * time.Second)
		s.settle(beto, eva)
		beto.missing("Peticiones", "quiere escribirte")
		beto.sees("has bloqueado a eva; /desbloquear eva lo quita")
		eva.sees("1 beto ○")
		eva.Type("¿estás?\n")
		time.Sleep(5 * time.Second)
		s.settle(beto, eva)
		eva.sees("¿estás?")
		eva.missing("✓✓", "visto", "bloque")
		beto.missing("¿estás?")
		beto.Type("no puedo\n")
		beto.missing("no puedo")
		beto.Type("/unblock eva\n")
		time.Sleep(3 * time.Second)
		s.settle(beto, eva)
		beto.missing("¿estás?", "has bloqueado")
		s.Say(e, s.Talk(e, b), "¿y ahora?")
		s.settle(beto, eva)
		beto.sees("¿y ahora?")
		beto.missing("¿estás?")
	})
}

func TestAMutedConversationCountsAndDoesNotRing(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		team := s.Group(b, "Equipo", a)
		ana := s.sit(a, 80, 24)
		ana.Type("/mute equipo 1h\n")
		s.settle(ana)
		ana.sees("Equipo (2) ⊘")
		ana.Key("blur")
		time.Sleep(10 * time.Second)
		s.Say(b, team, "¿quedamos?")
		s.settle(ana)
		ana.sees("•1", "beto: ¿quedamos?")
		if ana.Bells() != 0 || ana.Title() != "(1) charla" {
			t.Errorf("%d bells, title %q", ana.Bells(), ana.Title())
		}
		time.Sleep(time.Hour)
		s.Say(b, team, "¿hola?")
		s.settle(ana)
		ana.missing("⊘")
		if ana.Bells() != 1 {
			t.Errorf("%d bells when the hour is over", ana.Bells())
		}
	})
}

// The head of a talk says who it is, nick first, and when they were last here.
func TestTheHeadOfATalk(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		name := "Alberto P. ✓✓ ana (owner)"
		if err := b.SetProfile(s.Ctx, chat.Profile{Name: &name}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Hour + 2*time.Minute)
		beto := s.sit(b, 80, 24)
		ana := s.sit(a, 100, 24)
		ana.Type("/go beto\n")
		s.settle(ana)
		ana.sees(`1 beto "Alberto P. ✓✓ ana (owner)" ● en línea`)
		beto.leave()
		b.Gone() // as the front door does
		time.Sleep(10 * time.Second)
		s.settle(ana)
		ana.sees(`1 beto "Alberto P. ✓✓ ana (owner)" ○ visto 10:02`)
		golden(t, "seen", ana.Text())
		if _, err := b.ChangeSettings(s.Ctx, func(c *chat.Settings) { c.SeenBy = chat.Nobody }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		s.settle(ana)
		ana.missing("visto")
	})
}

// Somebody who wrote only while they were blocked stood in the list with nothing to
// read, once they were not any more.
func TestAnEmptyTalkIsNotListedRegression(t *testing.T) {
	story(t, func(s *stage) {
		b, e := s.Person("beto"), s.Person("eva")
		beto := s.sit(b, 80, 24)
		beto.Type("/bloquear eva\n")
		s.settle(beto)
		s.Say(e, s.Talk(e, b), "¿estás?")
		s.settle(beto)
		beto.Type("/desbloquear eva\n")
		s.settle(beto)
		if listed(beto, "eva") {
			t.Fatalf("there is a talk of nothing:\n%s", beto.Text())
		}
		beto.Type("/go eva\n")
		s.settle(beto)
		if !listed(beto, "eva") {
			t.Fatalf("what is open is not listed:\n%s", beto.Text())
		}
		beto.Type("a medias")
		beto.Key("ctrl+k")
		beto.Type("lobby\n")
		s.settle(beto)
		if !listed(beto, "eva") {
			t.Fatalf("what is half written is not listed:\n%s", beto.Text())
		}
		beto.Key("ctrl+k")
		beto.Type("eva\n")
		s.settle(beto)
		beto.Key("ctrl+u", "ctrl+k")
		beto.Type("lobby\n")
		s.settle(beto)
		if listed(beto, "eva") {
			t.Fatalf("there is a talk of nothing again:\n%s", beto.Text())
		}
		s.Say(e, s.Talk(e, b), "¿y ahora?")
		s.settle(beto)
		if !listed(beto, "eva") {
			t.Fatalf("she is not listed:\n%s", beto.Text())
		}
	})
}
