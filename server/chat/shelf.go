package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"time"
)

// Settings are what a person chose for all their screens.
type Settings struct {
	Language string   `json:"lang,omitempty"`    // "es", "en"; "" as the terminal says
	ASCII    bool     `json:"ascii,omitempty"`   // no box drawing, no ticks beyond ASCII
	Mouse    *bool    `json:"mouse,omitempty"`   // nil: on
	Learned  []string `json:"learned,omitempty"` // hints that were done or dismissed

	// What others see of the person, as the view takes it from here.
	Name       string   `json:"name,omitempty"`       // display name
	Status     string   `json:"status,omitempty"`     // what they say about themselves
	SeenBy     Audience `json:"seen,omitempty"`       // Privacy.Seen; "" for Everyone, as is what is none
	AddsBy     Audience `json:"adds,omitempty"`       // Privacy.Adds; likewise
	NoReceipts bool     `json:"noreceipts,omitempty"` // not Privacy.Receipts

	Muted map[ConversationID]int64 `json:"muted,omitempty"` // no bell until then, in Unix seconds; 0: until it is taken back
}

// Limits on what people say about themselves, in characters.
const (
	MaxName   = 40
	MaxStatus = 100
)

// MaxMuted is how many conversations somebody may have muted at a time.
const MaxMuted = 500

// ParseSettings reads what is on the shelf: it was put by any program, so names
// are cleaned here too. Bytes that are no settings are those of a newcomer.
func ParseSettings(raw []byte) Settings {
	var s Settings
	if len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		return Settings{}
	}
	s.Name, s.Status = OneLine(s.Name, MaxName), OneLine(s.Status, MaxStatus)
	return s
}

// Privacy is what these settings let others know and do.
func (s Settings) Privacy() Privacy {
	p := Privacy{Seen: s.SeenBy, Receipts: !s.NoReceipts, Adds: s.AddsBy}
	if !p.Seen.Valid() {
		p.Seen = Everyone
	}
	if !p.Adds.Valid() {
		p.Adds = Everyone
	}
	return p
}

// IsMuted reports whether a conversation makes no sound now.
func (s Settings) IsMuted(id ConversationID, now time.Time) bool {
	until, muted := s.Muted[id]
	return muted && (until == 0 || now.Unix() < until)
}

// maxValue bounds what a face may put on the shelf.
const maxValue = 64 << 10

// Settings reads the person's settings.
func (a *Actor) Settings(ctx context.Context) (Settings, error) {
	raw, err := a.s.Reader.Value(ctx, a.me.ID, SettingsSlot)
	return ParseSettings(raw), err
}

// ChangeSettings changes some of them and leaves the others as they are now;
// durable when it returns, newest wins. One person's changes go one after another,
// and each waits a little until the view has it: the next is made from there.
func (a *Actor) ChangeSettings(ctx context.Context, change func(*Settings)) (Settings, error) {
	turn := a.s.turns[int(a.me.ID[len(a.me.ID)-1])%len(a.s.turns)]
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return Settings{}, ctx.Err()
	}
	s, err := a.Settings(ctx)
	if err != nil {
		return s, err
	}
	change(&s)
	raw, err := json.Marshal(s)
	if err != nil {
		return s, err
	}
	if err := a.put(ctx, SettingsSlot, raw); err != nil {
		return s, err
	}
	a.shelved(ctx, SettingsSlot, raw)
	return s, nil
}

// How often and how long shelved looks.
const (
	settlePoll = 2 * time.Millisecond
	settleFor  = 500 * time.Millisecond
)

// shelved waits until the view has what was put, if that does not take long: it is
// durable either way.
func (a *Actor) shelved(ctx context.Context, slot Slot, value []byte) {
	ctx, cancel := context.WithTimeout(ctx, settleFor)
	defer cancel()
	poll := time.NewTicker(settlePoll)
	defer poll.Stop()
	for {
		if now, err := a.s.Reader.Value(ctx, a.me.ID, slot); err != nil || bytes.Equal(now, value) {
			return
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

// Layout reads the open windows for a class of screen width: bytes whose form
// is the screen's own.
func (a *Actor) Layout(ctx context.Context, class string) ([]byte, error) {
	return a.s.Reader.Value(ctx, a.me.ID, LayoutSlot(class))
}

// SaveLayout stores them.
func (a *Actor) SaveLayout(ctx context.Context, class string, layout []byte) error {
	return a.put(ctx, LayoutSlot(class), layout)
}

// SaveDraft stores unsent text, "" to clear it. It is durable when it returns:
// that is a draft's acknowledgement. Whoever reads there may keep one: what they
// are not let say now must not be lost.
func (a *Actor) SaveDraft(ctx context.Context, ref Ref, text string) error {
	if _, err := a.seated(ctx, reads, ref); err != nil {
		return err
	}
	return a.put(ctx, DraftSlot(ref.ID), []byte(cutBytes(CleanText(text), MaxText)))
}

// Draft is what the person left unsent.
func (a *Actor) Draft(ctx context.Context, ref Ref) (string, error) {
	raw, err := a.s.Reader.Value(ctx, a.me.ID, DraftSlot(ref.ID))
	return string(raw), err
}

func (a *Actor) put(ctx context.Context, slot Slot, value []byte) error {
	if len(value) > maxValue {
		return &Error{Code: TextTooLong, Limit: maxValue}
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Saves, 1); !ok {
		return tooFast(wait)
	}
	return a.s.Shelf.Put(ctx, a.me.ID, slot, value)
}

// cutBytes cuts s to at most max bytes between characters.
func cutBytes(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && s[max]&0xc0 == 0x80 {
		max--
	}
	return s[:max]
}
