package blob

import (
	"context"
	"fmt"
)

// followFrom is how many bytes must wait for hashing before a follower starts.
const followFrom = 4 * chunk

// startFollowing starts the follower if there is work and none is at it; u.mu
// must be held.
func (u *Upload) startFollowing() {
	if u.following || u.state != open || u.failed != nil {
		return
	}
	if u.unsaved >= syncEvery || !u.stale && u.written.frontier-u.hashed >= followFrom {
		u.following = true
		go u.follow()
	}
}

// follow hashes behind the frontier and has the disk take the bytes, until
// neither is worth a step or somebody wants the upload alone.
func (u *Upload) follow() {
	buf := u.s.buffers.Get().(*[chunk]byte)
	defer u.s.buffers.Put(buf)
	// A bug in here must not end the server: Commit hashes all of it again.
	defer func() {
		if bug := recover(); bug != nil {
			u.s.log.Error("blob: follower of an upload panicked", "upload", u.id, "panic", bug)
			u.mu.Lock()
			u.stale, u.following = true, false
			u.changed.Broadcast()
			u.mu.Unlock()
		}
	}()
	for {
		save, to, more := u.nextStep()
		switch {
		case !more:
			return
		case save:
			if err := u.f.Writeback(); err != nil {
				u.fail(err)
			}
		default:
			if err := u.hashTo(to, buf); err != nil {
				u.goStale(err)
			}
		}
	}
}

// nextStep says what the follower does now: save the bytes, or hash up to to.
// When there is nothing more, its life has ended on return.
func (u *Upload) nextStep() (save bool, to int64, more bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.state != open || u.failed != nil:
	case u.unsaved >= syncEvery:
		u.unsaved = 0
		return true, 0, true
	case !u.stale && u.written.frontier-u.hashed >= chunk:
		u.claimed = u.hashed + chunk
		return false, u.claimed, true
	}
	u.following = false
	u.changed.Broadcast()
	return false, 0, false
}

// hashTo hashes on, from hashed to to, which is at most a chunk away.
func (u *Upload) hashTo(to int64, buf *[chunk]byte) error {
	p := buf[:to-u.hashed]
	if n, err := u.f.ReadAt(p, u.hashed); n < len(p) {
		return fmt.Errorf("read back %d of %d bytes: %w", n, len(p), err)
	}
	u.hasher.Write(p)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hashed = to
	return nil
}

func (u *Upload) goStale(err error) {
	u.s.log.Warn("blob: hashing starts over at commit", "upload", u.id, "err", err)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.stale = true
}

// fail notes that the disk may have lost bytes. The system tells that once and
// then takes a later sync for good, so it must not be forgotten.
func (u *Upload) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failed == nil {
		u.failed = err
	}
}

// digest finishes the hash of the whole file; the upload must be alone.
func (u *Upload) digest(ctx context.Context) (Blob, error) {
	buf := u.s.buffers.Get().(*[chunk]byte)
	defer u.s.buffers.Put(buf)
	u.mu.Lock()
	if u.stale {
		u.restart()
	}
	size := u.size
	u.claimed = size // should it be reopened: a write before that is a rewrite
	u.mu.Unlock()
	for u.hashed < size {
		if err := ctx.Err(); err != nil {
			return Blob{}, err
		}
		if err := u.hashTo(min(size, u.hashed+chunk), buf); err != nil {
			u.goStale(err)
			return Blob{}, err
		}
	}
	b := Blob{Size: size}
	u.hasher.Sum(b.Hash[:0])
	return b, nil
}
