package readmodel

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"charla/server/chat"
)

// A model that is opened with Options.Retell also remembers which event changed
// which message, so that it can tell the fate of what each event brought. It is
// made for one erasure and thrown away.

// told is what it remembers. A message that was posted with words alone needs no
// row: its own tells all.
const toldSchema = `CREATE TABLE told (
  pos      INTEGER PRIMARY KEY,
  msg      BLOB    NOT NULL,  -- what the event made or changed
  words    INTEGER NOT NULL,  -- it gave it these
  name     TEXT    NOT NULL,  -- its file's, from then on
  replaced BLOB               -- the message whose file had to go
);
CREATE INDEX told_words ON told (msg, pos) WHERE words`

// retell remembers what an event did, by the changes it made.
func (t *tx) retell(e chat.Event, changes []chat.Change) error {
	var msg, replaced chat.MessageID
	var name string
	for _, c := range changes {
		switch {
		case c.Message == nil:
		case c.Kind == chat.Retracted:
			replaced = c.Message.ID
		default:
			msg = c.Message.ID
			if c.Message.File != nil {
				name = c.Message.File.Name
			}
		}
	}
	words := false
	switch b := e.Body.(type) {
	case chat.MessagePosted:
		if msg == chat.MessageID(e.ID) && name == "" {
			return nil
		}
		words = b.Text != ""
	case chat.MessageEdited:
		words = true
	case chat.FileRenamed:
	default:
		return nil
	}
	if msg.IsZero() {
		return nil
	}
	_, err := t.exec("INSERT INTO told (pos, msg, words, name, replaced) VALUES (?, ?, ?, ?, ?)", t.at, msg[:], words, name, key(replaced))
	return err
}

// Fate is what became of what the event at a position brought. What was said in a
// message that is reported stays until that is closed, unless who said it is
// forgotten: then the report has no words either.
func (m *Model) Fate(ctx context.Context, at chat.Position, e chat.Event) (f chat.Fate, err error) {
	defer wrap(&err, "read model: fate of event %s", e.ID)
	err = m.read(ctx, func(c *conn) error {
		switch e.Body.(type) {
		case chat.Banned:
			f.Effect, err = c.exists("SELECT 1 FROM audit WHERE pos = ?", at)
		case chat.Reported:
			f.Effect, err = c.exists("SELECT 1 FROM reports WHERE id = ? AND pos = ?", e.ID[:], at)
		default:
			f, err = c.fate(at, e)
		}
		if err != nil {
			return err
		}
		f.Forgotten, err = c.exists("SELECT 1 FROM people WHERE id = ? AND forgotten", e.By[:])
		return err
	})
	return f, err
}

func (c *conn) fate(at chat.Position, e chat.Event) (f chat.Fate, err error) {
	var msg chat.MessageID
	_, posted := e.Body.(chat.MessagePosted)
	err = c.row("SELECT msg, name, replaced FROM told WHERE pos = ?", at).Scan(into(&msg), &f.Name, into(&f.Replaced))
	switch {
	case err == nil && posted && msg != chat.MessageID(e.ID):
		f.Version = msg
	case errors.Is(err, sql.ErrNoRows) && posted:
		msg = chat.MessageID(e.ID)
	case errors.Is(err, sql.ErrNoRows):
		return f, nil
	case err != nil:
		return f, err
	}
	var made chat.Position
	var edited, reported bool
	err = c.row(`SELECT pos, edited, retracted <> 0 OR expired, EXISTS (SELECT 1 FROM reports WHERE message = x.id AND closed IS NULL AND text <> '')
		FROM messages x WHERE id = ?`, msg[:]).Scan(&made, &edited, &f.Gone, &reported)
	if errors.Is(err, sql.ErrNoRows) || err == nil && posted && f.Version.IsZero() && made != at {
		return chat.Fate{}, nil
	}
	f.Effect = true
	if reported {
		f.Gone, edited = false, false
	}
	if err == nil && edited {
		f.Outdone, err = c.exists("SELECT 1 FROM told WHERE msg = ? AND pos > ? AND words", msg[:], at)
	}
	return f, err
}

// Sum is one number for all that the model says: two that say the same have the
// same. It leaves out which log it was built from and the index of words, which
// follows from the rows.
func (m *Model) Sum(ctx context.Context) (sum [32]byte, err error) {
	defer wrap(&err, "read model: sum")
	hash := sha256.New()
	err = m.read(ctx, func(c *conn) error {
		queries := []string{"SELECT log, applied FROM meta"}
		err := c.each(func(row scanner) error {
			var query string
			err := row.Scan(&query)
			queries = append(queries, query)
			return err
		}, `SELECT 'SELECT * FROM ' || name || ' ORDER BY 1, 2' FROM sqlite_schema
			WHERE type = 'table' AND name NOT IN ('meta', 'told', 'unsaid', 'crossed') AND name NOT GLOB 'search*' ORDER BY name`)
		if err != nil {
			return err
		}
		for _, query := range queries {
			fmt.Fprintln(hash, query)
			if err := c.sum(hash, query); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return [32]byte(hash.Sum(nil)), err
}

// sum adds the rows of a query, each value with its length.
func (c *conn) sum(hash io.Writer, query string) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background())
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row, dest := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for _, value := range row {
			fmt.Fprintf(hash, "%t %d ", value == nil, len(value))
			hash.Write(value)
		}
	}
	return rows.Err()
}
