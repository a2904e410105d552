package verbs_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// desk runs verbs as several people, as `ssh host VERB` does.
type desk struct {
	t *testing.T
	w *chattest.World
}

// result is what one run left behind.
type result struct {
	out, err string
	status   int
}

func (d desk) run(who *chat.Actor, lang i18n.Lang, stdin, line string) result {
	d.t.Helper()
	var out, errs bytes.Buffer
	status := verbs.Run(d.w.Ctx, d.session(who, lang, strings.NewReader(stdin), &out, &errs), line)
	d.w.Settle()
	return result{out.String(), errs.String(), status}
}

func (d desk) session(who *chat.Actor, lang i18n.Lang, in io.Reader, out, errs io.Writer) verbs.Session {
	return verbs.Session{
		Session: command.Session{
			Actor: who, Words: i18n.For(lang), In: in, Out: out,
			Server: command.Server{Host: "chat.lan", Port: 2222, HostKeys: []string{"ssh-ed25519 AAAAkey"}},
		},
		Err: errs,
		Log: slog.New(slog.NewTextHandler(d.t.Output(), nil)),
	}
}

// want runs a line and compares all that it left; IDs read as ID.
func (d desk) want(who *chat.Actor, line string, want result) {
	d.t.Helper()
	d.wantIn(who, "", line, want)
}

func (d desk) wantIn(who *chat.Actor, stdin, line string, want result) {
	d.t.Helper()
	got := d.run(who, i18n.English, stdin, line)
	got.out = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`).ReplaceAllString(got.out, "ID")
	got.out = regexp.MustCompile(`"position":[0-9]+`).ReplaceAllString(got.out, `"position":P`)
	if got != want {
		d.t.Errorf("%s> %s\n got %+v\nwant %+v", who.Me().Nick, line, got, want)
	}
}

// story runs a test inside a bubble, where it is midnight of 2000-01-01 UTC.
func story(t *testing.T, tell func(t *testing.T, d desk, ana, beto *chat.Actor), options ...chattest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, options...)
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Befriend(ana, beto)
		tell(t, desk{t, w}, ana, beto)
	})
}

func done(out string) result { return result{out: out} }

func TestSendAndRead(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, `send beto don't  "wait"   \o`, done(""))
		d.wantIn(ana, "from a pipe\nof two lines\n", "send beto", done(""))
		d.want(ana, `send beto  indented`, done(""))
		d.want(ana, `send -- beto --json`, done(""))
		d.want(beto, "read ana", done("2000-01-01 00:00 UTC ana in ana: don't  \"wait\"   \\o\n"+
			"2000-01-01 00:00 UTC ana in ana: from a pipe\n    of two lines\n"+
			"2000-01-01 00:00 UTC ana in ana:  indented\n"+
			"2000-01-01 00:00 UTC ana in ana: --json\n"))
		d.want(beto, "read --last 1 ana", done("2000-01-01 00:00 UTC ana in ana: --json\n"))
		d.want(beto, "read ana --last=2 --json", done(
			`{"id":"ID","n":3,"position":P,"conversation":"ana","from":"ana","at":"2000-01-01T00:00:00Z","kind":"text","text":" indented"}`+"\n"+
				`{"id":"ID","n":4,"position":P,"conversation":"ana","from":"ana","at":"2000-01-01T00:00:00Z","kind":"text","text":"--json"}`+"\n"))
	})
}

func TestReadPagesThroughALongHistory(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		var lines strings.Builder
		for range 250 {
			lines.WriteString("x\n\n")
		}
		d.wantIn(ana, lines.String(), "send --lines beto", done(""))
		for last, want := range map[string]int{"1": 1, "100": 100, "101": 101, "250": 250, "9999": 250} {
			if got := d.run(beto, i18n.English, "", "read ana --last "+last); strings.Count(got.out, "\n") != want {
				t.Errorf("--last %s prints %d lines, want %d", last, strings.Count(got.out, "\n"), want)
			}
		}
	})
}

