package journal

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"charla/server/chat"
)

// childDir, when set, makes this test binary a writer that storms the journal
// in that folder until it is killed. Each acknowledged event is a line.
const childDir = "CHARLA_JOURNAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		storm(dir)
		return
	}
	if dir := os.Getenv(cutDir); dir != "" {
		cutStorm(dir)
		return
	}
	os.Exit(m.Run())
}

const (
	crashWriters = 32
	crashAcks    = 300 // acknowledgements after which the child is killed
)

// storm ends by itself after many times as many events as the parent waits for.
func storm(dir string) {
	j, err := Open(context.Background(), Options{Dir: dir, MaxStore: testStore, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Go(func() {
			for i := range 20 * crashAcks {
				e := post("storm")
				at, err := j.Append(context.Background(), e)
				if w == 0 && i%3 == 0 {
					e = post("alone")
					at, err = j.AppendIf(context.Background(), chat.NameSubject(chat.Nick(e.ID.String())), 0, e)
				}
				if err != nil {
					return
				}
				out.Lock()
				fmt.Println("ack", e.ID, uint64(at))
				out.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestAcknowledgedEventsSurviveKill9(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	acked := map[string]chat.Position{}
	for round := range rounds {
		stormAndKill(t, dir, acked)
		j := mustOpen(t, dir)
		there := map[string]chat.Position{}
		for _, f := range readAll(t, j) {
			there[f.event.ID.String()] = f.at
		}
		for id, at := range acked {
			if there[id] != at {
				t.Fatalf("round %d: event %s was acknowledged at %d, the log has it at %d", round, id, at, there[id])
			}
		}
		if lost, err := j.Lost(t.Context()); lost != 0 || err != nil {
			t.Fatalf("round %d: lost %d, %v", round, lost, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d events acknowledged in %d rounds, all there", len(acked), rounds)
}

// stormAndKill adds what a child was told is stored before it was killed.
func stormAndKill(t *testing.T, dir string, acked map[string]chat.Position) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	got := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line, ok := strings.CutPrefix(lines.Text(), "ack ")
		if !ok {
			t.Errorf("the child says %q", lines.Text())
			break
		}
		var id string
		var at uint64
		if n, _ := fmt.Sscan(line, &id, &at); n != 2 {
			break // cut off by the kill
		}
		acked[id] = chat.Position(at)
		if got++; got == crashAcks {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	child.Process.Kill()
	child.Wait()
	if got < crashAcks {
		t.Fatalf("the child acknowledged %d events", got)
	}
}
