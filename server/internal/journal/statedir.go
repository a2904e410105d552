package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// StateError says that the store's folder is in a state in which starting
// could lose what it holds. Nothing was changed.
type StateError struct {
	Dir     string
	Problem string
}

func (e *StateError) Error() string {
	return fmt.Sprintf("the log in %s cannot be used: %s", e.Dir, e.Problem)
}

// contents is which streams hold records on disk.
type contents struct{ ev, self bool }

// inspect looks at the store's folder before the server does, because the
// server skips a stream it cannot read (with a warning), and in cluster mode
// deletes one it does not expect.
func inspect(dir string) (contents, error) {
	if dir == "" {
		return contents{}, errors.New("no folder given")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return contents{}, err
	}
	root := filepath.Join(dir, "jetstream")
	if exists(filepath.Join(root, "$SYS", "_js_", "_meta_")) {
		return contents{}, &StateError{Dir: dir, Problem: "it belongs to a node of a cluster, and this server runs alone"}
	}
	streams := filepath.Join(root, "$G", "streams")
	var found contents
	var err error
	if found.ev, err = holdsRecords(filepath.Join(streams, evStream)); err != nil {
		return found, err
	}
	if found.self, err = holdsRecords(filepath.Join(streams, selfStream)); err != nil {
		return found, err
	}
	if found.self && !exists(filepath.Join(streams, evStream)) {
		return found, &StateError{Dir: dir, Problem: "the shelf (stream SELF) is there and the log (stream EV) is missing"}
	}
	if found.ev && !exists(filepath.Join(streams, selfStream)) {
		return found, &StateError{Dir: dir, Problem: "the log (stream EV) is there and the shelf (stream SELF) is missing"}
	}
	return found, nil
}

// holdsRecords reports whether a stream's folder has any message block with
// bytes in it. A first start that was cut off leaves a folder without.
func holdsRecords(stream string) (bool, error) {
	blocks, err := os.ReadDir(filepath.Join(stream, "msgs"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, b := range blocks {
		if !strings.HasSuffix(b.Name(), ".blk") {
			continue
		}
		if info, err := b.Info(); err == nil && info.Size() > 0 {
			return true, nil
		}
	}
	return false, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