func TestTheSameKeyIsOneMessage(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		line := `send --json --id "job 7" beto hola`
		want := done(`{"id":"ID","n":1,"conversation":"beto","from":"ana","at":"2000-01-01T00:00:00Z","kind":"text","text":"hola"}` + "\n")
		d.want(ana, line, want)
		d.want(ana, line, want)
		d.wantIn(ana, "a\nb\n", "send --lines --id log beto", done(""))
		d.wantIn(ana, "a\nb\nc\n", "send --id log --lines beto", done(""))
		got := d.run(beto, i18n.English, "", "read ana --json")
		if n := strings.Count(got.out, "\n"); n != 4 {
			t.Errorf("beto has %d messages, want hola, a, b, c:\n%s", n, got.out)
		}
		// beto's key is not ana's.
		d.want(beto, `send --json --id "job 7" ana hola`, done(
			`{"id":"ID","n":5,"conversation":"ana","from":"beto","at":"2000-01-01T00:00:00Z","kind":"text","text":"hola"}`+"\n"))
	})
}

// A script that sent one report to two people under one key was told that both
// got it; only the first did.
func TestKeyUsedElsewhereIsRefusedRegression(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "send --id job beto report", done(""))
		used := result{err: "charla: not sent: that KEY already is a message in beto; use another KEY\n", status: 1}
		d.want(ana, "send --id job lobby report", used)
		d.want(ana, "send --id job --json lobby report", used)
		d.wantIn(ana, "a\n", "send --lines --id log beto", done(""))
		d.wantIn(ana, "b\n", "send --lines --id log lobby", result{
			err: "charla: line 1: not sent: that KEY already is a message in beto; use another KEY\n", status: 1})
		d.want(ana, "read lobby", none("there is nothing to read in lobby"))
		d.want(ana, "send --id job beto report", done("")) // the same again is no mistake

		d.want(ana, "send --id other lobby x", done(""))
		got := d.run(ana, i18n.Spanish, "", "send --id other beto x")
		if got.status != 1 || got.err != "charla: no enviado: esa CLAVE ya es un mensaje en lobby; usa otra CLAVE\n" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestExitStatuses(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		usage := "charla: usage: send [--json] [--id KEY] [--lines] CONV [TEXT…]\n"
		long := strings.Repeat("x", chat.MaxText+1)
		tooLong := "too long: a message holds 16 KB; send it as a file\n"
		tests := []struct {
			stdin, line string
			want        result
		}{
			{"", "", result{err: "charla: usage: help [--json] [COMMAND]\n", status: 2}},
			{"", "   ", result{err: "charla: usage: help [--json] [COMMAND]\n", status: 2}},
			{"", "send", result{err: usage, status: 2}},
			{"", "send beto", result{err: usage, status: 2}},
			{" \n", "send beto   ", result{err: usage, status: 2}},
			{"", "send --nope beto x", result{err: "charla: --nope does not fit; usage: send [--json] [--id KEY] [--lines] CONV [TEXT…]\n", status: 2}},
			{"", "send --id= beto x", result{err: "charla: --id does not fit; usage: send [--json] [--id KEY] [--lines] CONV [TEXT…]\n", status: 2}},
			{"x", "send --lines beto x", result{err: "charla: --lines does not fit; usage: send [--json] [--id KEY] [--lines] CONV [TEXT…]\n", status: 2}},
			{"", "read 'lobby", result{err: "charla: a quote is not closed; usage: read [--json] CONV [--last N]\n", status: 2}},
			{"", "read lobby --last 0", result{err: "charla: --last 0 does not fit; usage: read [--json] CONV [--last N]\n", status: 2}},
			{"", "tail --after -1", result{err: "charla: --after -1 does not fit; usage: tail [--json] [--after POSITION] [CONV…]\n", status: 2}},
			{"", "whoami now", result{err: "charla: usage: whoami [--json]\n", status: 2}},
			{"", "group", result{err: "charla: usage: " + family("group ") + "\n", status: 2}},
			{"", "send beta hola", result{err: "charla: no beta here; beto?\n", status: 1}},
			{"", "group leave beto", result{err: "charla: beto is not a group\n", status: 1}},
			{long, "send beto", result{err: "charla: " + tooLong, status: 1}},
			{long[1:] + "\n", "send beto", result{}},
			{"ok\n" + long + "x\n", "send --lines beto", result{err: "charla: line 2: " + tooLong, status: 1}},
			{"ok\n" + strings.Repeat("x", 1<<17), "send --lines beto", result{err: "charla: line 2: " + tooLong, status: 1}},
			{"", "md5sum x", result{err: "charla: no command md5sum; help lists them all\n", status: 127}},
			{"", "echo ${ShellId}%ComSpec%", result{err: "charla: no command echo; help lists them all\n", status: 127}},
			{"", "lsit", result{err: "charla: no command lsit; did you mean list? help lists them all\n", status: 127}},
			{"", "help sned", result{err: "charla: no command sned; did you mean send? help lists them all\n", status: 127}},
			{"", "\x1b]0;x\a\x1b[2Jboo\nboo", result{err: "charla: no command boo; help lists them all\n", status: 127}},
			{"", "scp -r -t beto/", result{err: "charla: this scp speaks the old protocol; use scp without -O, of OpenSSH 9 or newer, or sftp\n", status: 1}},
			{"", "scp x", result{err: "charla: no command scp; help lists them all\n", status: 127}},
		}
		for _, tt := range tests {
			d.wantIn(ana, tt.stdin, tt.line, tt.want)
		}
	})
}

