package tui

import "testing"

// The sizes of the sketches in the design.
func TestSketches(t *testing.T) {
	tests := []struct {
		w, h, n, focus int
		want           []rect
		sidebar        int
	}{
		{40, 20, 1, 0, []rect{{0, 0, 40, 19}}, 0},
		{40, 20, 2, 0, []rect{{0, 0, 40, 9}, {0, 10, 40, 9}}, 0},
		{40, 20, 4, 2, []rect{{0, 0, 40, 1}, {0, 1, 40, 1}, {0, 2, 40, 16}, {0, 18, 40, 1}}, 0},
		{80, 24, 1, 0, []rect{{22, 0, 58, 23}}, 21},
		{80, 24, 2, 0, []rect{{0, 0, 40, 23}, {41, 0, 39, 23}}, 0},
		{80, 24, 4, 0, []rect{{0, 0, 40, 11}, {41, 0, 39, 11}, {0, 12, 40, 11}, {41, 12, 39, 11}}, 0},
		{140, 40, 1, 0, []rect{{29, 0, 111, 39}}, 28},
		{140, 40, 2, 0, []rect{{29, 0, 55, 39}, {85, 0, 55, 39}}, 28},
		{140, 40, 4, 0, []rect{{29, 0, 55, 19}, {85, 0, 55, 19}, {29, 20, 55, 19}, {85, 20, 55, 19}}, 28},
	}
	for _, tt := range tests {
		a := arrange(tt.w, tt.h, tt.n, tt.focus, false, sidebarAuto)
		for i := range tt.want {
			if a.panes[i] != tt.want[i] {
				t.Errorf("%dx%d with %d windows: pane %d is %v, want %v", tt.w, tt.h, tt.n, i+1, a.panes[i], tt.want[i])
			}
		}
		if a.sidebar.w != tt.sidebar {
			t.Errorf("%dx%d with %d windows: sidebar %d, want %d", tt.w, tt.h, tt.n, a.sidebar.w, tt.sidebar)
		}
	}
}

// Every cell belongs to one thing, whatever the size and the number of windows.
func FuzzArrange(f *testing.F) {
	f.Add(80, 24, 4, 1, false, uint8(0))
	f.Add(40, 20, 9, 8, false, uint8(1))
	f.Add(400, 150, 9, 0, true, uint8(2))
	f.Add(1, 1, 1, 0, false, uint8(0))
	f.Fuzz(func(t *testing.T, w, h, n, focus int, zoom bool, mode uint8) {
		w, h, n = abs(w)%401, abs(h)%151, abs(n)%9+1
		focus = abs(focus) % n
		a := arrange(w, h, n, focus, zoom, []sidebarMode{sidebarAuto, sidebarShow, sidebarHide}[mode%3])
		owner := make([]int, w*h)
		claim := func(r rect, who int) {
			for y := r.y; y < r.y+r.h; y++ {
				for x := r.x; x < r.x+r.w; x++ {
					if x < 0 || y < 0 || x >= w || y >= h || owner[y*w+x] != 0 {
						t.Fatalf("%dx%d, %d windows: %d at %d,%d is outside or on top of %v", w, h, n, who, x, y, r)
					}
					owner[y*w+x] = who
				}
			}
		}
		claim(a.status, 1)
		claim(a.sidebar, 2)
		if a.sidebar.w > 0 {
			claim(rect{a.sidebar.w, 0, 1, a.sidebar.h}, 3)
		}
		for _, r := range a.cross {
			claim(r, 4)
		}
		for i, r := range a.panes {
			claim(r, 10+i)
			if !a.folded[i] && !a.tiny && r.w > 0 && n > 1 && !zoom && w >= minPaneW && h > minPaneH && (r.w < minPaneW || r.h < minPaneH) {
				t.Fatalf("%dx%d, %d windows: pane %d is only %v", w, h, n, i, r)
			}
		}
		for i, who := range owner {
			if who == 0 {
				t.Fatalf("%dx%d, %d windows: nothing at %d,%d", w, h, n, i%w, i/w)
			}
		}
		if p := a.panes[focus]; w > 0 && h > 1 && (p.w == 0 || p.h == 0) {
			t.Fatalf("%dx%d, %d windows: the pane in focus is not shown", w, h, n)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return max(-n, 0)
	}
	return n
}
