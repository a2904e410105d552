package journal

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"charla/server/chat"
	"charla/server/disktest"
)

// The power fails in the middle of a storm. What was acknowledged is there:
// events, decisions and values of the shelf. And without a sync before each
// acknowledgement it is not: else this story would prove nothing.
func TestAcknowledgedSurvivesAPowerCut(t *testing.T) {
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		if lost, acked := cutInAStorm(t, false); lost != 0 {
			t.Fatalf("%d of %d acknowledged were lost", lost, acked)
		} else {
			t.Logf("none of %d acknowledged were lost", acked)
		}
	}
	lost, acked := cutInAStorm(t, true)
	if lost == 0 {
		t.Errorf("without a sync none of %d acknowledged were lost: this is no power cut", acked)
	}
	t.Logf("without a sync %d of %d acknowledged were lost", lost, acked)
}

// cutInAStorm counts what a child was told is stored before the power failed,
// and what of it is not there afterwards.
func cutInAStorm(t *testing.T, careless bool) (lost, acked int) {
	t.Helper()
	disk := disktest.NewDisk(t, 128)
	told := stormAndCut(t, disk.Dir, careless, func() { disk = disk.Cut(t) })
	j, err := Open(t.Context(), Options{Dir: disk.Dir, MaxStore: testStore, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		if careless {
			return len(told), len(told)
		}
		t.Fatal(err)
	}
	defer j.Close()
	there := map[string]uint64{}
	for _, f := range readAll(t, j) {
		there[f.event.ID.String()] = uint64(f.at)
	}
	for user, n := range shelved(t, j) {
		there[user] = n
	}
	for what, at := range told {
		if there[what] < at {
			lost++
		}
	}
	if none, err := j.Lost(t.Context()); !careless && (none != 0 || err != nil) {
		t.Errorf("records lost: %d, %v", none, err)
	}
	return lost, len(told)
}

const (
	cutDir      = "CHARLA_JOURNAL_TEST_CUT"
	cutCareless = "CHARLA_JOURNAL_TEST_CARELESS" // no sync before the acknowledgement
	cutAcks     = 400
)

// cutStorm is the child: events, decisions and values, each acknowledgement a
// line: what, and the position or count it must have at least.
func cutStorm(dir string) {
	o := Options{Dir: dir, MaxStore: testStore, Log: slog.New(slog.DiscardHandler), careless: os.Getenv(cutCareless) != ""}
	j, err := Open(context.Background(), o)
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	text := strings.Repeat("storm ", 5000) // so that blocks end meanwhile
	var out sync.Mutex
	var all sync.WaitGroup
	for w := range 16 {
		user := chat.NewID[chat.Person]()
		all.Go(func() {
			for i := range uint64(20 * cutAcks) {
				e := post(text)
				what, at, err := e.ID.String(), chat.Position(0), error(nil)
				switch w % 4 {
				case 0:
					at, err = j.AppendIf(context.Background(), chat.NameSubject(chat.Nick(what)), 0, e)
				case 1:
					what, at = user.String(), chat.Position(i+1)
					err = j.Put(context.Background(), user, chat.MarksSlot, fmt.Append(nil, i+1))
				default:
					at, err = j.Append(context.Background(), e)
				}
				if err != nil {
					return
				}
				out.Lock()
				fmt.Println("ack", what, uint64(at))
				out.Unlock()
			}
		})
	}
	all.Wait()
}

// stormAndCut runs the child until it has acknowledged enough, stops it, calls
// cut, and returns what it had said by then.
func stormAndCut(t *testing.T, dir string, careless bool, cut func()) (told map[string]uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), cutDir+"="+dir)
	if careless {
		child.Env = append(child.Env, cutCareless+"=1")
	}
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	told = map[string]uint64{}
	lines := bufio.NewReader(out)
	for n := 0; ; n++ {
		if n == cutAcks {
			disktest.Stop(t, child.Process)
			cut()
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF { // a line that was cut off was not said
			break
		}
		var what string
		var at uint64
		if _, err := fmt.Sscanf(line, "ack %s %d", &what, &at); err != nil {
			t.Fatalf("the child says %q", line)
		}
		told[what] = max(told[what], at)
	}
	return told
}

// shelved reads the marks on the shelf, which are numbers here.
func shelved(t *testing.T, j *Journal) map[string]uint64 {
	t.Helper()
	end, err := j.ShelfEnd(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tail, err := j.TailShelf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	got := map[string]uint64{}
	for seq := uint64(0); seq < end; {
		entries, err := tail.Next(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			var n uint64
			fmt.Sscan(strings.TrimSpace(string(e.Value)), &n)
			got[e.User.String()], seq = n, e.Seq
		}
	}
	return got
}
