package terminal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// names tells events as a person would read them.
func names(events []tea.Msg) []string {
	var out []string
	for _, event := range events {
		switch e := event.(type) {
		case tea.KeyPressMsg:
			out = append(out, e.String())
		case tea.PasteMsg:
			out = append(out, fmt.Sprintf("paste %q", e.Content))
		default:
			out = append(out, fmt.Sprintf("%T %v", event, event))
		}
	}
	return out
}

// through feeds the parts as they would arrive, without pause, and then waits.
func through(parts ...string) []string {
	g := newGate()
	var events []tea.Msg
	for _, part := range parts {
		events = append(events, g.feed([]byte(part), false)...)
	}
	return names(append(events, g.timeout()...))
}

func TestGateFrames(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"text", "hñ✓", []string{"h", "ñ", "✓"}},
		{"control keys", "\r\t\x7f\x0b", []string{"enter", "tab", "backspace", "ctrl+k"}},
		{"arrows", "\x1b[A\x1bOB\x1b[1;5C", []string{"up", "down", "ctrl+right"}},
		{"lone escape", "\x1b", []string{"esc"}},
		{"two escapes", "\x1b\x1b", []string{"esc", "esc"}},
		{"escape before an arrow", "\x1b\x1b[A", []string{"esc", "up"}},
		{"escape and a letter are alt", "\x1bx", []string{"alt+x"}},
		{"escape and a letter that is no ASCII", "\x1bñ", []string{"alt+ñ"}},
		{"alt+[ is no sequence", "\x1b[", []string{"alt+["}},
		{"shift+enter", "\x1b[13;2u", []string{"shift+enter"}},
		{"console F1 leaves no A behind", "\x1b[[Ab", []string{"b"}},
		{"old mouse report leaves no text behind", "\x1b[M !!b", []string{"tea.MouseClickMsg left", "b"}},
		{"paste", "\x1b[200~a\r\nb\x1b[Ac\x1b[201~d", []string{`paste "a\nb\x1b[Ac"`, "d"}},
		{"paste holds a false end", "\x1b[200~\x1b[201\x1b[20\x1b[201~", []string{`paste "\x1b[201\x1b[20"`}},
		{"paste without end", "\x1b[200~abc\x1b[20", []string{`paste "abc\x1b[20"`}},
		{"end without paste", "\x1b[201~a", []string{"a"}},
		{"invalid bytes", "a\xff\xc3(\x80\xe2\x9c", []string{"a", "("}},
		{"raw C1 begins nothing", "\x9b31mx", []string{"3", "1", "m", "x"}},
		{"answer with ST", "\x1b]11;rgb:0000/0000/0000\x1b\\x", []string{"terminal.BackgroundMsg {true}", "x"}},
		{"answer with BEL", "\x1b]11;rgb:ffff/ffff/ffff\ax", []string{"terminal.BackgroundMsg {false}", "x"}},
		{"what follows a C1 byte in a string is no key", "\x1b]2;✜rm\ax", []string{"x"}},
		{"broken off string", "\x1b]0;abc\x1b[A", []string{"up"}},
		{"clipboard that was not asked for", "\x1b]52;c;aG9sYQ==\ax", []string{"x"}},
		{"control byte breaks a sequence off", "\x1b[1;\rA", []string{"enter", "A"}},
		{"endless parameters", "\x1b[" + strings.Repeat("1;", 1000) + "Ax", []string{"x"}},
		{"a report that repeats a key 65,535 times", "\x1b[65;30;97;1;0;65535_x", []string{"x"}},
		{"focus", "\x1b[I\x1b[O", []string{"tea.FocusMsg {}", "tea.BlurMsg {}"}},
		{"text and one Enter, as scripts send", "a line that is longer than a burst\r", append(strings.Split(strings.ReplaceAll("a line that is longer than a burst", " ", "\x00"), ""), "enter")},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.want {
				c.want[i] = strings.ReplaceAll(c.want[i], "\x00", "space")
			}
			if got := through(c.in); !slices.Equal(got, c.want) {
				t.Errorf("whole: %q, want %q", got, c.want)
			}
			if got := through(strings.Split(c.in, "")...); len(c.in) == len([]rune(c.in)) && !slices.Equal(got, c.want) {
				t.Errorf("byte by byte: %q, want %q", got, c.want)
			}
		})
	}
}

