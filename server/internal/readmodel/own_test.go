package readmodel_test

import (
	"os"
	"testing"
)

// A model of before numbers of one's own were kept finds them in its messages: it
// needs not be built again.
func TestOnesOwnNumbersAreFoundInAnOlderModel(t *testing.T) {
	path := file(t)
	m := open(t, path)
	apply(t, m, told(7, 400))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	want := dump(t, path)
	script, err := os.ReadFile("migrations/0013_own.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, path, "ALTER TABLE reads DROP COLUMN own")
	if dump(t, path) == want {
		t.Fatal("no model holds these numbers")
	}
	run(t, path, string(script))
	if dump(t, path) != want {
		t.Error("what was found differs from what was kept")
	}
}
