package chat

import (
	"context"
	"time"
)

// Notice is what happened in a conversation and stands there among the messages:
// who came, who went, what it is called since. It is no message: it has no number,
// is not unread, rings nobody, is neither found nor answered, and marks know nothing
// of it. Who comes into a room and leaves it is not told, or it would be full of that.
type Notice struct {
	Conversation ConversationID
	Serial       uint64   // counts those of a conversation, from 1
	Position     Position // of the event: behind all messages that were posted before
	At           time.Time
	Kind         NoticeKind
	By           Party   // who did it; zero: nobody, it followed
	Whom         []Party // to whom it was done, the first MaxNamed of them
	More         int     // so many others
	Role         Role
	Text         string // a title or a topic, as it was said: faces clean it; "" of who was forgotten
	Writers      Writers
	Term         time.Duration // 0: off
}

// Party is somebody in a notice. Nick is "" of who was forgotten.
type Party struct {
	ID   UserID
	Nick Nick
}

// NoticeKind says what happened.
type NoticeKind string

// The kinds, and which fields tell the rest besides By.
const (
	NoticeMade    NoticeKind = "made"    // the group; Whom
	NoticeAdded   NoticeKind = "added"   // Whom
	NoticeCame    NoticeKind = "came"    // by a code
	NoticeLeft    NoticeKind = "left"    //
	NoticeRemoved NoticeKind = "removed" // Whom
	NoticeRole    NoticeKind = "role"    // Whom, Role; By is zero of whoever inherited
	NoticeHeard   NoticeKind = "heard"   // Whom, who was muted and writes again
	NoticeTitle   NoticeKind = "title"   // Text
	NoticeTopic   NoticeKind = "topic"   // Text; "": none
	NoticeWriters NoticeKind = "writers" // Writers
	NoticeExpiry  NoticeKind = "expiry"  // Term
	NoticeSlow    NoticeKind = "slow"    // Term
)

// Bounds of what is noticed.
const (
	MaxNotices = 256 // of a conversation; the oldest are forgotten
	MaxNamed   = 8   // people in one; the others are counted
)

// Names puts into a notice to whom it was done.
func (n Notice) Names(whom []Party) Notice {
	n.Whom = whom[:min(len(whom), MaxNamed)]
	n.More = len(whom) - len(n.Whom)
	return n
}

// RoleNotice is what there is to notice when somebody has another role.
func RoleNotice(was, is Role) Notice {
	if was == RoleMuted && is == RoleMember {
		return Notice{Kind: NoticeHeard}
	}
	return Notice{Kind: NoticeRole, Role: is}
}

// Unsaid is a notice as it is read: without what somebody typed who was forgotten.
func (n Notice) Unsaid() Notice {
	if n.By.Forgotten() {
		n.Text = ""
	}
	return n
}

// Forgotten reports somebody who was.
func (p Party) Forgotten() bool { return p.Nick == "" && !p.ID.IsZero() }

// Notices is what a change of what is set gives to notice, in this order.
func (b ConversationChanged) Notices(was ConversationChanged) (all []Notice) {
	if differs(b.Title, was.Title) {
		all = append(all, Notice{Kind: NoticeTitle, Text: *b.Title})
	}
	if differs(b.Topic, was.Topic) {
		all = append(all, Notice{Kind: NoticeTopic, Text: *b.Topic})
	}
	if differs(b.Writers, was.Writers) {
		all = append(all, Notice{Kind: NoticeWriters, Writers: *b.Writers})
	}
	if differs(b.Expiry, was.Expiry) {
		all = append(all, Notice{Kind: NoticeExpiry, Term: *b.Expiry})
	}
	if differs(b.Slow, was.Slow) {
		all = append(all, Notice{Kind: NoticeSlow, Term: *b.Slow})
	}
	return all
}

func differs[T comparable](said, was *T) bool { return said != nil && *said != *was }

// NoticeReader answers what happened in conversations.
type NoticeReader interface {
	// Notices lists those after a position and up to another (0: no end), in their
	// order. Of a conversation that is not there it lists none.
	Notices(ctx context.Context, id ConversationID, after, upto Position) ([]Notice, error)
}

// NoticesAround is between which messages the notices of a page stand: behind
// the message of number after (0: from the beginning on), before that of number
// before (0: to the end). A notice is on the page of the message that follows it, so
// that pages that touch have each of them once. ok is false if there can be none.
func (q PageQuery) NoticesAround(p Page) (after, before Number, ok bool) {
	switch {
	case !q.Notices || q.Before == 1:
		return 0, 0, false
	case q.After != 0 && q.Before == 0:
		if after = q.After; p.More && len(p.Messages) > 0 {
			before = p.Messages[len(p.Messages)-1].Number
		}
		return after, before, true
	case q.Before != 0:
		before = q.Before - 1
	}
	if p.More && len(p.Messages) > 0 {
		after = p.Messages[0].Number - 1
	}
	return after, before, true
}

// Notices lists what happened in a conversation after a position, as far as the
// person may read it.
func (a *Actor) Notices(ctx context.Context, ref Ref, after Position) ([]Notice, error) {
	c, err := a.seated(ctx, reads, ref)
	if err != nil || !c.Exists {
		return nil, err
	}
	return a.s.Reader.Notices(ctx, c.ID, after, c.Gone)
}
