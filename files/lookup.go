package files

import (
	"charla/server/chat"
)

// found is what there is at a place: an upload of this session, or a message
// with a file, or both when the upload is over that file.
type found struct {
	item    *item // of this session, nil if it never wrote there
	message chat.Message
	parked  bool // item is a copy: unpark before it is changed
}

// upload is nil if there is none.
func (f found) upload() *upload {
	if f.item == nil {
		return nil
	}
	return f.item.upload
}

// unfinished is the upload whose bytes are to be shown, nil if the message's are.
func (f found) unfinished() *upload {
	u := f.upload()
	if u == nil || u.showsBase() {
		return nil
	}
	return u
}

// found is what an item with an upload is.
func (it *item) found() found {
	if base := it.upload.base; base != nil {
		return found{item: it, message: *base}
	}
	return found{item: it}
}

// lookup finds the file at a place: what this session made of the name before
// what others see under it.
func (s *session) lookup(at place) (found, error) {
	if it := s.item(at); it != nil {
		if it.upload != nil {
			return it.found(), nil
		}
		m, err := s.actor.Message(s.ctx, it.sent)
		if err == nil && m.File != nil && !m.Retracted {
			return found{item: it, message: m}, nil
		}
		delete(s.items, at.key())
	}
	if it := s.parking.peek(s.actor.Me().ID, at.key()); it != nil {
		f := it.found()
		f.parked = true
		return f, nil
	}
	name, err := chat.CleanFileName(at.name)
	if err != nil {
		return found{}, &chat.Error{Code: chat.NoFile}
	}
	m, err := s.actor.FileNamed(s.ctx, at.conv.Ref(), name)
	if err != nil {
		return found{}, err
	}
	if m.File == nil {
		return found{}, &chat.Error{Code: chat.NoFile}
	}
	return found{message: m}, nil
}

// mine is nil if the person sent the message.
func (s *session) mine(m chat.Message) error {
	if m.From != s.actor.Me().ID {
		return &chat.Error{Code: chat.NotYours}
	}
	return nil
}
