package readmodel

import "charla/server/chat"

// reported: what a message says that its reporter can read is kept. Of somebody who
// is forgotten nothing is kept, also while their words are still going.
func (t *tx) reported(e chat.Event, b chat.Reported) error {
	by, err := t.rankOf(e.By)
	if err != nil || e.By.IsZero() || !by.Reports() {
		return err
	}
	m, err := t.message(b.Message)
	if chat.CodeOf(err) == chat.NoMessage {
		return nil
	}
	if err != nil || m.From == e.By {
		return err
	}
	if ok, err := t.stands(m); err != nil || !ok {
		return err
	}
	if gone, err := t.exists("SELECT 1 FROM people WHERE id = ? AND forgotten", m.From[:]); err != nil || gone {
		return err
	}
	if can, err := t.canRead(e.By, m); err != nil || !can {
		return err
	}
	var open, same int
	err = t.row("SELECT count(*), count(CASE WHEN message = ?2 THEN 1 END) FROM reports WHERE by = ?1 AND closed IS NULL", e.By[:], b.Message[:]).Scan(&open, &same)
	if err != nil || open >= chat.MaxReports || same > 0 {
		return err
	}
	_, err = t.exec(`INSERT INTO reports (id, pos, at, by, message, author, text, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`, e.ID[:], t.at, e.At.UnixMilli(), e.By[:], b.Message[:], m.From[:], chat.ReportText(m), b.Reason)
	return err
}

// canRead reports whether somebody else's message is one that a person can read.
func (t *tx) canRead(user chat.UserID, m chat.Message) (bool, error) {
	if m.Hidden {
		return false, nil
	}
	return t.exists(`SELECT 1 FROM conversations c LEFT JOIN members m ON m.conv = c.id AND m.user = ?
		WHERE c.id = ? AND (c.kind = 'room' OR m.user IS NOT NULL AND (m.gone IS NULL OR m.left_n >= ?))`, user[:], m.Conversation[:], m.Number)
}

// reportClosed: by somebody whom it is not about. What was said is gone then.
func (t *tx) reportClosed(e chat.Event, by chat.Rank, b chat.ReportClosed) error {
	if !by.LooksAfter() {
		return nil
	}
	n, err := t.exec("UPDATE reports SET closed = ?, closer = ?, outcome = ?, text = '' WHERE id = ? AND closed IS NULL AND author IS NOT ?",
		e.At.UnixMilli(), key(e.By), b.Outcome, b.Report[:], key(e.By))
	if err != nil || n == 0 {
		return err
	}
	return t.decided(e, chat.Decision{Subject: b.Report.String(), Reason: b.Outcome})
}
