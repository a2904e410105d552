package command

import (
	"context"
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var report = Command{
	English: []string{"report"}, Spanish: []string{"denunciar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Report },
	Min:   1, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		m, err := c.messageNamed(ctx, c.Args[0])
		if err != nil {
			return err
		}
		id, err := c.Actor.Report(ctx, m, c.reason(1))
		if err != nil {
			return err
		}
		if c.JSON {
			return c.object(struct {
				ID      string `json:"id"`
				Message string `json:"message"`
			}{id.String(), m.String()})
		}
		return c.printf("%s", c.Words.Command.Admin.Reported)
	},
}

// messageNamed is the message that was named as --json told of it: by its id, or by
// its conversation and number ("beto/12").
func (c *Call) messageNamed(ctx context.Context, typed string) (chat.MessageID, error) {
	if id, err := chat.ParseID[chat.Message](typed); err == nil && !id.IsZero() {
		return id, nil
	}
	handle, number, _ := strings.Cut(typed, "/")
	n, err := strconv.ParseUint(number, 10, 62)
	if err != nil || n == 0 {
		return chat.MessageID{}, c.wrong(chat.OneLine(typed, 40))
	}
	conv, err := c.Actor.Resolve(ctx, handle)
	if err != nil {
		return chat.MessageID{}, err
	}
	page, err := c.Actor.Page(ctx, conv.Ref(), chat.PageQuery{Before: chat.Number(n) + 1, Limit: 1})
	if err != nil {
		return chat.MessageID{}, err
	}
	if len(page.Messages) == 0 || page.Messages[0].Number != chat.Number(n) {
		return chat.MessageID{}, &chat.Error{Code: chat.NoMessage}
	}
	return page.Messages[0].ID, nil
}

// mostReports is how many reports one order lists.
const mostReports = 1000

var adminReports = Command{
	English: []string{"admin reports"}, Spanish: []string{"admin denuncias"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Reports },
	run: func(ctx context.Context, c *Call) error {
		open, err := c.Actor.Reports(ctx, mostReports)
		for _, r := range open {
			if err == nil {
				err = c.report(r)
			}
		}
		return c.orNone(len(open), err, c.Words.Command.None.Reports)
	},
}

// reportJSON is a report as --json prints it.
type reportJSON struct {
	ID      string `json:"id"`
	At      string `json:"at"`
	By      string `json:"by"`
	Author  string `json:"author"`
	Message string `json:"message"`
	Text    string `json:"text"`
	Reason  string `json:"reason,omitempty"`
}

func (c *Call) report(r chat.Report) error {
	if c.JSON {
		return c.object(reportJSON{
			ID: r.ID.String(), At: stamp(r.At), By: string(r.ByNick), Author: string(r.Nick), Message: r.Message.String(), Text: r.Text, Reason: r.Reason,
		})
	}
	// The lines of what was said are indented, as those of messages are.
	said := strings.ReplaceAll(chat.CleanText(r.Text), "\n", "\n    ")
	if said == "" {
		said = c.Words.Command.Deleted
	}
	head := r.ID.String() + "  " + c.until(r.At) + "  " + c.Words.Command.Admin.ReportLine(c.nick(r.ByNick, r.By), c.nick(r.Nick, r.Author))
	if reason := clean(r.Reason); reason != "" {
		said += "\n    (" + reason + ")"
	}
	return c.printf("%s", head+said)
}

var adminCloseReport = Command{
	English: []string{"admin report"}, Spanish: []string{"admin denuncia"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.CloseReport },
	Min:   2, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		id, err := chat.ParseID[chat.Event](strings.ToUpper(c.Args[1]))
		if verb := fold(c.Args[0]); verb != "close" && verb != "cerrar" {
			return c.wrong("")
		}
		if err != nil {
			id = chat.EventID{} // which is no report's
		}
		err = c.Actor.CloseReport(ctx, id, c.reason(2))
		if chat.CodeOf(err) == chat.NothingPending {
			err = &chat.Error{Code: chat.NothingPending, Why: chat.WhyNoReport, Name: chat.OneLine(c.Args[1], 40)}
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return c.object(struct {
				ID   string `json:"id"`
				Done bool   `json:"done"`
			}{id.String(), true})
		}
		return c.printf("%s", c.Words.Command.Admin.Closed)
	},
}
