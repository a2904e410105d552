package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// The private line that follows a name nobody has went to the public lobby.
func TestNobodyOfThatNameRegression(t *testing.T) {
	ways := []struct{ typed, then string }{
		{"\x0bmartta\rsecreto\r", "> marttasecreto"},
		{"\x0brobrto\rsecreto\r", "> robrtosecreto"},
		{"\x0bbby\rsecreto\r", "> bbysecreto"},
		{"\x1bozzzz\rsecreto\r", "> zzzzsecreto"},
		{"/go martta\rsecreto\r", "> /go marttasecreto"},
		{"/ventana martta\rsecreto\r", "> /ventana marttasecreto"},
	}
	for _, way := range ways {
		story(t, func(s *stage) {
			a := s.Person("ana")
			s.Person("roberto")
			ana := s.sit(a, 80, 24)
			ana.Raw([]byte(way.typed))
			s.settle(ana)
			ana.sees(way.then)
			ana.Type(" y más\n")
			s.settle(ana)
			if got := s.Texts(a, s.Lobby()); len(got) != 0 {
				t.Fatalf("after %q the lobby got %q", way.typed, got)
			}
		})
	}
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k") // as slowly as people do
		ana.Type("marta")
		ana.sees("nada se llama así")
		ana.Key("enter")
		ana.Type("secreto")
		ana.Key("enter")
		s.settle(ana)
		ana.sees("> martasecreto", "nada se llama así")
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("the lobby got %q", got)
		}
	})
}

// Beside nine open windows no tenth opens: what was meant for it went to the
// one in focus.
func TestNoTenthWindowRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 140, 40)
		for _, nick := range []chat.Nick{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"} {
			s.Person(nick)
			ana.Type("/win " + string(nick) + "\n")
			s.settle(ana)
		}
		ana.Key("ctrl+u")
		ana.Raw([]byte("/win p9\rsecreto\r"))
		s.settle(ana)
		ana.sees("hay 9 ventanas abiertas", "> /win p9secreto")
	})
}

// Signs that no name has listed everybody, and Enter opened the first.
func TestSignsNoNameHasRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Say(b, s.Talk(b, a), "hola")
		s.Group(a, "¡Fiesta!: 日本", b)
		ana := s.sit(a, 80, 24)
		for _, typed := range []string{"beto!", "日本語", "marta: hola", "@", "(", "%"} {
			ana.Key("ctrl+k")
			ana.Type(typed)
			ana.sees("nada se llama así")
			ana.missing("▶ beto", "▶ lobby")
			ana.Key("enter")
			ana.sees("> "+typed, "1 lobby")
			ana.Key("esc")
		}
		ana.Key("ctrl+k") // nobody is offered it, but it means something
		ana.Type("notes")
		ana.sees("▶ notes")
		ana.Key("enter")
		s.settle(ana)
		ana.sees("notas para ti")
		ana.Key("ctrl+k")
		ana.Type("fiesta!: 日")
		ana.sees("¡Fiesta!: 日本")
		ana.Key("enter")
		ana.sees("1 ¡Fiesta!: 日本")
	})
}

// A line refused as a command was lost.
func TestRefusedLineRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("/etc/hosts existe\n")
		s.settle(ana)
		ana.sees("> /etc/hosts existe", "escribe //")
		ana.Key("home")
		ana.Type("/\n")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: /etc/hosts existe" {
			t.Fatalf("the lobby got %q", got)
		}
		ana.Type("/enviar betto hola qué tal\n")
		s.settle(ana)
		ana.sees("> /enviar betto hola qué tal")
	})
}

// A group that was just made was not on the screen, and the line after it went
// to the conversation before.
func TestNewGroupOpensRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		ana := s.sit(a, 80, 24)
		ana.Type("/grupo nuevo \"Cena del viernes\" beto\n¿a las nueve?\n")
		s.settle(ana)
		ana.sees("1 Cena del viernes", "¿a las nueve?")
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("the lobby got %q", got)
		}
		ana.Type("/grupo nuevo Otra nadie\nsecreto\n")
		s.settle(ana)
		ana.sees("> /grupo nuevo Otra nadiesecreto")
	})
}

