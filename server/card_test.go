package server

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"charla/server/i18n"
)

// Each line of the card can be pasted as it stands.
func TestCardHoldsLinesToPaste(t *testing.T) {
	card := Card{Hosts: []string{"chat.lan", "fd00::2"}, Port: 2222, Fingerprint: "SHA256:abc"}
	for _, lang := range []i18n.Lang{i18n.English, i18n.Spanish} {
		text := card.Text(i18n.For(lang))
		for _, line := range []string{
			"  ssh -p 2222 chat.lan", "  sftp -P 2222 chat.lan", "  ssh -p 2222 fd00::2", "  sftp -P 2222 [fd00::2]", "  SHA256:abc",
		} {
			if !slices.Contains(strings.Split(text, "\n"), line) {
				t.Errorf("%s: no line %q in\n%s", lang, line, text)
			}
		}
	}
	card.Port = 22
	if text := card.Text(i18n.For(i18n.English)); !strings.Contains(text, "  ssh chat.lan\n") || strings.Contains(text, "-p") {
		t.Errorf("on port 22:\n%s", text)
	}
}

func TestWhereAListenerIsReached(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		given, at string
		want      []string
	}{
		{"chat.lan", "0.0.0.0", []string{"chat.lan"}},
		{"", "127.0.0.1", []string{"localhost"}},
		{"", "192.0.2.7", []string{"192.0.2.7"}},
	} {
		if got := reachable(ctx, tt.given, netip.MustParseAddr(tt.at)); !slices.Equal(got, tt.want) {
			t.Errorf("given %q at %s: %q, want %q", tt.given, tt.at, got, tt.want)
		}
	}
	all := reachable(ctx, "", netip.IPv6Unspecified())
	if all[len(all)-1] != "localhost" || slices.Contains(all, "127.0.0.1") || slices.Contains(all, "::1") {
		t.Errorf("on all addresses: %q", all)
	}
}
