package readmodel

import "context"

// Each batch leaves a small piece of the index of words, and pieces are merged
// into larger ones. Left to itself FTS5 does that in every sixty-fourth
// transaction, which then takes 40 ms where the index is large, and everybody's
// messages wait. So it is told to leave it, and Tidy does a little after each
// batch, once that has been told.
const (
	tidyBatch = 2    // pages for a batch, which leaves one page at least
	tidyTimes = 6    // and so often what it left: about as often each page is merged
	tidyLeast = 4    // pages, less is not worth a transaction
	tidyMost  = 128  // pages in one call: some 15 ms
	tidyOwed  = 2048 // pages, what is owed beyond is forgotten: FTS5 merges by itself when there are many pieces
)

// owe notes how many bytes of rows a batch put into the index. m.writing must be
// held.
func (m *Model) owe(indexed int) {
	if indexed > 0 {
		m.untidy = min(m.untidy+tidyBatch+tidyTimes*indexed/4096, tidyOwed)
	}
}

// Tidy merges as much of the index as the batches so far call for, and has words
// that were taken back leave the file. What fails is only logged: the index is whole as it is, and an Apply that fails too says so.
func (m *Model) Tidy(context.Context) {
	m.writing.Lock()
	defer m.writing.Unlock()
	select {
	case <-m.closed:
		return
	default:
	}
	defer m.purge()
	if m.untidy < tidyLeast {
		return
	}
	pages := min(m.untidy, tidyMost)
	m.untidy -= pages
	if _, err := m.writer.exec("INSERT INTO search (search, rank) VALUES ('merge', ?)", pages); err != nil {
		m.log.Warn("read model: tidy the index of words", "err", err)
	}
}
