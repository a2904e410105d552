// Package journal is chat.Log and chat.Shelf on NATS JetStream, run inside the
// process: the source of truth of a charla server.
//
// It does not know what an event means, who may cause one, or what has been
// made of it: it stores envelopes in one order, durably, and reads them back.
// It knows no SQL, no SSH and no screen, opens no port, and leaves the lock on
// the data folder to the server.
//
// Two streams: EV holds the events, SELF the latest value of each slot of a
// person. Both sync every write before they acknowledge it. That costs one
// fsync per record, so all Appends that wait at the same time become one
// record (group commit): a single committer goroutine takes them, publishes
// one envelope, and wakes every caller.
//
// A write that the disk refuses ends the embedded server's use, not the
// journal's: nothing is accepted until there is room, and then the next write
// has it closed and opened again (mend.go).
//
// Goroutines, all ended by Close: the committer (journal.go starts it), the
// embedded server's own, one that watches its health, one that notes where the
// log ends (seal.go), one delivery goroutine per open tail, and one mend while
// it lasts.
package journal
