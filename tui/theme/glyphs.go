package theme

// Glyphs are the signs charla draws with. Every one is one cell wide by both
// ways of counting, except the ticks and Ellipsis, whose width is that of their
// text.
type Glyphs struct {
	Bar                   string // before the messages of others
	H, V, Cross           string // borders
	TeeDown, TeeUp        string
	TeeLeft, TeeRight     string
	TopLeft, TopRight     string
	BottomLeft, BotRight  string
	Here, Away            string // presence
	At, Dot               string // the chosen row; a badge's dot
	File, Quote, Menu     string
	Ellipsis              string
	Pending, Stored       string
	Delivered, Read, Fail string
	More, Sep             string // there is more below; between words
	Up                    string // the key
	Muted                 string // makes no sound
	Clock                 string // messages disappear, after a time that stands behind it
}

var utf8Glyphs = Glyphs{
	Bar: "▌", H: "─", V: "│", Cross: "┼", TeeDown: "┬", TeeUp: "┴", TeeLeft: "┤", TeeRight: "├",
	TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BotRight: "╯",
	Here: "●", Away: "○", At: "▶", Dot: "•", File: "□", Quote: "┊", Menu: "≡", Ellipsis: "…",
	Pending: "·", Stored: "✓", Delivered: "✓✓", Read: "✓✓", Fail: "!", More: "↓", Sep: "·", Up: "↑", Muted: "⊘", Clock: "◷",
}

var asciiGlyphs = Glyphs{
	Bar: "|", H: "-", V: "|", Cross: "+", TeeDown: "+", TeeUp: "+", TeeLeft: "+", TeeRight: "+",
	TopLeft: "+", TopRight: "+", BottomLeft: "+", BotRight: "+",
	Here: "*", Away: "o", At: ">", Dot: "*", File: "#", Quote: ":", Menu: "=", Ellipsis: "..",
	Pending: "..", Stored: "v", Delivered: "vv", Read: "vv*", Fail: "!!", More: "v", Sep: "-", Up: "Up", Muted: "x", Clock: "~",
}
