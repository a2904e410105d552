package readmodel

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"charla/server/chat"
)

// together is how many conversations one query of the index looks in: the cost
// of a query grows with their square where hits are rare.
const together = 100

// Search is chat.Reader's. It has a connection of its own: those who search wait
// for each other, and nobody else for them.
func (m *Model) Search(ctx context.Context, q chat.TermQuery) (list []chat.Message, err error) {
	defer wrap(&err, "read model: search")
	q.Limit = max(min(q.Limit, mostMessages), 0)
	err = m.lend(ctx, m.searcher, func(c *conn) error {
		return c.transaction("BEGIN", func() error {
			var whole bool
			if list, whole, err = c.sift(ctx, q); err == nil && !whole {
				list, err = c.search(ctx, q)
			}
			return err
		})
	})
	return list, err
}

// Of the beginning of a word the index has three letters ready, read as far as
// needed; for more letters it gathers all the messages there are before it tells
// the first, which takes long exactly where hits are frequent.
const readyLetters = 3

// sifted is how many messages are looked at for a beginning of more letters.
const sifted = 200

// sift looks for the first letters of a beginning and at the newest messages that
// have them. whole is false when hits are too rare for that; the index is quick
// then.
func (c *conn) sift(ctx context.Context, q chat.TermQuery) (list []chat.Message, whole bool, err error) {
	letters := []rune(q.Beginning)
	if len(letters) <= readyLetters {
		return nil, false, nil
	}
	wide := q
	wide.Beginning, wide.Limit = string(letters[:readyLetters]), max(sifted, q.Limit)
	found, err := c.positions(ctx, wide)
	if err != nil {
		return nil, false, err
	}
	for _, at := range found {
		msg, err := scanMessage(c.row(selectMessage+"WHERE x.pos = ?", at))
		if err != nil {
			return nil, false, err
		}
		if begins(msg, q.Beginning) {
			list = append(list, msg)
		}
		if len(list) == q.Limit {
			return list, true, nil
		}
	}
	return list, len(found) < wide.Limit, nil
}

func begins(m chat.Message, beginning string) bool {
	return slices.ContainsFunc(chat.TermsOf(m), func(t string) bool { return strings.HasPrefix(t, beginning) })
}

func (c *conn) search(ctx context.Context, q chat.TermQuery) (list []chat.Message, err error) {
	found, err := c.positions(ctx, q)
	for _, at := range found {
		msg, err := scanMessage(c.row(selectMessage+"WHERE x.pos = ?", at))
		if err != nil {
			return nil, err
		}
		list = append(list, msg)
	}
	return list, err
}

// area is some conversations, to be looked in together, up to a position.
type area struct {
	conversations []chat.ConversationID
	upto          chat.Position
}

// positions is where the messages stand, the newest first. What one area has shows
// how far back the next need be looked into.
func (c *conn) positions(ctx context.Context, q chat.TermQuery) ([]chat.Position, error) {
	terms := matchTerms(q)
	if len(terms) == 0 || q.Limit == 0 {
		return nil, nil
	}
	areas, err := c.areas(q)
	if err != nil {
		return nil, err
	}
	var found []chat.Position
	after := chat.Position(0)
	for _, a := range areas {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := c.each(func(row scanner) error {
			var at chat.Position
			err := row.Scan(&at)
			found = append(found, at)
			return err
		}, "SELECT rowid FROM search WHERE search MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid DESC LIMIT ? + 0",
			matchIn(a.conversations)+" AND "+terms, after, a.upto, q.Limit)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b chat.Position) int { return cmp.Compare(b, a) })
		if len(found) >= q.Limit {
			found = found[:q.Limit]
			after = found[q.Limit-1]
		}
	}
	return found, nil
}

// areas puts the conversations that are seen whole together; one that is seen up
// to a number is an area by itself.
func (c *conn) areas(q chat.TermQuery) (areas []area, err error) {
	upto := chat.Position(1<<63 - 1)
	if q.Before != 0 {
		upto = min(upto, q.Before-1)
	}
	var whole []chat.ConversationID
	var parts []area
	for _, e := range q.In {
		if e.Upto == 0 {
			whole = append(whole, e.ID)
			continue
		}
		var last chat.Position
		err := c.row("SELECT pos FROM messages WHERE conv = ? AND n <= ? ORDER BY n DESC LIMIT 1", e.ID[:], e.Upto).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) { // nothing is there
			continue
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, area{conversations: []chat.ConversationID{e.ID}, upto: min(upto, last)})
	}
	for some := range slices.Chunk(whole, together) {
		areas = append(areas, area{conversations: some, upto: upto})
	}
	return append(areas, parts...), nil
}

// matchTerms is what FTS5 is asked for. Terms hold nothing but letters and
// digits; each goes as a string all the same, in which nothing has a meaning.
func matchTerms(q chat.TermQuery) string {
	var all []string
	for _, t := range q.Terms {
		all = append(all, quoted(t))
	}
	if q.Beginning != "" {
		all = append(all, quoted(q.Beginning)+" *")
	}
	return strings.Join(all, " AND ")
}

func matchIn(conversations []chat.ConversationID) string {
	var any []string
	for _, id := range conversations {
		any = append(any, quoted(conversationToken(id)))
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
