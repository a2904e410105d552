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
	if q.Limit = min(q.Limit, mostMessages); q.Limit <= 0 || len(q.Terms) == 0 && q.Beginning == "" {
		return nil, nil
	}
	err = m.lend(ctx, m.searcher, func(c *conn) error {
		return c.transaction("BEGIN", func() error {
			list, err = c.search(ctx, q)
			return err
		})
	})
	return list, err
}

// Of the beginning of a word the index has three letters ready, read as far as
// needed. For more letters it gathers all the messages there are before it tells
// the first, which takes long where those are many.
const readyLetters = 3

// sifted is how many messages are looked at for a beginning that is frequent.
const sifted = 200

// staleMost bounds the messages that the index may still find by words they do not
// say any more.
const staleMost = 200

// search finds what says what is looked for, also while words are still to leave
// the index.
func (c *conn) search(ctx context.Context, q chat.TermQuery) ([]chat.Message, error) {
	var stale int
	if err := c.row("SELECT count(*) FROM (SELECT 1 FROM unsaid LIMIT ? + 0)", staleMost).Scan(&stale); err != nil {
		return nil, err
	}
	if stale == 0 {
		return c.find(ctx, q)
	}
	wide := q
	wide.Limit += stale
	list, err := c.find(ctx, wide)
	var said []chat.Message
	for _, m := range list {
		if len(said) < q.Limit && says(m, q) {
			said = append(said, m)
		}
	}
	return said, err
}

// says reports whether a message has all the words.
func says(m chat.Message, q chat.TermQuery) bool {
	terms := chat.TermsOf(m)
	for _, t := range q.Terms {
		if !slices.Contains(terms, t) {
			return false
		}
	}
	return q.Beginning == "" || slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, q.Beginning) })
}

// find looks for a frequent beginning by its first letters, and at what the
// newest messages that have them say.
func (c *conn) find(ctx context.Context, q chat.TermQuery) ([]chat.Message, error) {
	letters := []rune(q.Beginning)
	frequent := false
	if len(letters) > readyLetters {
		var err error
		if frequent, err = c.frequent(q.Beginning); err != nil {
			return nil, err
		}
	}
	if !frequent {
		found, err := c.positions(ctx, q)
		if err != nil {
			return nil, err
		}
		return c.at(found, q.Limit, nil)
	}
	wide := q
	wide.Beginning, wide.Limit = string(letters[:readyLetters]), max(sifted, q.Limit)
	found, err := c.positions(ctx, wide)
	if err != nil {
		return nil, err
	}
	list, err := c.at(found, q.Limit, func(m chat.Message) bool {
		return slices.ContainsFunc(chat.TermsOf(m), func(t string) bool { return strings.HasPrefix(t, q.Beginning) })
	})
	if err != nil || len(list) == q.Limit || len(found) < wide.Limit {
		return list, err
	}
	if found, err = c.positions(ctx, q); err != nil { // not frequent where this person looks
		return nil, err
	}
	return c.at(found, q.Limit, nil)
}

// A word is frequent if one message of oneIn has it, going by how far back the
// last sample of them stand.
const (
	oneIn  = 50
	sample = 20
)

// frequent reports whether a word is, as it stands, in many messages. The answer
// decides on the way to search, not on what is found.
func (c *conn) frequent(word string) (bool, error) {
	var last chat.Position
	err := c.row("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ? + 0", quoted(word), sample-1).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	further, err := c.exists("SELECT 1 FROM messages WHERE pos >= ? ORDER BY pos LIMIT 1 OFFSET ? + 0", last, sample*oneIn)
	return !further, err
}

// at reads the messages at some positions, those that are good, up to limit.
func (c *conn) at(found []chat.Position, limit int, good func(chat.Message) bool) (list []chat.Message, err error) {
	for _, at := range found {
		if len(list) == limit {
			break
		}
		m, err := scanMessage(c.row(selectMessage+"WHERE x.pos = ?", at))
		if err != nil {
			return nil, err
		}
		if good == nil || good(m) {
			list = append(list, m)
		}
	}
	return list, nil
}

// area is some conversations, to be looked in together, up to a position.
type area struct {
	conversations []chat.ConversationID
	upto          chat.Position
}

// positions is where the messages stand, the newest first. What one area has shows
// how far back the next need be looked into.
func (c *conn) positions(ctx context.Context, q chat.TermQuery) ([]chat.Position, error) {
	if len(q.In) > fewPlaces {
		if found, whole, err := c.anywhere(q); whole || err != nil {
			return found, err
		}
	}
	terms := matchTerms(q)
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
		}, "SELECT search.rowid FROM search CROSS JOIN messages x ON x.pos = search.rowid WHERE search MATCH ? AND search.rowid > ? AND search.rowid <= ? AND "+
			notHidden+" ORDER BY search.rowid DESC LIMIT ? + 0", matchIn(a.conversations)+" AND "+terms, after, a.upto, key(q.For), q.Limit)
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

// To ask the index for one of many conversations is slow. Of more than fewPlaces
// the newest peeked messages with the terms are looked at first, wherever they
// are: those of rare terms are all among them, and of frequent ones enough.
const (
	fewPlaces = 8
	peeked    = 300
)

// anywhere is positions without the index of conversations; whole is false when
// there may be more.
func (c *conn) anywhere(q chat.TermQuery) (found []chat.Position, whole bool, err error) {
	upto := make(map[chat.ConversationID]chat.Number, len(q.In))
	for _, e := range q.In {
		upto[e.ID] = e.Upto
	}
	looked := 0
	err = c.each(func(row scanner) error {
		var p place
		var seen bool
		if err := row.Scan(&p.pos, into(&p.conv), &p.n, &seen); err != nil {
			return err
		}
		looked++
		if last, in := upto[p.conv]; seen && in && (last == 0 || p.n <= last) && len(found) < q.Limit {
			found = append(found, p.pos)
		}
		return nil
	}, `SELECT x.pos, x.conv, x.n, `+notHidden+` FROM search CROSS JOIN messages x ON x.pos = search.rowid
		WHERE search MATCH ? AND search.rowid <= ? ORDER BY search.rowid DESC LIMIT ? + 0`, key(q.For), matchTerms(q), before(q), max(peeked, q.Limit))
	return found, looked < max(peeked, q.Limit) || len(found) == q.Limit, err
}

// before is the last position that is asked for.
func before(q chat.TermQuery) chat.Position {
	if q.Before == 0 {
		return 1<<63 - 1
	}
	return min(q.Before-1, 1<<63-1)
}

// areas puts the conversations that are seen whole together; one that is seen up
// to a number is an area by itself.
func (c *conn) areas(q chat.TermQuery) (areas []area, err error) {
	upto := before(q)
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
