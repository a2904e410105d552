package verbs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

const (
	anaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
)

// as runs a line in a session that came in by a way.
func (d desk) as(who *chat.Actor, in command.Access, stdin, line string) result {
	d.t.Helper()
	var out, errs bytes.Buffer
	s := d.session(who, i18n.English, strings.NewReader(stdin), &out, &errs)
	in.Phrases = chattest.PlainPhrases{}
	s.Access, s.Server.Fingerprint = in, "SHA256:host"
	status := verbs.Run(d.w.Ctx, s, line)
	d.w.Settle()
	return result{out.String(), errs.String(), status}
}

func TestKeysByVerb(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		fp := regexp.MustCompile(`SHA256:[A-Za-z0-9+/]{43}`)
		got := d.run(ana, i18n.English, anaKey+" ana@laptop\n", "key add")
		if !strings.HasPrefix(got.out, "this key lets you in now: SHA256:") || got.status != 0 {
			t.Fatalf("got %+v", got)
		}
		print := fp.FindString(got.out)
		d.want(ana, "key list", done("1  "+print+"  \"ana@laptop\"\n"))
		d.want(ana, "key list --json", done(`{"fingerprint":"`+print+`","name":"ana@laptop","key":"`+anaKey+`"}`+"\n"))
		d.want(ana, "key add "+anaKey, result{err: "charla: you have the key " + print + " already\n", status: 1})
		d.want(beto, "llave añadir --name 'mi llave' "+anaKey+" x y", done("this key lets you in now: "+print+"  \"mi llave\"\n"))
		d.want(beto, "llaves", done("1  "+print+"  \"mi llave\"\n"))
		for line, want := range map[string]string{
			"key add hello":                 `"hello" is no public key; give a line as in id_ed25519.pub`,
			`key add command="x" ` + anaKey: "a key with options is not taken; give the line of id_ed25519.pub alone",
			"key remove 2":                  "no key of yours is 2; key list shows them",
		} {
			d.want(ana, line, result{err: "charla: " + want + "\n", status: 1})
		}
		d.wantIn(ana, anaKey+"\n"+anaKey+"\n", "key add", result{err: "charla: that is more than one key; give one at a time\n", status: 1})
		d.want(ana, "key add", result{err: "charla: usage: key add [--name NAME] [LINE]\n", status: 2})
		d.want(ana, "key remove ana@laptop", done("this key lets you in no more: "+print+"  \"ana@laptop\"\n"))
		d.want(ana, "key list", done(""))
	})
}

// A thief's key was called like charla's own remark, and read as the one that ana
// sits at.
func TestAKeyIsNotCalledLikeARemarkRegression(t *testing.T) {
	story(t, func(_ *testing.T, d desk, ana, _ *chat.Actor) {
		got := d.run(ana, i18n.English, "", "key add --name 'x\" you came in by it' "+anaKey)
		print := strings.Fields(strings.TrimPrefix(got.out, "this key lets you in now: "))[0]
		d.want(ana, "keys", done("1  "+print+"  \"x' you came in by it\"\n"))
	})
}

