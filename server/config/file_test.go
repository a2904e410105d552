package config_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"charla/server/chat/chattest"
	"charla/server/config"
	"charla/server/i18n"
)

// load reads text as the file in the data folder.
func load(t testing.TB, text string, pairs ...string) (config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Sources{Getenv: env(append(pairs, config.DataVar, dir)...)}.Load()
}

const (
	anasKey   = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDLd4U3Yo1DJW5RG+eHSoU3Jbxy0JAgcKpg9Qu7UBIS/"
	anasPrint = "SHA256:RvLyxrYKMjB5CfCOPyELHZUPYkG78MCXeMx06zxgo+M"
	betos     = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

const everything = `# all of it
listen = "127.0.0.1:2022"
host = "chat.lan"
language = "es"
registration = "invite"
guests = true
rooms = "admins"

[keys]
allow = [
  "` + anasKey + ` ana@pi",   # as in her .pub file
  "` + betos + `",
]
deny = ["` + betos + `"]

[proxy]
trusted = ["fd00::/8", "10.0.0.0/8", "10.0.0.0/8", "192.168.1.7"]
`

func TestTheFileHasEverything(t *testing.T) {
	c, err := load(t, everything)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Listen: "127.0.0.1:2022", Host: "chat.lan", Lang: i18n.Spanish, Registration: config.Invite, Guests: true, Rooms: config.Admins,
		Keys: config.Keys{Allow: []string{betos, anasPrint}, Deny: []string{betos}},
		Proxy: config.Proxy{Trusted: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.1.7/32"), netip.MustParsePrefix("fd00::/8")}},
		Data: c.Data, File: filepath.Join(c.Data, config.FileName),
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if !c.Keys.May(anasPrint) || c.Keys.May(betos) || c.Keys.May("SHA256:x") {
		t.Error("ana alone may come in: beto is denied, and nobody else is allowed")
	}
	if open := (config.Keys{Deny: []string{betos}}); !open.May(anasPrint) || open.May(betos) {
		t.Error("without a list of those allowed, all but the denied may come in")
	}
}

func TestTheEmptyFileIsTheDefault(t *testing.T) {
	c, err := load(t, "# nothing yet\n\n[keys]\n")
	if err != nil {
		t.Fatal(err)
	}
	none, err := config.Sources{Getenv: env(config.DataVar, c.Data+"/elsewhere")}.Load()
	if err != nil || none.File != "" {
		t.Fatal(none.File, err)
	}
	c.Data, c.File, none.Data = "", "", ""
	if !reflect.DeepEqual(c, none) {
		t.Errorf("got %+v, without a file %+v", c, none)
	}
}

func TestDefaultsFileEnvironmentFlags(t *testing.T) {
	const text = "listen = \":1\"\nhost = \"file.lan\"\nlanguage = \"es\"\n"
	c, err := load(t, text, "LANG", "en_US.UTF-8")
	if err != nil || c.Listen != ":1" || c.Host != "file.lan" || c.Lang != i18n.Spanish {
		t.Errorf("%+v %v: the file goes before the defaults, the locale's language among them", c, err)
	}
	c, err = load(t, text, "CHARLA_LISTEN", ":2")
	if err != nil || c.Listen != ":2" || c.Host != "file.lan" {
		t.Errorf("%+v %v: the environment goes before the file", c, err)
	}
	three, none := ":3", ""
	s := config.Sources{Getenv: env("CHARLA_LISTEN", ":2", "CHARLA_HOST", "env.lan", config.DataVar, c.Data),
		Flags: config.Flags{Listen: &three, Host: &none}}
	if c, err = s.Load(); err != nil || c.Listen != ":3" || c.Host != "" {
		t.Errorf("%+v %v: a flag goes before everything, an empty one too", c, err)
	}
}

func TestAMistakeInTheFileSaysWhatToWrite(t *testing.T) {
	tests := []struct{ text, want string }{
		{`registration = "opne"`, `:1: registration "opne": write "open", "invite" or "closed"`},
		{"\n\nregistration = true", `:3: registration "true": write "open", "invite" or "closed"`},
		{"registration = invite", `:1: not TOML: expected value but found "nvite" instead; write registration = "open", "invite" or "closed"`},
		{`guests = "yes"`, `:1: guests "yes": write true or false`},
		{"guests = yes", `; write guests = true or false`},
		{"[keys]\nallow = \"SHA256:x\"", `:2: keys.allow "SHA256:x": write ["SHA256:…", …]`},
		{"[keys]\nallow = [7]", `:2: keys.allow "7": write ["SHA256:…", …]`},
		{"[keys]\n\nallow = [\"SHA256:x\"]", `:3: keys.allow "SHA256:x": a fingerprint is SHA256: and 43 letters, as ssh-keygen -l prints it`},
		{"[keys]\ndeny = [\"MD5:00:11\"]", `:2: keys.deny "MD5:00:11": give a fingerprint`},
		{"[keys]\ndeny = [\"\"\"" + anasKey + "\n" + anasKey + "\"\"\"]", `or one line of a .pub file`},
		{"[keys]\nalow = []", ":2: there is no setting keys.alow; keys.allow?"},
		{"keys.alow = []", ":1: there is no setting keys.alow; keys.allow?"},
		{"keys = 3", `:1: keys "3": this is a section: write [keys] on a line of its own`},
		{"[[keys]]\nallow = []", `keys "[map[allow:[]]]": this is a section`},
		{"keys.allow.x = 1", `there is no setting keys.allow.x`},
		{"Registration = \"open\"", ":1: there is no setting Registration; registration?"},
		{"frobnicate = 1", ":1: there is no setting frobnicate; there are listen, host, "},
		{`data = "/d"`, ":1: data is not set in the file"},
		{"guests = true\nguests = false", ":2: not TOML: Key 'guests' has already been defined."},
		{`listen = "2222"`, `:1: listen "2222": give host:port, for example :2222`},
		{`host = "-oProxyCommand=x"`, `:1: host "-oProxyCommand=x": give a host name`},
		{`language = "fr"`, `:1: language "fr": write "en" or "es"`},
		{"[proxy]\ntrusted = [\"0.0.0.0/0\"]", `:2: proxy.trusted "0.0.0.0/0": this trusts everybody`},
		{"[proxy]\ntrusted = [\"10.0.0.1/8\"]", `:2: proxy.trusted "10.0.0.1/8": write "10.0.0.0/8" for that network`},
		{"[proxy]\ntrusted = [\"10/8\"]", `give a network as "10.0.0.0/8"`},
		{"[proxy]\ntrusted = [\"::ffff:10.0.0.0/104\"]", `give a network as "10.0.0.0/8"`},
		{"\"\\u001b[2J\" = 1", ":1: there is no setting \"\\u001b[2J\"; there are"},
		{"guests = true\x00", ":1: not TOML: "},
		{strings.Repeat("# x\n", 1<<19), ": cannot be read (it is larger than 1 MiB)"},
	}
	for _, tt := range tests {
		_, err := load(t, tt.text)
		var mistake *config.Error
		if !errors.As(err, &mistake) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60q:\n got %v\nwant %s", tt.text, err, tt.want)
		}
		if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
			t.Errorf("%.60q: %q would move a cursor", tt.text, err)
		}
	}
}

