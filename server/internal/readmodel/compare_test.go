package readmodel_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// Whatever people do, the model says the same as the plain one in memory, which
// answers every question by looking at everything.
func TestTheModelAgreesWithTheOneInMemory(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c, m, plain := newChatter(seed), open(t, file(t)), chattest.NewView()
			for round := range 12 {
				for range 1 + c.r.IntN(30) {
					c.step()
				}
				got, want := apply(t, m, c.batch), apply(t, plain, c.batch)
				c.batch.Log = c.batch.Log[len(c.batch.Log)-1:] // and once more, next time
				same(t, fmt.Sprint("changes of round ", round), tidyChanges(got), tidyChanges(want))
				compare(t, c, m, plain)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.MarshalIndent(got, "", " ")
	w, _ := json.MarshalIndent(want, "", " ")
	gl, wl := strings.Split(string(g), "\n"), strings.Split(string(w), "\n")
	for i := range min(len(gl), len(wl)) {
		if gl[i] != wl[i] {
			t.Errorf("%s:\n got %s\nwant %s\nafter %s", what, gl[i], wl[i], strings.Join(gl[max(0, i-8):i], " "))
			return
		}
	}
	if len(gl) != len(wl) {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// tidyChanges brings marks, whose order is nobody's business, into one.
func tidyChanges(list []chat.Change) []string {
	var out []string
	var marks []string
	flush := func() {
		slices.Sort(marks)
		out, marks = append(out, marks...), nil
	}
	for _, c := range list {
		raw, _ := json.Marshal(c)
		if c.Kind == chat.Marked {
			marks = append(marks, string(raw))
			continue
		}
		flush()
		out = append(out, string(raw))
	}
	flush()
	return out
}

// compare asks both everything.
func compare(t *testing.T, c *chatter, m, plain chat.View) {
	t.Helper()
	ask := func(what string, question func(chat.View) any) {
		t.Helper()
		same(t, what, question(m), question(plain))
	}
	ctx := t.Context()
	ask("nicks", func(v chat.View) any { return answer(v.Nicks(ctx, "", 100)) })
	ask("nicks", func(v chat.View) any { return answer(v.Nicks(ctx, "fam", 1)) })
	for _, nick := range append(someNicks, chat.Lobby, "nobody") {
		ask("by nick", func(v chat.View) any { return answer(v.PersonByNick(ctx, nick)) })
		ask("name version", func(v chat.View) any {
			version, taken, err := v.Name(ctx, nick)
			return []any{version, taken, err}
		})
	}
	ask("by key", func(v chat.View) any { return answer(tidyPeople(v.PeopleByKey(ctx, "SHA256:a"))) })
	for _, id := range c.messages {
		ask("message", func(v chat.View) any { return answer(v.Message(ctx, id)) })
	}
	for n := range 6 {
		ask("blob", func(v chat.View) any { return answer(v.HasBlob(ctx, fmt.Sprintf("%064x", n))) })
	}
	for _, id := range c.convs {
		compareConversation(t, c, id, m, plain)
	}
	for _, user := range c.people {
		comparePerson(t, c, user, m, plain)
	}
}

func compareConversation(t *testing.T, c *chatter, id chat.ConversationID, m, plain chat.View) {
	ctx := t.Context()
	ask := func(what string, question func(chat.View) any) {
		t.Helper()
		same(t, what+" "+id.String(), question(m), question(plain))
	}
	ask("members", func(v chat.View) any { return answer(tidyMembers(v.Members(ctx, id))) })
	ask("files", func(v chat.View) any { return answer(v.Files(ctx, id)) })
	for _, name := range someFiles {
		ask("file", func(v chat.View) any { return codeOf(v.FileNamed(ctx, id, name)) })
		ask("file of", func(v chat.View) any { return codeOf(v.FileOf(ctx, id, pick(c, c.people[:1]), name)) })
	}
	if _, err := m.Members(ctx, id); err != nil {
		return // a page of nothing: see TestATalkNobodyHasWrittenInHasAnEmptyPage
	}
	ask("notices", func(v chat.View) any { return answer(v.Notices(ctx, id, 0, 0)) })
	for _, q := range []chat.PageQuery{{Limit: 5}, {Limit: 3, Notices: true}, {Before: 5, Limit: 2, Notices: true}, {After: 1, Limit: 2, Notices: true}, {Limit: 1000}, {Before: 4, Limit: 2}, {Before: 1, Limit: 2}, {After: 2, Limit: 2}, {After: 1, Upto: 3, Limit: 5}, {Upto: 3, Limit: 2}} {
		ask(fmt.Sprint("page ", q), func(v chat.View) any { return answer(v.Page(ctx, id, q)) })
	}
}

func comparePerson(t *testing.T, c *chatter, user chat.UserID, m, plain chat.View) {
	ctx := t.Context()
	ask := func(what string, question func(chat.View) any) {
		t.Helper()
		same(t, what+" "+user.String(), question(m), question(plain))
	}
	ask("person", func(v chat.View) any { return codeOf(v.Person(ctx, user)) })
	ask("list", func(v chat.View) any {
		list, at, err := v.Conversations(ctx, user)
		return []any{list, at, err}
	})
	for _, id := range c.convs {
		ask("seen", func(v chat.View) any { return answer(v.Conversation(ctx, user, id)) })
		ask("draft", func(v chat.View) any { return answer(v.Value(ctx, user, chat.DraftSlot(id))) })
	}
	ask("marks", func(v chat.View) any { return answer(v.Value(ctx, user, chat.MarksSlot)) })
	for _, h := range []chat.Handle{"notes", "lobby", "familia", "familia-2", "familia-3", "carta", "carta-2", "eva", "eva-2", "notes-2", "zoe", "nobody"} {
		ask("moved "+string(h), func(v chat.View) any { return answer(v.Moved(ctx, user, h)) })
		if p, err := m.Person(ctx, user); err == nil && chat.Handle(p.Nick) == h {
			continue // one's own nick: the actor means the notes
		}
		ask("handle "+string(h), func(v chat.View) any { return answer(v.ByHandle(ctx, user, h)) })
	}
	for _, after := range []chat.Position{0, chat.PositionAt(c.seq/2, 1)} {
		for _, limit := range []int{3, 1000} {
			for _, where := range [][]chat.ConversationID{nil, c.convs[:8], {chat.LobbyID}} {
				ask("since", func(v chat.View) any {
					list, upto, err := v.Since(ctx, user, after, where, limit)
					return []any{append([]chat.Message{}, list...), upto, err}
				})
			}
		}
	}
}

// answer is what to compare of an answer: the value, or the refusal.
func answer[T any](v T, err error) any {
	var e *chat.Error
	if errors.As(err, &e) {
		return []any{e.Code, e.Name}
	}
	raw, _ := json.Marshal(v)
	if string(raw) == "[]" || string(raw) == `""` {
		raw = []byte("null")
	}
	return []any{json.RawMessage(raw), err}
}

func codeOf[T any](v T, err error) any {
	if code := chat.CodeOf(err); code != "" {
		return code
	}
	return answer(v, nil)
}

func tidyMembers(list []chat.Member, err error) ([]chat.Member, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b chat.Member) int { return cmp.Compare(a.Nick, b.Nick) })
	return list, err
}

func tidyPeople(list []chat.Person, err error) ([]chat.Person, error) {
	slices.SortFunc(list, func(a, b chat.Person) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return list, err
}