// After a lone Esc of long ago each letter of the next word was a command: "h"
// hid the hints, "x" closed a window.
func TestEscOfLongAgoRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		ana := s.sit(a, 140, 40)
		ana.Type("/win beto\n")
		s.settle(ana)
		ana.Key("esc")
		ana.sees("Esc> escribe un mensaje", "x cerrar")
		time.Sleep(3 * time.Second)
		ana.missing("Esc>")
		ana.Type("x")
		ana.sees("2 beto", "> x")
		ana.Key("ctrl+u", "esc")
		ana.Raw([]byte("xilófono"))
		ana.sees("2 beto", "> xilófono")
		ana.Key("esc")
		ana.sees("Esc> xilófono")
		ana.Key("x")
		ana.missing("2 beto")
		ana.Key("esc")
		ana.Raw([]byte("o\x15"))
		ana.sees("Abrir al lado")
	})
}

// Ctrl+D with something written deleted a letter, or did nothing at its end.
func TestLeavingWithTextRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("a medias")
		ana.Key("ctrl+d")
		ana.sees(ana.model.screen().CtrlDAgain, "^D otra vez: salir y guardar", "> a medias") // whole, at 80 columns
		time.Sleep(3 * time.Second)
		ana.Key("ctrl+d")
		if ana.Done() {
			t.Fatal("left after three seconds")
		}
		ana.Key("ctrl+d")
		if err := ana.Wait(); err != nil {
			t.Fatal(err)
		}
		ana.leave()
		s.sit(a, 80, 24).sees("> a medias")
	})
}

// The empty box named only those one had talked to.
func TestWhoIsHereCanBeChosenRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("carla")
		s.sit(s.Person("beto"), 80, 24)
		ana := s.sit(a, 80, 24)
		s.settle(ana)
		ana.Key("ctrl+k")
		ana.sees("lobby", "  beto ●")
		ana.missing("carla", "  ana ●")
		ana.Key("down", "enter")
		s.settle(ana)
		ana.sees("1 beto ●")
	})
}

// "typing" stayed for seconds under what had been typed.
func TestTypingEndsWithTheWordsRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(a, s.Talk(a, b), "hola")
		ana, beto := s.sit(a, 80, 24), s.sit(b, 80, 24)
		ana.Type("/go beto\n")
		beto.Type("/go ana\n")
		s.settle(ana, beto)
		beto.Type("buenas")
		time.Sleep(3 * time.Second)
		s.settle(ana, beto)
		ana.sees("escribiendo…")
		beto.Key("enter")
		s.settle(ana, beto)
		ana.sees("▌ buenas", "en línea")
		time.Sleep(4 * time.Second)
		beto.Type("¿qué tal?\n") // in one go
		time.Sleep(3 * time.Second)
		s.settle(ana, beto)
		ana.sees("▌ ¿qué tal?", "en línea")
		beto.Key("up", "e")
		beto.Type(" todo")
		time.Sleep(3 * time.Second)
		s.settle(ana, beto)
		ana.sees("escribiendo…")
		beto.Key("enter")
		s.settle(ana, beto)
		ana.sees("todo (editado)", "en línea")
	})
}

// Esc g went one page up.
func TestToTheBeginningRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		for i := range 900 {
			s.Say(b, s.Lobby(), fmt.Sprintf("mensaje %d.", i))
		}
		ana := s.sit(a, 80, 24)
		ana.Key("esc", "g")
		s.settle(ana)
		ana.sees("mensaje 0.", "mensaje 1.")
		for range 80 {
			ana.Key("pgdown")
			s.settle(ana)
		}
		ana.sees("mensaje 899.")
		ana.Key("esc", "g")
		s.settle(ana)
		s.Say(b, s.Lobby(), "y otro")
		s.settle(ana)
		ana.sees("mensaje 0.")
		ana.Key("esc", "G")
		s.settle(ana)
		ana.sees("y otro", "mensaje 899.")
	})
}

