package chat

import (
	"context"
	"time"
)

// ModerationReader is what is asked about those who look after the server, and
// what they decided.
type ModerationReader interface {
	// Owners counts the owners of the server.
	Owners(ctx context.Context) (int, error)
	// People lists those whose nick starts with prefix and comes after another, in
	// alphabetical order, at most limit. Who was forgotten is not among them.
	People(ctx context.Context, prefix string, after Nick, limit int) ([]Person, error)
	// Warnings lists what the person was told after a position, the oldest first.
	Warnings(ctx context.Context, user UserID, after Position, limit int) ([]Warning, error)
	// Bans lists the newest ban of each person, key and network, over or not, the
	// oldest first. It is asked for each connection; the list is shared and never
	// modified.
	Bans(ctx context.Context) ([]Ban, error)
	// Report is one, NothingPending if there is none.
	Report(ctx context.Context, id EventID) (Report, error)
	// Reports lists those that are open, the oldest first, at most limit.
	Reports(ctx context.Context, limit int) ([]Report, error)
	// ReportsBy counts the open ones of a person.
	ReportsBy(ctx context.Context, user UserID) (int, error)
	// Decided reports whether an event is in the audit log: whether it had an effect.
	Decided(ctx context.Context, id EventID) (bool, error)
	// Audit lists decisions before a position, 0: the newest, the newest first.
	Audit(ctx context.Context, before Position, limit int) ([]Decision, error)
	// Forgetting lists who is forgotten, but not all of whose words are gone yet.
	Forgetting(ctx context.Context) ([]UserID, error)
	// Sated reports whether so much of what was forgotten is on its way out of the index
	// of words that more of it is to wait.
	Sated(ctx context.Context) (bool, error)
	// Slots lists where something of the person is on the shelf.
	Slots(ctx context.Context, user UserID) ([]Slot, error)
}

// Warning is what a person is to be told: that they were warned, silenced or sent
// out, and why.
type Warning struct {
	Position Position
	At       time.Time
	Kind     string    // of the event: "person.warned", "person.silenced", "person.kicked"
	Until    time.Time // of a silence
	Reason   string
}

// Report is a message that somebody showed to those who look after the server. It
// tells what it said then, and nothing of where it was said.
type Report struct {
	ID      EventID
	At      time.Time
	By      UserID
	ByNick  Nick
	Author  UserID
	Nick    Nick // of Author
	Message MessageID
	Text    string // what it said then, and its file's name; "" once closed
	Reason  string
	Closed  time.Time // zero: open
	Closer  UserID
	Outcome string
}

// Decision is one line of the audit log.
type Decision struct {
	ID       EventID
	Position Position
	At       time.Time
	By       UserID // zero: the operator
	ByNick   Nick
	Kind     string // of the event
	User     UserID // whom it was about, if anybody
	Nick     Nick
	Subject  string    // the rank, key, network, nick or report it was about
	Until    time.Time // zero: for good, or nothing that ends
	Reason   string
}

// Decisions is what those who look after the server decide.
const Decisions Budget = "decisions"
