package files_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
)

// Ten channels of a connection with 64 files each, and as many connections as
// one likes, took every file descriptor of the server.
func TestFileDescriptorsAreBoundedPerPersonRegression(t *testing.T) {
	w := newWorld(t, blob.Options{})
	w.parking = files.NewParking()
	var sessions []*client
	for range 32 {
		sessions = append(sessions, w.session(w.ana))
	}
	stderr := &lines{}
	near, status := w.serve(w.ana, stderr)
	wantEqual(t, <-status, 1)
	near.Close()
	wantEqual(t, stderr.String(), "you have too many sftp sessions; end one and connect again\n")
	w.session(w.beto).mustPut("/ana/a.txt", "others are not concerned")

	for i := range 64 {
		sessions[i/16].open(fmt.Sprintf("/beto/%d.bin", i), scpFlags)
	}
	_, err := sessions[4].OpenFile("/beto/more.bin", scpFlags)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	sessions[4].wantTold("too many unfinished files")
	wantEqual(t, w.unfinished(), 64)

	for i := range 256 - 64 {
		sessions[5+i/64].open("/beto/a.txt", os.O_RDONLY)
	}
	_, err = sessions[20].Open("/beto/a.txt")
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	sessions[20].wantTold("too many files are open")

	for _, s := range sessions {
		s.bye()
	}
	again := w.session(w.ana)
	wantEqual(t, again.get("/beto/a.txt"), "others are not concerned")
	again.mustPut("/beto/b.txt", "all is given back")
	wantEqual(t, w.unfinished(), 0)
}

// brokenView cannot look names up.
type brokenView struct{ chat.View }

func (brokenView) ByHandle(_ context.Context, _ chat.UserID, h chat.Handle) (chat.Conversation, error) {
	return chat.Conversation{}, fmt.Errorf("look up %s: %w", h, io.ErrUnexpectedEOF)
}

// A client that asked again and again wrote the operator's log full.
func TestAFailureIsLoggedOnceASessionRegression(t *testing.T) {
	w := newWorld(t, blob.Options{}, chattest.WithView(brokenView{chattest.NewView()}))
	log := &lines{}
	near, far := net.Pipe()
	defer near.Close()
	go files.Serve(w.Ctx, files.Config{
		Actor: w.ana, Store: w.store, Channel: far, Stderr: &bytes.Buffer{}, Words: i18n.For(i18n.English),
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	c, err := sftp.NewClientPipe(near, near)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		_, err := c.Open(fmt.Sprintf("/group%d/a.txt", i))
		wantStatus(t, err, sftp.ErrSSHFxFailure)
	}
	wantEqual(t, strings.Count(log.String(), "sftp request failed"), 1)
}
