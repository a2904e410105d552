package command

import (
	"strings"

	"rsc.io/qr"
)

// quiet is how many light modules stand around a code: fewer than the standard's
// four, which every reader bears, for the code to fit into 80 by 24.
const quiet = 2

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
