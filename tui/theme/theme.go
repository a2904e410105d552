// Package theme is how things look: styles, glyphs and the width of text. It
// knows no conversation, no key and no terminal; it is given what the terminal
// can do and answers with strings that are exactly as wide as asked.
package theme

import (
	"hash/fnv"

	"github.com/charmbracelet/x/ansi"
)

// Style is the control sequence (SGR) that switches a look on; "" is plain.
type Style string

const reset = "\x1b[m"

// Paint gives text a look. Text must hold no sequences of its own.
func (s Style) Paint(text string) string {
	if s == "" || text == "" {
		return text
	}
	return string(s) + text + reset
}

// Palette says which set of colours to use.
type Palette uint8

// Neutral is for terminals that have not told their background: the six named
// colours, bold and faint, which every scheme keeps readable. Mono has
// attributes only.
const (
	Neutral Palette = iota
	Dark
	Light
	Mono
)

// Theme is every look of the screen. The background stays the terminal's own.
type Theme struct {
	Muted, Accent, Self          Style
	Nicks                        [8]Style
	Unread, Mention              Style
	Border, BorderFocus          Style
	Title, TitleFocus            Style
	Select                       Style
	Day, Newline                 Style
	Tick, TickRead               Style
	Error, Warn, OK              Style
	File, Order, Quote           Style
	Prompt, Status, Key, Local   Style
	Picture                      Style // light on dark, whatever the terminal's own colours are
	Badge, PresenceOn, PresenceX Style
	Glyphs                       Glyphs
}

// New returns a theme, which is the same for all who ask for it and may not be
// changed. With ascii nothing beyond ASCII is drawn by charla itself.
func New(p Palette, ascii bool) *Theme {
	if p > Mono {
		p = Neutral
	}
	if ascii {
		return themes[p][1]
	}
	return themes[p][0]
}

// themes are made once: every screen points to one of them, and rows that are
// drawn by the same one look the same.
var themes = func() (all [Mono + 1][2]*Theme) {
	for p := range all {
		all[p] = [2]*Theme{build(Palette(p), utf8Glyphs), build(Palette(p), asciiGlyphs)}
	}
	return all
}()

func build(p Palette, glyphs Glyphs) *Theme {
	var t *Theme
	switch p {
	case Dark:
		t = colours(dark)
	case Light:
		t = colours(light)
	case Mono:
		t = mono()
	default:
		t = colours(neutral)
	}
	t.Glyphs = glyphs
	return t
}

// Nick is the style of a person's name, the same on every screen.
func (t *Theme) Nick(nick string) Style {
	h := fnv.New32a()
	_, _ = h.Write([]byte(nick))
	return t.Nicks[h.Sum32()%uint32(len(t.Nicks))]
}

// inks are the colours a palette is made of.
type inks struct {
	accent, self, border, warn, fail, ok, file ansi.Color
	muted, picture                             Style
	nicks                                      [8]ansi.Color
}

// whiteOnBlack is of the cube of colours, which no theme of a terminal changes.
var whiteOnBlack = style(ansi.Style{}.ForegroundColor(ansi.IndexedColor(231)).BackgroundColor(ansi.IndexedColor(16)))

var (
	neutral = inks{
		accent: ansi.Cyan, self: ansi.Green, warn: ansi.Yellow, fail: ansi.Red, ok: ansi.Green, file: ansi.Blue,
		muted: style(ansi.Style{}.Faint()), picture: style(ansi.Style{}.ForegroundColor(ansi.BrightWhite).BackgroundColor(ansi.Black)),
		nicks: [8]ansi.Color{ansi.Cyan, ansi.Magenta, ansi.Yellow, ansi.Blue, ansi.Red, ansi.Green, ansi.Cyan, ansi.Magenta},
	}
	dark = inks{
		accent: ansi.IndexedColor(80), self: ansi.IndexedColor(114), border: ansi.IndexedColor(240), warn: ansi.IndexedColor(221),
		fail: ansi.IndexedColor(203), ok: ansi.IndexedColor(114), file: ansi.IndexedColor(111),
		muted: style(ansi.Style{}.ForegroundColor(ansi.IndexedColor(246))), picture: whiteOnBlack,
		nicks: indexed(80, 176, 221, 111, 209, 150, 147, 216),
	}
	light = inks{
		accent: ansi.IndexedColor(30), self: ansi.IndexedColor(28), border: ansi.IndexedColor(250), warn: ansi.IndexedColor(130),
		fail: ansi.IndexedColor(160), ok: ansi.IndexedColor(28), file: ansi.IndexedColor(26),
		muted: style(ansi.Style{}.ForegroundColor(ansi.IndexedColor(242))), picture: whiteOnBlack,
		nicks: indexed(30, 90, 130, 26, 160, 28, 61, 125),
	}
)

func indexed(n ...uint8) (c [8]ansi.Color) {
	for i := range c {
		c[i] = ansi.IndexedColor(n[i])
	}
	return c
}

func style(s ansi.Style) Style { return Style(s.String()) }

func colours(c inks) *Theme {
	fg := func(c ansi.Color) Style {
		if c == nil {
			return style(ansi.Style{}.Faint())
		}
		return style(ansi.Style{}.ForegroundColor(c))
	}
	bold := func(c ansi.Color) Style { return style(ansi.Style{}.Bold().ForegroundColor(c)) }
	t := &Theme{
		Muted: c.muted, Accent: fg(c.accent), Self: bold(c.self),
		Unread: bold(c.accent), Mention: bold(c.warn),
		Border: fg(c.border), BorderFocus: fg(c.accent),
		Title: style(ansi.Style{}.Bold()), TitleFocus: bold(c.accent),
		Select: style(ansi.Style{}.Reverse(true)),
		Day:    c.muted, Newline: bold(c.accent),
		Tick: c.muted, TickRead: bold(c.accent),
		Error: bold(c.fail), Warn: fg(c.warn), OK: fg(c.ok),
		File: bold(c.file), Order: fg(c.accent), Quote: c.muted,
		Prompt: bold(c.accent), Status: c.muted, Key: style(ansi.Style{}.Bold()), Local: fg(c.warn),
		Picture: c.picture,
		Badge:   bold(c.accent), PresenceOn: fg(c.ok), PresenceX: c.muted,
	}
	for i := range t.Nicks {
		t.Nicks[i] = bold(c.nicks[i])
	}
	return t
}

// mono tells everything by weight, never by colour.
func mono() *Theme {
	bold, faint := style(ansi.Style{}.Bold()), style(ansi.Style{}.Faint())
	under, reverse := style(ansi.Style{}.Underline(true)), style(ansi.Style{}.Reverse(true))
	t := &Theme{
		Muted: faint, Accent: bold, Self: bold, Unread: bold, Mention: reverse, Border: faint, BorderFocus: bold,
		Title: bold, TitleFocus: style(ansi.Style{}.Bold().Underline(true)), Select: reverse, Day: faint, Newline: bold,
		Tick: faint, TickRead: style(ansi.Style{}.Bold().Underline(true)), Error: reverse, Warn: bold, OK: bold, File: under, Order: "", Quote: faint,
		Prompt: bold, Status: faint, Key: bold, Local: "", Badge: bold, PresenceOn: bold, PresenceX: faint,
	}
	for i := range t.Nicks {
		t.Nicks[i] = bold
	}
	return t
}
