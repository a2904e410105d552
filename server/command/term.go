package command

import (
	"strconv"
	"time"

	"charla/server/chat"
)

// units are what a term is typed in.
var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// ParseTerm reads how long something lasts as people type it: 90s, 30m, 12h, 7d,
// 4w. Nothing is typed that lasts no time, or 10,000 of its unit.
func ParseTerm(typed string) (time.Duration, bool) {
	if len(typed) < 2 || len(typed) > 5 {
		return 0, false
	}
	unit, known := units[typed[len(typed)-1]]
	n, err := strconv.ParseUint(typed[:len(typed)-1], 10, 32)
	if !known || err != nil || n == 0 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// mayTerm is the term that an argument is, 0 if it is none: what begins with a digit
// was meant as one, and "2x" for a reason would make for good what was to end.
func (c *Call) mayTerm(n int) (time.Duration, error) {
	typed := fold(c.arg(n))
	d, ok := ParseTerm(typed)
	if !ok && typed != "" && typed[0] >= '0' && typed[0] <= '9' {
		return 0, c.wrongTerm(c.arg(n))
	}
	return d, nil
}

// wrongTerm says that what was typed is no term.
func (c *Call) wrongTerm(typed string) error {
	return &Usage{Commands: []Command{c.command}, Flag: chat.OneLine(typed, 20), Term: true}
}

// termOrOff is ParseTerm, or 0 for off.
func (c *Call) termOrOff(typed string) (time.Duration, error) {
	if f := fold(typed); f == "off" || f == "no" {
		return 0, nil
	}
	d, ok := ParseTerm(fold(typed))
	if !ok {
		return 0, c.wrongTerm(typed)
	}
	return d, nil
}
