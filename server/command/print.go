package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"charla/server/chat"
	"charla/server/i18n"
)

// maxShown bounds a nick, handle or title on its way out, in characters.
const maxShown = 128

// printf writes one line of text. Strings from people go through clean first.
func (c *Call) printf(format string, args ...any) error {
	return c.write([]byte(fmt.Sprintf(format, args...) + "\n"))
}

// object writes one line of JSON.
func (c *Call) object(v any) error {
	line, err := jsonLine(v)
	if err != nil {
		return err
	}
	return c.write(line)
}

func (c *Call) write(p []byte) error {
	if _, err := c.out.Write(p); err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}

func (c *Call) flush() error {
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}

// clean is a name from outside as one line without escapes.
func clean[S ~string](s S) string { return chat.OneLine(string(s), maxShown) }

// jsonLine is v without spaces on one line, with every character that does not
// print written as an escape: whatever a message holds, a terminal that shows
// the line stays where it is.
func jsonLine(v any) ([]byte, error) {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for p := raw.Bytes(); len(p) > 0; {
		r, size := utf8.DecodeRune(p)
		switch {
		case r == '\n' || r < utf8.RuneSelf && r != 0x7f || unicode.IsPrint(r):
			out.Write(p[:size])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		p = p[size:]
	}
	return out.Bytes(), nil
}

// messageJSON is a message as --json prints it.
type messageJSON struct {
	ID           string        `json:"id"`
	Number       chat.Number   `json:"n,omitempty"`        // absent when it is not applied yet
	Position     chat.Position `json:"position,omitempty"` // for tail --after; of what is read, not of what is sent
	Conversation string        `json:"conversation"`
	From         string        `json:"from"`
	At           string        `json:"at,omitempty"`
	Kind         string        `json:"kind"` // text, file or deleted
	Text         string        `json:"text,omitempty"`
	File         *fileJSON     `json:"file,omitempty"`
	Reply        string        `json:"reply,omitempty"` // the id it answers
	Edited       bool          `json:"edited,omitempty"`
	Expires      string        `json:"expires,omitempty"` // when it is gone for everybody
}

type fileJSON struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
	Path string `json:"path"` // what follows "host:" for scp and sftp
}

func asJSON(m chat.Message, handle chat.Handle) messageJSON {
	out := messageJSON{
		ID: m.ID.String(), Number: m.Number, Position: m.Position, Conversation: string(handle),
		From: string(m.Nick), At: stamp(m.At), Kind: "text", Text: m.Text, Reply: m.ReplyTo.String(), Edited: m.Edited, Expires: stamp(m.Expires),
	}
	switch {
	case m.Retracted:
		out.Kind, out.Text = "deleted", ""
	case m.File != nil:
		out.Kind = "file"
		out.File = &fileJSON{Name: m.File.Name, Size: m.File.Size, Hash: m.File.Hash, Path: filePath(m, handle)}
	}
	return out
}

// stamp is RFC 3339 in UTC, to the millisecond that the log keeps.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

func filePath(m chat.Message, handle chat.Handle) string {
	return string(handle) + "/" + m.File.Name
}

// Line is a message as text: "10:33 ana en lobby: hola", ending in a newline.
// Further lines of the message are indented, so that nobody can write a line
// that looks like somebody else's.
func Line(w *i18n.Words, m chat.Message, handle chat.Handle, at string) string {
	head := w.Command.Said(at, clean(w.Nick(m.Nick)), clean(handle))
	return head + strings.ReplaceAll(body(w, m, handle), "\n", "\n    ") + "\n"
}

func body(w *i18n.Words, m chat.Message, handle chat.Handle) string {
	switch {
	case m.Retracted:
		return w.Command.Deleted
	case m.File != nil:
		s := fmt.Sprintf("[%s, %s]", clean(filePath(m, handle)), w.Command.Size(m.File.Size))
		if m.Text != "" {
			s += " " + chat.CleanText(m.Text)
		}
		return s
	case m.Edited:
		return chat.CleanText(m.Text) + " " + w.Command.Edited
	}
	return chat.CleanText(m.Text)
}

// message prints one message as this call wants it; one that has expired is not
// shown at all.
func (c *Call) message(m chat.Message, handle chat.Handle) error {
	if m.Expired {
		return nil
	}
	if c.JSON {
		return c.object(asJSON(m, handle))
	}
	return c.write([]byte(Line(c.Words, m, handle, c.Time(m.At).Format("2006-01-02 15:04 MST"))))
}
