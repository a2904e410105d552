package server

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"charla/server/chat"
	"charla/server/config"
)

// BenchmarkGrown makes a data folder as it is after years: rooms, people and
// messages, through the real log and the real projector. Then it asks what
// people ask on it.
//
//	CHARLA_GROWN=DIR      keeps the folder, or measures the one that is there
//	CHARLA_GROWN_SIZE=N   messages; a tenth as many people, a thousandth as many
//	                      groups and rooms. 20000 unless given
//	CHARLA_GROWN_JOIN=P   brings everybody whose nick begins with P (those that
//	                      charla load made) into ten groups first
//
// `charla serve --no-limits --data DIR` runs on the folder afterwards.
func BenchmarkGrown(b *testing.B) {
	g := openGrown(b)
	if prefix := os.Getenv("CHARLA_GROWN_JOIN"); prefix != "" {
		g.bringIn(prefix, 10)
	}
	for _, q := range g.questions() {
		b.Run(q.name, func(b *testing.B) {
			var took []time.Duration
			before := processTime()
			for b.Loop() {
				begin := time.Now()
				if err := q.ask(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			b.ReportMetric(float64((processTime()-before).Microseconds())/float64(len(took)), "CPU-µs")
			reportTimes(b, took)
		})
	}
}

// reportTimes reports how long half and nearly all of something took at most.
func reportTimes(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(share float64) float64 { return float64(took[int(share*float64(len(took)-1))].Microseconds()) }
	b.ReportMetric(at(0.50), "p50-µs")
	b.ReportMetric(at(0.99), "p99-µs")
	b.ReportMetric(0, "ns/op")
}

// processTime is the CPU time of this process: what a busy machine does not change.
func processTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// grown is a chat of many people for a long time, the same in every run with the
// same size.
type grown struct {
	*house
	b        *testing.B
	messages int
	people   int
	groups   int // and as many rooms
	words    []string
}

func openGrown(b *testing.B) *grown {
	dir := os.Getenv("CHARLA_GROWN")
	if dir == "" {
		dir = b.TempDir()
	}
	size := 20_000
	if typed := os.Getenv("CHARLA_GROWN_SIZE"); typed != "" {
		var err error
		if size, err = strconv.Atoi(typed); err != nil || size < 2000 {
			b.Fatalf("CHARLA_GROWN_SIZE=%s: a number from 2000", typed)
		}
	}
	g := &grown{b: b, messages: size, people: size / 10, groups: max(size/1000, 20), words: vocabulary(50_000)}
	begin := time.Now()
	s, err := Open(b.Context(), config.Config{Listen: "127.0.0.1:0", Data: dir, NoLimits: true},
		Options{Log: slog.New(slog.DiscardHandler), Tell: func(s string) { b.Log(s) }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	g.house = &house{Server: s}
	b.Logf("open after %v", time.Since(begin))
	identity, err := s.journal.Identity(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if identity.Last < 10 { // the lobby and nothing else
		g.grow()
	}
	return g
}

// grow fills the folder and tells how fast that went.
func (g *grown) grow() {
	for _, step := range []struct {
		name string
		n    int
		do   func(context.Context, int, *rand.Rand) error
	}{
		{"people", g.people, g.claim},
		{"rooms", g.groups, g.openRoom},
		{"groups", g.groups, g.openGroup},
		{"messages", g.messages, g.post},
	} {
		begin := time.Now()
		g.share(step.n, step.do)
		if err := g.level(g.b.Context()); err != nil {
			g.b.Fatal(err)
		}
		took := time.Since(begin)
		g.b.Logf("%d %s in %v: %.0f/s", step.n, step.name, took.Round(time.Millisecond), float64(step.n)/took.Seconds())
	}
}

// share does n things, sixteen at a time, as the same number of busy people
// would: the log groups what comes together.
func (g *grown) share(n int, do func(context.Context, int, *rand.Rand) error) {
	const writers = 16
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for i := w; i < n; i += writers {
				if err := do(g.b.Context(), i, r); err != nil {
					g.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if g.b.Failed() {
		g.b.FailNow()
	}
}

// grownID is the n-th ID of its kind, the same in every run.
func grownID[K any](n int) chat.ID[K] {
	var id chat.ID[K]
	id[0] = 1
	binary.BigEndian.PutUint64(id[8:], uint64(n+1))
	return id
}

func (g *grown) person(n int) chat.UserID { return grownID[chat.Person](n) }

func event(by chat.UserID, body chat.Body) chat.Event {
	return chat.Event{ID: chat.NewID[chat.Event](), At: time.Now().UTC(), By: by, Body: body}
}

func grownNick(n int) chat.Nick { return chat.Nick(fmt.Sprintf("person%d", n)) }

func (g *grown) claim(ctx context.Context, n int, _ *rand.Rand) error {
	key := &chat.Key{Fingerprint: fmt.Sprintf("SHA256:%043d", n), Authorized: fmt.Sprintf("ssh-ed25519 AAAA%064d", n)}
	_, err := g.journal.AppendIf(ctx, chat.NameSubject(grownNick(n)), 0, event(g.person(n), chat.PersonClaimed{Nick: grownNick(n), Key: key}))
	return err
}

func (g *grown) openRoom(ctx context.Context, n int, _ *rand.Rand) error {
	name := chat.Nick(fmt.Sprintf("room%d", n))
	_, err := g.journal.AppendIf(ctx, chat.NameSubject(name), 0, event(chat.UserID{}, chat.RoomOpened{Conversation: grownID[chat.Conversation](1<<20 + n), Name: name}))
	return err
}

// openGroup makes groups of 10 to 1,000 people, most of them small. Person 0 is
// in all of them.
func (g *grown) openGroup(ctx context.Context, n int, _ *rand.Rand) error {
	id := grownID[chat.Conversation](n)
	members := []chat.UserID{g.person(0)}
	for k := 1; k < g.groupSize(n); k++ {
		members = append(members, g.person(g.member(n, k)))
	}
	_, err := g.journal.AppendIf(ctx, chat.ConversationSubject(id), 0, event(members[0], chat.GroupCreated{Conversation: id, Title: fmt.Sprint("Group ", n), Members: members}))
	return err
}

func (g *grown) groupSize(n int) int { return min(10+1000/(n+1), g.people) }

func (g *grown) member(group, k int) int {
	if k == 0 {
		return 0
	}
	return 1 + (group*13+k*7)%(g.people-1)
}

// post says something: a tenth in the lobby, two tenths in talks, the rest in
// groups, in the first ones most.
func (g *grown) post(ctx context.Context, n int, r *rand.Rand) error {
	text := g.sentence(r)
	switch r.IntN(10) {
	case 0:
		return g.say(ctx, g.person(r.IntN(g.people)), chat.LobbyID, text)
	case 1, 2:
		a := r.IntN(g.people)
		lo, hi := g.person(a), g.person((a+1+r.IntN(5))%g.people)
		if string(lo[:]) > string(hi[:]) {
			lo, hi = hi, lo
		}
		id := chat.TalkID(lo, hi)
		return g.say(ctx, lo, id, text, event(lo, chat.TalkOpened{Conversation: id, Lo: lo, Hi: hi}))
	}
	group := int(float64(g.groups) * r.Float64() * r.Float64())
	return g.say(ctx, g.person(g.member(group, r.IntN(g.groupSize(group)))), grownID[chat.Conversation](group), text)
}

func (g *grown) say(ctx context.Context, by chat.UserID, in chat.ConversationID, text string, before ...chat.Event) error {
	_, err := g.journal.Append(ctx, append(before, event(by, chat.MessagePosted{Conversation: in, Text: text}))...)
	return err
}

// vocabulary is n words, the first the shortest, as in a language.
func vocabulary(n int) []string {
	words := make([]string, 0, n)
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(7, 7))
	for len(words) < n {
		var b strings.Builder
		for range 1 + len(strconv.Itoa(len(words)))/2 + r.IntN(2) {
			b.WriteByte("bcdfglmnprstv"[r.IntN(13)])
			b.WriteByte("aeiou"[r.IntN(5)])
			if r.IntN(3) == 0 {
				b.WriteByte("nrsl"[r.IntN(4)])
			}
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// sentence is 3 to 20 words, the frequent ones most: the first stands in every
// third sentence.
func (g *grown) sentence(r *rand.Rand) string {
	z := rand.NewZipf(r, 1.1, 8, uint64(len(g.words)-1))
	var b strings.Builder
	for i := range 3 + r.IntN(18) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(g.words[z.Uint64()])
	}
	return b.String()
}

// bringIn brings people into groups, who then have history in so many windows.
func (g *grown) bringIn(prefix string, each int) {
	ctx := g.b.Context()
	nicks, err := g.view.Nicks(ctx, prefix, 20_000)
	if err != nil {
		g.b.Fatal(err)
	}
	var ids []chat.UserID
	for _, nick := range nicks {
		p, err := g.view.PersonByNick(ctx, nick)
		if err != nil {
			g.b.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	for n := range each {
		id := grownID[chat.Conversation](g.groups/2 + n)
		c, err := g.view.Conversation(ctx, g.person(0), id)
		if err == nil {
			_, err = g.journal.AppendIf(ctx, chat.ConversationSubject(id), c.Version.Seq(), event(g.person(0), chat.MembersAdded{Conversation: id, Members: ids}))
		}
		if err == nil {
			err = g.level(ctx)
		}
		if err != nil {
			g.b.Fatal(err)
		}
	}
	g.b.Logf("%d people are in %d groups more", len(ids), each)
}

type question struct {
	name string
	ask  func() error
}

// questions are what people ask all day, as actors: someone who is in all the
// groups, and somebody who is in a few.
func (g *grown) questions() []question {
	ctx, r := g.b.Context(), rand.New(rand.NewPCG(3, 3))
	busy := g.chat.Actor(chat.Person{ID: g.person(0), Nick: grownNick(0)})
	few := g.chat.Actor(chat.Person{ID: g.person(g.people / 2), Nick: grownNick(g.people / 2)})
	group := chat.Ref{ID: grownID[chat.Conversation](1)}
	search := func(who *chat.Actor, text string, in chat.Ref) func() error {
		return func() error {
			_, err := who.Search(ctx, chat.Search{Text: text, In: in, Limit: 20})
			return err
		}
	}
	page := func(who *chat.Actor, ref chat.Ref, q chat.PageQuery) func() error {
		return func() error {
			_, err := who.Page(ctx, ref, q)
			return err
		}
	}
	common, rare := g.words[0], func() string { return g.words[20_000+r.IntN(20_000)] }
	qs := []question{
		{"last page of the lobby", page(few, chat.Ref{ID: chat.LobbyID}, chat.PageQuery{Limit: 50})},
		{"last page of a group", page(busy, group, chat.PageQuery{Limit: 50})},
		{"a page before", page(busy, group, chat.PageQuery{Before: 500, Limit: 50})},
		{"list of a few", func() error { _, _, err := few.Conversations(ctx); return err }},
		{"list of all groups", func() error { _, _, err := busy.Conversations(ctx); return err }},
		{"person by nick", func() error { _, err := busy.PersonByNick(ctx, grownNick(r.IntN(g.people))); return err }},
		{"person by key", func() error {
			_, err := g.chat.ProvenBy(ctx, fmt.Sprintf("SHA256:%043d", r.IntN(g.people)))
			return err
		}},
		{"suggest a name", func() error { _, err := few.Suggest(ctx, "person1", 20); return err }},
		{"suggest among rooms", func() error { _, err := few.Suggest(ctx, "ro", 20); return err }},
		{"a name mistyped", func() error {
			if _, err := few.Resolve(ctx, "preson77"); chat.CodeOf(err) != chat.NoConversation {
				return fmt.Errorf("found: %w", err)
			}
			return nil
		}},
	}
	for _, who := range []struct {
		name string
		*chat.Actor
	}{{"few", few}, {"all groups", busy}} {
		qs = append(qs,
			question{"search " + who.name + "/common word", search(who.Actor, common+" ", chat.Ref{})},
			question{"search " + who.name + "/two common words", search(who.Actor, g.words[1]+" "+g.words[2], chat.Ref{})},
			question{"search " + who.name + "/common and rare", func() error { return search(who.Actor, common+" "+rare(), chat.Ref{})() }},
			question{"search " + who.name + "/rare word", func() error { return search(who.Actor, rare(), chat.Ref{})() }},
			question{"search " + who.name + "/three letters", search(who.Actor, g.words[500][:3], chat.Ref{})},
			question{"search " + who.name + "/four letters", search(who.Actor, g.words[500][:4], chat.Ref{})},
			question{"search " + who.name + "/of the lobby", search(who.Actor, g.words[1]+" "+g.words[2], chat.Ref{ID: chat.LobbyID})},
		)
	}
	return append(qs, question{"search all groups/of one group", search(busy, common, group)},
		question{"search all groups/rare word of one group", func() error { return search(busy, rare(), group)() }})
}
