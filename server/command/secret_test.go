package command_test

import (
	"strings"
	"testing"

	"charla/server/command"
)

// What may hold a passphrase is told from what does not, mistyped or not.
func TestALineThatMayHoldAPassphraseIsKnown(t *testing.T) {
	for line, want := range map[string]struct{ asking, secretly bool }{
		"passphrase":                        {true, false},
		"passphrase set":                    {true, false},
		"contraseña quitar ":                {true, false},
		"key add ssh-ed25519 AAAA ana@home": {true, false},
		"llave":                             {true, false},
		"link":                              {true, false},
		"enlazar --json":                    {true, true},
		"passphrase my secret":              {true, true},
		"  Contrasena mi secreto":           {true, true},
		"passphrase remove now":             {true, true},
		"passphrase my 'secret":             {true, true},
		"passphrase'my secret":              {true, true},
		"passphrse":                         {true, false},
		"passphrse my secret":               {true, true},
		"pasphrasse my secret":              {true, true},
		"pass phrase my secret":             {true, true},
		"passphrasemysecret":                {true, true},
		"contraseña:mi secreto":             {true, true},
		"contrasenya mi secreto":            {true, true},
		"lnik my secret":                    {true, true},
		"link\nmy secret":                   {true, true},
		"key add none\nmy secret":           {true, true},
		"kye add none\n\nmy secret":         {true, true},
		"\nkey add none\n":                  {true, false},
		"key list\nmy secret":               {false, false},
		"key remove my key":                 {false, false},
		"send lobby passphrase my secret":   {false, false},
		"list":                              {false, false},
		"lobby":                             {false, false},
		"pass me the salt":                  {false, false},
		"path/of/something":                 {false, false},
		"":                                  {false, false},
		"\x00":                              {false, false},
	} {
		if got := command.Asking(line); got != want.asking {
			t.Errorf("Asking(%q) is %v", line, got)
		}
		if got := command.Secretly(line); got != want.secretly {
			t.Errorf("Secretly(%q) is %v", line, got)
		}
	}
}

// Whatever is typed, what may hold a passphrase is of a command that may ask for one, and
// a blank before it changes nothing.
func FuzzSecretly(f *testing.F) {
	for _, line := range []string{"passphrase my secret", "pass phrase 'x", "contrase\u006e\u0303a\nx", "link\xff x", "llave añadir \"", strings.Repeat("ñ", 40)} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if command.Secretly(line) && !command.Asking(line) {
			t.Errorf("%q is secret, and of no command that asks", line)
		}
		if command.Secretly(" \n"+line) != command.Secretly(line) {
			t.Errorf("a blank before %q changes what it is", line)
		}
	})
}

// A line of a paste, a path in a draft, and one that is mistyped.
func BenchmarkAsking(b *testing.B) {
	for name, line := range map[string]string{"word": "hello", "path": "usr/share/doc/something-else of it", "mistake": "pasphrase and more"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				command.Asking(line)
			}
		})
	}
}
