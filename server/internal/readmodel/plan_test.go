package readmodel

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// With 100,000 people and a million messages nothing that is asked or applied
// day by day may look through a table.
func TestNothingLooksThroughATable(t *testing.T) {
	m, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "read.db"), Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	applyEverything(t, m)
	askEverything(t, m)
	reader := <-m.readers
	defer func() { m.readers <- reader }()
	small := map[string]bool{"SCAN meta": true, "SCAN skipped": true, "SCAN unsaid": true, "SCAN crossed": true, "SCAN (subquery-1)": true}
	small["SCAN c USING INDEX conversations_rooms"] = true // the rooms
	small["SCAN codes USING INDEX codes_by"] = true        // for the owners' list
	for query := range reader.stmts {
		explain(t, reader, query, small)
	}
	lister := <-m.lister
	defer func() { m.lister <- lister }()
	for query := range lister.stmts {
		explain(t, lister, query, small)
	}
	searcher := <-m.searcher
	defer func() { m.searcher <- searcher }()
	// By its terms, from the newest on; the letters tell between which positions.
	for _, between := range []string{"", "<", "><"} {
		small["SCAN search VIRTUAL TABLE INDEX 192:M1"+between] = true
	}
	for query := range searcher.stmts {
		explain(t, searcher, query, small)
	}
	small["SCAN bans"] = true                                             // once after a ban has changed
	small["SCAN conversations USING INDEX conversations_everyone"] = true // the rooms that everyone is in
	for query := range m.writer.stmts {
		explain(t, m.writer, query, small)
	}
}

func explain(t *testing.T, c *conn, query string, allowed map[string]bool) {
	t.Helper()
	if query == "BEGIN" || query == "BEGIN IMMEDIATE" || query == "COMMIT" || query == "ROLLBACK" {
		return
	}
	rows, err := c.c.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !allowed[step] {
			t.Errorf("%s: %s", step, query)
		}
	}
}

// applyEverything applies an event of each kind, with effect, and marks.
func applyEverything(t *testing.T, m *Model) {
	t.Helper()
	ana, beto, group := chat.NewID[chat.Person](), chat.NewID[chat.Person](), chat.NewID[chat.Conversation]()
	var log []chat.Entry
	tell := func(by chat.UserID, b chat.Body) chat.MessageID {
		e := chat.Event{ID: chat.NewID[chat.Event](), At: time.UnixMilli(1), By: by, Body: b}
		log = append(log, chat.Entry{Seq: uint64(len(log) + 1), Envelope: chat.Envelope{Events: []chat.Event{e}}})
		return chat.MessageID(e.ID)
	}
	file := func(name string) *chat.File { return &chat.File{Name: name} }
	tell(ana, chat.PersonClaimed{Nick: "ana", Key: &chat.Key{Fingerprint: "SHA256:a"}})
	tell(beto, chat.PersonClaimed{Nick: "beto"})
	tell(ana, chat.GroupCreated{Conversation: group, Title: "eva", Members: []chat.UserID{beto}})
	tell(chat.NewID[chat.Person](), chat.PersonClaimed{Nick: "eva"})
	_, hash := chat.NewCode()
	code := chat.AccessCode{Hash: hash, Purpose: chat.Invitation, Conversation: group, Uses: 2, Until: time.UnixMilli(2)}
	tell(ana, chat.CodeIssued{Code: code})
	tell(chat.NewID[chat.Person](), chat.PersonClaimed{Nick: "zoe", Passphrase: "x", Code: hash})
	tell(ana, chat.CodeRevoked{Hash: hash})
	tell(ana, chat.KeyAdded{Key: chat.Key{Fingerprint: "SHA256:b"}})
	tell(ana, chat.KeyRemoved{Fingerprint: "SHA256:b"})
	tell(ana, chat.PassphraseSet{Passphrase: "x"})
	tell(ana, chat.SignedOut{})
	guest := chat.NewID[chat.Person]()
	tell(guest, chat.PersonClaimed{Nick: "guest-a", Guest: true})
	tell(guest, chat.GuestLeft{})
	text := tell(ana, chat.MessagePosted{Conversation: group, Text: "hola"})
	tell(ana, chat.MessageEdited{Conversation: group, Message: text, Text: "adios"})
	tell(ana, chat.MessagePosted{Conversation: group, File: file("a")})
	other := tell(beto, chat.MessagePosted{Conversation: group, File: file("a")})
	tell(beto, chat.FileRenamed{Conversation: group, Message: other, Name: "b"})
	tell(ana, chat.MessageRetracted{Conversation: group, Message: text})
	tell(beto, chat.MemberLeft{Conversation: group})
	tell(ana, chat.MembersAdded{Conversation: group, Members: []chat.UserID{beto}})
	room := chat.NewID[chat.Conversation]()
	tell(ana, chat.RoomOpened{Conversation: room, Name: "plaza"})
	tell(beto, chat.RoomJoined{Conversation: room})
	tell(ana, chat.MemberRemoved{Conversation: room, User: beto})
	tell(ana, chat.MembersAdded{Conversation: room, Members: []chat.UserID{beto}})
	tell(ana, chat.ConversationChanged{Conversation: group, Topic: new("x"), Expiry: new(chat.MinExpiry)})
	late := tell(ana, chat.MessagePosted{Conversation: group, Text: "late"})
	log[len(log)-1].Envelope.Events[0].At = time.UnixMilli(1).Add(-chat.MinExpiry)
	tell(chat.UserID{}, chat.MessagesExpired{Conversation: group, Messages: []chat.MessageID{late}})
	tell(ana, chat.RoleGiven{Conversation: group, User: beto, Role: chat.RoleOwner})
	tell(ana, chat.MemberLeft{Conversation: group})
	tell(beto, chat.RoleGiven{Conversation: room, User: ana, Role: chat.RoleMember})
	tell(ana, chat.MemberLeft{Conversation: room, Successor: beto})
	tell(beto, chat.MembersAdded{Conversation: group, Members: []chat.UserID{ana}})
	tell(ana, chat.MessagePosted{Conversation: group, Text: "hola"})
	_, hash = chat.NewCode()
	tell(ana, chat.RoleGiven{Conversation: group, User: ana, Role: chat.RoleOwner})
	tell(beto, chat.CodeIssued{Code: chat.AccessCode{Hash: hash, Purpose: chat.JoinCode, Conversation: group, Uses: 1, Until: time.UnixMilli(2)}})
	zoe := chat.NewID[chat.Person]()
	tell(zoe, chat.PersonClaimed{Nick: "zoe2", Passphrase: "x"})
	tell(zoe, chat.GroupJoined{Conversation: group, Code: hash})
	tell(ana, chat.Unknown{Kind: "moon.risen", Version: 1})
	marks := chat.ShelfEntry{Seq: 1, User: beto, Slot: chat.MarksSlot, Value: []byte(`{"d":99999,"r":{"` + group.String() + `":1}}`)}
	draft := chat.ShelfEntry{Seq: 2, User: beto, Slot: chat.DraftSlot(group), Value: []byte("unsent")}
	if _, err := m.Apply(t.Context(), chat.Batch{Log: log, Shelf: []chat.ShelfEntry{marks, draft}}); err != nil {
		t.Fatal(err)
	}
}

