package terminal

import (
	"encoding/base64"
	"strings"
	"testing"

	"charla/server/chat/chattest"
)

// What goes into a control string (a title, a notification, the clipboard) cannot
// end it, begin another, or fill it without end; what goes into a row is text.
func TestHostileTextStaysInItsControlString(t *testing.T) {
	for _, h := range chattest.HostileTexts() {
		body := func(kind noticeKind, head, tail string) {
			t.Helper()
			sent := string(appendNotice(nil, kind, noticeOrder{h.Text, h.Text}))
			inner, ok := strings.CutPrefix(sent, head)
			inner, ended := strings.CutSuffix(inner, tail)
			if strings.ContainsAny(inner, "\x1b\x07\n") || inert(inner) != nil || len(inner) > maxTitle+maxNotice+9 || !ok || !ended {
				t.Errorf("%s is notified by %+q", h.Name, sent)
			}
		}
		body(noticeOSC9, "\x1b]9;", "\x07")
		body(noticeOSC777, "\x1b]777;notify;", "\x07")
		body(noticeBell, "\x07", "")
		if title := clean(h.Text, maxTitle); strings.ContainsAny(title, "\x1b\x07\n") || inert(title) != nil || len(title) > maxTitle {
			t.Errorf("%s becomes the title %+q", h.Name, title)
		}
		copied := string(appendCopy(nil, h.Text))
		inner := strings.TrimSuffix(strings.TrimPrefix(copied, "\x1b]52;c;"), "\x07")
		if _, err := base64.StdEncoding.DecodeString(inner); err != nil {
			t.Errorf("%s is copied by %+q: %v", h.Name, copied, err)
		}
		if row := written(h.Text); checkControls(row) != nil {
			t.Errorf("%s is drawn as %+q", h.Name, row)
		}
	}
}

// inert is chattest.Harmless without the marks that stack: those are taken off
// where texts come in.
func inert(s string) error {
	return chattest.Harmless(strings.Map(func(r rune) rune {
		if r >= 0x300 && r < 0x370 || r == 0xfe0f || r >= 0xf71 && r <= 0xfbc {
			return -1
		}
		return r
	}, s))
}
