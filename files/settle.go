package files

import (
	"context"
	"errors"
	"time"

	"charla/files/blob"
	"charla/server/chat"
)

const (
	sendTimeout = 30 * time.Second // for the log to take one event
	// A person's budget of messages may be spent by a folder of files; their
	// client waits that long for each before it hears of it.
	maxPatience = 30 * time.Second
)

// settle decides what becomes of an upload that nobody has open: it is
// announced, parked, or discarded.
func (s *session) settle(it *item, u *upload) error {
	if it.upload != u { // removed while open, and so discarded there
		return nil
	}
	lost, broken := u.state()
	switch {
	case lost, u.junk(), litter(it.name), broken == nil && u.showsBase():
		s.drop(it)
		return nil
	case broken != nil:
		s.drop(it)
		return broken
	case temporary(it.name), u.size() == 0:
		return s.park(it)
	case !u.whole():
		s.drop(it)
		return failure(s.words.Files.NoResume(shown(it.name)))
	}
	return s.announce(it)
}

// announce makes a durable blob of an upload and a durable message of the blob,
// or discards the upload.
func (s *session) announce(it *item) error {
	m, err := s.send(it)
	if err != nil {
		s.drop(it)
		return err
	}
	it.upload = nil
	s.dropUpload()
	if m.File != nil && m.File.Name != it.name {
		s.say(s.words.Files.Numbered(shown(it.name), shown(m.File.Name)))
	}
	s.remember(it, m)
	return nil
}

// send commits and announces, with some patience when the person sends faster
// than people may: a folder of files is no flood. Only their own session waits.
func (s *session) send(it *item) (m chat.Message, err error) {
	announce := func(b blob.Blob) (err error) {
		ctx, cancel := context.WithTimeout(s.ctx, sendTimeout)
		defer cancel()
		m, err = s.actor.SendFile(ctx, it.at.conv.Ref(), chat.File{Name: it.name, Size: b.Size, Hash: b.Hash.String()})
		return err
	}
	patience := maxPatience
	for {
		_, err := it.upload.bytes.Commit(s.ctx, announce)
		busy := (*chat.Error)(nil)
		if !errors.As(err, &busy) || busy.Code != chat.TooFast || busy.Wait > patience {
			return m, err
		}
		wait := max(busy.Wait, 10*time.Millisecond)
		patience -= wait
		select {
		case <-time.After(wait):
		case <-s.ctx.Done():
			return m, err
		}
	}
}
