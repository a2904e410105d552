package readmodel_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"charla/server/chat"
)

// killedModel names the file that a child process of the test applies to.
const killedModel = "CHARLA_TEST_KILLED_MODEL"

func killedLog() chat.Batch { return told(7, 1500) }

// TestApplyUntilKilled is the child: it applies in small batches, from where the
// model is, and says after each how far it got.
func TestApplyUntilKilled(t *testing.T) {
	path := os.Getenv(killedModel)
	if path == "" {
		t.Skip("runs as the child of TestKilledInTheMiddle")
	}
	all, m := killedLog(), open(t, path)
	log, shelf, err := m.Applied(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for log < uint64(len(all.Log)) {
		toLog, toShelf := log+1+rand.Uint64N(5), shelf+rand.Uint64N(2)
		apply(t, m, portion(all, log, shelf, toLog, toShelf))
		log, shelf = toLog, toShelf
		fmt.Println("at", log, shelf)
	}
}

// kill -9 at any moment: what Apply returned for is there, and nothing is there
// by halves.
func TestKilledInTheMiddle(t *testing.T) {
	all, path := killedLog(), file(t)
	for range 6 {
		said := applyAndKill(t, path, 3+rand.IntN(40))
		if said == 0 {
			t.Fatal("the child applied nothing")
		}
		if log, _ := agrees(t, path, all); log < said {
			t.Fatalf("it said %d and is at %d", said, log)
		}
	}
}

// applyAndKill lets a child apply some batches and kills it.
func applyAndKill(t *testing.T, path string, batches int) (said uint64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestApplyUntilKilled$")
	child.Env = append(os.Environ(), killedModel+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range batches {
		var shelf uint64
		if !lines.Scan() {
			break
		}
		if _, err := fmt.Sscanf(lines.Text(), "at %d %d", &said, &shelf); err != nil {
			break // it is through
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() // killed: an error by nature
	return said
}
