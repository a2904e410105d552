package command

import (
	"strings"

	"rsc.io/qr"
)

// quiet is how many light modules stand around a code: fewer than the standard's
// four, which every reader bears, for the code to fit into 80 by 24.
const quiet = 2

// picture is what a camera reads, below what it is for; where not all of it could be
// seen at once, with the lines that stand below it, it is left out, and said so.
func (c *Call) picture(text string, below []string) (lines []string, all bool) {
	w := &c.Words.Command.Identity
	blocks := strings.TrimSuffix(qrBlocks(text, c.Width), "\n")
	rows := strings.Count(blocks, "\n") + 1
	for _, line := range below {
		rows += c.rows(line)
	}
	if blocks == "" || c.Height > 0 && rows > c.Height {
		return []string{w.LinkSmall}, false
	}
	return []string{w.LinkScan, blocks}, true
}

// rows is how many rows a line takes where it is shown.
func (c *Call) rows(line string) int {
	if c.Rows == nil {
		return 1
	}
	return c.Rows(line)
}

// IsPicture reports whether a line that was printed is a part of one.
func IsPicture(line string) bool {
	return strings.ContainsAny(line, "█▀▄") && strings.Trim(line, "█▀▄ ") == ""
}

// qrBlocks draws text as a QR code in half-blocks, two modules a cell, the light
// ones filled as they are on a dark screen; "" if it does not fit into width cells
// (0: whatever).
func qrBlocks(text string, width int) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil || width > 0 && code.Size+2*quiet > width {
		return ""
	}
	light := func(x, y int) bool {
		inside := x >= 0 && y >= 0 && x < code.Size && y < code.Size
		return !inside || !code.Black(x, y)
	}
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		for x := -quiet; x < code.Size+quiet; x++ {
			switch top, bottom := light(x, y), y+1 < code.Size+quiet && light(x, y+1); {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