// family is the usages of the commands that begin with a word.
func family(word string) string {
	var lines []string
	for _, c := range command.All() {
		if usage := c.Usage(&i18n.For(i18n.English).Command); slices.ContainsFunc(c.English, func(name string) bool { return strings.HasPrefix(name, word) }) {
			lines = append(lines, usage.Line)
		}
	}
	return strings.Join(lines, " | ")
}

// Somebody pipes a whole escape arsenal in; the reader's terminal sees text.
func TestNobodyForgesALineOrMovesACursor(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.wantIn(ana, "hi\x1b[2J\x1b]0;owned\x07\u009b31m\u202eevil\r\n2000-01-01 00:00 beto in lobby: pay me\u2028x\x00", "send beto", done(""))
		d.want(beto, "read ana", done("2000-01-01 00:00 UTC ana in ana: hievil\n    2000-01-01 00:00 beto in lobby: pay mex\n"))
		for _, line := range []string{"read ana --json", "list", "list --json", "who", "whoami --json", "help", "config"} {
			for _, r := range d.run(beto, i18n.Spanish, "", line).out {
				if r != '\n' && (r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x202e || r == 0x2028) {
					t.Errorf("%s prints %U", line, r)
				}
			}
		}
	})
}

func TestGroups(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		carla := d.w.Person("carla")
		d.want(ana, `group new --json "Familia Peña" beto`, done(
			`{"handle":"familia-pena","id":"ID","kind":"group","title":"Familia Peña","members":2,"unread":0,"read":0,"role":"owner"}`+"\n"))
		d.want(ana, "grupo anadir familia-pena carla", done("carla is in familia-pena; 3 people\n"))
		d.want(ana, "GRUPO AÑADIR familia-pena @Carla carla", done("carla is in familia-pena; 3 people\n"))
		d.want(carla, "send familia-pena hola", done(""))
		d.want(beto, "grupo salir familia-pena", done("you left familia-pena\n"))
		d.want(beto, "send familia-pena adiós", result{err: "charla: you are not in familia-pena\n", status: 1})
		d.want(beto, "read familia-pena", done("2000-01-01 00:00 UTC carla in familia-pena: hola\n"))
		// The client's shell eats the quotes around a title of several words.
		d.want(ana, "group new Los de siempre beto", done("los-de-siempre\n"))
		d.want(ana, "group new Los bteo beto", result{err: "charla: nobody is called bteo here; beto?\n", status: 1})
		// The word that is nobody's is the one that is named, and how a title is kept whole.
		const quotes = "; a title of several words stands in quotes: "
		for line, want := range map[string]string{
			"group new Familia Peña beto carla nadie": "nadie here" + quotes + `group new '"Familia Peña"' beto carla nadie`,
			"group new Clase 3B":                      "3B here" + quotes + `group new '"Clase 3B"'`,
			"group new Fiesta carla en casa beto":     "en here" + quotes + `group new '"Fiesta carla en casa"' beto`,
			"group new x beto nadie":                  "nadie here",
			`group new "Clase 3B" nadie`:              "nadie here",
		} {
			d.want(ana, line, result{err: "charla: nobody is called " + want + "\n", status: 1})
		}
		if got := d.run(ana, i18n.Spanish, "", "grupo nuevo Clase 3B").err; got != "charla: aquí nadie se llama 3B; un título de varias palabras va entre comillas: grupo nuevo '\"Clase 3B\"'\n" {
			t.Errorf("in Spanish: %s", got)
		}
		d.want(ana, "list", done("los-de-siempre              \"Los de siempre\"\nfamilia-pena         (1)    \"Familia Peña\" carla: hola\nlobby\n"))
	})
}

