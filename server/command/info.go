package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

var info = Command{
	English: []string{"group info", "info"}, Spanish: []string{"grupo datos", "datos"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Info },
	Min:   1, Max: 1, Place: barePlace,
	run: runInfo,
}

type memberJSON struct {
	Nick string    `json:"nick"`
	Role chat.Role `json:"role"`
}

// infoJSON is a conversation with who is in it. Of a room only those are listed
// who look after it: it may be everybody.
type infoJSON struct {
	conversationJSON
	Who []memberJSON `json:"who"`
}

func runInfo(ctx context.Context, c *Call) error {
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	var members []chat.Member
	if conv.Member || conv.Kind == chat.Room && !conv.Barred {
		if members, err = c.Actor.Members(ctx, conv.Ref()); err != nil {
			return err
		}
	}
	who := []memberJSON{}
	for _, m := range members {
		if conv.Kind != chat.Room || m.Role == chat.RoleOwner || m.Role == chat.RoleAdmin {
			who = append(who, memberJSON{string(m.Nick), m.Role})
		}
	}
	if c.JSON {
		return c.object(infoJSON{describe(conv), who})
	}
	for _, line := range c.About(conv) {
		if err := c.printf("%s", line); err != nil {
			return err
		}
	}
	for _, m := range who {
		role := ""
		if conv.Kind != chat.Talk {
			role = " " + c.Words.Command.Groups.RoleWord(m.Role)
		}
		if err := c.printf("    %s%s", clean(c.Words.Nick(chat.Nick(m.Nick))), role); err != nil {
			return err
		}
	}
	return nil
}

// About is what there is to know of a conversation, line by line.
func (s Session) About(conv chat.Conversation) []string {
	w := &s.Words.Command.Groups
	lines := []string{w.Head(clean(conv.Handle), clean(conv.Title), conv.Kind, conv.Members)}
	if conv.Kind == chat.Talk {
		if conv.Expiry > 0 {
			lines = append(lines, w.Expires(conv.Expiry))
		}
		return lines
	}
	if conv.Kind == chat.Group && !conv.Member { // what holds there now is not for them
		return append(lines, map[bool]string{true: w.Out, false: w.NotIn}[conv.Barred])
	}
	if conv.Topic != "" {
		lines = append(lines, i18n.Quoted(topicOf(conv))) // as all that somebody wrote among what charla says
	}
	switch {
	case conv.Barred:
		lines = append(lines, w.Out)
	case !conv.Member:
		lines = append(lines, w.NotIn)
	default:
		lines = append(lines, w.You(conv.Role))
	}
	lines = append(lines, w.Write(conv.Writers))
	if conv.Expiry > 0 {
		lines = append(lines, w.Expires(conv.Expiry))
	}
	if conv.Slow > 0 {
		lines = append(lines, w.Paced(conv.Slow))
	}
	return lines
}
