package terminal

import (
	"bytes"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Bounds of the gate.
const (
	maxPaste    = 256 * 1024 // bytes of a paste; the rest is dropped and counted
	maxString   = 64 * 1024  // bytes of an OSC, DCS, APC, PM or SOS; a longer one is dropped
	maxSequence = 128        // bytes of a CSI or SS3; a longer one is dropped

	escapeWait   = 50 * time.Millisecond  // then a lone ESC is the Escape key
	sequenceWait = 250 * time.Millisecond // then an unfinished sequence is given up
	stringWait   = time.Second            // then an unfinished string is given up
	pasteWait    = 2 * time.Second        // then a paste without end is closed
	burstWait    = 30 * time.Millisecond  // then an un-bracketed paste is over

	// burstLeast is how many bytes one read must hold to be taken for a paste.
	// A person who types reaches it only after seconds in which nothing of it
	// got through.
	burstLeast = 32
)

// gateState is what the gate is in the middle of.
type gateState uint8

const (
	ground gateState = iota
	inRune
	inEscape
	inCSI
	inX10 // the three raw bytes of an old mouse report
	inSS3
	inString
	inStringEscape // an ESC inside a string: its end if a backslash follows
	inPaste
	inBurst
)

// gate frames what a terminal sends: [uv.EventDecoder] never waits for more
// bytes, so it is given whole sequences only. However the bytes are split into
// reads, the events are the same; only a burst, which is a paste from a
// terminal without bracketed paste, is by its nature one read.
type gate struct {
	decoder uv.EventDecoder
	state   gateState
	buf     []byte // the unfinished sequence or the paste so far
	matched int    // bytes of the end of a paste seen
	dropped int    // bytes of a paste or string beyond its bound
	out     []tea.Msg
}

func newGate() *gate { return &gate{} }

// feed takes one read and returns the events that became whole. fresh tells
// that the bytes came in just now, so that a burst can be recognised.
func (g *gate) feed(p []byte, fresh bool) []tea.Msg {
	if g.state == ground && fresh && isBurst(p) {
		g.state = inBurst
	}
	for len(p) > 0 {
		p = p[g.step(p):]
	}
	return g.take()
}

// take hands the events over.
func (g *gate) take() []tea.Msg {
	out := g.out
	g.out = nil
	return out
}

// patience is how long the gate waits for the next byte before timeout is to
// be called; zero means for ever.
func (g *gate) patience() time.Duration {
	switch g.state {
	case ground:
		return 0
	case inEscape:
		return escapeWait
	case inString, inStringEscape:
		return stringWait
	case inPaste:
		return pasteWait
	case inBurst:
		return burstWait
	default:
		return sequenceWait
	}
}

// timeout ends what the gate is in the middle of.
func (g *gate) timeout() []tea.Msg {
	switch g.state {
	case inPaste:
		g.keep(pasteEnd[:g.matched])
		g.closePaste()
	case inBurst:
		g.closePaste()
	case inEscape, inCSI, inSS3, inString:
		// A lone ESC is a key, and so is Alt with the first byte of a
		// sequence; the decoder knows both and a few odd keys besides.
		if g.state == inCSI || len(g.buf) <= 2 {
			g.decode()
		}
	}
	g.reset()
	return g.take()
}

// end is called when no more bytes come.
func (g *gate) end() []tea.Msg { return g.timeout() }

func (g *gate) reset() {
	g.state, g.matched, g.dropped = ground, 0, 0
	if cap(g.buf) > maxSequence {
		g.buf = nil // an idle session keeps no large buffer
	}
	g.buf = g.buf[:0]
}

// step uses up some of p, at least one byte unless it leaves a state that the
// byte does not belong to.
func (g *gate) step(p []byte) int {
	switch g.state {
	case ground:
		return g.stepGround(p[0])
	case inRune:
		return g.stepRune(p[0])
	case inEscape:
		return g.stepEscape(p[0])
	case inCSI:
		return g.stepCSI(p[0])
	case inX10:
		g.buf = append(g.buf, p[0])
		if len(g.buf) == len("\x1b[M")+3 {
			g.finish()
		}
		return 1
	case inSS3:
		return g.stepSS3(p[0])
	case inString:
		return g.stepString(p)
	case inStringEscape:
		return g.stepStringEscape(p[0])
	case inBurst:
		return g.stepBurst(p)
	default:
		return g.stepPaste(p)
	}
}

func (g *gate) stepGround(b byte) int {
	switch {
	case b == ansi.ESC:
		g.buf = append(g.buf[:0], b)
		g.state = inEscape
	case b < utf8.RuneSelf:
		g.buf = append(g.buf[:0], b)
		g.finish()
	case utf8.RuneStart(b) && b >= 0xc2 && b <= 0xf4:
		g.buf = append(g.buf[:0], b)
		g.state = inRune
	}
	// Other bytes begin no character of UTF-8: dropped.
	return 1
}

// stepRune collects one character, alone or behind an ESC.
func (g *gate) stepRune(b byte) int {
	if utf8.RuneStart(b) { // the character before is broken off
		g.reset()
		return 0
	}
	g.buf = append(g.buf, b)
	if r := bytes.TrimPrefix(g.buf, []byte{ansi.ESC}); utf8.FullRune(r) {
		if utf8.Valid(r) {
			g.finish()
		} else {
			g.reset()
		}
	}
	return 1
}

func (g *gate) stepEscape(b byte) int {
	switch {
	case b == ansi.ESC: // the first one stands alone
		g.finish()
		return 0
	case b == '[':
		g.state = inCSI
	case b == 'O':
		g.state = inSS3
	case b == ']' || b == 'P' || b == '_' || b == '^' || b == 'X':
		g.state = inString
	case b < utf8.RuneSelf: // Alt and a key
		g.buf = append(g.buf, b)
		g.finish()
		return 1
	case utf8.RuneStart(b) && b >= 0xc2 && b <= 0xf4:
		g.state = inRune
	default:
		g.finish()
		return 1
	}
	g.buf = append(g.buf, b)
	return 1
}

// stepCSI follows ECMA-48: parameters 0x30-0x3F, intermediates 0x20-0x2F, one
// final byte 0x40-0x7E.
func (g *gate) stepCSI(b byte) int {
	if b < 0x20 || b >= 0x7f { // not part of any sequence
		g.reset()
		if b >= 0x7f {
			return 1
		}
		return 0
	}
	if len(g.buf) < maxSequence {
		g.buf = append(g.buf, b)
	} else {
		g.dropped++
	}
	if b < 0x40 || string(g.buf) == "\x1b[[" { // the Linux console's F1 is ESC [ [ A
		return 1
	}
	switch {
	case g.dropped > 0:
		g.reset()
	case bytes.Equal(g.buf, pasteStart):
		g.reset()
		g.state = inPaste
	case string(g.buf) == "\x1b[M":
		g.state = inX10
	case b == '_':
		// Windows' own key reports (mode 9001) carry a repeat count up to
		// 65,535, and the decoder makes an event of each. Nobody asked for them.
		g.reset()
	default:
		g.finish()
	}
	return 1
}

func (g *gate) stepSS3(b byte) int {
	if b <= 0x20 || b >= 0x7f || len(g.buf) == maxSequence {
		g.reset()
		return 0
	}
	g.buf = append(g.buf, b)
	if b < '0' || b > '9' {
		g.finish()
	}
	return 1
}

// stepString collects up to the end: ST, or BEL. CAN and SUB give it up.
func (g *gate) stepString(p []byte) int {
	n := bytes.IndexAny(p, "\x07\x18\x1a\x1b")
	if n != 0 {
		if n < 0 {
			n = len(p)
		}
		room := min(n, maxString-len(g.buf))
		g.buf = append(g.buf, p[:room]...)
		g.dropped += n - room
		return n
	}
	switch p[0] {
	case ansi.BEL:
		g.buf = append(g.buf, p[0])
		g.finishString()
	case ansi.ESC:
		g.state = inStringEscape
	default:
		g.reset()
	}
	return 1
}

func (g *gate) stepStringEscape(b byte) int {
	if b == '\\' {
		g.buf = append(g.buf, ansi.ESC, b)
		g.finishString()
		return 1
	}
	// Another sequence begins: the string was broken off.
	g.reset()
	g.buf = append(g.buf, ansi.ESC)
	g.state = inEscape
	return 0
}

func (g *gate) finishString() {
	if g.dropped > 0 {
		g.reset()
		return
	}
	g.finish()
}

// finish decodes the whole sequence in the buffer.
func (g *gate) finish() {
	g.decode()
	g.reset()
}

// decode takes one event. The buffer holds one sequence, so whatever the
// decoder leaves over (a C1 byte inside a string ends it for the decoder) is
// not input.
func (g *gate) decode() {
	if _, event := g.decoder.Decode(g.buf); event != nil {
		g.emit(event)
	}
}
