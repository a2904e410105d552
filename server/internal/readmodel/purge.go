package readmodel

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"charla/server/chat"
)

// Words that were taken back or edited away are to be in no byte of the file, not
// only in no row. SQLite writes zeros over what a row leaves (secure_delete),
// FTS5 takes a word out of the pieces of its index rather than adding a piece that
// says that it is gone (secure-delete), forget finds where it has marked pages with
// it, and what is left is the write-ahead log, which keeps old pages until they are
// written over: it is written back and cut to nothing.
//
// Each word takes FTS5 up to a millisecond, and a long message has thousands. Of one
// with more than forgetAtOnce they go a few at a time, a fifth of the time at most;
// until then the index finds the message by them, and search looks at what it says.
// Of somebody who is forgotten they go like that as well, or by another way: see crossOut.
//
// Emptying the log waits for the disk, and nobody's message is to wait for it often: at most
// once in purgePause, and no more than a twentieth of the time. So words are gone
// from the file within that of being taken back, as long as no reader holds on to
// the write-ahead log, and then as soon as it lets go.
const (
	purgePause = 10 * time.Second
	purgeShare = 20

	forgetAtOnce = 24 // words
	forgetPause  = 100 * time.Millisecond
	forgetShare  = 4
)

// purging is when that was done last and whether it is to be done. Model.writing
// must be held.
type purging struct {
	owed  bool
	next  time.Time   // not before
	first *time.Timer // since it was opened; whatever is applied before it does the same
	later *time.Timer // nil: none is running
	turn  int         // of the newest: those before do nothing any more
}

// forgets makes the index of words forget at once what is taken out of it.
func (c *conn) forgets() error {
	if _, err := c.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed USING fts5vocab (main, search, instance)"); err != nil {
		return err
	}
	if set, err := c.exists("SELECT 1 FROM search_config WHERE k = 'secure-delete' AND v = 1"); set || err != nil {
		return err
	}
	_, err := c.exec("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)")
	return err
}

// A page of a piece is found by a mark in search_idx: the beginning of its first
// term, as much of it as tells it from the page before. The mark stays when the term
// goes. Here it becomes the next term that is in the index: no term of the page is
// before that one, and all of the page before are before what went.
const (
	marksOf = `WITH RECURSIVE pieces (id) AS (
			SELECT min(segid) FROM search_idx
			UNION ALL SELECT (SELECT min(segid) FROM search_idx WHERE segid > id) FROM pieces WHERE id IS NOT NULL),
		marks (id, term) AS (
			SELECT id, (SELECT term FROM search_idx WHERE segid = id AND term <= ?1 ORDER BY term DESC LIMIT 1) FROM pieces WHERE id IS NOT NULL)
		SELECT id, term FROM marks WHERE length(term) > ?2 AND substr(?1, 1, length(term)) = term`

	// markLeast is the length of what may stay of a mark: the kind of term, and the
	// three letters by which beginnings are found anyway.
	markLeast = 1 + 3
)

