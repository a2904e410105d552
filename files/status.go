package files

import (
	"context"
	"errors"
	"io"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
)

// refusal is an error as the client gets it: a status of SFTP version 3 and a
// sentence. WinSCP, lftp and rclone show the sentence; people with OpenSSH read
// it on stderr.
type refusal struct {
	status   error // sftp.ErrSSHFx…
	sentence string
	told     bool // or not worth a line
}

func (r *refusal) Error() string { return r.sentence }

func (r *refusal) Unwrap() error { return r.status }

func failure(sentence string) error {
	return &refusal{status: sftp.ErrSSHFxFailure, sentence: sentence}
}

func denied(sentence string) error {
	return &refusal{status: sftp.ErrSSHFxPermissionDenied, sentence: sentence}
}

// quiet refuses without a line on stderr: clients ask such things by themselves.
func quiet(status error) error { return &refusal{status, status.Error(), true} }

var errNoFile = quiet(sftp.ErrSSHFxNoSuchFile)

// status makes a refusal of any error and says its sentence, once.
func (s *session) status(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	r := (*refusal)(nil)
	if !errors.As(err, &r) {
		r = s.refusalOf(err)
	}
	if !r.told {
		r.told = true
		s.say(r.sentence)
	}
	return r
}

// refusalOf is the one table from what goes wrong to what the client is told.
func (s *session) refusalOf(err error) *refusal {
	known := (*chat.Error)(nil)
	switch {
	case errors.As(err, &known):
		return s.refusalOfChat(known, err)
	case errors.Is(err, blob.ErrTooLarge):
		return &refusal{status: sftp.ErrSSHFxFailure, sentence: s.words.Files.TooLarge}
	case errors.Is(err, blob.ErrDiskFull):
		return &refusal{status: sftp.ErrSSHFxFailure, sentence: s.words.Errors.DiskFull}
	case errors.Is(err, blob.ErrBadOffset), errors.Is(err, blob.ErrClosed):
		return &refusal{sftp.ErrSSHFxFailure, sftp.ErrSSHFxFailure.Error(), true}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &refusal{status: sftp.ErrSSHFxFailure, sentence: s.words.Errors.Unavailable}
	}
	return s.refusalOfChat(chat.AsError(err), err)
}

func (s *session) refusalOfChat(e *chat.Error, err error) *refusal {
	r := &refusal{status: sftp.ErrSSHFxFailure, sentence: s.words.Error(e)}
	switch e.Code {
	case chat.Internal:
		if s.isNew(err) {
			s.log.Error("sftp request failed", "err", cause(err))
		}
	case chat.NoFile, chat.NoMessage:
		r.status, r.told = sftp.ErrSSHFxNoSuchFile, true
	case chat.NoConversation, chat.NoPerson:
		// Programs look for names of their own in every folder; a line is for
		// people, who mistype names that are there.
		r.status, r.told = sftp.ErrSSHFxNoSuchFile, e.Hint == ""
	case chat.NotMember, chat.NotYours, chat.NotAllowed, chat.YouBlocked, chat.RequestPending:
		r.status = sftp.ErrSSHFxPermissionDenied
	}
	return r
}

// cause shows the operator what a blob error hides from the client.
func cause(err error) error {
	if b := (*blob.Error)(nil); errors.As(err, &b) && b.Cause != nil {
		return errors.Join(err, b.Cause)
	}
	return err
}
