package readmodel

import (
	"maps"
	"slices"
	"strings"

	"charla/server/chat"
)

// indexed is what a batch does to one message in the index of words: was and is
// are its row before and after, "" for none.
type indexed struct{ was, is string }

// index notes what became of a message: was nothing (nil) if it is new. What a
// batch did to one message is written as one change.
func (t *tx) index(was *chat.Message, is chat.Message) {
	w, noted := t.words[is.Position]
	if !noted && was != nil {
		w.was = indexRow(*was)
	}
	w.is = indexRow(is)
	t.words[is.Position] = w
}

// indexRow is a message's row: its conversation's token and its terms. No term
// has an underscore, so nothing that is said looks like a conversation.
func indexRow(m chat.Message) string {
	terms := chat.TermsOf(m)
	if len(terms) == 0 {
		return ""
	}
	return conversationToken(m.Conversation) + " " + strings.Join(terms, " ")
}

func conversationToken(id chat.ConversationID) string { return "_" + strings.ToLower(id.String()) }

// flushWords writes the index, in the order of positions: FTS5 writes a segment
// whenever they go back.
func (t *tx) flushWords() error {
	for _, at := range slices.Sorted(maps.Keys(t.words)) {
		w := t.words[at]
		t.indexed += len(w.is)
		if w.was == w.is {
			continue
		}
		if w.was != "" {
			if _, err := t.exec("INSERT INTO search (search, rowid, terms) VALUES ('delete', ?, ?)", at, w.was); err != nil {
				return err
			}
		}
		if w.is != "" {
			if _, err := t.exec("INSERT INTO search (rowid, terms) VALUES (?, ?)", at, w.is); err != nil {
				return err
			}
		}
	}
	clear(t.words)
	return nil
}
