package files_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"charla/files/blob"
)

// OpenSSH sends 32 KiB at a time unless it is told that more is taken.
func TestClientsAreToldHowMuchTheyMaySend(t *testing.T) {
	w := newWorld(t, blob.Options{})
	r := w.raw(w.ana) // has read VERSION
	if want := string(str("limits@openssh.com")) + string(str("1")); !strings.HasSuffix(r.version, want) {
		t.Fatalf("VERSION is %q", r.version)
	}
	// Asked among others, it is answered in its turn; other questions of the kind are not.
	const opUnsupported = 8
	r.post(
		r.request(fxpExtended, str("unknown@openssh.com")),
		r.request(fxpExtended, str("limits@openssh.com")),
		r.open("/beto/a.bin", 0x1a),
		r.request(fxpExtended, str("limits@openssh.com")),
		r.request(fxpExtended, str("limits@openssh.com"), str("more")),
		r.request(fxpExtended, str("limits@openssh.co")),
	)
	for i, want := range []byte{fxpStatus, fxpExtendedReply, fxpHandle, fxpExtendedReply, fxpStatus, fxpStatus} {
		kind, body := r.answer()
		switch wantEqual(t, kind, want); {
		case kind == fxpStatus:
			wantEqual(t, binary.BigEndian.Uint32(body), opUnsupported)
		case kind == fxpExtendedReply:
			wantEqual(t, string(body), string(join(u64(256<<10), u64(255<<10), u64(255<<10), u64(64))))
		}
		wantEqual(t, r.answeredID, uint32(i+1))
	}

	content := strings.Repeat("0123456789abcdef", 255<<10/16)
	r.post(r.request(fxpWrite, str("1"), u64(0), str(content)), r.request(fxpRead, str("2"), u64(0), u32(1)))
	wantAnswers(r, fxpStatus, fxpStatus)
	r.post(r.request(fxpClose, str("1")), r.open("/beto/a.bin", 1), r.request(fxpRead, str("2"), u64(0), u32(1<<20)))
	wantAnswers(r, fxpStatus, fxpHandle)
	kind, body := r.answer()
	wantEqual(t, kind, fxpData)
	if got, _ := text(body); got != content {
		t.Errorf("%d bytes came back", len(got))
	}
}
