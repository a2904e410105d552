package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
)

// Both land in the lobby with the composer ready; what one sends the other sees
// at once.
func TestTwoPeopleMeetInTheLobby(t *testing.T) {
	story(t, func(s *stage) {
		ana, beto := s.sit(s.Person("ana"), 80, 24), s.sit(s.Person("beto"), 80, 24)
		ana.sees("1 lobby", "escribe un mensaje")
		if _, y, shown := ana.Cursor(); y != 22 || !shown {
			t.Fatalf("the cursor is in row %d, shown %v", y, shown)
		}
		ana.Type("hola a todos\n")
		s.settle(ana, beto)
		beto.sees("▌ana ", "▌ hola a todos")
		ana.sees("Tú ", "✓")
		beto.Type("buenas\n")
		s.settle(ana, beto)
		ana.sees("▌ buenas")
	})
}

// Ctrl+K and a name open a talk; Esc o opens others beside it, each live.
func TestConversationsBesideEachOther(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c, d := s.Person("ana"), s.Person("beto"), s.Person("carla"), s.Person("dario")
		s.Group(a, "Familia Peña", b, c)
		s.Befriend(a, b)
		s.Befriend(a, c)
		ana := s.sit(a, 140, 40)
		ana.Key("ctrl+k")
		ana.sees("Ir a")
		ana.Type("beto\n")
		ana.sees("1 beto")
		ana.Type("hola beto\n")
		for _, name := range []string{"carla", "familia", "dario"} {
			ana.Key("esc", "o")
			ana.sees("Abrir al lado")
			ana.Type(name + "\n")
			s.settle(ana)
		}
		ana.sees("1 beto", "2 carla", "3 Familia Peña", "▶4 dario")
		s.Say(b, s.Talk(b, a), "hola ana")
		s.Say(c, s.Talk(c, a), "aquí carla")
		s.Say(d, s.Talk(d, a), "y dario")
		s.settle(ana)
		ana.sees("▌ hola ana", "▌ aquí carla", "▌ y dario")
		ana.Key("tab")
		ana.sees("▶1 beto")
		ana.Key("shift+tab")
		ana.sees("▶4 dario")
		ana.Key("esc", "2")
		ana.sees("▶2 carla")
		ana.Key("alt+3")
		ana.sees("▶3 Familia")
		ana.Key("esc", "z")
		ana.missing("1 beto ●", "y dario\n")
		ana.Key("alt+z", "esc", "x")
		ana.sees("1 beto", "2 carla", "▶3 dario")
		golden(t, "four", ana.Text())
	})
}

// A name that is mistyped offers the nearest one.
func TestSwitcherForgivesTypos(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("roberto")
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k")
		ana.Type("robreto")
		ana.sees("▶ roberto", "nada se llama así; ¿roberto?")
		ana.Type("\n")
		ana.sees("1 roberto", "lo recibirá al entrar")
		ana.Key("ctrl+k")
		ana.Type("zzz")
		ana.sees("nada se llama así")
		ana.Key("enter")
		ana.sees("> zzz", "nada se llama así")
		ana.Key("ctrl+u")
		ana.Type("lby")
		ana.Key("enter")
		ana.sees("1 lobby")
	})
}

// What came while somebody was away is marked where they left off, and the
// line stays there.
func TestNewMessagesAreMarked(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		beto := s.sit(b, 80, 24)
		beto.Key("ctrl+k")
		beto.Type("ana\nhola\n")
		s.settle(beto)
		beto.Key("ctrl+d")
		if err := beto.Wait(); err != nil {
			t.Fatal(err)
		}
		beto.leave()
		s.settle()
		s.Say(a, s.Talk(a, b), "¿estás?")
		s.Say(a, s.Talk(a, b), "escríbeme luego")
		s.Say(a, s.Lobby(), "nadie por aquí")
		s.settle()

		beto = s.sit(b, 80, 24)
		beto.sees("1 ana", "2 mensajes nuevos", "escríbeme luego", "•1") // the window of last time; the lobby waits
		if title := beto.Title(); title != "(1) charla" {
			t.Errorf("the title is %q", title)
		}
		beto.Type("ya\n")
		s.settle(beto)
		beto.missing("mensajes nuevos")
		beto.Key("esc", "a")
		beto.sees("1 lobby", "1 mensaje nuevo")
		beto.leave() // what was read in a room is told when it is left, or once a minute
		s.settle()
		if n := s.See(b, s.Lobby()).Unread; n != 0 {
			t.Errorf("%d unread in the lobby after it was seen", n)
		}
		if beto.Bells() != 0 {
			t.Error("history rang the bell")
		}
	})
}

