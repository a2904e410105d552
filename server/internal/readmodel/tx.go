package readmodel

import (
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"charla/server/chat"
)

// tx is one batch being applied. It holds what the batch touched of
// conversations and their members, so that a hundred messages to one
// conversation cost one update of it; flush writes that. What it holds is
// bounded by the batch, and dropped with it.
type tx struct {
	*conn
	log       *slog.Logger
	at        chat.Position // of the event being applied
	event     chat.Event    // that one
	applied   chat.Position // of the last event of the last entry
	digest    any           // of the last entry; nil: no entry was applied
	convs     map[chat.ConversationID]*conversation
	seats     map[seatKey]*seat
	words     map[chat.Position]indexed
	forgotten map[chat.Position]bool // messages of theirs that were taken back, until flush
	retells   bool
	muted     bool      // somebody was silenced, or may write again
	forgot    bool      // somebody is being forgotten
	outs      outs      // nil: not read yet
	banned    bool      // the bans changed
	indexed   int       // bytes of rows written into the index of words
	stale     []seatKey // seats that changed without a change that says so
	changes   []chat.Change
}

func newTx(c *conn, log *slog.Logger) *tx {
	return &tx{conn: c, log: log, convs: map[chat.ConversationID]*conversation{}, seats: map[seatKey]*seat{}, words: map[chat.Position]indexed{}, forgotten: map[chat.Position]bool{}}
}

// conversation is a row of conversations; kind "" means that there is none.
type conversation struct {
	id       chat.ConversationID
	kind     chat.Kind
	title    string
	members  int
	version  chat.Position
	lastN    chat.Number
	lastPos  chat.Position
	changed  chat.Position
	lo, hi   chat.UserID // of a talk
	rules    rulesOf
	modified bool
}

// rulesOf are what a conversation's owners and admins set. Its row of them is
// written when they change, not by flush.
type rulesOf struct {
	topic        string
	writers      chat.Writers
	expiry, slow time.Duration
}

func (c *conversation) exists() bool { return c.kind != "" }

// ticks is chat.Conversation's.
func (c *conversation) ticks() bool {
	return chat.Conversation{Kind: c.kind, Members: c.members}.Ticks()
}

type seatKey struct {
	conv chat.ConversationID
	user chat.UserID
}

// peer is the other one of a talk, or oneself.
func (c *conversation) peer(of chat.UserID) chat.UserID {
	if c.lo == of {
		return c.hi
	}
	return c.lo
}

// seat is a row of members with the person's nick and marks. known: there is a
// row; in: and the person is in the conversation now; barred: they were put out.
// Read is the mark as it was
// put: beyond the last number while the shelf is ahead of the log.
type seat struct {
	chat.Member
	known, in, barred bool

	gone      chat.Position // of leaving, if not in
	left      chat.Number   // the last number then
	pending   bool          // of a talk: not let in yet
	wrote     bool          // of a talk
	voiced    bool          // of a group
	unseen    bool          // of a talk: there is nothing in it for them yet
	modified  bool          // Read or own moved
	own       chat.Number   // the last that they wrote in this batch
	forgotten bool
	silenced  int64 // until then, Unix milliseconds
}

// conversation finds one; it never returns nil without an error.
func (t *tx) conversation(id chat.ConversationID) (*conversation, error) {
	if c := t.convs[id]; c != nil {
		return c, nil
	}
	c := &conversation{id: id}
	err := t.row("SELECT kind, title, members, version, last_n, last_pos, changed, lo, hi, topic, writers, expiry, slow FROM conversations WHERE id = ?", id[:]).
		Scan(&c.kind, &c.title, &c.members, &c.version, &c.lastN, &c.lastPos, &c.changed, into(&c.lo), into(&c.hi),
			&c.rules.topic, &c.rules.writers, span{&c.rules.expiry}, span{&c.rules.slow})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	t.convs[id] = c
	return c, nil
}

// seat finds a person's place in a conversation; it never returns nil without
// an error.
func (t *tx) seat(id chat.ConversationID, user chat.UserID) (*seat, error) {
	k := seatKey{id, user}
	if s := t.seats[k]; s != nil {
		return s, nil
	}
	s := &seat{Member: chat.Member{User: user}}
	err := t.row(`SELECT m.role, m.since, m.gone IS NULL, coalesce(m.gone, 0), m.left_n, m.pending, m.wrote, m.voiced, m.unseen, m.barred, p.nick, coalesce(d.pos, 0), coalesce(r.n, 0), p.silenced, p.forgotten
		FROM members m JOIN people p ON p.id = m.user
		LEFT JOIN delivered d ON d.user = m.user LEFT JOIN reads r ON r.user = m.user AND r.conv = m.conv
		WHERE m.conv = ? AND m.user = ?`, id[:], user[:]).
		Scan(&s.Role, &s.Since, &s.in, &s.gone, &s.left, &s.pending, &s.wrote, &s.voiced, &s.unseen, &s.barred, &s.Nick, &s.Delivered, &s.Read, &s.silenced, &s.forgotten)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	s.known = err == nil
	t.seats[k] = s
	return s, nil
}

// read moves a person's read mark forward and reports whether it moved.
func (s *seat) read(n chat.Number) bool {
	if n <= s.Read {
		return false
	}
	s.Read, s.modified = n, true
	return true
}

// flush writes what the batch changed and has not written yet.
func (t *tx) flush() error {
	for id, c := range t.convs {
		if !c.modified {
			continue
		}
		c.modified = false
		_, err := t.exec("UPDATE conversations SET members = ?, version = ?, last_n = ?, last_pos = ?, changed = ? WHERE id = ?",
			c.members, c.version, c.lastN, c.lastPos, c.changed, id[:])
		if err != nil {
			return err
		}
	}
	for k, s := range t.seats {
		if !s.modified {
			continue
		}
		s.modified = false
		if err := t.storeRead(k, s.Read, s.own); err != nil {
			return err
		}
	}
	return t.flushWords()
}

func (t *tx) storeRead(k seatKey, n, own chat.Number) error {
	_, err := t.exec(`INSERT INTO reads (user, conv, n, own) VALUES (?, ?, ?, ?)
		ON CONFLICT (user, conv) DO UPDATE SET n = max(n, excluded.n), own = max(own, excluded.own)`, k.user[:], k.conv[:], n, own)
	return err
}

// change adds one, at the event's position.
func (t *tx) change(c chat.Change) {
	c.Position = t.at
	t.changes = append(t.changes, c)
}

// member is a copy of a seat that followers may keep.
func (s *seat) member(c *conversation) *chat.Member {
	m := s.Member
	m.Read = min(m.Read, c.lastN)
	return &m
}