func TestWhoIAmAndHowToGetHere(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "whoami", done("ana\n    and a passphrase\n"))
		d.want(ana, "register", done("you are ana\n"))
		d.want(ana, "registrar", done("you are ana\n"))
		// A script that made a bot under the key of its owner was told that all is well.
		for user, ok := range map[string]bool{"ana": true, "Ana": true, "bot": false} {
			got := d.as(ana, command.Access{User: user, Fingerprint: "SHA256:x"}, "", "register")
			want := done("you are ana\n")
			if !ok {
				want = result{err: "charla: bot was not taken: by this key you are ana; another nick takes a key of its own, ssh -o IdentitiesOnly=yes -i FILE\n", status: 1}
			}
			if got != want {
				t.Errorf("register as %s: %+v", user, got)
			}
			if got := d.as(ana, command.Access{User: user, Fingerprint: "SHA256:x"}, "", "send lobby hi"); got != done("") {
				t.Errorf("any other verb as %s: %+v", user, got)
			}
		}
		d.want(ana, "whoami --json", done(`{"nick":"ana","id":"ID","since":"2000-01-01T00:00:00Z","keys":[],"passphrase":true}`+"\n"))
		d.want(ana, "config", done("# for ~/.ssh/known_hosts, if you do not want to be asked:\n#   [chat.lan]:2222 ssh-ed25519 AAAAkey\n"+
			"# for ~/.ssh/config:\nHost chat\n    HostName chat.lan\n    Port 2222\n    User ana\n    HostKeyAlias [chat.lan]:2222\n    ServerAliveInterval 30\n"))
		follower := beto.Follow()
		defer follower.Close()
		d.want(ana, "who", done("beto\n"))
		d.want(ana, "who --json", done(`{"nick":"beto"}`+"\n"))
	})
}

func TestBothLanguages(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		for _, line := range []string{
			"enviar beto hola", "mensaje beto hola", "leer beto", "lista", "quien", "quién", "quiensoy", "registrar",
			"grupo nuevo x beto", "grupo añadir x beto", "grupo salir x beto", "configuracion", "configuración", "ayuda", "ayuda enviar", "ayuda grupo",
			"help send", "help group new", "list --help", "send --help",
		} {
			if got := d.run(ana, i18n.Spanish, "", line); got.status != 0 || got.err != "" && !strings.HasPrefix(line, "qui") { // nobody is here
				t.Errorf("%s: %+v", line, got)
			}
		}
		got := d.run(ana, i18n.Spanish, "", "leer nadie")
		if want := (result{err: "charla: aquí no hay nadie\n", status: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// A command that one language forgot, or a usage that does not start with the
// command's own name there, is a command that nobody finds.
func TestHelpIsCompleteInBothLanguages(t *testing.T) {
	seen := map[string]string{}
	for _, c := range command.All() {
		for _, lang := range []i18n.Lang{i18n.English, i18n.Spanish} {
			usage := c.Usage(&i18n.For(lang).Command)
			if !strings.HasPrefix(usage.Line, c.Name(lang)) {
				t.Errorf("%s: %q does not start with its name %q", lang, usage.Line, c.Name(lang))
			}
			for _, f := range c.Flags {
				if !strings.Contains(usage.Line, "--"+f.Name) {
					t.Errorf("%s: %q does not tell --%s", lang, usage.Line, f.Name)
				}
			}
		}
		for _, name := range append(c.English, c.Spanish...) {
			if other, taken := seen[name]; taken {
				t.Errorf("%q is both %s and %s", name, other, c.English[0])
			}
			seen[name] = c.English[0]
			if got, ok := command.Lookup(name); !ok || got.English[0] != c.English[0] {
				t.Errorf("%q does not find %s", name, c.English[0])
			}
		}
	}
}

// cut is an input that ends because the connection did.
type cut struct {
	io.Reader
	hangUp func()
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil {
		c.hangUp()
	}
	return n, err
}

// A connection that breaks in the middle of what is piped in looks like its
// end: half a message, or half a line, is not posted.
func TestWhatWasCutIsNotSent(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		for _, line := range []string{"send beto", "send --lines beto"} {
			ctx, hangUp := context.WithCancel(d.w.Ctx)
			in := cut{strings.NewReader("transfer 100 to carla, no: 1"), hangUp}
			if status := verbs.Run(ctx, d.session(ana, i18n.English, in, io.Discard, io.Discard), line); status != 75 {
				t.Errorf("%s: status %d, want 75", line, status)
			}
		}
		d.want(beto, "read ana", none("there is nothing to read in ana"))
	})
}

// Whose key it is decides who one is, whatever was typed before the "@": who
// sends under another name than they think is told.
func TestANoticeComesFirst(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		var out, errs bytes.Buffer
		s := d.session(ana, i18n.English, nil, &out, &errs)
		s.Notice = "this key is ana's: you are ana"
		if status := verbs.Run(d.w.Ctx, s, "whoami"); status != 0 || errs.String() != "charla: this key is ana's: you are ana\n" {
			t.Errorf("status %d, %q", status, errs.String())
		}
	})
}

