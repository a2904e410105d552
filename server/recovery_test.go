package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/config"
	"charla/server/disktest"
)

// house is a server on a folder of the test's, opened and closed several times.
type house struct {
	t    *testing.T
	cfg  config.Config
	told []string
	now  func() time.Time
	*Server
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, cfg: config.Config{Listen: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data")}}
	t.Cleanup(func() {
		if h.Server != nil {
			h.Server.Close()
		}
	})
	return h
}

func (h *house) options() Options {
	return Options{Log: slog.New(slog.DiscardHandler), Tell: func(s string) { h.told = append(h.told, s) }, Now: h.now}
}

func (h *house) open() {
	h.t.Helper()
	s, err := Open(h.t.Context(), h.cfg, h.options())
	if err != nil {
		h.t.Fatal(err)
	}
	h.Server = s
}

func (h *house) shut() {
	h.t.Helper()
	if err := h.Server.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.Server = nil
}

// crash leaves the data as it stands on the disk while the server runs, and goes
// on with that.
func (h *house) crash() {
	h.t.Helper()
	after := filepath.Join(h.t.TempDir(), "data")
	if err := os.CopyFS(after, os.DirFS(h.cfg.Data)); err != nil {
		h.t.Fatal(err)
	}
	h.shut()
	h.cfg.Data = after
	if err := os.Chmod(h.path("hostkeys/ssh_host_key"), 0o600); err != nil { // CopyFS adds bits
		h.t.Fatal(err)
	}
}

func (h *house) path(name string) string { return filepath.Join(h.cfg.Data, name) }

// person claims a nick, or comes back.
func (h *house) person(nick chat.Nick) *chat.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	p, err := h.chat.PersonByNick(ctx, nick)
	if chat.CodeOf(err) == chat.NoPerson {
		key := &chat.Key{Fingerprint: "SHA256:" + string(nick), Authorized: "ssh-ed25519 " + string(nick)}
		p, err = h.chat.Claim(ctx, nick, chat.Credential{Key: key})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return h.chat.Actor(p)
}

func (h *house) say(a *chat.Actor, handle, text string) chat.Message {
	h.t.Helper()
	ctx := h.t.Context()
	c, err := a.Resolve(ctx, handle)
	if err != nil {
		h.t.Fatal(err)
	}
	sent, err := a.Post(ctx, c.Ref(), chat.Words{Text: text})
	if err == nil {
		err = a.Await(ctx, sent.Position)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := a.Message(ctx, sent.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// texts is a whole conversation as a person reads it, words only.
func (h *house) texts(a *chat.Actor, handle string) string {
	h.t.Helper()
	c, err := a.Resolve(h.t.Context(), handle)
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := a.Page(h.t.Context(), c.Ref(), chat.PageQuery{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for _, m := range p.Messages {
		switch {
		case m.Retracted:
			all = append(all, "(taken back)")
		case m.Edited:
			all = append(all, m.Text+"*")
		default:
			all = append(all, m.Text)
		}
	}
	return strings.Join(all, " | ")
}

// peopled is a server with something of everything on it.
func peopled(t *testing.T) *house {
	h := newHouse(t)
	h.open()
	ana, beto, eva := h.person("ana"), h.person("beto"), h.person("eva")
	h.say(ana, "lobby", "hello")
	h.say(beto, "ana", "in private")
	ctx := t.Context()
	c, err := ana.NewGroup(ctx, "Familia Peña", []string{"beto", "eva"})
	if err != nil {
		t.Fatal(err)
	}
	h.say(eva, "familia-pena", "before I go")
	if err := eva.Leave(ctx, c.Ref(), ""); err != nil {
		t.Fatal(err)
	}
	edited := h.say(ana, "familia-pena", "frist")
	taken := h.say(ana, "familia-pena", "oops")
	if _, err := ana.Edit(ctx, edited.ID, "first"); err != nil {
		t.Fatal(err)
	}
	sent, err := ana.Retract(ctx, taken.ID)
	if err == nil {
		err = ana.Await(ctx, sent.Position)
	}
	if err == nil {
		err = beto.SaveDraft(ctx, c.Ref(), "half a thought")
	}
	if err != nil {
		t.Fatal(err)
	}
	h.check()
	return h
}

// check looks at everything that peopled made.
func (h *house) check() {
	h.t.Helper()
	ana, beto, eva := h.person("ana"), h.person("beto"), h.person("eva")
	for _, want := range []struct {
		who          *chat.Actor
		where, texts string
	}{
		{beto, "lobby", "hello"},
		{ana, "beto", "in private"},
		{beto, "familia-pena", "before I go | first* | (taken back)"},
		{eva, "familia-pena", "before I go"},
	} {
		if got := h.texts(want.who, want.where); got != want.texts {
			h.t.Errorf("%s reads %q in %s, want %q", want.who.Me().Nick, got, want.where, want.texts)
		}
	}
	if c, err := beto.Resolve(h.t.Context(), "familia-pena"); err != nil || c.Members != 2 {
		h.t.Errorf("the group has %d members, %v", c.Members, err)
	}
	if all, err := h.chat.ProvenBy(h.t.Context(), "SHA256:beto"); err != nil || len(all) != 1 || all[0].Nick != "beto" {
		h.t.Errorf("beto's key is of %v, %v", all, err)
	}
}

func TestSecondServerOnTheSameFolderIsRefused(t *testing.T) {
	h := newHouse(t)
	h.open()
	if _, err := Open(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrInUse) {
		t.Fatalf("the second server: %v", err)
	}
	h.say(h.person("ana"), "lobby", "the first goes on")
}

// A read model is never the truth: whatever happens to its file, it is built
// again from the log, and serve says so where it kept the old one.
func TestReadModelIsRebuilt(t *testing.T) {
	for _, c := range []struct {
		name   string
		crash  bool // not stopped well: a write-ahead log stands beside it
		damage func(path string) error
		says   string
	}{
		{"deleted", false, os.Remove, ""},
		{"deleted, its write-ahead log left", true, os.Remove, ""},
		{"its write-ahead log deleted", true, func(path string) error { return os.Remove(path + "-wal") }, ""},
		{"its write-ahead log damaged", true, func(path string) error { return scribble(path+"-wal", 5000, "no frames") }, ""},
		{"empty", false, func(path string) error { return os.Truncate(path, 0) }, ""},
		{"truncated", false, func(path string) error { return os.Truncate(path, 5000) }, "was damaged"},
		{"not SQLite", false, func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("these are no pages ", 1000)), 0o600)
		}, "was damaged"},
		// https://www.sqlite.org/fileformat.html#the_database_header: the user version
		{"of a newer program", false, func(path string) error { return scribble(path, 60, "\x00\x00\x00\x63") }, "of a newer charla"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := peopled(t)
			if c.crash {
				h.crash()
			} else {
				h.shut()
			}
			if err := c.damage(h.path(viewFile)); err != nil {
				t.Fatal(err)
			}
			h.told = nil
			h.open()
			h.check()
			if told := strings.Join(h.told, "\n"); !strings.Contains(told, c.says) || c.says != "" && !strings.Contains(told, ".aside") {
				t.Errorf("serve said %q, want %q and where it is kept", told, c.says)
			}
		})
	}
}

// scribble writes over a file.
func scribble(path string, at int64, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), at)
	return errors.Join(err, f.Close())
}

