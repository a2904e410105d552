package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"charla/server/i18n"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// golden compares a screen with the one that was looked at and found right.
func golden(t *testing.T, name, screen string) {
	t.Helper()
	path := filepath.Join("testdata", "screens", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(screen+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if screen+"\n" != string(want) {
		t.Errorf("%s is now\n%s\nand was\n%s", name, screen, want)
	}
}

// sized names a golden screen by its size and language.
func sized(name string, size [2]int, lang i18n.Lang) string {
	return fmt.Sprintf("%s%dx%d-%s", name, size[0], size[1], lang)
}
