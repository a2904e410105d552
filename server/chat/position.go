package chat

import "strconv"

// Position is where an event stands in the log: the sequence of its envelope
// in the stream times 1024, plus its index within the envelope (envelopes hold
// at most MaxEnvelope events). Positions order events; they are no identity.
type Position uint64

// MaxEnvelope is the largest number of events in one envelope, so that the
// index fits into the low bits of a Position.
const MaxEnvelope = 1000

const indexBits = 10

// PositionAt is the position of the index-th event of the envelope at seq.
func PositionAt(seq uint64, index int) Position {
	return Position(seq<<indexBits | uint64(index))
}

// Seq is the sequence of the envelope in the stream; 0 is before the first.
func (p Position) Seq() uint64 { return uint64(p) >> indexBits }

// Index is the place within the envelope.
func (p Position) Index() int { return int(p & (1<<indexBits - 1)) }

// formatPosition and parsePosition are a position as it stands on the shelf; what
// is none is 0.
func formatPosition(p Position) []byte { return strconv.AppendUint(nil, uint64(p), 10) }

func parsePosition(raw []byte) Position {
	p, _ := strconv.ParseUint(string(raw), 10, 64)
	return Position(p)
}

// Number is a message's place in its conversation: 1, 2, 3, … in log order,
// assigned by the projection.
type Number uint64
