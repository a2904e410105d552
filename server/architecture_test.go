package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the shape of the house: what each package may import of charla
// and of others' modules (by prefix). The standard library is free. A package
// that is not here has no place yet.
var mayImport = map[string][]string{
	"charla/cmd/charla": {
		"charla/server", "charla/server/config", "charla/server/i18n", "charla/cmd/charla/internal/load", "github.com/spf13/cobra",
	},
	"charla/cmd/charla/internal/load": {"charla/server/sshclient", "golang.org/x/crypto/ssh"}, // an outsider: nothing of the house
	"charla/server/sshclient":         {"golang.org/x/crypto/ssh"},

	"charla/server/disktest": {"golang.org/x/sys/unix"}, // for tests: disks that can be filled

	"charla/hostkeys":      {"golang.org/x/crypto/ssh"},
	"charla/server/config": {"charla/server/chat", "charla/server/i18n", "github.com/BurntSushi/toml", "golang.org/x/crypto/ssh"},
	"charla/server": {
		"charla/server/config", "charla/server/chat", "charla/server/command", "charla/server/i18n", "charla/server/internal/", "charla/hostkeys",
		"charla/files", "charla/files/blob", "charla/tui", "charla/tui/linear", "charla/tui/terminal", "golang.org/x/crypto/ssh", "golang.org/x/sys/unix",
	},

	// the heart knows no ssh, no SQL, no NATS, no screen
	"charla/server/chat": {"golang.org/x/text/", "github.com/oklog/ulid/v2"},
	"charla/server/chat/chattest": {
		"charla/server/chat", "charla/server/internal/hub", "charla/server/internal/projector", "charla/server/internal/limit"},
	"charla/server/i18n":    {"charla/server/chat", "golang.org/x/text/language"},
	"charla/server/command": {"charla/server/chat", "charla/server/i18n", "charla/server/pubkey", "golang.org/x/text/unicode/norm", "rsc.io/qr"},

	// adapters never import each other
	"charla/server/internal/adminsock":       {"golang.org/x/sys/unix"},
	"charla/server/internal/journal":         {"charla/server/chat", "github.com/nats-io/", "github.com/oklog/ulid/v2", "golang.org/x/sys/unix"},
	"charla/server/internal/readmodel":       {"charla/server/chat", "modernc.org/sqlite", "modernc.org/sqlite/lib", "golang.org/x/text/"},
	"charla/server/internal/projector":       {"charla/server/chat"},
	"charla/server/internal/hub":             {"charla/server/chat"},
	"charla/server/internal/limit":           {"charla/server/chat", "golang.org/x/time/rate"},
	"charla/server/internal/verbs":           {"charla/server/chat", "charla/server/command", "charla/server/i18n"},
	"charla/server/internal/sshd/passphrase": {"golang.org/x/crypto/argon2", "golang.org/x/text/unicode/norm"},
	"charla/server/pubkey":                   {"charla/server/chat", "golang.org/x/crypto/ssh"},
	"charla/server/internal/sshd": {
		"golang.org/x/time/rate", "charla/server/chat", "charla/server/pubkey", "charla/server/i18n", "charla/server/internal/limit", "charla/server/internal/sshd/passphrase",
		"charla/tui/terminal", "charm.land/ssh", "charm.land/wish/v2", "github.com/pires/go-proxyproto", "golang.org/x/crypto/", "golang.org/x/sys/cpu", "golang.org/x/text/"},

	"charla/files":      {"charla/server/chat", "charla/server/i18n", "charla/files/blob", "github.com/pkg/sftp", "golang.org/x/text/"},
	"charla/files/blob": {"golang.org/x/sys/unix"},

	"charla/tui": {
		"charla/server/chat", "charla/server/command", "charla/server/i18n", "charla/tui/", "charm.land/bubbletea/v2", "github.com/charmbracelet/colorprofile"},
	"charla/tui/linear":   {"charla/server/chat", "charla/server/command", "github.com/charmbracelet/x/ansi"},
	"charla/tui/terminal": {"charm.land/bubbletea/v2", "github.com/charmbracelet/"},
	"charla/tui/tuitest":  {"charla/tui/terminal", "charm.land/bubbletea/v2", "github.com/charmbracelet/"},
	"charla/tui/sidebar":  {"charla/server/chat", "charla/server/i18n", "charla/tui/theme"},
	"charla/tui/pane":     {"charla/server/chat", "charla/server/i18n", "charla/tui/theme"},
	"charla/tui/composer": {"charla/server/chat", "charla/tui/theme", "github.com/clipperhouse/uax29/v2/"},
	"charla/tui/dialog":   {"charla/tui/composer", "charla/tui/theme"},
	"charla/tui/theme":    {"charla/server/chat", "github.com/charmbracelet/", "github.com/clipperhouse/uax29/v2/"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestTheShapeOfTheHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "charla/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		allowed, known := mayImport[p.ImportPath]
		if !known {
			t.Errorf("%s has no place in the house: add it with what it may import", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if standard(imported) || slices.ContainsFunc(allowed, func(a string) bool { return matches(a, imported) }) {
				continue
			}
			t.Errorf("%s imports %s", p.ImportPath, imported)
		}
		for _, a := range allowed { // the table says what is, not what was once planned
			if !slices.ContainsFunc(p.Imports, func(imported string) bool { return matches(a, imported) }) {
				t.Errorf("%s may import %s and does not", p.ImportPath, a)
			}
		}
	}
}

// standard reports whether a path is of the standard library: those have no
// dot in their first element, and are not ours.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "charla"
}

// matches takes a whole path, or a prefix that ends in a slash.
func matches(allowed, path string) bool {
	return path == allowed || strings.HasSuffix(allowed, "/") && strings.HasPrefix(path, allowed)
}