// ana removes the key that she came in by, and is told what is left to her.
func TestTheOwnKeyIsRemovedKnowingly(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		if _, err := ana.AddKey(d.w.Ctx, chat.Key{Fingerprint: "SHA256:0123456789abcdefghij", Authorized: "x", Name: `my "phone"`}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			in         command.Access
			line, told string
		}{
			{command.Access{Fingerprint: "SHA256:laptop"}, "key remove laptop", `; you came in by it: your other ways in are your passphrase, SHA256:0123456789abcdef "my 'phone'"`},
			{command.Access{Fingerprint: "SHA256:other"}, "key remove laptop", ""},
			{command.Access{}, "key remove laptop", ""},
		} {
			if _, err := ana.AddKey(d.w.Ctx, chat.Key{Fingerprint: "SHA256:laptop", Authorized: "x", Name: "laptop"}); err != nil {
				t.Fatal(err)
			}
			got := d.as(ana, c.in, "", c.line)
			if want := "SHA256:laptop  \"laptop\"" + c.told + "\n"; got.status != 0 || !strings.HasSuffix(got.out, want) {
				t.Errorf("%s: %+v, want %q", c.line, got, want)
			}
		}
		if got := d.as(ana, command.Access{Fingerprint: "SHA256:0123456789abcdefghij"}, "", "key remove --json 1"); !strings.Contains(got.out, `"here":true`) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestWhoamiTellsTheWayIn(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.run(ana, i18n.English, anaKey+" laptop", "key add")
		keys, err := ana.Keys(d.w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		fp := keys[0].Fingerprint
		if _, err := ana.UsedKey(d.w.Ctx, fp); err != nil {
			t.Fatal(err)
		}
		got := d.as(ana, command.Access{Fingerprint: fp}, "", "whoami")
		if want := "ana\n    " + fp + "  \"laptop\"  used 2000-01-01 00:00  you came in by it\n    and a passphrase\n"; got.out != want {
			t.Errorf("got %q, want %q", got.out, want)
		}
		other := chat.Key{Fingerprint: "SHA256:other", Authorized: "ssh-ed25519 other"}
		got = d.as(beto, command.Access{Refused: []chat.Key{other}}, "", "whoami")
		if want := "beto\n    and a passphrase\nthis login also offered keys that are not yours here:\n    SHA256:other\n" +
			"to come in by one of them, type link and connect again with the code it gives\n"; got.out != want {
			t.Errorf("got %q, want %q", got.out, want)
		}
	})
}

// Whoever finds ana's terminal open knows no passphrase of hers, and gets none by
// guessing; a key that let her in is enough.
func TestThePassphraseIsAskedFor(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		if err := ana.SetPassphrase(d.w.Ctx, "hash of old secret", ""); err != nil {
			t.Fatal(err)
		}
		byPhrase, byKey := command.Access{Token: "here"}, command.Access{Fingerprint: "SHA256:x"}
		const wrong = "charla: that is not your passphrase; nothing was changed\n"
		if got := d.as(ana, byPhrase, "guess\nnew secret\n", "passphrase set"); got != (result{err: wrong, status: 1}) {
			t.Errorf("got %+v", got)
		}
		set := done("your passphrase is set; sessions that came in by another one end\n")
		if got := d.as(ana, byPhrase, "old secret\nnew secret\n", "passphrase set"); got != set {
			t.Errorf("got %+v", got)
		}
		if got := d.as(ana, byKey, "newer secret", "passphrase change"); got != set {
			t.Errorf("got %+v", got)
		}
		if got := d.as(ana, byKey, "short\n", "passphrase set"); got != (result{err: "charla: a passphrase has at least 8 characters\n", status: 1}) {
			t.Errorf("got %+v", got)
		}
		if got := d.as(ana, byKey, "", "passphrase remove"); got != (result{err: "charla: that is your last way in; add another key or set a passphrase first\n", status: 1}) {
			t.Errorf("got %+v", got)
		}
		d.run(ana, i18n.English, anaKey, "key add")
		if got := d.as(ana, byKey, "", "passphrase remove"); got != done("you have no passphrase any more; your keys let you in\n") {
			t.Errorf("got %+v", got)
		}
		for range 10 {
			d.as(ana, byPhrase, "x", "passphrase set")
		}
		if me, _ := ana.Access(d.w.Ctx); me.Passphrase != "" && me.Passphrase != "hash of x" {
			t.Errorf("the passphrase is %q", me.Passphrase)
		}
	})
}