// A group could be called as a person, the lobby or another group, and nothing
// told them apart.
func TestGroupsThatPoseRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b, m := s.Person("ana"), s.Person("beto"), s.Person("mallory")
		s.Say(b, s.Talk(b, a), "hola")
		for _, title := range []string{"beto", "Lobby", "Cena", "Cena", "bеto", "Familia Peña"} { // the fifth with a Cyrillic letter
			s.Group(m, title, a)
		}
		ana := s.sit(a, 100, 40)
		ana.sees("beto (beto-2) (2)", "Lobby (grupo-lobby) (2)", "Cena (cena) (2)", "Cena (cena-2) (2)", "bеto (b-to) (2)", "Familia Peña (2)", "beto ○")
		ana.Type("/go beto-2\n")
		s.settle(ana)
		ana.sees("1 beto (beto-2) (2)")
	})
}

// Zoomed, nothing told that there were other windows.
func TestZoomSaysWhatIsHiddenRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		ana := s.sit(a, 140, 40)
		ana.Type("/win beto\n")
		s.settle(ana)
		ana.missing("zoom")
		ana.Key("esc", "z")
		ana.sees("zoom 2/2")
		ana.Key("tab")
		ana.sees("zoom 1/2")
	})
}

// Help and usage named flags that are for programs.
func TestNoFlagsOnTheScreenRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 100, 60)
		ana.sees("Re Pág historia", "↑ elegir")
		ana.Key("f1")
		ana.sees("Tab ", "/enviar CONV [TEXTO…]")
		ana.missing("--json", "--lines", "--id")
		ana.Key("esc")
		ana.Type("/grupo\n")
		s.settle(ana)
		ana.missing("--json")
		ana.sees("/grupo nuevo TÍTULO", "> /grupo")
		ana.Key("ctrl+u")
		ana.Type("/ayuda enviar\n")
		s.settle(ana)
		ana.missing("--json", "--lines", "--id")
	})
}

// Two files dragged at once were a message.
func TestTwoDraggedFilesRegression(t *testing.T) {
	tests := []struct {
		pasted string
		want   string
	}{
		{"/a/x.jpg /a/y.jpg", "/a/x.jpg|/a/y.jpg"},
		{`'/a/x 1.jpg' '/a/l'\''y.jpg' `, "/a/x 1.jpg|/a/l'y.jpg"},
		{`/a/x\ 1.jpg /b/folder.d/y.jpg`, "/a/x 1.jpg|/b/folder.d/y.jpg"},
		{`"C:\a\x 1.jpg" C:\a\y.jpg`, `C:\a\x 1.jpg|C:\a\y.jpg`},
		{"file:///a/x.jpg file:///a/y.jpg", "/a/x.jpg|/a/y.jpg"},
		{`C:\a\x.jpg D:\y.jpg`, `C:\a\x.jpg|D:\y.jpg`},
		{"/usr/bin /usr/lib", ""}, {"/ir beto", ""}, {"/a/x.jpg y más", ""}, {"", ""}, {"'", ""}, {"/a/x.jpg\n/a/y.jpg", ""}, {`\`, ""},
	}
	for _, tt := range tests {
		if got := strings.Join(pathsOf(tt.pasted), "|"); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.pasted, got, tt.want)
		}
	}
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 100, 24)
		ana.Paste("/a/x.jpg /a/y.jpg")
		ana.sees("Para enviar esos archivos", "scp -P 2222 '/a/x.jpg' '/a/y.jpg' ana@chat.lan:lobby/", "escribe un mensaje")
	})
}

// On a phone the line that sends a file was broken inside its words, and there
// was nothing to click.
func TestNarrowOrderRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 40, 20)
		ana.Paste("/home/ana/foto.jpg")
		ana.sees("\n┊ scp -P 2222 '/home/ana/foto.jpg'\n┊ ana@chat.lan:lobby/\n")
		for y := range 20 {
			if row := ana.Row(y); strings.HasSuffix(row, "[c]") {
				ana.Click(38, y)
				ana.sees("copiado")
				return
			}
		}
		t.Fatalf("no [c]:\n%s", ana.Text())
	})
}

// Esc and a "/" at once are the bytes of Alt+/, which means nothing: it was lost, and
// the rest of a command went into the lobby.
func TestASlashRightAfterEscIsWrittenRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 100, 30)
		ana.Raw([]byte("\x1b/quiensoy"))
		ana.sees("> /quiensoy")
	})
}