// While the terminal is not looked at, what comes stays unread, rings at most
// every five seconds, and is marked.
func TestAwayFromTheTerminal(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(b, s.Talk(b, a), "uno")
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k")
		ana.Type("beto\n")
		ana.Key("focus")
		s.settle(ana)
		ana.Key("blur")
		for _, text := range []string{"dos", "tres"} {
			s.Say(b, s.Talk(b, a), text)
			s.settle(ana)
		}
		time.Sleep(2 * time.Second)
		ana.sees("2 mensajes nuevos")
		if ana.Bells() != 1 || ana.Title() != "(2) charla" {
			t.Errorf("%d bells, title %q", ana.Bells(), ana.Title())
		}
		if n := s.See(a, s.Talk(a, b)).Unread; n != 2 {
			t.Errorf("%d unread, nobody looked", n)
		}
		time.Sleep(6 * time.Second)
		s.Say(b, s.Talk(b, a), "cuatro")
		s.settle(ana)
		if ana.Bells() != 2 {
			t.Errorf("%d bells", ana.Bells())
		}
		ana.Key("focus")
		time.Sleep(2 * time.Second)
		s.settle(ana)
		ana.sees("3 mensajes nuevos")
		if n := s.See(a, s.Talk(a, b)).Unread; n != 0 || ana.Title() != "charla" {
			t.Errorf("%d unread after looking, title %q", n, ana.Title())
		}
	})
}

// The ticks of one's own messages: stored, delivered, read.
func TestTicks(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k")
		ana.Type("beto\nhola\n")
		s.settle(ana)
		tick := func() string {
			for y := range 24 {
				if row := ana.Row(y); strings.Contains(row, "│    Tú ") {
					return row[strings.LastIndex(row, " ")+1:] + fmt.Sprint(ana.Cell(79, y).Style.Attrs != 0)
				}
			}
			return ""
		}
		if got := tick(); !strings.HasPrefix(got, "✓") || strings.HasPrefix(got, "✓✓") {
			t.Fatalf("stored is %q:\n%s", got, ana.Text())
		}
		beto := s.sit(b, 80, 24) // lands in the lobby: delivered, not read
		time.Sleep(2 * time.Second)
		s.settle(ana, beto)
		delivered := tick()
		if !strings.HasPrefix(delivered, "✓✓") {
			t.Fatalf("delivered is %q:\n%s", delivered, ana.Text())
		}
		beto.Key("ctrl+k")
		beto.Type("ana\n")
		time.Sleep(2 * time.Second)
		s.settle(ana, beto)
		if read := tick(); !strings.HasPrefix(read, "✓✓") || read == delivered {
			t.Fatalf("read is %q like delivered %q", read, delivered)
		}
	})
}

// A draft is saved on a pause, is there on another screen, and survives leaving.
func TestDraftsAcrossScreens(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		desk, phone := s.sit(a, 100, 30), s.sit(a, 40, 20)
		desk.Type("empiezo a escri")
		s.settle(desk, phone)
		phone.missing("empiezo")
		time.Sleep(1200 * time.Millisecond)
		s.settle(desk, phone)
		phone.sees("> empiezo a escri")
		desk.Type("bir algo")
		phone.Type("!") // both write: nobody's words change under their hands
		desk.sees("> empiezo a escribir algo")
		phone.sees("> empiezo a escri!")
		time.Sleep(1200 * time.Millisecond)
		s.settle(desk, phone)
		desk.sees("> empiezo a escri!") // the newest, on both
		phone.sees("> empiezo a escri!")
		phone.Key("ctrl+c")
		phone.Type("gana el último")
		time.Sleep(2 * time.Second)
		s.settle(desk, phone)
		desk.sees("gana el último")
		desk.Type(" de todos")
		desk.leave() // before the pause is over
		s.settle(phone)
		phone.sees("gana el último de todos")
		again := s.sit(a, 100, 30)
		again.sees("> gana el último de todos")
		again.Key("ctrl+c")
		again.Type("x\n")
		time.Sleep(2 * time.Second)
		s.settle(again, phone)
		if d := s.See(a, s.Lobby()).Draft; d != "" {
			t.Errorf("the draft of what was sent stays: %q", d)
		}
		phone.missing("último")
	})
}

