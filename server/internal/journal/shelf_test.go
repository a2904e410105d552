package journal

import (
	"strings"
	"testing"

	"charla/server/chat"
)

func FuzzShelfSubject(f *testing.F) {
	user := chat.NewID[chat.Person]()
	for _, s := range []string{"", "SELF.", shelfSubject(user, "marks"), shelfSubject(user, chat.DraftSlot(chat.LobbyID)), "SELF..marks", "EV.x", "SELF.*.>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		user, slot, err := userAndSlot(subject)
		if err == nil && shelfSubject(user, slot) != subject {
			t.Errorf("%q is read as %s %q", subject, user, slot)
		}
		if validSubject(subject) && (subject == "" || strings.ContainsAny(subject, "*> \t\r\n$") || strings.Contains("."+subject+".", "..")) {
			t.Errorf("%q was taken for a subject", subject)
		}
	})
}
