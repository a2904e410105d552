package command

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

// What is drawn is the code, module by module, with its margin.
func TestAQRCodeIsDrawnWhole(t *testing.T) {
	const text = "ssh://ana@chat.lan:2222"
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	var light [][]bool
	for line := range strings.Lines(qrBlocks(text, 0)) {
		var top, bottom []bool
		for _, r := range strings.TrimSuffix(line, "\n") {
			top, bottom = append(top, r == '█' || r == '▀'), append(bottom, r == '█' || r == '▄')
		}
		light = append(light, top, bottom)
	}
	size := code.Size + 2*quiet
	if len(light) < size || len(light[0]) != size {
		t.Fatalf("it is %d by %d modules, want %d", len(light[0]), len(light), size)
	}
	for y := range size {
		for x := range size {
			inside := x >= quiet && y >= quiet && x < size-quiet && y < size-quiet
			if want := !inside || !code.Black(x-quiet, y-quiet); light[y][x] != want {
				t.Fatalf("the module %d, %d is light: %t", x, y, light[y][x])
			}
		}
	}
}

func TestAQRCodeThatDoesNotFitIsLeftOut(t *testing.T) {
	const text = "ssh://ana@chat.lan:2222"
	if qrBlocks(text, 29) == "" || qrBlocks(text, 28) != "" || qrBlocks(strings.Repeat("x", 4000), 0) != "" {
		t.Error("29 cells are what it takes")
	}
}

func TestTheOrderToComeIn(t *testing.T) {
	for _, c := range []struct {
		s          Server
		order, uri string
	}{
		{Server{Host: "chat.lan", Port: 22}, "ssh ana@chat.lan", "ssh://ana@chat.lan"},
		{Server{Host: "chat.lan", Port: 2222}, "ssh -p 2222 ana@chat.lan", "ssh://ana@chat.lan:2222"},
		{Server{Host: "fd00::1", Port: 2222}, "ssh -p 2222 ana@fd00::1", "ssh://ana@[fd00::1]:2222"},
		{Server{Host: "fd00::1", Port: 22}, "ssh ana@fd00::1", "ssh://ana@[fd00::1]"},
	} {
		if order, uri := c.s.Order("ana"), c.s.uri("ana"); order != c.order || uri != c.uri {
			t.Errorf("%+v: %q and %q", c.s, order, uri)
		}
	}
}
