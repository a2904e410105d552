package readmodel

import (
	"database/sql"
	"errors"

	"charla/server/chat"
)

// messageColumns are what scanMessage reads, of messages x and its author's
// people a. Both may be missing in an outer join: the message is zero then.
const messageColumns = `x.pos, x.conv, x.n, x.id, x.author, a.nick, x.at, x.text, x.changed, x.edited, x.retracted <> 0, x.reply,
	x.file_name, x.file_size, x.file_hash, x.expires, x.expired, x.hidden`

const selectMessage = "SELECT " + messageColumns + " FROM messages x JOIN people a ON a.id = x.author "

// messageRow scans one message.
type messageRow struct {
	m    chat.Message
	file chat.File
}

func (r *messageRow) dest() []any {
	m, f := &r.m, &r.file
	return []any{
		nullable(&m.Position), into(&m.Conversation), nullable(&m.Number), into(&m.ID), into(&m.From), nullable(&m.Nick), millis{&m.At},
		nullable(&m.Text), nullable(&m.Changed), nullable(&m.Edited), nullable(&m.Retracted), into(&m.ReplyTo),
		nullable(&f.Name), nullable(&f.Size), nullable(&f.Hash), orNever{&m.Expires}, nullable(&m.Expired), nullable(&m.Hidden),
	}
}

func (r *messageRow) message() chat.Message {
	if r.file.Name != "" {
		f := r.file
		r.m.File = &f
	}
	return r.m
}

func scanMessage(row scanner) (chat.Message, error) {
	var r messageRow
	err := row.Scan(r.dest()...)
	return r.message(), err
}

// message is one, or NoMessage.
func (c *conn) message(id chat.MessageID) (chat.Message, error) {
	m, err := scanMessage(c.row(selectMessage+"WHERE x.id = ?", id[:]))
	return m, missing(err, chat.NoMessage, "")
}

// fileNamed is the message with the live file of that name, or NoFile.
func (c *conn) fileNamed(id chat.ConversationID, name string) (chat.Message, error) {
	m, err := scanMessage(c.row(selectMessage+"WHERE x.conv = ? AND x.file_name = ?", id[:], name))
	return m, missing(err, chat.NoFile, name)
}

func (c *conn) messages(query string, args ...any) (list []chat.Message, err error) {
	err = c.each(func(row scanner) error {
		m, err := scanMessage(row)
		list = append(list, m)
		return err
	}, query, args...)
	return list, err
}

// missing turns "no row" into the code for what was not found.
func missing(err error, code chat.Code, name string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return &chat.Error{Code: code, Name: name}
	}
	return err
}
