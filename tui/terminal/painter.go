package terminal

import (
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// The modes of a session, in the order they are set. Queries go first, on the
// main screen: Apple's Terminal echoes what it does not know.
const (
	openQueries = ansi.RequestModeSynchronizedOutput + // DECRQM 2026
		ansi.RequestModeUnicodeCore + // DECRQM 2027
		ansi.RequestNameVersion + // XTVERSION
		ansi.RequestBackgroundColor // OSC 11
	openModes = "\x1b[22;2t" + // keep the title on the terminal's stack
		ansi.SetModeAltScreenSaveCursor +
		ansi.EraseEntireScreen +
		ansi.HideCursor +
		ansi.ResetModeAutoWrap + // a width counted otherwise stays in its row
		ansi.SetModeBracketedPaste +
		ansi.SetModeFocusEvent +
		ansi.SetModeLightDark +
		ansi.SetModifyOtherKeys2 +
		"\x1b[>1u" + // kitty keyboard: tell keys apart
		ansi.RequestKittyKeyboard
	mouseOn    = ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	mouseOff   = ansi.ResetModeMouseExtSgr + ansi.ResetModeMouseButtonEvent
	closeModes = ansi.ResetStyle +
		"\x1b[<1u" +
		ansi.ResetModifyOtherKeys +
		ansi.ResetModeLightDark +
		ansi.ResetModeFocusEvent +
		ansi.ResetModeBracketedPaste +
		ansi.SetModeAutoWrap +
		ansi.ShowCursor +
		ansi.ResetModeAltScreenSaveCursor +
		"\x1b[23;2t"
)

// maxPooled is the largest buffer that is kept for other frames.
const maxPooled = 64 * 1024

// buffers are lent to a frame while it is encoded and written, so that an idle
// session holds none. It is shared by all sessions on purpose and carries no
// state.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// painter turns frames into bytes. It is used by one goroutine at a time.
type painter struct {
	out  *guard
	last *Frame // what the terminal shows
	next *Frame // what is being drawn

	full    bool // the next frame paints everything
	sync    bool // mode 2026 is confirmed
	unicode bool // we set mode 2027
	mouse   bool
	cursor  bool
	cursorX int
	cursorY int
	title   string
	notice  noticeKind
	orders  []byte // what orders of the model wrote for the next frame
}

// maxOrders bounds what waits for the next frame; orders beyond it are dropped.
const maxOrders = 128 * 1024

func newPainter(out *guard, term string) *painter {
	return &painter{out: out, last: &Frame{}, next: &Frame{}, full: true, notice: noticeKindOf(term)}
}

// open takes the terminal over.
func (p *painter) open() error { return p.out.write([]byte(openQueries + openModes)) }

// close restores every mode that open or a frame has set.
func (p *painter) close() error {
	var b []byte
	if p.sync {
		b = append(b, ansi.ResetModeSynchronizedOutput...)
	}
	if p.mouse {
		b = append(b, mouseOff...)
	}
	if p.unicode {
		b = append(b, ansi.ResetModeUnicodeCore...)
	}
	if p.title != "" {
		b = append(b, ansi.SetWindowTitle("")...)
	}
	return p.out.write(append(b, closeModes...))
}

// order keeps the bytes of an order for the next frame.
func (p *painter) order(b []byte) {
	if len(p.orders)+len(b) <= maxOrders {
		p.orders = append(p.orders, b...)
	}
}

// resize forgets what the terminal shows: it may have moved or cut rows. What a
// larger screen needed is given back.
func (p *painter) resize() {
	p.full = true
	p.last.rows, p.last.spans = nil, nil
	p.next.rows, p.next.spans = nil, nil
}

// modeReport learns from an answer to DECRQM. It tells whether widths are
// counted by grapheme from now on.
func (p *painter) modeReport(mode ansi.Mode, value ansi.ModeSetting) (graphemes bool) {
	switch mode {
	case ansi.ModeSynchronizedOutput:
		p.sync = p.sync || value == ansi.ModeReset || value == ansi.ModeSet
	case ansi.ModeUnicodeCore:
		if value == ansi.ModeReset && !p.unicode {
			p.unicode = true
			p.order([]byte(ansi.SetModeUnicodeCore))
		}
		return value == ansi.ModeReset || value == ansi.ModeSet || value == ansi.ModePermanentlySet
	}
	return false
}

// setMethod changes how widths are counted; everything is painted again.
func (p *painter) setMethod(m ansi.Method) {
	p.last.method, p.next.method = m, m
	p.full = true
}

// begin gives an empty frame to draw into.
func (p *painter) begin(size Size) *Frame {
	p.next.title = p.last.title
	p.next.Reset(size.Width, size.Height)
	return p.next
}

// paint writes the difference between the frame that begin gave and the last
// one, if there is any.
func (p *painter) paint() (wrote bool, err error) {
	buf := buffers.Get().(*[]byte)
	b := p.encode((*buf)[:0])
	wrote = len(b) > 0
	err = p.out.write(b)
	if cap(b) <= maxPooled {
		*buf = b
		buffers.Put(buf)
	}
	return wrote, err
}

// encode appends the bytes of the difference and takes the new frame for the
// last one.
func (p *painter) encode(b []byte) []byte {
	f := p.next
	start := len(b)
	if p.sync {
		b = append(b, ansi.SetModeSynchronizedOutput...)
	}
	b = append(b, p.orders...)
	b = p.appendModes(b, f)
	mark := len(b)
	if !p.sync && p.cursor {
		b = append(b, ansi.HideCursor...)
	}
	body := len(b)
	b = p.appendRows(b, f)
	switch {
	case len(b) == body:
		b = b[:mark]
	case !p.sync && p.cursor:
		p.cursor = false
	}
	moved := len(b) > body
	b = p.appendCursor(b, f, moved)
	if p.sync {
		if len(b) == start+len(ansi.SetModeSynchronizedOutput) {
			b = b[:start]
		} else {
			b = append(b, ansi.ResetModeSynchronizedOutput...)
		}
	}
	p.orders = nil
	p.full = false
	p.last, p.next = f, p.last
	return b
}

func (p *painter) appendModes(b []byte, f *Frame) []byte {
	if f.title != p.last.title || p.full {
		if title := clean(f.title, maxTitle); title != p.title {
			p.title = title
			b = append(b, ansi.SetWindowTitle(title)...)
		}
	}
	if f.modes.Mouse != p.mouse {
		p.mouse = f.modes.Mouse
		if p.mouse {
			b = append(b, mouseOn...)
		} else {
			b = append(b, mouseOff...)
		}
	}
	return b
}

// appendCursor places the real cursor; moved tells that painting left it
// somewhere else.
func (p *painter) appendCursor(b []byte, f *Frame, moved bool) []byte {
	if !f.cursorOn {
		if p.cursor {
			b = append(b, ansi.HideCursor...)
		}
		p.cursor = false
		return b
	}
	if moved || !p.cursor || f.cursorX != p.cursorX || f.cursorY != p.cursorY {
		b = appendMove(b, f.cursorX, f.cursorY)
	}
	if !p.cursor {
		b = append(b, ansi.ShowCursor...)
	}
	p.cursor, p.cursorX, p.cursorY = true, f.cursorX, f.cursorY
	return b
}
