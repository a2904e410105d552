package chat

import (
	"context"
	"encoding/json"
)

// Settings are what a person chose for all their screens.
type Settings struct {
	Language string   `json:"lang,omitempty"`    // "es", "en"; "" as the terminal says
	ASCII    bool     `json:"ascii,omitempty"`   // no box drawing, no ticks beyond ASCII
	Mouse    *bool    `json:"mouse,omitempty"`   // nil: on
	Learned  []string `json:"learned,omitempty"` // hints that were done or dismissed
}

// maxValue bounds what a face may put on the shelf.
const maxValue = 64 << 10

// Settings reads the person's settings.
func (a *Actor) Settings(ctx context.Context) (Settings, error) {
	var s Settings
	raw, err := a.s.Reader.Value(ctx, a.me.ID, SettingsSlot)
	if err != nil || len(raw) == 0 {
		return s, err
	}
	return s, json.Unmarshal(raw, &s)
}

// SaveSettings stores them; durable when it returns, newest wins.
func (a *Actor) SaveSettings(ctx context.Context, s Settings) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return a.put(ctx, SettingsSlot, raw)
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
// that is a draft's acknowledgement.
func (a *Actor) SaveDraft(ctx context.Context, ref Ref, text string) error {
	if _, err := a.seated(ctx, writes, ref); err != nil && CodeOf(err) != Silent {
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
