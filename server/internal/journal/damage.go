package journal

import (
	"context"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// DamagedError says that records of the log cannot be read: their bytes on disk
// are not those that were written. The server passes over them in silence, and
// so would every read model that is built from what it delivers.
type DamagedError struct{ From, To uint64 }

func (e *DamagedError) Error() string {
	return fmt.Sprintf("records %d to %d of the log are damaged", e.From, e.To)
}

// missing explains a gap in what the server delivers: nil if it knows that
// these records are gone (Lost counts them, and whoever started on this log was
// told), else they are damaged.
func (j *Journal) missing(from, to uint64) error {
	ctx, cancel := context.WithTimeout(j.life, attempt)
	defer cancel()
	info, err := j.current().ev.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return mapped(err)
	}
	for seq := max(from, info.State.FirstSeq); seq <= to; seq++ {
		if _, known := slices.BinarySearch(info.State.Deleted, seq); known {
			continue
		}
		if !j.o.ReadOverDamage {
			return &DamagedError{From: from, To: to}
		}
	}
	j.log.Warn("records of the log are missing", "from", from, "to", to)
	return nil
}