// Open windows are there again, kept apart for narrow and wide screens.
func TestWindowsAreRestored(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		s.Person("carla")
		desk := s.sit(a, 140, 40)
		desk.Key("esc", "o")
		desk.Type("beto\n")
		desk.Key("esc", "o")
		desk.Type("carla\n")
		desk.Key("esc", "2")
		time.Sleep(2 * time.Second)
		phone := s.sit(a, 40, 20)
		phone.sees("1 lobby")
		phone.missing("beto")
		phone.Key("ctrl+k")
		phone.Type("carla\n")
		time.Sleep(2 * time.Second)
		phone.leave()
		desk.sees("1 lobby", "▶2 beto", "3 carla")
		desk.leave()
		again := s.sit(a, 140, 40)
		again.sees("1 lobby", "▶2 beto", "3 carla")
		s.sit(a, 40, 20).sees("1 carla")
	})
}

// Reading on one screen is reading on all of them.
func TestReadHereIsReadThere(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(b, s.Talk(b, a), "hola")
		desk := s.sit(a, 80, 24)
		desk.sees("•1")
		phone := s.sit(a, 40, 20)
		phone.Key("ctrl+k")
		phone.Type("beto\n")
		time.Sleep(2 * time.Second)
		s.settle(desk, phone)
		desk.missing("•1")
	})
}

// A size that changes all the time leaves nothing behind.
func TestResizeStorm(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		s.Say(a, s.Lobby(), strings.Repeat("palabra ", 80))
		ana := s.sit(a, 140, 40)
		ana.Key("esc", "o")
		ana.Type("beto\nhola\n")
		for i := range 60 {
			ana.Resize(1+(i*37)%150, 1+(i*13)%45)
		}
		ana.Resize(0, 0)
		ana.Resize(80, 24)
		s.settle(ana)
		golden(t, "after-storm", ana.Text())
	})
}

// What somebody wrote cannot move a cursor or pass for anything else.
func TestHostileTextIsShownHarmlessly(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("mallory")
		hostile := []string{
			"\x1b[2J\x1b[Hgone", "\x1b]0;pwned\x07x", "\u009b2Jy", "a\u202egpj.exe", "\rover", "tab\tbed",
			"👨‍👩‍👧‍👦👍🏽❤️1️⃣ z", strings.Repeat("\u0301", 40) + "marks", "ﷺ﷽", "\u0600\u0600q",
		}
		for _, text := range hostile {
			s.Say(b, s.Lobby(), text)
		}
		if _, err := b.SendFile(s.Ctx, s.Lobby(), chat.File{Name: "\x1b[31mevil\u202e.txt", Size: 1, Hash: strings.Repeat("a", 64)}); err != nil {
			t.Fatal(err)
		}
		for _, size := range [][2]int{{80, 30}, {40, 30}, {24, 30}} {
			ana := s.sit(a, size[0], size[1]) // every frame is measured
			ana.sees("gone", "over")
			if title := ana.Title(); strings.Contains(title, "pwned") {
				t.Fatalf("title %q", title)
			}
			ana.leave()
		}
	})
}

// Who types exit means to leave; it is asked, not sent.
func TestExitIsAskedFirst(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		for _, word := range []string{"exit", "quit", "logout", "salir", ":q"} {
			ana := s.sit(a, 80, 24)
			ana.Type(word + "\n")
			s.settle(ana)
			ana.sees("para salir pulsa Ctrl+D")
			if got := s.Texts(a, s.Lobby()); len(got) != 0 {
				t.Fatalf("%s was sent: %v", word, got)
			}
			ana.Key("ctrl+d")
			if err := ana.Wait(); err != nil {
				t.Fatal(err)
			}
			ana.leave()
			s.settle()
		}
		ana := s.sit(a, 80, 24)
		ana.sees("escribe un mensaje") // no draft of it stays
		ana.Type("exit\n\n")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 {
			t.Fatalf("the second Enter did not send: %v", got)
		}
		ana.missing("para salir")
	})
}

