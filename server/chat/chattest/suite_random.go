package chattest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"charla/server/chat"
)

// testRandomLogs tells the same log to three views: one entry at a time, in
// batches, and to the view in memory. All must tell and answer the same.
func testRandomLogs(t *testing.T, open func(t *testing.T) chat.View) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			s := newStage(t, NewView())
			model := s.view
			singly, batched := open(t), open(t)
			log, shelf := randomLog(s, r, 400)
			told := map[chat.View][]chat.Change{}
			feed := func(v chat.View, b chat.Batch) {
				changes, err := v.Apply(t.Context(), b)
				if err != nil {
					t.Fatalf("apply: %v", err)
				}
				told[v] = append(told[v], changes...)
			}
			for _, e := range log {
				feed(singly, chat.Batch{Log: []chat.Entry{e}})
			}
			for _, e := range shelf {
				feed(singly, chat.Batch{Shelf: []chat.ShelfEntry{e}})
			}
			feed(model, chat.Batch{Log: log, Shelf: shelf})
			for len(log) > 0 {
				n := min(len(log), 1+r.IntN(60))
				b := chat.Batch{Log: log[:n]}
				if log = log[n:]; len(log) == 0 {
					b.Shelf = shelf
				}
				feed(batched, b)
			}
			told[model] = append(s.all, told[model]...)
			s.compare("one by one", model, singly, told)
			s.compare("in batches", model, batched, told)
		})
	}
}

// compare checks that two views told and answer the same.
func (s *stage) compare(how string, model, view chat.View, told map[chat.View][]chat.Change) {
	s.t.Helper()
	want, got := byPosition(told[model]), byPosition(told[view])
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || asJSON(want[i]) != asJSON(got[i]) {
			s.t.Fatalf("%s: of %d and %d changes the %dth differs:\n%s", how, len(want), len(got), i, pairOf(want, got, i))
		}
	}
	wants, gots := s.answers(model), s.answers(view)
	for i := range wants {
		if wants[i] != gots[i] {
			from := 0
			for from < min(len(wants[i]), len(gots[i])) && wants[i][from] == gots[i][from] {
				from++
			}
			s.t.Fatalf("%s: the answers differ from byte %d on:\nwant %s\ngot  %s\nwant …%s\ngot  …%s", how, from, wants[i], gots[i], wants[i][from:], gots[i][from:])
		}
	}
}

