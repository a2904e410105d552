package sshd

import "testing"

func TestKeyAndTerminalClaimANick(t *testing.T) {
	story(t, nil, func(h *house) {
		r := h.call("ana", withKey(key("ana"))).use("", terminal80x24, env("LANG", "es_ES.UTF-8"))
		if want := `screen ana new=true size=80x24 term="xterm-256color" lang=es notice=""`; r.out != want || r.status != 0 || r.err != nil {
			t.Errorf("got %+v, want %q", r, want)
		}
		r = h.call("ana", withKey(key("ana"))).use("", terminal80x24)
		if want := `screen ana new=false size=80x24 term="xterm-256color" lang=en notice=""`; r.out != want {
			t.Errorf("got %+v, want %q", r, want)
		}
	})
}