// A file dragged onto the window is its path; the answer is the line that sends
// it, not a message.
func TestDraggedFileGetsItsOrder(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		ana := s.sit(a, 100, 24)
		ana.Key("ctrl+k")
		ana.Type("beto\n")
		ana.Paste("'/home/a/foto 1.jpg' ")
		s.settle(ana)
		ana.sees(`scp -P 2222 '/home/a/foto 1.jpg' ana@chat.lan:beto/`, "escribe un mensaje")
		ana.Paste("'/home/a/foto 1.jpg' ")
		ana.sees("> '/home/a/foto 1.jpg'") // twice: it is meant as text

		w := s.sit(s.Person("carla"), 100, 24, func(c *Config) { c.Client = "SSH-2.0-OpenSSH_for_Windows_9.5" })
		w.Paste(`C:\Users\carla\foto 1.jpg`)
		w.sees(`scp -P 2222 "C:\Users\carla\foto 1.jpg" carla@chat.lan:lobby/`)
	})
}

// A file shows its name, its size and the one line that fetches it.
func TestFileMessage(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		if _, err := a.SendFile(s.Ctx, s.Talk(a, b), chat.File{Name: "photo.jpg", Size: 12_400_000, Hash: strings.Repeat("a", 64)}); err != nil {
			t.Fatal(err)
		}
		beto := s.sit(b, 80, 24)
		beto.Key("ctrl+k")
		beto.Type("ana\n")
		beto.sees("□ photo.jpg  12,4 MB", `sftp -P 2222 "beto@chat.lan:ana/photo.jpg"`)
		beto.Key("esc", "f")
		beto.sees("Archivos de ana", "SHA-256")
		beto.Key("esc", "esc", "b")
		if row := beto.Row(22); row != `sftp -P 2222 "beto@chat.lan:ana/photo.jpg"` || beto.Mode(1002) {
			t.Fatalf("copy mode shows %q", row)
		}
		beto.Key("esc")
		if !beto.Mode(1002) {
			t.Error("the mouse did not come back")
		}
		phone := s.sit(b, 40, 20)
		phone.Key("ctrl+k")
		phone.Type("ana\n")
		if !strings.Contains(strings.ReplaceAll(phone.Text(), "\n▌ ", " "), `sftp -P 2222 "beto@chat.lan:ana/photo.jpg"`) {
			t.Fatalf("the line is not whole:\n%s", phone.Text())
		}
	})
}

// Lines sent in a burst stay in order; one that was refused says so and Enter sends
// it again, once.
func TestSendingInOrderAndAgain(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		var want []string
		for i := range 20 {
			ana.Type(fmt.Sprintf("línea %d\n", i))
			want = append(want, fmt.Sprintf("ana: línea %d", i))
		}
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Fatalf("sent %v", got)
		}
		s.Log.TestOnlyFail(&chat.Error{Code: chat.DiskFull})
		ana.Type("no cabe\n")
		s.settle(ana)
		ana.sees("!", "el disco del servidor está lleno", "Enter reintentar")
		ana.Key("enter")
		s.settle(ana)
		ana.missing("Enter reintentar")
		if got := s.Texts(a, s.Lobby()); len(got) != 21 || got[20] != "ana: no cabe" {
			t.Fatalf("after the retry: %v", got)
		}
	})
}

// Whatever the length of a history, PgUp gets to its beginning and Esc G back.
func TestPagingThroughHistory(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		for i := range 1000 {
			s.Say(b, s.Lobby(), fmt.Sprintf("mensaje %d", i))
		}
		ana := s.sit(a, 80, 24)
		ana.sees("mensaje 999")
		for range 80 {
			ana.Key("pgup")
		}
		ana.sees("mensaje 0")
		s.Say(b, s.Lobby(), "el último")
		s.settle(ana)
		ana.sees("mensaje 0", "1 mensaje nuevo abajo")
		if n := len(ana.model.current().pane.Unquoted()); n != 0 {
			t.Error(n)
		}
		for range 80 {
			ana.Key("pgdown")
		}
		ana.sees("el último")
		ana.Key("esc", "g", "esc", "G")
		ana.sees("el último")
		ana.missing("abajo, Esc G")
	})
}