// A data folder that cannot be written is a setting that will not do, and no
// restart helps.
func TestFolderThatCannotBeWritten(t *testing.T) {
	h := newHouse(t)
	if os.Geteuid() == 0 { // whom no mode stops
		disk := disktest.Small(t, "16m")
		h.cfg.Data = filepath.Join(disk, "data")
		if err := disktest.ReadOnly(disk); err != nil {
			t.Fatal(err)
		}
	} else {
		parent := t.TempDir()
		h.cfg.Data = filepath.Join(parent, "data")
		if err := os.Chmod(parent, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	var setting *config.Error
	if _, err := Open(t.Context(), h.cfg, h.options()); !errors.As(err, &setting) || setting.Setting != "--data" {
		t.Fatalf("got %v", err)
	}
}

// A log that lost what the read model has would swallow what is acknowledged
// next: serve refuses, changes nothing, and an operator decides.
func TestLogThatLostWhatTheReadModelHas(t *testing.T) {
	for _, keep := range []Side{LogSide, ModelSide} {
		t.Run("keep "+string(keep), func(t *testing.T) {
			h := peopled(t)
			h.shut()
			if err := os.RemoveAll(h.path(logDir)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // refusing changes nothing, so it refuses again
				if _, err := Open(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
					t.Fatalf("serve on a log that lost everything: %v", err)
				}
			}
			if err := Repair(context.Background(), h.cfg, keep, h.options()); err != nil {
				t.Fatal(err)
			}
			h.open()
			if keep == ModelSide {
				h.check()
				h.shut()
				if err := os.Remove(h.path(viewFile)); err != nil {
					t.Fatal(err)
				}
				h.open() // and now it is in the log
				h.check()
			}
			// What comes next is decided anew without trouble.
			ana := h.person("ana")
			c, err := ana.NewGroup(t.Context(), "Next", nil)
			if err == nil {
				_, err = ana.Add(t.Context(), c.Ref(), []string{string(h.person("beto").Me().Nick)})
			}
			if err != nil {
				t.Fatal(err)
			}
			h.say(ana, "lobby", "on we go")
		})
	}
}

// A log of which only the end is lost gets back just that.
func TestLogThatLostItsEnd(t *testing.T) {
	h := newHouse(t)
	h.open()
	ana := h.person("ana")
	h.say(ana, "lobby", "one")
	h.shut()
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(h.path(logDir))); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.say(h.person("beto"), "lobby", "two")
	h.say(h.person("ana"), "beto", "three")
	h.shut()
	if err := errors.Join(os.RemoveAll(h.path(logDir)), os.CopyFS(h.path(logDir), os.DirFS(before))); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
		t.Fatalf("serve on a log that lost its end: %v", err)
	}
	for _, says := range []string{"things the log had lost", "the log lacks nothing"} { // again adds nothing
		h.told = nil
		if err := Repair(t.Context(), h.cfg, ModelSide, h.options()); err != nil {
			t.Fatal(err)
		}
		if told := strings.Join(h.told, "\n"); !strings.Contains(told, says) {
			t.Errorf("repair said %q, want %q", told, says)
		}
	}
	h.open()
	if got := h.texts(h.person("beto"), "lobby"); got != "one | two" {
		t.Errorf("lobby: %s", got)
	}
	if got := h.texts(h.person("beto"), "ana"); got != "three" {
		t.Errorf("the talk: %s", got)
	}
}

