package server

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// governs is a server with a group and a room in which everybody is something else.
func governs(t *testing.T) *house {
	h := newHouse(t)
	h.open()
	ctx := t.Context()
	ana, beto, dario, mallory := h.person("ana"), h.person("beto"), h.person("dario"), h.person("mallory")
	h.person("eva")
	c, err := ana.NewGroup(ctx, "Pandilla", []string{"beto", "dario", "eva", "mallory"})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	group := c.Ref()
	h.say(dario, "pandilla", "before I was muted")
	h.say(mallory, "pandilla", "before I was put out")
	give := func(nick string, role chat.Role) { _, err := ana.GiveRole(ctx, group, nick, role); must(err) }
	give("dario", chat.RoleMuted)
	give("eva", chat.RoleAdmin)
	_, err = ana.Remove(ctx, group, "mallory")
	must(err)
	_, err = ana.Change(ctx, group, chat.ConversationChanged{Expiry: new(time.Hour)})
	must(err)
	h.say(ana, "pandilla", "for an hour")
	_, err = ana.Change(ctx, group, chat.ConversationChanged{Title: new("Los de siempre"), Topic: new("cine"), Writers: new(chat.AdminsWrite), Expiry: new(2 * time.Hour), Slow: new(time.Minute)})
	must(err)
	h.say(ana, "pandilla", "for two")
	_, err = ana.HandOver(ctx, group, "beto")
	must(err)

	room, err := beto.OpenRoom(ctx, "plaza", "what goes on")
	must(err)
	for _, who := range []*chat.Actor{ana, mallory} {
		_, err := who.Join(ctx, room.Ref())
		must(err)
	}
	h.say(mallory, "plaza", "insults")
	_, err = beto.Remove(ctx, room.Ref(), "mallory")
	must(err)
	h.checkGoverned()
	return h
}

// checkGoverned looks at everything that governs made.
func (h *house) checkGoverned() {
	h.t.Helper()
	ctx := h.t.Context()
	ana, mallory := h.person("ana"), h.person("mallory")
	for handle, want := range map[string]string{"pandilla": "ana admin, beto owner, dario muted, eva admin", "plaza": "ana member, beto owner"} {
		c, err := ana.Resolve(ctx, handle)
		if err != nil {
			h.t.Errorf("%s: %v", handle, err)
			continue
		}
		members, err := ana.Members(ctx, c.Ref())
		var got []string
		for _, m := range members {
			got = append(got, fmt.Sprint(m.Nick, " ", m.Role))
		}
		if slices.Sort(got); err != nil || strings.Join(got, ", ") != want {
			h.t.Errorf("in %s are %q, %v, want %s", handle, got, err, want)
		}
		if out, err := mallory.Conversation(ctx, c.Ref()); err != nil || !out.Barred {
			h.t.Errorf("mallory sees %+v, %v, want that she is out", out, err)
		}
	}
	c, err := ana.Resolve(ctx, "pandilla")
	if err != nil || c.Title != "Los de siempre" || c.Topic != "cine" || c.Writers != chat.AdminsWrite || c.Expiry != 2*time.Hour || c.Slow != time.Minute {
		h.t.Errorf("the group is %+v, %v", c, err)
	}
	if got, want := h.texts(ana, "pandilla"), "before I was muted | before I was put out | for an hour | for two"; got != want {
		h.t.Errorf("ana reads %q, want %q", got, want)
	}
	page, err := ana.Page(ctx, c.Ref(), chat.PageQuery{Limit: 9})
	for i, want := range []time.Duration{0, 0, time.Hour, 2 * time.Hour} {
		if err != nil || i >= len(page.Messages) {
			h.t.Fatalf("there are %d messages, %v", len(page.Messages), err)
		}
		if m := page.Messages[i]; want == 0 && !m.Expires.IsZero() || want > 0 && m.Expires.Sub(m.At) != want {
			h.t.Errorf("%q lasts until %s, want %s", m.Text, m.Expires, want)
		}
	}
	if got := h.texts(mallory, "pandilla"); got != "before I was muted | before I was put out" {
		h.t.Errorf("mallory reads %q", got)
	}
}

// A log that is brought back from the read model must not open what was closed:
// who was put out or muted, or what was to be gone in an hour.
func TestWhatIsBroughtBackIsGovernedAsBefore(t *testing.T) {
	h := governs(t)
	h.shut()
	if err := os.RemoveAll(h.path(logDir)); err != nil {
		t.Fatal(err)
	}
	if err := Repair(context.Background(), h.cfg, ModelSide, h.options()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.checkGoverned()
	h.shut()
	if err := os.Remove(h.path(viewFile)); err != nil {
		t.Fatal(err)
	}
	h.open() // and now it is in the log
	h.checkGoverned()
}