// askEverything asks all there is to ask; the answers are looked at elsewhere.
func askEverything(t *testing.T, m *Model) {
	ctx := t.Context()
	p, err := m.PersonByNick(ctx, "beto")
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.ByHandle(ctx, p.ID, "eva-2")
	if err != nil {
		t.Fatal(err)
	}
	m.PeopleByKey(ctx, "SHA256:a")
	m.Nicks(ctx, "a", 5)
	m.Name(ctx, "ana")
	m.AccessCode(ctx, "x")
	m.LoginCodeOpen(ctx, p.ID, time.Now())
	m.CodesBy(ctx, p.ID, time.Now())
	m.Sated(ctx)
	m.Codes(ctx, time.Now(), 10)
	m.Guests(ctx)
	m.Conversations(ctx, p.ID)
	m.Conversation(ctx, p.ID, c.ID)
	m.Members(ctx, c.ID)
	m.ReadApart(ctx, p.ID, c.ID)
	m.Page(ctx, c.ID, chat.PageQuery{Limit: 5})
	m.Page(ctx, c.ID, chat.PageQuery{After: 1, Limit: 5, Notices: true})
	m.Notices(ctx, c.ID, 0, 0)
	m.Message(ctx, c.Last.ID)
	m.Since(ctx, p.ID, 0, nil, 10)
	m.Search(ctx, chat.TermQuery{Terms: []string{"a"}, Beginning: "eleph", In: []chat.Extent{{ID: c.ID}, {ID: chat.LobbyID, Upto: 3}}, Limit: 5})
	many := make([]chat.Extent, 20)
	m.Search(ctx, chat.TermQuery{Terms: []string{"a"}, In: many, Limit: 5})
	m.Seats(ctx, p.ID, 10)
	m.Rooms(ctx, p.ID, 10)
	m.Departed(ctx, p.ID, 10)
	m.Moved(ctx, p.ID, "eva")
	m.Expiring(ctx, time.Now(), 10)
	m.NextExpiry(ctx)
	m.Seat(ctx, p.ID, c.ID)
	m.Files(ctx, c.ID)
	m.FileNamed(ctx, c.ID, "b")
	m.FileOf(ctx, c.ID, p.ID, "a")
	m.Value(ctx, p.ID, chat.MarksSlot)
	m.HasBlob(ctx, "x")
	m.Origin(ctx)
}
