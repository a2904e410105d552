package readmodel

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"charla/server/chat"
)

// conn is one connection with the statements it has prepared, by their text:
// all are constants of this package, so the map is bounded. One goroutine at a
// time.
//
// Statements run without a context that can end: the driver would start a
// goroutine for each. Callers wait for a connection with theirs instead, and
// every statement is short.
//
// A bare "LIMIT ?" makes SQLite plan the statement again each time it is bound,
// for it looks at the number; "LIMIT ? + 0" keeps the plan.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

// Both kinds wait for a lock rather than fail: a checkpoint of the one may meet
// the other.
var (
	writerPragmas = []string{
		"busy_timeout = 5000",
		"journal_mode = WAL",
		"synchronous = NORMAL",
		"cache_size = -32768",           // 32 MiB
		"wal_autocheckpoint = 4000",     // pages: 16 MiB
		"journal_size_limit = 67108864", // what the WAL shrinks to after a flood
		"temp_store = MEMORY",
		"secure_delete = ON", // what is taken back leaves no trace in free pages: see purge
	}
	readerPragmas = []string{
		"busy_timeout = 5000",
		"query_only = ON",
		"cache_size = -4096", // what does not fit when a large result is sorted goes to a temporary file
	}
)

func dial(ctx context.Context, db *sql.DB, pragmas []string) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, damage(err)
	}
	n := &conn{c: c, stmts: map[string]*sql.Stmt{}}
	for _, p := range pragmas {
		if _, err := c.ExecContext(ctx, "PRAGMA "+p); err != nil {
			return nil, errors.Join(damage(fmt.Errorf("%s: %w", p, err)), c.Close())
		}
	}
	return n, nil
}

func (c *conn) close() error {
	for _, s := range c.stmts {
		s.Close()
	}
	return c.c.Close()
}

// stmt is the prepared statement of query.
func (c *conn) stmt(query string) (*sql.Stmt, error) {
	if s := c.stmts[query]; s != nil {
		return s, nil
	}
	s, err := c.c.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

// exec runs a statement and returns how many rows it touched.
func (c *conn) exec(query string, args ...any) (int64, error) {
	s, err := c.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row is the first row of a query.
func (c *conn) row(query string, args ...any) scanner {
	s, err := c.stmt(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(context.Background(), args...)
}

// each calls f for every row.
func (c *conn) each(f func(scanner) error, query string, args ...any) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// exists reports whether a query has a row.
func (c *conn) exists(query string, args ...any) (bool, error) {
	var there bool
	err := c.row(query, args...).Scan(&there)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return there, err
}

// transaction runs f between begin and COMMIT, or ROLLBACK when it fails or
// panics.
func (c *conn) transaction(begin string, f func() error) (err error) {
	if _, err := c.exec(begin); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			c.exec("ROLLBACK") // fails when SQLite has rolled back itself
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if _, err := c.exec("COMMIT"); err != nil {
		return err
	}
	done = true
	return nil
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// blob16 scans an ID; NULL is the zero ID.
type blob16 [16]byte

func (b *blob16) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*b = blob16{}
	case []byte:
		if len(v) != len(b) {
			return fmt.Errorf("an id of %d bytes", len(v))
		}
		copy(b[:], v)
	default:
		return fmt.Errorf("an id of type %T", src)
	}
	return nil
}

// into scans an ID.
func into[K any](id *chat.ID[K]) *blob16 { return (*blob16)(id) }

// key is an ID as an argument; the zero ID is NULL.
func key[K any](id chat.ID[K]) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

// orZero scans a column that may be NULL, as the zero value.
type orZero[T any] struct{ v *T }

func (z orZero[T]) Scan(src any) error {
	var n sql.Null[T]
	if err := n.Scan(src); err != nil {
		return err
	}
	*z.v = n.V
	return nil
}

func nullable[T any](v *T) orZero[T] { return orZero[T]{v} }

// orNever scans a time; NULL is the zero one.
type orNever struct{ t *time.Time }

func (n orNever) Scan(src any) error {
	if *n.t = (time.Time{}); src == nil {
		return nil
	}
	return millis(n).Scan(src)
}

// never is a time as an argument; the zero one is NULL.
func never(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// span scans a duration in milliseconds.
type span struct{ d *time.Duration }

func (s span) Scan(src any) error {
	var ms int64
	err := nullable(&ms).Scan(src)
	*s.d = time.Duration(ms) * time.Millisecond
	return err
}

// millis scans a time.
type millis struct{ t *time.Time }

func (m millis) Scan(src any) error {
	var ms int64
	if err := nullable(&ms).Scan(src); err != nil {
		return err
	}
	*m.t = time.UnixMilli(ms).UTC()
	return nil
}
