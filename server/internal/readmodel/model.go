// Package readmodel is chat.View on SQLite: what the log and the shelf mean,
// kept ready to be read.
//
// It does not know where entries come from, who may read what, or who follows
// the changes it returns. Nothing lives in it that the log and the shelf cannot
// rebuild: when its file is damaged or from a newer program, the server moves
// it aside (MoveAside) and applies everything again.
//
// One connection writes, the projector's, one transaction per batch with the
// positions in it; a few read-only connections answer the readers, each with
// its prepared statements. Write-ahead logging lets them read beside the writer.
// Commits are not synced one by one (synchronous=NORMAL): after a power cut the
// file is whole and a little behind, and the log brings it up again.
package readmodel

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"charla/server/chat"
)

var _ chat.View = (*Model)(nil)

// Options are what Open needs.
type Options struct {
	Path    string // of the database file; its folder exists
	Readers int    // read-only connections; 0: 4. Whoever finds none free waits.
	Log     *slog.Logger
	Retell  bool // for one erasure of the log: see Fate. The file is new, and has no index of words
}

// Model is an open read model.
type Model struct {
	log *slog.Logger
	db  *sql.DB

	writing sync.Mutex // Apply, Bind, Tidy and purge
	writer  *conn
	untidy  int // pages of the index that Tidy may write; writing must be held
	purging purging
	outs    outs // nil: not read yet

	readers  chan *conn // holds those that are free
	size     int        // how many there are
	searcher chan *conn // holds the one that searches, while it is free
	searches bool       // there is one
	lister   chan *conn // likewise, for long lists
	lists    bool
	outdated error
	retells  bool
	seats    seats
	bans     bans
	closed   chan struct{}
	once     sync.Once
}

// Open opens the read model, making or migrating its file. The error is
// ErrDamaged or ErrNewer (errors.Is) when the file is to be moved aside and
// built again. One that is Outdated is open, and is to be built again too.
func Open(ctx context.Context, o Options) (_ *Model, err error) {
	defer wrap(&err, "open read model")
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, err
	}
	if err := ownOnly(path); err != nil {
		return nil, err
	}
	wal, err := os.Stat(path + "-wal")
	killed := err == nil && wal.Size() > 0
	if o.Readers <= 0 {
		o.Readers = 4
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	m := &Model{log: o.Log, db: db, retells: o.Retell, readers: make(chan *conn, o.Readers), searcher: make(chan *conn, 1), lister: make(chan *conn, 1), closed: make(chan struct{})}
	if err := m.connect(ctx, o.Readers); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if err := m.purgeAgain(killed); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// ownOnly creates the file with mode 0600 if there is none; SQLite gives its
// -wal and -shm the same mode. People's messages are in them.
func ownOnly(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// connect opens the writer, brings the schema up to date and opens the readers.
func (m *Model) connect(ctx context.Context, readers int) (err error) {
	if m.writer, err = dial(ctx, m.db, writerPragmas); err != nil {
		return err
	}
	if err := m.writer.migrate(ctx); err != nil {
		return err
	}
	if m.outdated, err = m.writer.outdated(); err != nil {
		return err
	}
	if err := m.writer.forgets(); err != nil {
		return damage(err)
	}
	if m.retells {
		if _, err := m.writer.c.ExecContext(ctx, toldSchema); err != nil {
			return damage(err)
		}
	}
	for range readers {
		c, err := dial(ctx, m.db, readerPragmas)
		if err != nil {
			return err
		}
		m.readers <- c
		m.size++
	}
	c, err := dial(ctx, m.db, readerPragmas)
	if err != nil {
		return err
	}
	m.searcher <- c
	m.searches = true
	if c, err = dial(ctx, m.db, readerPragmas); err != nil {
		return err
	}
	m.lister <- c
	m.lists = true
	return nil
}

// Close waits for those who read or apply now, writes the write-ahead log back
// and closes the file. Calls after it fail with chat.Unavailable.
func (m *Model) Close() (err error) {
	m.once.Do(func() {
		close(m.closed)
		m.writing.Lock()
		defer m.writing.Unlock()
		for _, timer := range []*time.Timer{m.purging.first, m.purging.later} {
			if timer != nil {
				timer.Stop()
			}
		}
		for range m.size {
			c := <-m.readers
			err = errors.Join(err, c.close())
		}
		if m.searches {
			c := <-m.searcher
			err = errors.Join(err, c.close())
		}
		if m.lists {
			c := <-m.lister
			err = errors.Join(err, c.close())
		}
		if m.writer != nil {
			err = errors.Join(err, m.writer.close())
		}
		err = errors.Join(err, m.db.Close())
	})
	return err
}

// read lends f a read-only connection.
func (m *Model) read(ctx context.Context, f func(*conn) error) error {
	return m.lend(ctx, m.readers, f)
}

// lend lends f a connection of those that are free, or waits for one.
func (m *Model) lend(ctx context.Context, free chan *conn, f func(*conn) error) error {
	select {
	case <-m.closed:
		return errClosed()
	default:
	}
	select {
	case <-m.closed:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	case c := <-free:
		defer func() { free <- c }()
		return damage(f(c))
	}
}

// snapshot is read within one transaction: all that f reads is as of one
// position, which it gets.
func (m *Model) snapshot(ctx context.Context, f func(*conn, chat.Position) error) error {
	return m.snapshotOf(ctx, m.readers, f)
}

// snapshotOf is snapshot with a connection of those that are free.
func (m *Model) snapshotOf(ctx context.Context, free chan *conn, f func(*conn, chat.Position) error) error {
	return m.lend(ctx, free, func(c *conn) error {
		return c.transaction("BEGIN", func() error {
			var applied chat.Position
			if err := c.row("SELECT applied FROM meta").Scan(&applied); err != nil {
				return err
			}
			return f(c, applied)
		})
	})
}

func errClosed() error {
	return &chat.Error{Code: chat.Unavailable, Err: errors.New("read model is closed")}
}

func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