// Up chooses a message: reply, edit, delete, copy.
func TestSelecting(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Say(b, s.Lobby(), "¿quién trae el café?")
		ana, beto := s.sit(a, 80, 24), s.sit(b, 80, 24)
		ana.Key("up", "r")
		ana.sees("responder a beto: ¿quién trae el café?")
		ana.Type("yo lo llevo\n")
		s.settle(ana, beto)
		beto.sees("┊ beto: ¿quién trae el café?", "▌ yo lo llevo")
		ana.Key("up", "e")
		ana.sees("> yo lo llevo", "editar:")
		ana.Type(" mañana\n")
		s.settle(ana, beto)
		beto.sees("yo lo llevo mañana (editado)")
		ana.Key("up", "up", "e")
		ana.sees("solo puedes cambiar tus mensajes")
		ana.Key("down", "d")
		ana.sees("¿Borrar este mensaje", "▶ dejarlo", "Enter: dejarlo")
		ana.Key("x", "o", "enter")
		s.settle(ana, beto)
		beto.missing("mensaje borrado")
		ana.Key("up", "d", "n")
		ana.Key("up", "d", "s")
		s.settle(ana, beto)
		beto.sees("mensaje borrado")
		beto.missing("mañana")
	})
}

// A line that starts with a slash is an order; two slashes are a message.
func TestSlashCommands(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		ana := s.sit(a, 100, 30)
		ana.Type("/enviar beto hola desde aquí\n")
		s.settle(ana)
		if got := s.Texts(b, s.Talk(a, b)); len(got) != 1 {
			t.Fatalf("beto got %v", got)
		}
		ana.Type("/quien\n")
		s.settle(ana)
		ana.sees("┊ ")
		ana.Type("/nada de esto\n")
		s.settle(ana)
		ana.sees("> /nada de esto")
		ana.Key("ctrl+u")
		ana.Type("//hola\n")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: /hola" {
			t.Fatalf("the lobby got %v", got)
		}
		ana.Type("/ventana beto\n")
		s.settle(ana)
		ana.sees("▶2 beto")
		ana.Type("/close\n")
		ana.missing("2 beto")
		ana.Type("/he")
		ana.Key("tab")
		ana.Key("ctrl+u")
		ana.Type("/ayu")
		ana.Key("tab")
		ana.sees("> /ayuda")
		ana.Key("enter")
		ana.sees("Ayuda", "Teclas")
		ana.Key("esc")
		ana.Type("@be")
		ana.Key("tab")
		ana.sees("> @beto")
		ana.Key("ctrl+u")
		ana.Type("/idioma en\n")
		s.settle(ana)
		ana.sees("write a message")
		ana.Type("/ascii\n")
		ana.sees(">  lobby", "write a message..")
		ana.Type("/quit\n")
		if err := ana.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}

// A newcomer is told how things go, in lines that go away by doing it.
func TestNewcomer(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		newcomer := func(c *Config) { c.New, c.Notice = true, "tu clave queda guardada" }
		ana := s.sit(a, 80, 24, newcomer)
		ana.sees("Eres ana. Escribe y pulsa Enter.", "tu clave queda guardada", "ana@chat.lan:lobby/", "Ctrl+K")
		golden(t, "newcomer", ana.Text())
		ana.Type("hola\n")
		s.settle(ana)
		ana.missing("Eres ana.")
		ana.sees("Ctrl+K")
		ana.Key("esc", "h")
		ana.missing("Ctrl+K")
		ana.leave()
		s.settle()
		s.sit(a, 80, 24, newcomer).missing("Ctrl+K y un nombre")
	})
}

// A long paste is asked about; it is one message, never many.
func TestLongPaste(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		text := strings.TrimSpace(strings.Repeat("otra línea\n", 30))
		ana.Paste(text)
		ana.sees("Has pegado 30 líneas")
		ana.Key("esc")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("sent %v", got)
		}
		ana.Paste(text)
		ana.Key("enter")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: "+text {
			t.Fatalf("sent %v", got)
		}
		ana.Paste("dos\nlíneas")
		ana.sees("> dos", "  líneas")
	})
}