func TestBurstIsOnePaste(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     string
	}{
		{"three lines", "first of them\rsecond of them\rthird of them\r", `["paste \"first of them\nsecond of them\nthird of them\n\""]`},
		{"fast fingers", "ok\rya\r", `["o" "k" "enter" "y" "a" "enter"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGate()
			events := g.feed([]byte(c.in), true)
			events = append(events, g.timeout()...)
			if got := strings.ReplaceAll(fmt.Sprintf("%q", names(events)), `\\n`, `\n`); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// An un-bracketed paste is longer than one read, and Enter behind it is Enter.
func TestBurstGoesOn(t *testing.T) {
	g := newGate()
	line := strings.Repeat("x", 40) + "\r"
	events := g.feed([]byte(line+line), true)
	events = append(events, g.feed([]byte("end"), true)...)
	events = append(events, g.timeout()...)
	events = append(events, g.feed([]byte("\r"), true)...)
	got := names(events)
	if len(got) != 2 || !strings.HasSuffix(got[0], `\nend"`) || got[1] != "enter" {
		t.Fatalf("%q", got)
	}
}

func TestLargeInputIsBounded(t *testing.T) {
	t.Run("string without end", func(t *testing.T) {
		g := newGate()
		g.feed([]byte("\x1b]0;"), false)
		block := []byte(strings.Repeat("x", 4096))
		for range 2048 {
			if events := g.feed(block, false); len(events) > 0 {
				t.Fatalf("events from inside a string: %q", names(events))
			}
		}
		if cap(g.buf) > 2*maxString {
			t.Fatalf("%d bytes kept", cap(g.buf))
		}
		if got := names(g.feed([]byte("\x1b\\a"), false)); !slices.Equal(got, []string{"a"}) {
			t.Fatalf("after the end: %q", got)
		}
		if cap(g.buf) > maxSequence {
			t.Fatalf("%d bytes kept when idle", cap(g.buf))
		}
	})
	t.Run("paste", func(t *testing.T) {
		g := newGate()
		g.feed(pasteStart, false)
		block := []byte(strings.Repeat("ñ", 2048))
		for range 2560 {
			g.feed(block, false)
		}
		if cap(g.buf) > 2*maxPaste {
			t.Fatalf("%d bytes kept", cap(g.buf))
		}
		events := g.feed(pasteEnd, false)
		if len(events) != 2 || len(events[0].(tea.PasteMsg).Content) != maxPaste {
			t.Fatalf("%d events", len(events))
		}
		if cut := events[1].(PasteCutMsg); cut.Dropped != 4096*2560-maxPaste {
			t.Fatalf("%d dropped", cut.Dropped)
		}
	})
}

// However the bytes are split, the events are the same.
func FuzzGateSplits(f *testing.F) {
	for _, seed := range []string{
		"hola ñ ✓ 👩‍👩‍👧", "\x1b[A\x1bOB\x1b[1;5C\x1b[<0;3;4M", "\x1b[200~a\rb\x1b[201~c", "\x1b]11;rgb:0/0/0\x1b\\x",
		"\x1bP>|kitty 0.1\x1b\\", "\x1b\x1b[A\x1bñ", "\x1b[M\x80\x81\x82", "\xff\xc3\x28\x1b[\x1b]\x1bP", "\x1b[200~\x1b[201\x1b[20",
		"\x1b[1;2R\x1b[27;5;97~\x1b[?2026;2$y", "\x1b_Gi=1;OK\x1b\\\x1b^x\x07\x1bXy\x18z", "\x1b[[A\x1b[3$",
	} {
		f.Add([]byte(seed), uint64(1))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		want := through(string(in))
		random := rand.New(rand.NewPCG(seed, 0))
		var parts []string
		for rest := in; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			parts, rest = append(parts, string(rest[:n])), rest[n:]
		}
		if got := through(parts...); !slices.Equal(got, want) {
			t.Fatalf("split %q: %q, want %q", parts, got, want)
		}
		var single []string
		for i := range in {
			single = append(single, string(in[i:i+1]))
		}
		if got := through(single...); !slices.Equal(got, want) {
			t.Fatalf("byte by byte: %q, want %q", got, want)
		}
	})
}
