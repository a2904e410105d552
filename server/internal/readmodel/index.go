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

// difference is what goes out of the index and what comes in. A word that stays is
// left alone, for taking a common one out takes its time; but a row that was there
// is always removed and put again, with no word if need be: FTS5 counts rows.
func (w indexed) difference() (gone, fresh []string) {
	was, is := map[string]bool{}, map[string]bool{}
	for term := range strings.FieldsSeq(w.was) {
		was[term] = true
	}
	for term := range strings.FieldsSeq(w.is) {
		is[term] = true
		if !was[term] {
			fresh = append(fresh, term)
		}
	}
	for term := range strings.FieldsSeq(w.was) {
		if !is[term] {
			gone = append(gone, term)
		}
	}
	return gone, fresh
}

// index notes what became of a message: was nothing (nil) if it is new. What a
// batch did to one message is written as one change.
func (t *tx) index(was *chat.Message, is chat.Message) {
	if t.retells {
		return // nobody searches
	}
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
	if len(t.forgotten) > 0 {
		if err := t.crossOut(); err != nil {
			return err
		}
	}
	removed := map[string]bool{}
	for _, at := range slices.Sorted(maps.Keys(t.words)) {
		w := t.words[at]
		t.indexed += len(w.is)
		if w.was == w.is {
			continue
		}
		gone, fresh := w.difference()
		if w.was != "" {
			var err error
			if gone, fresh, err = t.forgetLater(at, gone, fresh, t.forgotten[at]); err != nil {
				return err
			}
			if _, err := t.exec("INSERT INTO search (search, rowid, terms) VALUES ('delete', ?, ?)", at, strings.Join(gone, " ")); err != nil {
				return err
			}
			for _, term := range gone {
				removed[term] = true
			}
		}
		if w.is != "" {
			if _, err := t.exec("INSERT INTO search (rowid, terms) VALUES (?, ?)", at, strings.Join(fresh, " ")); err != nil {
				return err
			}
		}
	}
	clear(t.words)
	clear(t.forgotten)
	return t.forget(removed)
}