// Ana is in by a key and pipes what the help says: the old one, then the new one.
// The old one became the new one, and the second line was nothing.
func TestPipedPassphrasesAreWhatTheyAreMeantAsRegression(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		d.run(ana, i18n.English, anaKey, "key add")
		byKey, byPhrase := command.Access{Fingerprint: "SHA256:x"}, command.Access{Token: "here"}
		set := done("your passphrase is set; sessions that came in by another one end\n")
		wrong := result{err: "charla: that is not your passphrase; nothing was changed\n", status: 1}
		short := result{err: "charla: a passphrase has at least 8 characters\n", status: 1}
		lines := result{err: "charla: " + i18n.For(i18n.English).Command.Identity.PhraseLines + "\n", status: 2}
		for _, step := range []struct {
			has, piped string
			in         command.Access
			got        result
			then       string
		}{
			{"", "one secret\ntwo secret\n", byKey, lines, ""},
			{"", "", byKey, lines, ""},
			{"", "one secret", byKey, set, "one secret"},
			{"one secret", "one secret\ntwo secret\n", byKey, set, "two secret"},
			{"one secret", "one secret\r\ntwo secret", byKey, set, "two secret"},
			{"one secret", "not it\ntwo secret\n", byKey, wrong, "one secret"},
			{"one secret", "two secret\n", byKey, set, "two secret"},
			{"one secret", "two secret\n\n", byKey, wrong, "one secret"},
			{"one secret", "one secret\n\n", byKey, short, "one secret"},
			{"one secret", "\ntwo secret", byKey, wrong, "one secret"},
			{"one secret", "one secret\ntwo secret\ntwo secret\n", byKey, lines, "one secret"},
			{"one secret", "two secret\n", byPhrase, lines, "one secret"},
			{"one secret", "one secret\ntwo secret\n", byPhrase, set, "two secret"},
			{"one secret", strings.Repeat("x", 10<<10) + "\ntwo secret", byPhrase, lines, "one secret"},
		} {
			if me, err := ana.Access(d.w.Ctx); err != nil || me.Passphrase != hashed(step.has) {
				if err := ana.SetPassphrase(d.w.Ctx, hashed(step.has), ""); err != nil {
					t.Fatal(err)
				}
			}
			if got := d.as(ana, step.in, step.piped, "passphrase set"); got != step.got {
				t.Errorf("%.40q, key %q: got %+v", step.piped, step.in.Fingerprint, got)
			}
			if me, _ := ana.Access(d.w.Ctx); me.Passphrase != hashed(step.then) {
				t.Errorf("%.40q, key %q: it is %q then", step.piped, step.in.Fingerprint, me.Passphrase)
			}
			time.Sleep(time.Minute) // of what somebody may change
		}
		if got := d.as(ana, byPhrase, "one secret\nand more", "passphrase remove"); got.status != 2 {
			t.Errorf("got %+v", got)
		}
	})
}

func hashed(phrase string) string {
	if phrase == "" {
		return ""
	}
	return "hash of " + phrase
}

// Whoever chooses one that is too short is told before they type it again.
func TestAShortPassphraseIsToldAtOnce(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		asked := 0
		var out, errs bytes.Buffer
		s := d.session(ana, i18n.English, nil, &out, &errs)
		s.Access = command.Access{Fingerprint: "SHA256:x", Phrases: chattest.PlainPhrases{}}
		s.Ask = func(context.Context, command.Question) (string, error) { asked++; return "short", nil }
		if status := verbs.Run(d.w.Ctx, s, "passphrase set"); status != 1 || asked != 1 || errs.String() != "charla: a passphrase has at least 8 characters\n" {
			t.Errorf("asked %d times, status %d, %q", asked, status, errs.String())
		}
	})
}

// At a terminal nothing of it is shown, and what is mistyped can be taken back.
func TestAPassphraseIsTypedAtATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		ask := command.Prompt(strings.NewReader("wronñ\x7f\x7fng\x15secret\rsecret\n\x03"), &shown)
		for i, want := range []string{"secret", "secret", ""} {
			got, err := ask(t.Context(), command.Question{Prompt: fmt.Sprint(i, "? ")})
			if got != want || (err != nil) != (want == "") {
				t.Errorf("got %q, %v", got, err)
			}
		}
		if shown.String() != "0? \r\n1? \r\n2? \r\n" {
			t.Errorf("shown %q", shown.String())
		}
	})
}