func pairOf(want, got []chat.Change, i int) string {
	text := func(c []chat.Change) string {
		if i < len(c) {
			return asJSON(c[i])
		}
		return "none"
	}
	return "want " + text(want) + "\ngot  " + text(got)
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// answers is what a view says when everybody asks about everything.
func (s *stage) answers(v chat.View) (all []string) {
	s.t.Helper()
	ctx := s.t.Context()
	note := func(what string, answer any, err error) {
		all = append(all, what+": "+asJSON(answer)+" "+string(chat.CodeOf(err)))
	}
	issued, err := v.Codes(ctx, then, 1000)
	note("all codes", issued, err)
	some, err := v.Codes(ctx, then, 2)
	note("some codes", some, err)
	codes, err := v.CodesBy(ctx, chat.UserID{}, then)
	note("codes of the operator", codes, err)
	guests, err := v.Guests(ctx)
	note("guests", guests, err)
	for _, nick := range s.everybody() {
		user := s.people[nick]
		p, err := v.Person(ctx, user)
		note("person "+nick, p, err)
		version, taken, err := v.Name(ctx, chat.Nick(nick))
		note("name "+nick, []any{version, taken}, err)
		codes, err := v.CodesBy(ctx, user, then)
		note("codes by "+nick, codes, err)
		open, err := v.LoginCodeOpen(ctx, user, then)
		note(nick+" may come by code", open, err)
		if p.Forgotten {
			continue // who asks nothing any more
		}
		convs, at, err := v.Conversations(ctx, user)
		note(nick+" is in", []any{convs, at}, err)
		seats, err := v.Seats(ctx, user, 1000)
		note(nick+" was in", seats, err)
		for _, c := range seats {
			for _, term := range []string{"said", "edited", "txt", "2"} {
				found, err := v.Search(ctx, chat.TermQuery{Terms: []string{term}, In: []chat.Extent{{ID: c.ID, Upto: c.Left}}, Limit: 50, For: user})
				note(nick+" finds "+term, found, err)
			}
		}
		rooms, err := v.Rooms(ctx, user, 100)
		note(nick+" sees rooms", rooms, err)
		for _, name := range []chat.Handle{"eva", "foto", "plaza", "pandilla", "foto-2"} {
			moved, err := v.Moved(ctx, user, name)
			note(nick+" called "+string(name), moved, err)
		}
		departed, err := v.Departed(ctx, user, 100)
		note(nick+" has left", departed, err)
		since, at, err := v.Since(ctx, user, chat.PositionAt(20, 0), nil, 25)
		note(nick+" since", []any{append([]chat.Message{}, since...), at}, err)
		all = append(all, s.answersOf(v, nick)...)
		marks, err := v.Value(ctx, user, chat.MarksSlot)
		note(nick+" marks", string(marks), err)
		for _, id := range s.everywhere() {
			c, err := v.Conversation(ctx, user, id)
			if err == nil {
				page, err := v.Page(ctx, id, chat.PageQuery{After: 1, Limit: 3, For: user})
				note(nick+" pages "+id.String(), page, err)
			}
			note(nick+" sees "+id.String(), c, err)
			seat, err := v.Seat(ctx, user, id)
			note(nick+" sits in "+id.String(), seat, err)
			want := chat.Conversation{ID: c.ID, Kind: c.Kind, Exists: c.Exists, Member: c.Member, Left: c.Left, Gone: c.Gone, Barred: c.Barred, Role: c.Role, Writers: c.Writers, Slow: c.Slow, Request: c.Request, Asked: c.Asked}
			if c.Exists {
				want.Silenced = p.Silenced
			}
			if seat != want {
				s.t.Errorf("the seat is %+v, want %+v", seat, want)
			}
		}
	}
	next, err := v.NextExpiry(ctx)
	note("the next to expire", next, err)
	expiring, err := v.Expiring(ctx, next.Add(time.Hour), 50)
	note("expiring", expiring, err)
	s.judged(v, note)
	reserved, err := v.Reserved(ctx)
	note("reserved", reserved, err)
	for _, id := range s.everywhere() {
		members, err := v.Members(ctx, id)
		if err != nil {
			continue // a page of nothing is empty in one and refused by the other; an actor asks for neither
		}
		slices.SortFunc(members, func(a, b chat.Member) int { return cmp.Compare(a.Nick, b.Nick) })
		note("members of "+id.String(), members, err)
		page, err := v.Page(ctx, id, chat.PageQuery{Limit: 1000})
		note("page of "+id.String(), page, err)
		for _, q := range []chat.PageQuery{{}, {Before: 4}, {Before: 1}, {After: 2}, {After: 1000}, {Upto: 3, Gone: chat.PositionAt(200, 0)}} {
			q.Limit, q.Notices = 2, true
			page, err := v.Page(ctx, id, q)
			note(fmt.Sprint("page of ", id, " with notices ", q), page, err)
		}
		notices, err := v.Notices(ctx, id, chat.PositionAt(50, 0), chat.PositionAt(300, 1))
		note("notices of "+id.String(), notices, err)
		found, err := v.Search(ctx, chat.TermQuery{Terms: []string{"a"}, Beginning: "txt", In: []chat.Extent{{ID: id}}, Limit: 1000})
		note("found in "+id.String(), found, err)
		files, err := v.Files(ctx, id)
		note("files of "+id.String(), files, err)
	}
	return all
}