// Ctrl+C clears; twice on an empty composer leaves. Ctrl+Q leaves at once and
// what was just sent is not lost.
func TestLeaving(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("algo")
		ana.Key("ctrl+c")
		ana.missing("algo")
		ana.Key("ctrl+c")
		ana.sees("otra vez sale")
		time.Sleep(3 * time.Second)
		ana.Key("ctrl+c")
		if ana.Done() {
			t.Fatal("left after three seconds")
		}
		ana.Key("ctrl+c")
		if err := ana.Wait(); err != nil {
			t.Fatal(err)
		}
		ana.leave()

		ana = s.sit(a, 80, 24)
		ana.Raw([]byte("adiós\r\x11"))
		ana.leave()
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: adiós" {
			t.Fatalf("sent %v", got)
		}
	})
}

// The list, a pane and a line for a shell can be clicked; the wheel scrolls what
// is under it.
func TestMouse(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(b, s.Talk(b, a), "hola")
		for i := range 100 {
			s.Say(b, s.Lobby(), fmt.Sprint("m", i))
		}
		ana := s.sit(a, 140, 40)
		ana.Key("esc", "o")
		ana.Type("beto\n")
		ana.sees("▶2 beto", "▌ m99")
		ana.Wheel(40, 10, 3)
		ana.missing("▌ m99")
		ana.Click(40, 10)
		ana.sees("▶1 lobby")
		ana.Click(5, 3)
		ana.sees("▶2 beto")
	})
}

// Every screen can be had in English and in ASCII.
func TestEnglishASCII(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Say(b, s.Talk(b, a), "hi")
		ana := s.sit(a, 80, 24, func(c *Config) { c.ASCII, c.Words = true, i18n.For(i18n.English) })
		ana.Key("ctrl+k")
		ana.Type("beto\nhello\n")
		s.settle(ana)
		for _, r := range ana.Text() {
			if r > 0x7e {
				t.Fatalf("%q is not ASCII:\n%s", r, ana.Text())
			}
		}
	})
}

// Who types is told to those who look, and forgotten after a while.
func TestTyping(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		s.Say(a, s.Talk(a, b), "hola")
		ana, beto := s.sit(a, 80, 24), s.sit(b, 80, 24)
		ana.Key("ctrl+k")
		ana.Type("beto\n")
		beto.Key("ctrl+k")
		beto.Type("ana\n")
		s.settle(ana, beto)
		ana.sees("1 beto ● en línea")
		beto.Type("voy a escri")
		time.Sleep(3 * time.Second)
		ana.sees("escribiendo…")
		time.Sleep(30 * time.Second)
		ana.sees("en línea")
		beto.leave()
		time.Sleep(5 * time.Second)
		ana.sees("1 beto ○")
	})
}

// A screen that was too slow for the news reads again and misses nothing.
func TestTooMuchNewsAtOnce(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		ana := s.sit(a, 80, 24)
		for i := range 600 { // no time passes: the ring holds 256
			s.Say(b, s.Lobby(), fmt.Sprintf("mensaje %d.", i))
		}
		s.settle(ana)
		ana.sees("mensaje 599.", "mensaje 598.")
		for range 50 {
			ana.Key("pgup")
		}
		ana.sees("mensaje 0.")
		ana.Key("esc", "G")
		ana.sees("mensaje 599.")
		s.Say(b, s.Lobby(), "y uno más")
		s.settle(ana)
		ana.sees("y uno más")
	})
}

// Enter sends; the other ways to press it make a line.
func TestNewLines(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("uno")
		ana.Key("ctrl+j")
		ana.Type("dos")
		ana.Key("alt+enter")
		ana.Type("tres")
		ana.Key("shift+enter")
		ana.Type("cuatro\\\ncinco\n")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: uno\ndos\ntres\ncuatro\ncinco" {
			t.Fatalf("sent %q", got)
		}
	})
}

// In a group the ticks wait for everybody who was there.
func TestTicksOfAGroup(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		team := s.Group(a, "Equipo", b, c)
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k")
		ana.Type("equipo\nhola\n")
		s.settle(ana)
		b.Delivered(chat.PositionAt(1<<30, 0))
		time.Sleep(2 * time.Second)
		ana.missing("✓✓")
		c.Delivered(chat.PositionAt(1<<30, 0))
		b.Read(s.See(b, team), 1)
		time.Sleep(2 * time.Second)
		s.settle(ana)
		ana.sees("✓✓ 1/2")
		d := s.Person("dario")
		s.Add(a, team, d) // who comes later is not waited for
		c.Read(s.See(c, team), 1)
		time.Sleep(2 * time.Second)
		s.settle(ana)
		ana.sees("✓✓", "Equipo (4)")
		ana.missing("1/2")
	})
}

