package blob

import (
	"context"
)

// Commit makes a blob of the upload and then runs use, if it is not nil, while
// the blob cannot be swept: use appends the event that refers to it, and must
// not return before that is durable. In Commit and in use alike, other uploads
// of the same bytes go on; only a Sweep passes this blob by.
//
// When use runs, and when Commit returns no error, the blob is durable and the
// upload's files are gone. The error of use comes back as it is, with the
// blob: the bytes are kept then, and a later Commit runs use again (ErrNoBlob
// if a sweep took them in between). On any other error, the context's end
// included, the upload is open as before and may be committed again, unless
// the disk has failed to keep its bytes: then only Discard is left.
//
// Danger: a reference that is made after Commit has returned is not guarded by
// it, but only by the age that Sweep looks at.
func (u *Upload) Commit(ctx context.Context, use func(Blob) error) (Blob, error) {
	if use == nil {
		use = func(Blob) error { return nil }
	}
	if _, err := u.alone("commit", committing); err != nil {
		if b, done := u.done(); done {
			return b, u.s.Use(ctx, b, func() error { return use(b) })
		}
		return Blob{}, err
	}
	defer u.reopen(committing)
	b, err := u.digest(ctx)
	if err == nil {
		err = u.s.holds.take(ctx, b.Hash)
	}
	if err != nil {
		return Blob{}, wrap("commit", err)
	}
	defer u.s.holds.drop(b.Hash)
	if err := u.place(b); err != nil {
		return Blob{}, wrap("commit", err)
	}
	u.mu.Lock()
	u.state, u.blob = committed, b
	u.changed.Broadcast()
	u.mu.Unlock()
	if err := u.release(); err != nil {
		u.s.log.Warn("blob: files of a finished upload stay until the next start", "upload", u.id, "err", err)
	}
	return b, use(b)
}

// done returns the blob of an upload that was committed.
func (u *Upload) done() (Blob, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.blob, u.state == committed
}

// place puts the bytes under their name, durably. The hash must be held and
// the upload alone.
func (u *Upload) place(b Blob) error {
	path := b.Hash.path()
	there, err := u.s.has(b)
	if err != nil {
		return err
	}
	if there {
		// Its bytes were on the disk before it got its name. That the name is
		// there too nobody may have waited for yet.
		if err := u.s.touch(path); err != nil {
			return err
		}
		return syncFolder(u.s.root, b.Hash.folder())
	}
	mine := uploadsDir + "/" + u.id
	if err := u.f.Chmod(0o400); err != nil {
		return err
	}
	if err := u.s.touch(mine); err != nil {
		return err
	}
	if err := u.f.Sync(); err != nil {
		u.fail(err)
		return err
	}
	// A rename, because it may find the same bytes there, from an upload that
	// was faster, or the damaged rest of them: both may be replaced, and
	// readers keep what they have open.
	if err := u.s.root.Rename(mine, path); err != nil {
		return err
	}
	if err := syncFolder(u.s.root, b.Hash.folder()); err != nil {
		u.fail(err) // the open file is the blob by now: no write may reach it
		return err
	}
	return nil
}
