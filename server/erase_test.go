package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charla/files/blob"
	"charla/server/chat"
)

// Words that stand nowhere any more once somebody has taken them back, and words
// that do.
const (
	takenBack = "xylophone"
	editedOut = "quincunx"
	fileGone  = "zeppelin.pdf"
	bytesGone = "the bytes of a secret"
	draftGone = "syzygy"
	draftOver = "borborygmus"
	standing  = "breakfast"
)

// regretted is a server on which people took things back.
func regretted(t *testing.T) *house {
	h := peopled(t)
	ctx := t.Context()
	ana, beto := h.person("ana"), h.person("beto")
	h.say(ana, "lobby", standing)
	gone := h.say(ana, "beto", "do not tell: "+takenBack)
	edited := h.say(beto, "ana", "it was "+editedOut)
	h.file(beto, "lobby", fileGone, "older than that")
	sent := h.file(ana, "lobby", fileGone, bytesGone) // is called "zeppelin (2).pdf"
	h.file(beto, "lobby", "menu.txt", "eggs")
	old, err := beto.FileNamed(ctx, h.ref(beto, "lobby"), fileGone)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func() (chat.Sent, error){
		func() (chat.Sent, error) { return ana.Retract(ctx, gone.ID) },
		func() (chat.Sent, error) { return beto.Edit(ctx, edited.ID, "it was nothing") },
		func() (chat.Sent, error) { return beto.Retract(ctx, old.ID) },
		func() (chat.Sent, error) { return ana.Retract(ctx, sent.ID) },
	} {
		done, err := change()
		if err == nil {
			err = ana.Await(ctx, done.Position)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lobby := h.ref(beto, "lobby")
	if err := beto.SaveDraft(ctx, lobby, draftOver); err != nil {
		t.Fatal(err)
	}
	if err := beto.SaveDraft(ctx, lobby, "half"); err != nil {
		t.Fatal(err)
	}
	talk := h.ref(ana, "beto")
	if err := ana.SaveDraft(ctx, talk, draftGone); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ana.SaveDraft(ctx, talk, ""), h.level(ctx)); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) ref(a *chat.Actor, handle string) chat.Ref {
	h.t.Helper()
	c, err := a.Resolve(h.t.Context(), handle)
	if err != nil {
		h.t.Fatal(err)
	}
	return c.Ref()
}

// file sends one as sftp does: its bytes first.
func (h *house) file(a *chat.Actor, handle, name, content string) chat.Message {
	h.t.Helper()
	ctx := h.t.Context()
	up, err := h.blobs.Begin(blob.Meta{})
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := up.WriteAt([]byte(content), 0); err != nil {
		h.t.Fatal(err)
	}
	var m chat.Message
	_, err = up.Commit(ctx, func(b blob.Blob) error {
		m, err = a.SendFile(ctx, h.ref(a, handle), chat.File{Name: name, Size: b.Size, Hash: b.Hash.String()})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// traces are the files of a folder that hold one of the words, in any case, as
// they stand or as they are hashed and named.
func traces(t *testing.T, dir string, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		raw = bytes.ToLower(raw)
		for _, word := range words {
			if bytes.Contains(raw, []byte(strings.ToLower(word))) {
				found = append(found, word+" in "+strings.TrimPrefix(path, dir))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var erasedWords = []string{"oops", "frist", takenBack, editedOut, "zeppelin", bytesGone, draftGone, draftOver}

// After an erasure nothing that was taken back is in any byte of the folder, and
// everything else is as it was: messages, numbers, positions, groups, drafts.
func TestEraseLeavesNoTraceAndTouchesNothingElse(t *testing.T) {
	h := regretted(t)
	before := h.everything()
	h.shut()
	if found := traces(t, h.cfg.Data, takenBack, editedOut, fileGone, bytesGone); len(found) < 4 {
		t.Fatalf("before it, only %q are there: this story proves nothing", found)
	}
	for _, aside := range []string{".aside", ".aside-wal"} { // of some repair
		if err := os.WriteFile(h.path(viewFile+aside), []byte(takenBack), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // again takes nothing more
		h.told = nil
		if err := Erase(t.Context(), h.cfg, h.options()); err != nil {
			t.Fatal(err)
		}
		if told := strings.Join(h.told, "\n"); !strings.Contains(told, "erased: ") {
			t.Errorf("it said %q", told)
		}
		if found := traces(t, h.cfg.Data, erasedWords...); len(found) > 0 {
			t.Errorf("still there: %q", found)
		}
	}
	h.open()
	h.wantSame("erased", before, h.everything())
	if found := traces(t, h.cfg.Data, erasedWords...); len(found) > 0 {
		t.Errorf("there again: %q", found)
	}
	h.goesOn()
}

// goesOn decides what can be decided.
func (h *house) goesOn() {
	h.t.Helper()
	ctx := h.t.Context()
	ana := h.person("ana")
	if _, err := ana.Add(ctx, h.ref(ana, "familia-pena"), []string{"eva"}); err != nil {
		h.t.Errorf("the group can be changed no more: %v", err)
	}
	if _, err := h.chat.Claim(ctx, "beto", chat.Credential{Passphrase: "x"}); chat.CodeOf(err) == "" {
		h.t.Error("a taken name can be claimed")
	}
	h.say(h.person("dario"), "lobby", "and on it goes")
}

// everything is all that people see, with numbers and positions.
func (h *house) everything() string {
	h.t.Helper()
	ctx := h.t.Context()
	var b strings.Builder
	for _, nick := range []chat.Nick{"ana", "beto", "eva"} {
		a := h.person(nick)
		all, at, err := a.Conversations(ctx)
		if err != nil {
			h.t.Fatal(err)
		}
		line(&b, nick, at)
		for _, c := range all {
			line(&b, c)
			p, err := a.Page(ctx, c.Ref(), chat.PageQuery{Limit: 1000})
			if err != nil {
				h.t.Fatal(err)
			}
			for _, m := range p.Messages {
				file := m.File
				m.File = nil
				line(&b, m, file)
			}
			members, err := a.Members(ctx, c.Ref())
			line(&b, members, err == nil)
		}
		tail, upto, err := a.Since(ctx, chat.PositionAt(9, 0), nil, 1000)
		line(&b, len(tail), upto, err == nil)
	}
	return b.String()
}

func line(b *strings.Builder, parts ...any) {
	raw, err := json.Marshal(parts)
	fmt.Fprintln(b, string(raw), err)
}

// wantSame tells the first line that differs.
func (h *house) wantSame(when, was, is string) {
	h.t.Helper()
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range max(len(before), len(after)) {
		if i >= min(len(before), len(after)) {
			h.t.Errorf("%s: %d and %d lines", when, len(before), len(after))
		} else if before[i] != after[i] {
			h.t.Errorf("%s: it was\n%s\nand is\n%s", when, before[i], after[i])
			return
		}
	}
}

// An erasure that is cut off at any point is finished or undone by the next start,
// and by the next erasure.
func TestEraseCutOff(t *testing.T) {
	prepared := regretted(t)
	before := prepared.everything()
	prepared.shut()
	s := newOffline(prepared.cfg, prepared.options())
	if _, err := s.prepare(t.Context(), prepared.options()); err != nil {
		t.Fatal(err)
	}
	for cut := -1; cut <= len(settling("")); cut++ {
		for _, again := range []string{"serve", "erase"} {
			h := &house{t: t, cfg: prepared.cfg}
			h.cfg.Data = filepath.Join(t.TempDir(), "data")
			if err := errors.Join(os.CopyFS(h.cfg.Data, os.DirFS(prepared.cfg.Data)), os.Chmod(h.path("hostkeys/ssh_host_key"), 0o600)); err != nil {
				t.Fatal(err)
			}
			if cut >= 0 {
				if err := ready(h.cfg.Data); err != nil {
					t.Fatal(err)
				}
				for _, step := range settling(h.cfg.Data)[:cut] {
					if err := step(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if again == "erase" {
				if err := Erase(t.Context(), h.cfg, h.options()); err != nil {
					t.Fatalf("cut off after step %d: %v", cut, err)
				}
			}
			h.open()
			h.wantSame(fmt.Sprintf("cut off after step %d, then %s", cut, again), before, h.everything())
			h.shut()
			found := traces(t, h.cfg.Data, takenBack, editedOut, fileGone)
			if gone := len(found) == 0; gone != (cut >= 0 || again == "erase") {
				t.Errorf("cut off after step %d, then %s: still there is %q", cut, again, found)
			}
			if there, err := exists(h.path(erasingDir)); there || err != nil {
				t.Errorf("cut off after step %d, then %s: the folder of the erasure is there, %v", cut, again, err)
			}
		}
	}
}

// An erasure decides nothing: a log that lacks what the read model has is for a
// repair, a running server is left alone, and so is a folder without a chat.
func TestEraseRefuses(t *testing.T) {
	h := regretted(t)
	if err := Erase(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrInUse) {
		t.Errorf("beside a running server: %v", err)
	}
	h.shut()
	if err := os.RemoveAll(h.path(logDir)); err != nil {
		t.Fatal(err)
	}
	if err := Erase(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
		t.Errorf("with a log that lost everything: %v", err)
	}
	if there, err := exists(h.path(erasingDir)); there || err != nil {
		t.Errorf("the folder of the erasure was left: %v", err)
	}
	empty := newHouse(t)
	if err := Erase(t.Context(), empty.cfg, empty.options()); err == nil {
		t.Error("of a folder without a chat something was erased")
	}
}

// The daily sweep takes the bytes of what was taken back, once nobody can be in the
// middle of sending them; bytes that another message has stay.
func TestSweepTakesTheBytesOfWhatWasTakenBack(t *testing.T) {
	h := newHouse(t)
	h.open()
	ctx := t.Context()
	ana, beto := h.person("ana"), h.person("beto")
	for _, m := range []chat.Message{h.file(ana, "lobby", "mine.txt", bytesGone), h.file(ana, "lobby", "ours.txt", "shared bytes")} {
		h.file(beto, "lobby", "theirs.txt", "shared bytes")
		sent, err := ana.Retract(ctx, m.ID)
		if err == nil {
			err = ana.Await(ctx, sent.Position)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if len(traces(t, h.path(filesDir), bytesGone)) == 0 {
		t.Error("bytes that may be just being sent were swept")
	}
	longAgo := time.Now().Add(-2 * keepUnnamed)
	err := filepath.WalkDir(h.path(filesDir), func(path string, d fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(path, longAgo, longAgo))
	})
	if err == nil {
		err = h.sweep(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	if found := traces(t, h.path(filesDir), bytesGone); len(found) > 0 {
		t.Errorf("still there: %q", found)
	}
	if len(traces(t, h.path(filesDir), "shared bytes")) == 0 {
		t.Error("beto's bytes are gone too")
	}
}
