package journal

import (
	"os/signal"
	"testing"

	"golang.org/x/sys/unix"

	"charla/server/chat"
)

// A quota of the user, or a limit of the process, refuses writes on a disk that
// has room; the log takes writes again after it is lifted.
func TestLimitOnFilesEndsWhenItIsLifted(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	readMeanwhile := followAll(t, j)
	acked := map[chat.EventID]chat.Position{}
	lift := limitFiles(t, 256<<10)
	stormUntil(t, j, chat.DiskFull, acked)
	if len(acked) == 0 {
		t.Fatal("nothing was stored below the limit")
	}
	lift()
	last := post("no limit")
	acked[last.ID] = appendOnceThereIsRoom(t, j, last)
	readMeanwhile.has(t, acked)
}

// limitFiles lets no file of this process grow beyond size until lift is called.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	signal.Ignore(unix.SIGXFSZ) // which would end the process instead of failing the write
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	lift = func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	return lift
}