// forget takes words that went out of the index out of its marks as well. Those
// that others have said too tell nothing.
func (c *conn) forget(terms map[string]bool) error {
	if len(terms) == 0 {
		return nil
	}
	if _, err := c.exists("SELECT 1 FROM temp.indexed WHERE term = ''"); err != nil { // has FTS5 write what it has in memory
		return err
	}
	for term := range terms {
		type mark struct {
			piece int64
			term  []byte
		}
		var marks []mark
		err := c.each(func(row scanner) error {
			var m mark
			err := row.Scan(&m.piece, &m.term)
			marks = append(marks, m)
			return err
		}, marksOf, []byte("0"+term), markLeast)
		if err != nil {
			return err
		}
		for _, m := range marks {
			var next string
			err := c.row("SELECT term FROM temp.indexed WHERE term >= ? LIMIT 1", string(m.term[1:])).Scan(&next)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil && next <= term { // said elsewhere, or another word begins like that
				continue
			}
			if _, err := c.exec("UPDATE OR IGNORE search_idx SET term = ? WHERE segid = ? AND term = ?", []byte("0"+cmp.Or(next, term[:markLeast-1]+"\xff")), m.piece, m.term); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetLater keeps the words that are to go for later if they are many, or asked to,
// and those that come again from going: it returns what is left of both.
func (c *conn) forgetLater(at chat.Position, gone, fresh []string, asked bool) (_, _ []string, err error) {
	var waiting string
	err = c.row("SELECT terms FROM unsaid WHERE pos = ?", at).Scan(&waiting)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || err != nil && len(gone) <= forgetAtOnce && !asked {
		return gone, fresh, ignore(err, sql.ErrNoRows)
	}
	unsaid := map[string]bool{}
	for term := range strings.FieldsSeq(waiting) {
		unsaid[term] = true
	}
	fresh = slices.DeleteFunc(fresh, func(term string) bool {
		again := unsaid[term]
		delete(unsaid, term)
		return again
	})
	for _, term := range gone {
		unsaid[term] = true
	}
	return nil, fresh, c.unsay(at, slices.Sorted(maps.Keys(unsaid)))
}

// unsay stores what is to go of the message at a position.
func (c *conn) unsay(at chat.Position, terms []string) (err error) {
	if len(terms) == 0 {
		_, err = c.exec("DELETE FROM unsaid WHERE pos = ?", at)
	} else {
		_, err = c.exec("INSERT INTO unsaid (pos, terms) VALUES (?, ?) ON CONFLICT (pos) DO UPDATE SET terms = excluded.terms", at, strings.Join(terms, " "))
	}
	return err
}

// forgetSome takes a few words of those that are to go out of the index, and
// reports whether there are more.
func (c *conn) forgetSome() (more bool, err error) {
	err = c.transaction("BEGIN IMMEDIATE", func() error {
		var at chat.Position
		var waiting string
		err := c.row("SELECT pos, terms FROM unsaid ORDER BY pos LIMIT 1").Scan(&at, &waiting)
		if err != nil {
			return ignore(err, sql.ErrNoRows)
		}
		terms := strings.Fields(waiting)
		now := terms[:min(len(terms), forgetAtOnce)]
		// A row without a word first, for FTS5 counts those that are removed.
		if _, err := c.exec("INSERT INTO search (rowid, terms) VALUES (?, '')", at); err != nil {
			return err
		}
		if _, err := c.exec("INSERT INTO search (search, rowid, terms) VALUES ('delete', ?, ?)", at, strings.Join(now, " ")); err != nil {
			return err
		}
		gone := map[string]bool{}
		for _, term := range now {
			gone[term] = true
		}
		if err := errors.Join(c.forget(gone), c.unsay(at, terms[len(now):])); err != nil {
			return err
		}
		more, err = c.exists("SELECT 1 FROM unsaid LIMIT 1")
		return err
	})
	return more, err
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// oweForgetting notes whether a batch took words from a message, or forgot somebody:
// then there may be more to do than the timer waits for. m.writing must be held.
func (m *Model) oweForgetting(t *tx) {
	if t.forgot && m.purging.later != nil {
		m.purging.later.Stop()
		m.purging.turn++
		m.purging.later = nil
	}
	m.purging.owed = m.purging.owed || t.forgot || slices.ContainsFunc(t.changes, func(c chat.Change) bool {
		return c.Kind == chat.Edited || c.Kind == chat.Retracted
	})
}

// purgeAgain goes on with what the last stop cut off, though nobody says anything.
// killed: that stop left a write-ahead log.
func (m *Model) purgeAgain(killed bool) error {
	m.writing.Lock()
	defer m.writing.Unlock()
	left, err := m.writer.exists("SELECT 1 WHERE EXISTS (SELECT 1 FROM unsaid) OR EXISTS (SELECT 1 FROM crossed)")
	p := &m.purging
	if p.owed = killed || left; !p.owed || err != nil || m.outdated != nil { // which is built again
		return err
	}
	p.turn++
	turn := p.turn
	p.first = time.AfterFunc(forgetPause, func() { m.purgeLater(turn) })
	return nil
}

// purge forgets some words, or empties the write-ahead log, if that is owed, now or
// later. m.writing must be held. What fails is tried again.
func (m *Model) purge() {
	p := &m.purging
	if !p.owed || p.later != nil {
		return
	}
	begun, pause := time.Now(), forgetPause
	more, err := m.writer.forgetSome()
	if err == nil && !more {
		pause = crossedPause
		more, err = m.writer.mergeCrossed()
	}
	if err != nil {
		m.log.Warn("read model: forget words", "err", err)
	}
	if more {
		m.purgeAfter(max(pause, forgetShare*time.Since(begun)))
		return
	}
	if wait := time.Until(p.next); wait > 0 {
		m.purgeAfter(wait)
		return
	}
	begun = time.Now()
	emptied, err := m.writer.emptyLog()
	p.owed = !emptied
	p.next = time.Now().Add(max(purgePause, purgeShare*time.Since(begun)))
	if err != nil {
		m.log.Warn("read model: empty the write-ahead log", "err", err)
	}
	if p.owed {
		m.purgeAfter(time.Until(p.next))
	}
}

// purgeAfter has purge done after a while. m.writing must be held.
func (m *Model) purgeAfter(wait time.Duration) {
	m.purging.turn++
	turn := m.purging.turn
	m.purging.later = time.AfterFunc(wait, func() { m.purgeLater(turn) })
}

// purgeLater is run by a timer, which Close stops.
func (m *Model) purgeLater(turn int) {
	defer func() {
		if r := recover(); r != nil {
			m.log.Error("panic", "in", "read model", "panic", r)
		}
	}()
	m.writing.Lock()
	defer m.writing.Unlock()
	select {
	case <-m.closed:
		return
	default:
	}
	if turn == m.purging.turn {
		m.purging.later = nil
		m.purge()
	}
}

// emptyLog reports whether all of the write-ahead log is in the database and it is
// empty. It does not wait for a reader that uses it.
func (c *conn) emptyLog() (bool, error) {
	const soon, asEver = "PRAGMA busy_timeout = 50", "PRAGMA busy_timeout = 5000"
	if _, err := c.c.ExecContext(context.Background(), soon); err != nil {
		return false, err
	}
	var busy, pages, written int
	err := c.c.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &written)
	if _, err := c.c.ExecContext(context.Background(), asEver); err != nil {
		return false, err
	}
	return err == nil && busy == 0, err
}
