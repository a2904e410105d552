package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
)

// draftAfter is the pause in typing after which a draft is saved.
const draftAfter = time.Second

// draft is how far what is written in a window is saved. The draft being typed
// belongs to its screen; newest wins.
type draft struct {
	saved  string   // what the server has, as far as is known
	echoes []string // saved here; each comes back once as news
	typed  time.Time
}

// unknownDraft is no draft there can be: it was not saved for sure.
const unknownDraft = "\x00"

// unsaved is what should be saved now.
func (w *window) unsaved() (string, bool) {
	text := w.edit.Text()
	if !w.editing.IsZero() {
		text = w.before
	}
	if line, ok := ordered(text); ok && confided(line) {
		text = "" // whoever types a passphrase there does not mean it to be kept
	}
	return text, text != w.draft.saved
}

// typed notes a key in a composer.
func (m *Model) typed(w *window) {
	w.draft.typed = m.now()
	if !m.draftArmed {
		m.draftArmed = true
		m.after(draftAfter, draftMsg{})
	}
}

// draftMsg looks for drafts to save.
type draftMsg struct{}

func (m *Model) onDraftPause() {
	m.draftArmed = false
	var wait time.Duration
	for _, w := range m.windows {
		if _, changed := w.unsaved(); !changed {
			continue
		}
		if left := draftAfter - m.now().Sub(w.draft.typed); left > 0 {
			wait = max(wait, left)
			continue
		}
		m.saveDraft(w)
	}
	if wait > 0 {
		m.draftArmed = true
		m.after(wait, draftMsg{})
	}
}

// saveDraft saves what is written, if it is not saved.
func (m *Model) saveDraft(w *window) {
	text, changed := w.unsaved()
	if !changed {
		return
	}
	w.draft.saved = text
	w.draft.echoes = append(w.draft.echoes, chat.CleanText(text))
	if len(w.draft.echoes) > 16 {
		w.draft.echoes = w.draft.echoes[1:]
	}
	actor, ref := m.actor, w.talk.Ref()
	m.io(func(ctx context.Context) tea.Msg {
		if err := actor.SaveDraft(ctx, ref, text); err != nil {
			return savedMsg{what: "save a draft", err: err, failed: func(*Model) { w.draft.saved = unknownDraft }}
		}
		return nil
	})
}

// draftElsewhere takes what another screen of this person left unsent, unless
// something is being written here.
func (m *Model) draftElsewhere(id chat.ConversationID, text string) {
	t := m.talks[id]
	if t == nil {
		return
	}
	m.reordered = true // a talk with nothing but this is listed
	t.Draft = text
	w := m.windowOf(id)
	if w == nil {
		return
	}
	if i := slices.Index(w.draft.echoes, text); i >= 0 {
		w.draft.echoes = w.draft.echoes[i+1:]
		return
	}
	if _, changed := w.unsaved(); changed || !w.editing.IsZero() {
		return
	}
	w.draft.saved = text
	w.edit.Set(text)
}
