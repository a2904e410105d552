package readmodel

import (
	"encoding/json"
	"fmt"

	"charla/server/chat"
)

// rules is the number of what this program makes of a log. Whoever changes what
// an event means, what a row holds, or what the words of a text are (chat.Terms)
// raises it: models made by other rules are built again.
const rules = 10

// Outdated says why a model that is whole is to be moved aside and built again:
// it was made by other rules than this program's, or without events that this
// program knows. It can be read and exported as it is. nil if it is up to date.
func (m *Model) Outdated() error { return m.outdated }

func (c *conn) outdated() (why, err error) {
	var made int
	if err := c.row("SELECT rules FROM meta").Scan(&made); err != nil {
		return nil, damage(err)
	}
	if made != rules {
		why = fmt.Errorf("made by rules %d, this program's are %d", made, rules)
	}
	err = c.each(func(row scanner) error {
		var kind string
		var version int
		err := row.Scan(&kind, &version)
		if err == nil && known(kind, version) {
			why = fmt.Errorf("made without events of kind %s, version %d", kind, version)
		}
		return err
	}, "SELECT kind, version FROM skipped")
	return why, damage(err)
}

// known asks the decoder of events, which makes Unknown of what it does not know.
func known(kind string, version int) bool {
	event := chat.Event{ID: chat.NewID[chat.Event](), Body: chat.Unknown{Kind: kind, Version: version, Raw: []byte("{}")}}
	raw, err := json.Marshal(event)
	if err == nil {
		err = json.Unmarshal(raw, &event)
	}
	_, unknown := event.Body.(chat.Unknown)
	return err != nil || !unknown // an error: it looked for more than an empty body
}
