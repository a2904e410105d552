package readmodel_test

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// open opens the model at path and closes it with the test.
func open(t testing.TB, path string) *readmodel.Model {
	t.Helper()
	m, err := readmodel.Open(t.Context(), readmodel.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "read.db") }

func apply(t testing.TB, v chat.View, b chat.Batch) []chat.Change {
	t.Helper()
	changes, err := v.Apply(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// id is the n-th ID of its kind, the same in every run.
func id[K any](n int) chat.ID[K] {
	var id chat.ID[K]
	id[0] = 1
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// teller writes a log: each call of tell is one entry.
type teller struct {
	seq   uint64
	ids   int
	batch chat.Batch
}

func (w *teller) event(by chat.UserID, b chat.Body) chat.Event {
	w.ids++
	return chat.Event{ID: id[chat.Event](1<<32 + w.ids), At: time.UnixMilli(1_800_000_000_000 + int64(w.ids)).UTC(), By: by, Body: b}
}

func (w *teller) envelope(e chat.Envelope) {
	w.seq++
	w.batch.Log = append(w.batch.Log, chat.Entry{Seq: w.seq, Envelope: e, Digest: [8]byte{byte(w.seq)}})
}

func (w *teller) tell(by chat.UserID, bodies ...chat.Body) (first chat.MessageID) {
	var events []chat.Event
	for _, b := range bodies {
		events = append(events, w.event(by, b))
	}
	w.envelope(chat.Envelope{Events: events})
	return chat.MessageID(events[0].ID)
}

func (w *teller) put(user chat.UserID, slot chat.Slot, value string) {
	w.batch.Shelf = append(w.batch.Shelf, chat.ShelfEntry{Seq: uint64(len(w.batch.Shelf) + 1), User: user, Slot: slot, Value: []byte(value)})
}

func (w *teller) marks(user chat.UserID, m chat.Marks) {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	w.put(user, chat.MarksSlot, string(raw))
}

// chatter invents a log in which people do everything there is to do, allowed
// or not, and some of it twice.
type chatter struct {
	teller
	r        *rand.Rand
	people   []chat.UserID
	convs    []chat.ConversationID
	messages []chat.MessageID
	counters map[chat.ID[chat.Committer]]uint64

	forgotten     []chat.UserID
	bans, reports []chat.EventID
}

var (
	someNicks  = []chat.Nick{"ana", "beto", "familia", "familia-2", "carta", "zoe", "dario", "eva"}
	someTitles = []string{"Familia", "Familía", "Carta", "eva", "Notes"}
	someFiles  = []string{"a.pdf", "a (2).pdf", "a (3).pdf", "b.tar.gz", ".profile", ".profile (2)", strings.Repeat("x", 251) + ".txt"}
)

func newChatter(seed uint64) *chatter {
	c := &chatter{r: rand.New(rand.NewPCG(seed, 1)), counters: map[chat.ID[chat.Committer]]uint64{}}
	for n := range 6 {
		c.people = append(c.people, id[chat.Person](n+1))
	}
	for _, a := range c.people {
		for _, b := range c.people[:3] {
			c.convs = append(c.convs, chat.TalkID(a, b))
		}
	}
	for n := range 6 {
		c.convs = append(c.convs, id[chat.Conversation](n+1))
	}
	c.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	c.convs = append(c.convs, chat.LobbyID)
	return c
}

func pick[T any](c *chatter, list []T) T { return list[c.r.IntN(len(list))] }

// step adds one entry.
func (c *chatter) step() {
	if c.r.IntN(20) == 0 && len(c.batch.Log) > 0 { // a retry that was stored twice
		c.envelope(c.batch.Log[len(c.batch.Log)-1].Envelope)
		return
	}
	if c.r.IntN(12) == 0 {
		c.shelve()
		return
	}
	var e chat.Envelope
	for range 1 + c.r.IntN(4) {
		by := pick(c, c.people)
		var event chat.Event
		if c.r.IntN(4) == 0 {
			event = c.deed(by)
		} else {
			event = c.event(by, c.body(by))
		}
		if _, posted := event.Body.(chat.MessagePosted); posted {
			if len(c.messages) > 0 && c.r.IntN(15) == 0 {
				event.ID = chat.EventID(pick(c, c.messages))
			}
			c.messages = append(c.messages, chat.MessageID(event.ID))
		}
		e.Events = append(e.Events, event)
	}
	if c.r.IntN(4) > 0 {
		e.Committer = id[chat.Committer](1 + c.r.IntN(2))
		c.counters[e.Committer]++
		e.Counter = c.counters[e.Committer]
	}
	c.envelope(e)
}

func (c *chatter) body(by chat.UserID) chat.Body {
	conv, message := pick(c, c.convs), c.message()
	file := func() *chat.File {
		return &chat.File{Name: pick(c, someFiles), Size: c.r.Int64N(1000), Hash: fmt.Sprintf("%064x", c.r.IntN(5))}
	}
	some := func() (members []chat.UserID) {
		for range c.r.IntN(5) {
			members = append(members, pick(c, c.people))
		}
		return members
	}
	switch n := c.r.IntN(40); {
	case n < 4:
		return chat.PersonClaimed{Nick: pick(c, someNicks), Key: &chat.Key{Fingerprint: "SHA256:" + string(rune('a'+c.r.IntN(3)))}}
	case n < 5:
		return chat.RoomOpened{Conversation: id[chat.Conversation](c.r.IntN(3) + 1), Name: pick(c, someNicks), Everyone: c.r.IntN(2) == 0}
	case n < 9:
		lo, hi := by, pick(c, c.people)
		if string(hi[:]) < string(lo[:]) {
			lo, hi = hi, lo
		}
		return chat.TalkOpened{Conversation: chat.TalkID(lo, hi), Lo: lo, Hi: hi}
	case n < 12:
		return chat.GroupCreated{Conversation: id[chat.Conversation](c.r.IntN(6) + 1), Title: pick(c, someTitles), Members: some()}
	case n < 15:
		return chat.MembersAdded{Conversation: conv, Members: some()}
	case n < 17:
		return chat.MemberLeft{Conversation: conv}
	case n < 25:
		return chat.MessagePosted{Conversation: conv, Text: fmt.Sprint("text ", c.ids), ReplyTo: message}
	case n < 30:
		return chat.MessagePosted{Conversation: conv, File: file()}
	case n < 33:
		return chat.MessageEdited{Conversation: conv, Message: message, Text: fmt.Sprint("edit ", c.ids)}
	case n < 35:
		return chat.MessageRetracted{Conversation: conv, Message: message}
	case n < 39:
		return chat.FileRenamed{Conversation: conv, Message: message, Name: pick(c, someFiles)}
	}
	return chat.Unknown{Kind: "moon.risen", Version: 3}
}

func (c *chatter) shelve() {
	user := pick(c, c.people)
	switch c.r.IntN(4) {
	case 0:
		c.put(user, chat.DraftSlot(pick(c, c.convs)), pick(c, []string{"", "unsent", "other"}))
	case 1:
		c.put(user, chat.SettingsSlot, pick(c, []string{"", "{}"}))
	default:
		m := chat.Marks{Delivered: chat.PositionAt(c.seq+c.r.Uint64N(3), 0), Read: map[chat.ConversationID]chat.Number{}}
		for range 5 {
			m.Read[pick(c, c.convs)] = chat.Number(c.r.IntN(8))
		}
		c.marks(user, m)
	}
}

// dump is everything in a closed or open model's file, table by table.
func dump(t testing.TB, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, search, instance)"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"meta", "committers", "names", "people", "keys", "codes", "conversations", "members", "messages", "reads", "delivered", "shelf", "skipped", "blocks", "bans", "warnings", "reports", "audit", "forgetting", "words"} {
		fmt.Fprintln(&b, table)
		of := table
		if table == "words" { // those that are still to go stand in no message any more
			of += " WHERE NOT EXISTS (SELECT 1 FROM unsaid WHERE pos = doc AND instr(' ' || terms || ' ', ' ' || term || ' '))"
		}
		rows, err := db.Query("SELECT * FROM " + of + " ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row := make([]any, len(columns))
			dest := make([]any, len(columns))
			for i := range row {
				dest[i] = &row[i]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  %v\n", row)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return b.String()
}
