package server

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"charla/server/chat"
)

// otherRules makes the closed read model one that a program with other rules
// made, which put other words into it.
func (h *house) otherRules() {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.path(viewFile))
	if err != nil {
		h.t.Fatal(err)
	}
	_, err = db.Exec("UPDATE meta SET rules = rules - 1; UPDATE messages SET text = 'wrong'; INSERT INTO search (search) VALUES ('delete-all')")
	if err := errors.Join(err, db.Close()); err != nil {
		h.t.Fatal(err)
	}
}

// A program that understands the log in another way would go on in a read model
// full of what the old one made of it: serve builds it again.
func TestReadModelOfOtherRulesIsRebuilt(t *testing.T) {
	h := peopled(t)
	h.shut()
	h.otherRules()
	h.open()
	if all := strings.Join(h.told, "\n"); strings.Contains(all, "damaged") || !strings.Contains(all, "another version of charla") {
		t.Errorf("whoever installed a new version is told %q", all)
	}
	h.check()
	found, err := h.person("beto").Search(t.Context(), chat.Search{Text: "before go", Limit: 5})
	if err != nil || len(found.Messages) != 1 {
		t.Errorf("beto finds %+v, %v", found, err)
	}
	if _, err := os.Stat(h.path(viewFile) + ".aside"); err != nil {
		t.Errorf("the old one was not kept: %v", err)
	}
	h.shut()
	told := len(h.told)
	h.open()
	if len(h.told) != told {
		t.Errorf("and the next start tells %q", h.told[told:])
	}
}

// A read model of other rules may be all that is left of what a log has lost: it
// is compared before anything is thrown away, and can be kept.
func TestReadModelOfOtherRulesIsComparedFirst(t *testing.T) {
	h := peopled(t)
	h.shut()
	db, err := sql.Open("sqlite", "file:"+h.path(viewFile))
	if err == nil {
		_, err = db.Exec("UPDATE meta SET rules = rules - 1")
		err = errors.Join(err, db.Close())
	}
	if err = errors.Join(err, os.RemoveAll(h.path(logDir))); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), h.cfg, h.options()); !errors.Is(err, ErrDisagree) {
		t.Fatalf("serve on a log that lost everything: %v", err)
	}
	if err := Repair(t.Context(), h.cfg, ModelSide, h.options()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.check()
	if h.view.Outdated() != nil {
		t.Error("what was repaired is of the old rules")
	}
}