// A talk that somebody else opens appears by itself, with its first message.
func TestSomebodyNewWrites(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Group(a, "Vecinos", b)
		ana := s.sit(a, 80, 24)
		s.Say(b, s.Talk(b, a), "hola, soy beto")
		s.settle(ana)
		ana.sees("beto ○", "•1", "hola, soy beto")
		s.Say(b, s.Talk(b, a), "¿estás?")
		s.settle(ana)
		ana.sees("•2")
		g := s.Group(b, "Cena", a)
		s.Say(b, g, "¿a las nueve?")
		s.settle(ana)
		ana.sees("Cena", "•1")
		ana.Key("esc", "a")
		ana.sees("1 Cena (2)", "¿a las nueve?")
		s.Leave(a, g)
		s.settle(ana)
		ana.sees("aquí solo lees")
	})
}

// strict lets one message through in two seconds.
type strict struct{ last time.Time }

func (l *strict) Take(_ chat.UserID, b chat.Budget, _ int) (time.Duration, bool) {
	if b != chat.Messages {
		return 0, true
	}
	if wait := 2*time.Second - time.Since(l.last); wait > 0 {
		return wait, false
	}
	l.last = time.Now()
	return 0, true
}

// What is sent too fast goes by itself, in order, as soon as it may.
func TestTooFastIsSentLater(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("uno\ndos\ntres\n")
		ana.sees("·")
		time.Sleep(10 * time.Second)
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); strings.Join(got, ",") != "ana: uno,ana: dos,ana: tres" {
			t.Fatalf("sent %v", got)
		}
		ana.missing("!")
	}, chattest.WithLimiter(&strict{}))
}

// What is typed ahead while a conversation opens goes there, never to the one
// before; if it does not open, nowhere.
func TestTypingAheadGoesToTheRightPlace(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		ana := s.sit(a, 80, 24)
		ana.Raw([]byte("\x0bbeto\rsecreto\r"))
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("the lobby got %v", got)
		}
		if got := s.Texts(b, s.Talk(b, a)); len(got) != 1 {
			t.Fatalf("beto got %v", got)
		}
		ana.Raw([]byte("\x0bzzzz\rsecreto\r"))
		s.settle(ana)
		ana.sees("> zzzzsecreto", "nada se llama así")
		if got := s.Texts(b, s.Talk(b, a)); len(got) != 1 {
			t.Fatalf("beto got %v", got)
		}
	})
}

// Nothing is lost that was written on a screen that vanished: what waited is
// sent, what was not finished is a draft.
func TestHangingUpLosesNothing(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		release := s.Log.TestOnlyHold()
		ana.Raw([]byte("uno\rdos\rtres\rsin acab"))
		ana.Hangup()
		time.AfterFunc(time.Second, release)
		ana.leave()
		s.settle()
		if got := s.Texts(a, s.Lobby()); strings.Join(got, ",") != "ana: uno,ana: dos,ana: tres" {
			t.Fatalf("sent %v", got)
		}
		s.sit(a, 80, 24).sees("> sin acab")
	})
}

// The [c] beside a line for a shell copies it; a click elsewhere does not.
func TestClickCopiesAnOrder(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Paste("/home/ana/foto.jpg")
		for y := range 24 {
			if strings.HasSuffix(ana.Row(y), "[c]") {
				ana.Click(40, y)
				ana.missing("copiado")
				ana.Click(78, y)
				ana.sees("copiado")
				return
			}
		}
		t.Fatalf("no [c]:\n%s", ana.Text())
	})
}

// A server that does not answer is said, and tried again.
func TestServerThatIsNotReady(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Key("esc", "z")
		ana.sees("solo hay una ventana")
		release := s.Log.TestOnlyHold()
		defer release()
		ana.Type("hola\n")
		time.Sleep(40 * time.Second)
		ana.sees("el servidor no puede ahora; tu mensaje sale")
		release()
		time.Sleep(5 * time.Second)
		s.settle(ana)
		ana.missing("el servidor no puede")
		if got := s.Texts(a, s.Lobby()); len(got) != 1 {
			t.Fatalf("sent %v", got)
		}
	})
}
