package files

import (
	"encoding/binary"
	"slices"
)

// limitsName is an extension that pkg/sftp does not have: with it OpenSSH sends
// and asks for 255 KiB at a time (since 8.6), without it for 32 (OpenSSH
// PROTOCOL, section 4.8). That is an eighth of the packets, of the answers and
// of what is handed from goroutine to goroutine for each.
const limitsName = "limits@openssh.com"

// maxPacket is the largest packet that pkg/sftp takes (its maxMsgLength).
const maxPacket = 256 << 10

// asksLimits reports whether the EXTENDED packet that begins asks for the
// limits. It takes nothing of it: pkg/sftp gets it too, and what it answers to
// an extension that it does not know is exchanged for the limits.
func (f *frames) asksLimits() bool {
	want := appendString(make([]byte, 4), limitsName) // after the id
	if f.left != uint32(len(want)) {
		return false
	}
	got, err := f.in.Peek(len(want))
	return err == nil && string(got[4:]) == string(want[4:])
}

// edited is an answer of pkg/sftp as the client gets it: its VERSION tells of
// the limits, and its refusal to tell them becomes the limits. Only a whole
// packet is edited; pkg/sftp writes each in one piece.
func (f *frames) edited(p []byte) []byte {
	if len(p) < 9 || f.outHas > 0 || int(binary.BigEndian.Uint32(p)) != len(p)-4 {
		return p
	}
	switch {
	case p[4] == fxpVersion:
		p = appendString(appendString(slices.Clone(p), limitsName), "1")
	case f.owesLimits():
		p = append(slices.Clone(p[:4]), fxpExtendedReply, p[5], p[6], p[7], p[8])
		for _, limit := range []uint64{maxPacket, maxPayload, maxPayload, maxHandles} {
			p = binary.BigEndian.AppendUint64(p, limit)
		}
	default:
		return p
	}
	binary.BigEndian.PutUint32(p, uint32(len(p)-4))
	return p
}

// owesLimits reports whether the next answer is that to a question for the limits.
func (f *frames) owesLimits() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limits == f.answered+1
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}