func TestALinkIsACodeAndAPicture(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		got := d.as(ana, command.Access{}, "", "link")
		code := regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`).FindString(got.out)
		lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
		last := lines[max(len(lines)-3, 0):]
		if len(lines) < 19 || !strings.HasPrefix(lines[0], "the camera of the other device") || last[0] != "one-time code: "+code+"  (until 2000-01-01 00:30 UTC)" ||
			last[1] != "on the other device type ssh -p 2222 ana@chat.lan and the code when it is asked for" || !strings.Contains(last[2], "SHA256:host") {
			t.Errorf("got\n%s", got.out)
		}
		if _, err := d.w.Service.CheckLoginCode(d.w.Ctx, ana.Me().ID, code); err != nil {
			t.Errorf("the code: %v", err)
		}
		if strings.Contains(d.run(ana, i18n.English, "", "link --json").out, "█") {
			t.Error("a picture in JSON")
		}
	})
}

func TestAnInvitationIsACardToPaste(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		if got := d.as(ana, command.Access{}, "", "invite"); !strings.Contains(got.out, "3. choose a passphrase, unless you have a key") || strings.Contains(got.out, "until") {
			t.Errorf("where anybody comes in:\n%+v", got)
		}
		d.w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		d.want(ana, "group new Equipo beto", done("equipo\n"))
		got := d.as(ana, command.Access{}, "", "invite --uses 3 --for 12h --group equipo")
		got.out = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).ReplaceAllString(got.out, "CODE")
		if want := "ana invites you to chat on chat.lan, in any terminal:\n1. type: ssh -p 2222 NICK@chat.lan   (another nick: before the @)\n" +
			"2. asked whether to continue, paste: SHA256:host\n3. asked for the code of your invitation, type: CODE\n" +
			"It leads into Equipo.\nIt lets 3 people in, until 2000-01-01 12:00 UTC.\n"; got.out != want {
			t.Errorf("got\n%s\nwant\n%s", got.out, want)
		}
		codes, err := ana.Codes(d.w.Ctx)
		if err != nil || len(codes) != 1 {
			t.Fatalf("%+v, %v", codes, err)
		}
		id := codes[0].Hash.ID()
		line := id + "  invitation (equipo), 3 uses left, until 2000-01-01 12:00 UTC\n"
		d.want(ana, "invite list", done(line))
		d.want(ana, "invite list --json", done(`{"id":"`+id+`","for":"invitation","conversation":"equipo","uses":3,"until":"2000-01-01T12:00:00Z"}`+"\n"))
		d.want(beto, "invite list", done("you have given out no code that still works\n"))
		d.want(beto, "invite revoke "+id, result{err: "charla: that code does not work here: it may be mistyped, used up or too old; ask for a new one\n", status: 1})
		d.want(ana, "invitar revocar "+id, done("this code lets nobody in any more: "+line))
		var made struct{ Code, ID string }
		if err := json.Unmarshal([]byte(d.run(ana, i18n.English, "", "invite --json").out), &made); err != nil || made.ID != chat.HashCode(made.Code).ID() {
			t.Errorf("made %+v, %v", made, err)
		}
		if got := d.run(ana, i18n.English, "", "invite revoke --json "+made.Code); !strings.Contains(got.out, `"id":"`+made.ID+`"`) || !strings.Contains(got.out, `"revoked":true`) {
			t.Errorf("got %+v", got)
		}
		for line, flag := range map[string]string{"invite --uses none": "--uses", "invite --for later": "--for"} {
			if got := d.run(ana, i18n.English, "", line); got.status != 2 || !strings.Contains(got.err, flag) {
				t.Errorf("%s: %+v", line, got)
			}
		}
		// What invite was called for first.
		d.want(ana, "group new Otro", done("otro\n"))
		d.want(ana, "invitar otro beto", done("beto is in otro; 2 people\n"))
	})
}

// Nobody makes a code for somebody else but who is at the machine.
func TestOnlyTheOperatorGivesCodesForOthers(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(beto, "admin code ana", result{err: "charla: only whoever runs the server can do that, on its own machine: charla admin code ana\n", status: 1})
		got := d.run(d.w.Service.Operator(), i18n.English, "", "admin code ana")
		if !strings.Contains(got.out, "give it to ana and to nobody else; they type ssh -p 2222 ana@chat.lan") || got.status != 0 {
			t.Errorf("got %+v", got)
		}
		if got := d.run(d.w.Service.Operator(), i18n.English, "", "admin code nobody"); got.status != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

// ssh-copy-id would type its shell into a chat; it is told what does the same.
func TestSSHCopyIDIsToldWhatDoesIt(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		const shell = `exec sh -c 'cd ; umask 077 ; mkdir -p .ssh && { [ -z "` + "`tail -1c .ssh/authorized_keys 2>/dev/null`" + `" ] || echo >> ".ssh/authorized_keys" || exit 1 ; } && cat >> ".ssh/authorized_keys" || exit 1 ;'`
		d.wantIn(ana, anaKey+"\n", shell, result{
			err: "charla: this server has no shell to copy keys with; this does it: ssh -p 2222 ana@chat.lan key add < ~/.ssh/id_ed25519.pub\n", status: 1,
		})
		if me, _ := ana.Access(d.w.Ctx); len(me.Keys) != 0 {
			t.Errorf("ana has %+v", me.Keys)
		}
	})
}

// ssh-copy-id asks first whether the key lets in already, and took our sentence for an
// error of its own.
func TestATrialLoginSucceedsRegression(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		d.want(ana, "exit", done(""))
		if got := d.run(ana, i18n.English, "", "exit now"); got.status != verbs.NoVerb {
			t.Errorf("got %+v", got)
		}
	})
}

// A session that somebody ends says so.
func TestAVerbSaysWhoEndedIt(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		ctx, end := context.WithCancelCause(d.w.Ctx)
		time.AfterFunc(time.Second, func() { end(&chat.Error{Code: chat.Ended, Name: "signed-out"}) })
		var out, errs bytes.Buffer
		status := verbs.Run(ctx, d.session(ana, i18n.English, nil, &out, &errs), "tail")
		if status != 1 || errs.String() != "charla: you signed this session out from another one\n" {
			t.Errorf("status %d, %q", status, errs.String())
		}
	})
}

// Somebody sits down at ana's terminal: no verb there that asks makes a way in that
// stays. A script has no terminal, and came in just now.
func TestAWayInIsMadeWithThePassphrase(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		if err := ana.SetPassphrase(d.w.Ctx, "hash of old secret", ""); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"link", "key add " + anaKey} {
			for _, step := range []struct {
				typed  string
				status int
			}{{"guess", 1}, {"old secret", 0}} {
				var out, errs bytes.Buffer
				s := d.session(ana, i18n.English, nil, &out, &errs)
				s.Access = command.Access{Fingerprint: "SHA256:x", Phrases: chattest.PlainPhrases{}}
				asked := 0
				s.Ask = func(context.Context, command.Question) (string, error) { asked++; return step.typed, nil }
				if status := verbs.Run(d.w.Ctx, s, line); status != step.status || asked != 1 || (out.Len() > 0) != (status == 0) {
					t.Errorf("%s, %q: asked %d times, status %d, %q, %q", line, step.typed, asked, status, out.String(), errs.String())
				}
			}
		}
		if got := d.as(ana, command.Access{Fingerprint: "SHA256:x"}, "", "link"); got.status != 0 {
			t.Errorf("a script: %+v", got)
		}
	})
}

// "passphrase" alone is to set it; what it is not is told with all that it could be.
func TestPassphraseAloneSetsIt(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, _ *chat.Actor) {
		for _, line := range []string{"passphrase", "contraseña"} {
			if got := d.as(ana, command.Access{Fingerprint: "SHA256:x"}, "new secret\n", line); got.status != 0 {
				t.Errorf("%s: %+v", line, got)
			}
		}
		got := d.as(ana, command.Access{}, "", "passphrase my secret")
		if want := "charla: usage: passphrase set | passphrase remove\n"; got.status != 2 || got.err != want {
			t.Errorf("got %+v", got)
		}
	})
}
