package readmodel

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"
)

// To take a word of one message out of the index costs FTS5 a search in each of its
// pieces and a walk past all messages before it that say the word: some 0.2 ms, and more
// the more say it. So when somebody is forgotten who said much, their words are crossed
// out: FTS5 writes down that these messages do not say these words, as fast as that they
// do, and from then on nobody finds them. Then all pieces of the index are merged into
// one, in which FTS5 leaves out what is crossed out: each word is read once, for
// however many messages.
//
// That reads the whole index, so the words of a few messages leave it by themselves.
// And what is left out costs time and fills no page, by which FTS5 measures what it
// does at once: where nobody else says such words all of it is one step. So each merge
// has so much to leave out, and who forgets waits for it (Sated).
const (
	fewForgotten = 50     // messages whose words wait in unsaid; well below staleMost
	crossedMost  = 10_000 // messages: some 0.1 ms for twelve of them
	crossedPages = 64     // merged at once: some 10 ms, and more only for a word that a great many say
	crossedPause = 10 * time.Millisecond
)

// crossOut crosses out what those said who are forgotten, or leaves it to forgetLater if
// it is little.
func (t *tx) crossOut() error {
	var waiting int
	if err := t.row("SELECT count(*) FROM (SELECT 1 FROM unsaid LIMIT ? + 0)", fewForgotten).Scan(&waiting); err != nil {
		return err
	}
	if waiting+len(t.forgotten) <= fewForgotten {
		return nil
	}
	err := t.crossing(func() error {
		for _, at := range slices.Sorted(maps.Keys(t.forgotten)) {
			w := t.words[at]
			delete(t.words, at)
			if w.was == "" {
				continue
			}
			t.indexed += len(w.was) // so much has a piece more
			if _, err := t.exec("INSERT INTO search (search, rowid, terms) VALUES ('delete', ?, ?)", at, w.was); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_, err = t.exec("INSERT INTO crossed (one, n, begun) VALUES (1, ?, 0) ON CONFLICT (one) DO UPDATE SET n = n + excluded.n", len(t.forgotten))
	}
	return err
}

// crossing has FTS5 write down, and not carry out, what f takes out of the index. Both
// settings have it write what it has in memory first. If f fails, so does the transaction,
// and FTS5 reads its settings again.
func (c *conn) crossing(f func() error) error {
	if _, err := c.exec("INSERT INTO search (search, rank) VALUES ('secure-delete', 0)"); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	_, err := c.exec("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)")
	return err
}

// mergeCrossed merges some of the index, once there is much to leave out or nobody is
// being forgotten, and reports whether there is more of it until that is gone.
func (c *conn) mergeCrossed() (more bool, err error) {
	err = c.transaction("BEGIN IMMEDIATE", func() error {
		var n int
		var begun bool
		err := c.row("SELECT n, begun FROM crossed WHERE begun OR n >= ? OR NOT EXISTS (SELECT 1 FROM forgetting)", crossedMost).Scan(&n, &begun)
		if err != nil {
			return ignore(err, sql.ErrNoRows)
		}
		switch {
		case begun:
			err = c.merge(crossedPages)
		case n > 0:
			if begun, err = c.beginWhole(); begun {
				n = 0
			}
		}
		if err != nil {
			return err
		}
		p, err := c.pieces()
		if err != nil {
			return err
		}
		begun = begun && p.merging
		if more = begun || n > 0; more {
			_, err = c.exec("UPDATE crossed SET n = ?, begun = ?", n, begun)
		} else {
			_, err = c.exec("DELETE FROM crossed")
		}
		return err
	})
	return more && err == nil, err
}

// Sated is chat.Reader's.
func (m *Model) Sated(ctx context.Context) (sated bool, err error) {
	defer wrap(&err, "read model: sated")
	err = m.read(ctx, func(c *conn) error {
		sated, err = c.exists("SELECT 1 FROM crossed WHERE n >= ?", crossedMost)
		return err
	})
	return sated, err
}

// beginWhole begins to merge all pieces into one, and reports whether it could.
//
// FTS5 leaves out what is crossed out only when it writes to the highest level, where
// the oldest piece is, and it moves the pieces up there only if they are on more than
// one: so some are made, which begin on the lowest. If all are on that, below levels
// that are empty, they are merged to the next one first.
func (c *conn) beginWhole() (bool, error) {
	p, err := c.pieces()
	if err != nil {
		return false, err
	}
	if p.merging {
		return false, c.merge(crossedPages)
	}
	if err := c.addPieces(); err != nil {
		return false, err
	}
	if p.above || p.levels <= 2 {
		return true, c.merge(-crossedPages)
	}
	for _, step := range []func() error{
		func() error { return c.usermerge(2) },
		func() error { return c.merge(crossedPages) },
		func() error { return c.usermerge(4) }, // FTS5's own
	} {
		if err := step(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// addPieces makes two pieces that say nothing together: one that says of a message and
// a word that there never are, and one that crosses it out.
func (c *conn) addPieces() error {
	if _, err := c.exec("INSERT INTO search (rowid, terms) VALUES (0, '_')"); err != nil {
		return err
	}
	return c.crossing(func() error {
		_, err := c.exec("INSERT INTO search (search, rowid, terms) VALUES ('delete', 0, '_')")
		return err
	})
}

// merge has FTS5 merge what it wants to, and first what it has begun; fewer than no
// pages: all pieces into one.
func (c *conn) merge(pages int) error {
	_, err := c.exec("INSERT INTO search (search, rank) VALUES ('merge', ?)", pages)
	return err
}

// usermerge sets how many pieces a level has that FTS5 merges.
func (c *conn) usermerge(n int) error {
	_, err := c.exec("INSERT INTO search (search, rank) VALUES ('usermerge', ?)", n)
	return err
}

// pieces is how the index is divided.
type pieces struct {
	levels  int
	above   bool // some are not on the lowest
	merging bool // some are half merged
}

// structure is the record in which FTS5 keeps that.
const structure = 10

// pieces reads it: a cookie, the numbers of levels, of pieces and of writes, and of
// each level how many of its pieces are being merged, how many there are, and three
// numbers of each.
func (c *conn) pieces() (p pieces, err error) {
	var r record
	if err := c.row("SELECT block FROM search_data WHERE id = ?", structure).Scan(&r.left); err != nil {
		return p, err
	}
	r.skip(4)
	p.levels = r.number()
	r.number()
	r.number()
	for level := range p.levels {
		p.merging = r.number() > 0 || p.merging
		n := r.number()
		p.above = p.above || level > 0 && n > 0
		for range 3 * n {
			r.number()
		}
	}
	if r.short {
		err = fmt.Errorf("%w: the structure of the index of words", ErrDamaged)
	}
	return p, err
}

// record is what is left to read of one; short: it was less than it should be, and
// all numbers are 0 from there on.
type record struct {
	left  []byte
	short bool
}

func (r *record) skip(n int) {
	if n > len(r.left) {
		r.short, n = true, len(r.left)
	}
	r.left = r.left[n:]
}

// number is the next one, as SQLite writes them: seven bits a byte, the highest first.
func (r *record) number() (n int) {
	for i := range 9 {
		if len(r.left) == 0 {
			r.short = true
			return 0
		}
		b := r.left[0]
		r.left = r.left[1:]
		if i == 8 {
			return n<<8 | int(b)
		}
		n = n<<7 | int(b&0x7f)
		if b < 0x80 {
			return n
		}
	}
	return n
}