func TestOnlyRegisterClaims(t *testing.T) {
	for line, want := range map[string]bool{
		"register": true, " REGISTRAR --json": true, "registrarse": true,
		"register now": false, "register --help": false, "help register": false, "send register x": false, "": false, "registe": false, "'register": false,
	} {
		if got := verbs.Registers(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestFilesAreNamedAsScpNamesThem(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		file := chat.File{Name: "photo 1.jpg", Size: 12_400_000, Hash: strings.Repeat("ab", 32)}
		if _, err := ana.SendFile(d.w.Ctx, d.w.Talk(ana, beto), file); err != nil {
			t.Fatal(err)
		}
		d.want(beto, "files ana", done("2000-01-01 00:00 UTC ana in ana: [ana/photo 1.jpg, 12.4 MB]\n"))
		d.want(beto, "read ana --json", done(`{"id":"ID","n":1,"position":P,"conversation":"ana","from":"ana","at":"2000-01-01T00:00:00Z","kind":"file",`+
			`"file":{"name":"photo 1.jpg","size":12400000,"sha256":"`+file.Hash+`","path":"ana/photo 1.jpg"}}`+"\n"))
		if got, want := d.run(ana, i18n.Spanish, "", "archivos beto").out, "2000-01-01 00:00 UTC ana en beto: [beto/photo 1.jpg, 12,4 MB]\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestWhatWasEditedOrTakenBack(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		edited := d.w.Say(ana, d.w.Talk(ana, beto), "holla")
		gone := d.w.Say(ana, d.w.Talk(ana, beto), "oops")
		if _, err := ana.Edit(d.w.Ctx, edited, "hola"); err != nil {
			t.Fatal(err)
		}
		if _, err := ana.Retract(d.w.Ctx, gone); err != nil {
			t.Fatal(err)
		}
		d.w.Settle()
		d.want(beto, "read ana", done("2000-01-01 00:00 UTC ana in ana: hola (edited)\n2000-01-01 00:00 UTC ana in ana: (deleted)\n"))
		d.want(beto, "read ana --json", done(
			`{"id":"ID","n":1,"position":P,"conversation":"ana","from":"ana","at":"2000-01-01T00:00:00Z","kind":"text","text":"hola","edited":true}`+"\n"+
				`{"id":"ID","n":2,"position":P,"conversation":"ana","from":"ana","at":"2000-01-01T00:00:00Z","kind":"deleted"}`+"\n"))
	})
}

func TestAServerThatStopsSaysTryAgain(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		ctx, stop := context.WithCancel(d.w.Ctx)
		var out, errs bytes.Buffer
		status := make(chan int)
		go func() { status <- verbs.Run(ctx, d.session(ana, i18n.English, nil, &out, &errs), "tail") }()
		synctest.Wait()
		stop()
		if got := <-status; got != 75 || !strings.Contains(errs.String(), "try again") {
			t.Errorf("status %d, %q; want 75 and a sentence", got, errs.String())
		}
	})
}