// Whoever can write the file writes it to hurt whoever reads the mistake, or the
// log: as a value, an element, a name, and as the file itself.
func TestAMistakeInTheFileIsHarmless(t *testing.T) {
	for _, h := range chattest.HostileTexts() {
		quoted := strconv.QuoteToASCII(h.Text)
		quoted = regexp.MustCompile(`\\([av]|x[0-9a-f]{2})`).ReplaceAllString(quoted, `\\u0007`) // TOML knows no \a, \v and \x
		for _, text := range []string{
			"registration = " + quoted, "[keys]\ndeny = [" + quoted + "]", "[proxy]\ntrusted = [" + quoted + "]", "host = " + quoted + "\nx = 1",
			quoted + " = 1", "[" + quoted + "]", h.Text, "# " + h.Text + "\nx = 1", "registration = " + h.Text,
		} {
			_, err := load(t, text)
			if err == nil {
				if strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "#") && text != h.Text {
					t.Errorf("%s: %.80q is accepted", h.Name, text)
				}
				continue
			}
			if harm := chattest.Harmless(err.Error()); harm != nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000 {
				t.Errorf("%s: %.80q: %v\n%q", h.Name, text, harm, err)
			}
		}
	}
}

func TestAFileThatWasNamedMustBeThere(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone.toml")
	tests := []struct {
		from    string
		sources config.Sources
	}{
		{"--config", config.Sources{Getenv: env(), Flags: config.Flags{File: &gone}}},
		{"CHARLA_CONFIG", config.Sources{Getenv: env("CHARLA_CONFIG", gone)}},
	}
	for _, tt := range tests {
		_, err := tt.sources.Load()
		var mistake *config.Error
		if !errors.As(err, &mistake) || mistake.Setting != tt.from || mistake.Value != gone {
			t.Errorf("got %v, want a mistake in %s", err, tt.from)
		}
	}
}

// What a server that runs makes of a file that has changed.
func TestWhatAReloadChanges(t *testing.T) {
	old, err := load(t, "listen = \":1\"\nguests = true\n[keys]\ndeny = [\""+betos+"\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	next, err := load(t, "listen = \":2\"\nlanguage = \"es\"\nregistration = \"closed\"\nguests = true\n")
	if err != nil {
		t.Fatal(err)
	}
	now, changed, waiting := old.Reloaded(next)
	if !reflect.DeepEqual(changed, []string{"registration", "keys.deny"}) || !reflect.DeepEqual(waiting, []string{"listen", "language"}) {
		t.Errorf("changed %v, waiting %v", changed, waiting)
	}
	if now.Listen != ":1" || now.Lang != i18n.English || now.Data != old.Data || now.Registration != config.Closed || len(now.Keys.Deny) != 0 {
		t.Errorf("now %+v", now)
	}
	if _, changed, waiting = now.Reloaded(next); changed != nil || len(waiting) != 2 {
		t.Errorf("again: changed %v, waiting %v", changed, waiting)
	}
}

// Whatever a file holds, it is refused with one clean line, or means the same
// each time and starts a server.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		everything, "", "guests = yes", "[keys]\nallow = [\"" + anasKey + "\"]", "keys = {deny = [\"" + betos + "\"]}",
		"[[proxy]]\ntrusted = []", "proxy.trusted.x = 1979-05-27", "\xef\xbb\xbfhost = 'a'", "rooms = \"\\u001b\"", "registration = 1e400",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "listen") && text != everything {
			t.Skip("it may look up a host")
		}
		c, err := load(t, text)
		if err != nil {
			var mistake *config.Error
			if !errors.As(err, &mistake) || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("%q", err)
			}
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := config.Sources{Getenv: env(config.DataVar, c.Data)}.Load()
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v %v, before %+v", again, err, c)
		}
		if _, changed, waiting := c.Reloaded(again); changed != nil || waiting != nil {
			t.Fatalf("the same file changes %v %v", changed, waiting)
		}
	})
}
