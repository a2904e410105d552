package chat

import (
	"context"
	"slices"
)

// MaySend is nil if the person may put a file of that name into a conversation;
// asked before the first byte is taken. It returns the name the file would get
// when it is a good one.
func (a *Actor) MaySend(ctx context.Context, ref Ref, name string) (string, error) {
	c, err := a.sendable(ctx, ref)
	if err == nil && c.Asked && c.LastN >= MaxAsked {
		err = &Error{Code: RequestPending, Name: string(c.Handle)}
	}
	if err != nil {
		return "", err
	}
	undo, err := a.paces(ctx, c, NewID[Message]()) // it counts when it is there
	if err != nil {
		return "", err
	}
	undo()
	return CleanFileName(name)
}

// Transfer takes n bytes of a file from the person's budget, before they are
// written: a disk that one person can fill is nobody else's.
func (a *Actor) Transfer(n int64) error {
	const unit = 1 << 10
	if wait, ok := a.s.Limiter.Take(a.me.ID, Transfers, int((n+unit-1)/unit)); !ok {
		return tooFast(wait)
	}
	return nil
}

// sendable is the conversation if the person may send files there.
func (a *Actor) sendable(ctx context.Context, ref Ref) (Conversation, error) {
	if err := a.mayDo(ctx, sends); err != nil {
		return Conversation{}, err
	}
	return a.allowed(ctx, writes, ref)
}

// SendFile announces a file whose bytes are durable as a blob. It returns the
// message as it stands afterwards: a new one, or the person's own file of that
// name in its new version; its file may be called "name (2)" because another
// person has that name. Durable, and readable, when it returns.
func (a *Actor) SendFile(ctx context.Context, ref Ref, f File) (_ Message, err error) {
	defer wrap(&err, "send file")
	c, err := a.sendable(ctx, ref)
	if err != nil {
		return Message{}, err
	}
	if f.Name, err = CleanFileName(f.Name); err != nil {
		return Message{}, err
	}
	if err := a.spend(0); err != nil {
		return Message{}, err
	}
	sent, err := a.paced(ctx, c, a.s.event(a.me.ID, MessagePosted{Conversation: c.ID, File: &f}))
	if err != nil {
		return Message{}, err
	}
	if err := a.s.Awaiter.Await(ctx, sent.Position); err != nil {
		return Message{}, err
	}
	return a.s.Reader.FileOf(ctx, c.ID, a.me.ID, f.Name)
}

// RenameFile gives the file of one of the person's own messages another name,
// or "name (2)" if another person has that one. A live file of their own with
// that name is retracted: renaming onto it replaces it.
func (a *Actor) RenameFile(ctx context.Context, id MessageID, name string) (_ Message, err error) {
	defer wrap(&err, "rename file")
	m, err := a.own(ctx, id)
	if err != nil {
		return Message{}, err
	}
	if m.File == nil {
		return Message{}, &Error{Code: NoFile, Name: name}
	}
	if name, err = CleanFileName(name); err != nil {
		return Message{}, err
	}
	if err := a.spend(0); err != nil {
		return Message{}, err
	}
	at, err := a.s.Log.Append(ctx, a.s.event(a.me.ID, FileRenamed{Conversation: m.Conversation, Message: id, Name: name}))
	if err != nil {
		return Message{}, err
	}
	if err := a.s.Awaiter.Await(ctx, at); err != nil {
		return Message{}, err
	}
	return a.s.Reader.Message(ctx, id)
}

// Files lists the live files of a conversation by name. Somebody who left has
// no folder any more, and that of a request is empty until it is let in.
func (a *Actor) Files(ctx context.Context, ref Ref) ([]Message, error) {
	c, err := a.folder(ctx, ref)
	if err != nil || !c.Exists || c.Request {
		return nil, err
	}
	files, err := a.s.Reader.Files(ctx, c.ID)
	return slices.DeleteFunc(a.live(files), a.hidden), err
}

// FileNamed finds a live file of a conversation.
func (a *Actor) FileNamed(ctx context.Context, ref Ref, name string) (Message, error) {
	c, err := a.folder(ctx, ref)
	if err != nil {
		return Message{}, err
	}
	if !c.Exists || c.Request {
		return Message{}, &Error{Code: NoFile, Name: OneLine(name, 60)}
	}
	m, err := a.s.Reader.FileNamed(ctx, c.ID, name)
	if err == nil && (a.hidden(m) || a.fade(m).Expired) {
		err = &Error{Code: NoFile, Name: OneLine(name, 60)}
	}
	return m, err
}

func (a *Actor) folder(ctx context.Context, ref Ref) (Conversation, error) {
	c, err := a.allowed(ctx, reads, ref)
	if err == nil && standingIn(c) == former {
		err = &Error{Code: NoConversation, Name: string(c.Handle)}
	}
	return c, err
}
