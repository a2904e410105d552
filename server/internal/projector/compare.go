package projector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"charla/server/chat"
)

// Origin is what a read model remembers of the log it was built from. The zero
// Origin is that of a read model which has applied nothing.
type Origin struct {
	Created    time.Time // of the log
	Seq        uint64    // of the last applied entry
	Digest     [8]byte   // of that entry
	Shelf      uint64    // sequence of the last applied value of the shelf
	Lost       uint64    // entries the log lacked when the model was begun
	Unreadable error     // why the model cannot say: damaged, or of a newer program
}

// digested reports whether the model ends at an entry that could be read, so
// that there is something to compare. It does not when the end of the log was
// lost and an operator decided to do without.
func (o Origin) digested() bool { return o.Seq > 0 && o.Digest != [8]byte{} }

// State is how the log is.
type State struct {
	chat.LogIdentity
	Digest [8]byte // of the entry at the Seq of the Origin it is compared with
	There  bool    // whether there is such an entry
	Lost   uint64  // entries between 1 and Last that are not there
	Shelf  uint64  // sequence of the last value of the shelf
}

// Verdict is what to do on start when the log is whole.
type Verdict int

// Fine: run. Rebuild: move the read model aside and run with a new one.
const (
	Fine Verdict = iota + 1
	Rebuild
)

// Difference says in which way a log is not the one the read model was built
// from.
type Difference string

// The differences.
const (
	Younger   Difference = "younger"    // made after the one the read model was built from
	Older     Difference = "older"      // made before it
	Shorter   Difference = "shorter"    // ends before the read model does
	Different Difference = "different"  // holds something else where the read model ends
	Gaps      Difference = "incomplete" // lost entries
	NoShelf   Difference = "without all of its shelf"
)

// MismatchError is why serve refuses to start: one of the copies has what the
// other lacks, and going on would lose it for good. Somebody has to decide
// which to keep.
type MismatchError struct {
	How  Difference
	Log  State
	View Origin
}

func (e *MismatchError) Error() string {
	switch e.How {
	case Younger, Older:
		return fmt.Sprintf("the log was made %s and holds entries %d to %d; the read model was built from one made %s, up to entry %d",
			stamp(e.Log.Created), e.Log.First, e.Log.Last, stamp(e.View.Created), e.View.Seq)
	case Shorter:
		return fmt.Sprintf("the log holds entries %d to %d; the read model was built from it when it reached entry %d", e.Log.First, e.Log.Last, e.View.Seq)
	case Different:
		return fmt.Sprintf("entry %d of the log is not the one that the read model was built from (%x here, %x there)", e.View.Seq, e.Log.Digest, e.View.Digest)
	case NoShelf:
		return fmt.Sprintf("the shelf beside the log ends at value %d; the read model was built from it up to value %d", e.Log.Shelf, e.View.Shelf)
	}
	s := fmt.Sprintf("the log holds entries %d to %d without %d that were lost", e.Log.First, e.Log.Last, e.Log.Lost)
	switch {
	case e.View.Unreadable != nil:
		return s + fmt.Sprintf(", and the read model cannot be read: %v", e.View.Unreadable)
	case e.View.Seq == 0:
		return s + ", and there is no read model that could have them"
	}
	return s + fmt.Sprintf("; the read model was built from it up to entry %d", e.View.Seq)
}

// Salvageable reports whether the read model has anything to bring back.
func (e *MismatchError) Salvageable() bool {
	return e.View.Unreadable == nil && e.View.Seq+e.View.Shelf > 0
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }

// Compare decides. A log that is not whole is never the reason to throw a read
// model away, nor the other way round.
func Compare(log State, view Origin) (Verdict, error) {
	refuse := func(how Difference) (Verdict, error) {
		return 0, &MismatchError{How: how, Log: log, View: view}
	}
	switch {
	case view.Unreadable != nil && log.Lost > 0:
		return refuse(Gaps)
	case view.Unreadable != nil:
		return Rebuild, nil
	case view.Seq == 0 && view.Shelf == 0: // it has nothing to lose
		if log.Lost > view.Lost {
			return refuse(Gaps)
		}
		return Fine, nil
	case log.Created.After(view.Created):
		return refuse(Younger)
	case log.Created.Before(view.Created):
		return refuse(Older)
	case log.Last < view.Seq:
		return refuse(Shorter)
	case log.Lost > view.Lost: // before what it may have done to the entry compared
		return refuse(Gaps)
	case view.digested() && (!log.There || log.Digest != view.Digest):
		return refuse(Different)
	case log.Shelf < view.Shelf:
		return refuse(NoShelf)
	}
	return Fine, nil
}

// Inspector is a log that can say more about itself; one that cannot is taken
// to be whole.
type Inspector interface {
	// Lost is how many entries between 1 and the last are not there any more.
	Lost(ctx context.Context) (uint64, error)
	// ShelfEnd is the sequence of the last value of the shelf beside the log.
	ShelfEnd(ctx context.Context) (uint64, error)
}

// Check looks at the log and compares it with what the read model remembers.
// It runs before Run, on start.
func Check(ctx context.Context, log chat.Log, view Origin) (_ Verdict, err error) {
	defer wrap(&err, "compare the log with the read model")
	state := State{Shelf: view.Shelf}
	if state.LogIdentity, err = log.Identity(ctx); err != nil {
		return 0, err
	}
	if i, ok := log.(Inspector); ok {
		if state.Lost, err = i.Lost(ctx); err != nil {
			return 0, err
		}
		if state.Shelf, err = i.ShelfEnd(ctx); err != nil {
			return 0, err
		}
	}
	if view.Unreadable == nil && view.digested() && view.Seq <= state.Last && state.Lost <= view.Lost {
		if state.Digest, state.There, err = digestAt(ctx, log, view.Seq); err != nil {
			return 0, err
		}
	}
	return Compare(state, view)
}

// readWithin bounds the wait for an entry that should be there: a log whose last
// entry is lost has nothing to deliver.
const readWithin = 15 * time.Second

// digestAt reads the entry at seq, which is not beyond the last.
func digestAt(ctx context.Context, log chat.Log, seq uint64) (_ [8]byte, there bool, err error) {
	tail, err := log.Tail(ctx, seq-1)
	if err != nil {
		return [8]byte{}, false, err
	}
	defer closeTail(&err, tail.Close)
	reading, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	entries, err := tail.Next(reading, 1)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return [8]byte{}, false, nil
	}
	if err != nil {
		return [8]byte{}, false, err
	}
	return entries[0].Digest, entries[0].Seq == seq, nil
}