// Each repair of a log that lacked nothing opened every talk again, brought back
// and sent away again who had left a group, and told how much it had restored.
func TestRepairOfALogThatLacksNothingWritesNothingRegression(t *testing.T) {
	h := peopled(t)
	h.shut()
	end := func() uint64 {
		t.Helper()
		h.open()
		defer h.shut()
		identity, err := h.journal.Identity(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return identity.Last
	}
	before := end()
	h.told = nil
	if err := Repair(t.Context(), h.cfg, ModelSide, h.options()); err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(h.told, "\n"); !strings.Contains(told, "the log lacks nothing") {
		t.Errorf("repair said %q", told)
	}
	if after := end(); after != before {
		t.Errorf("the log ended at %d and ends at %d", before, after)
	}
	h.open()
	h.check()
}

// A repair of a folder that holds no chat, for whoever named the wrong one.
func TestRepairBeginsNoChat(t *testing.T) {
	h := newHouse(t)
	var setting *config.Error
	for _, keep := range []Side{LogSide, ModelSide} {
		if err := Repair(t.Context(), h.cfg, keep, h.options()); !errors.As(err, &setting) || setting.Setting != "--data" {
			t.Errorf("keep %s: %v", keep, err)
		}
	}
	if _, err := os.Stat(h.cfg.Data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
}
