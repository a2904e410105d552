package readmodel_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// rows is how many messages the benchmarks of reading and of taking back have before them; a tenth
// as many people, all in the lobby, and a thousandth as many groups of ten.
var rows = flag.Int("rows", 20_000, "messages in the model that is read")

// crowd is a model full of people who said a lot.
type crowd struct {
	teller
	r      *rand.Rand
	people int
	groups int
}

func newCrowd(rows int) *crowd {
	return &crowd{r: rand.New(rand.NewPCG(1, 2)), people: max(rows/10, 20), groups: max(rows/1000, 2)}
}

// take is what was told since the last take.
func (c *crowd) take() chat.Batch {
	b := c.batch
	c.batch = chat.Batch{}
	return b
}

// settle tells the people and the groups, in batches.
func (c *crowd) settle(apply func(chat.Batch)) {
	c.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	for n := range c.people {
		c.tell(id[chat.Person](n), chat.PersonClaimed{Nick: chat.Nick(fmt.Sprintf("person%d", n)), Passphrase: "x"})
		if n%512 == 0 {
			apply(c.take())
		}
	}
	for n := range c.groups {
		var members []chat.UserID
		for k := range 10 {
			members = append(members, c.member(n, k))
		}
		c.tell(members[0], chat.GroupCreated{Conversation: id[chat.Conversation](n), Title: fmt.Sprint("Group ", n), Members: members})
	}
	apply(c.take())
}

func (c *crowd) member(group, k int) chat.UserID {
	return id[chat.Person]((group*7 + k*k) % c.people)
}

// chat tells n messages in one envelope.
func (c *crowd) chat(n int) {
	words := strings.Fields("hola que tal todo bien por aqui nos vemos mañana en la plaza a las ocho con las bicicletas y el perro")
	var e chat.Envelope
	for range n {
		group := c.r.IntN(c.groups)
		from := c.r.IntN(len(words) - 12)
		text := strings.Join(words[from:from+4+c.r.IntN(8)], " ") + strings.Repeat(" y más", c.r.IntN(12))
		e.Events = append(e.Events, c.event(c.member(group, c.r.IntN(10)), chat.MessagePosted{Conversation: id[chat.Conversation](group), Text: text}))
	}
	c.envelope(e)
}

func BenchmarkApply(b *testing.B) {
	for _, batch := range []int{1, 32, 512} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			c, m := newCrowd(20_000), open(b, file(b))
			c.settle(func(batch chat.Batch) { apply(b, m, batch) })
			applied := 0
			for b.Loop() {
				c.chat(batch)
				apply(b, m, c.take())
				applied += batch
			}
			b.ReportMetric(float64(applied)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// What taking back costs, which has words leave the file as well.
func BenchmarkRetract(b *testing.B) {
	c, m := newCrowd(*rows), open(b, file(b))
	c.settle(func(batch chat.Batch) { apply(b, m, batch) })
	for n := 0; n < *rows; n += 512 {
		c.chat(512)
		apply(b, m, c.take())
		m.Tidy(b.Context())
	}
	var said []chat.Event
	for b.Loop() {
		b.StopTimer()
		if len(said) == 0 {
			for range 8 {
				c.chat(128)
				batch := c.take()
				said = append(said, batch.Log[0].Envelope.Events...)
				apply(b, m, batch)
				m.Tidy(b.Context())
			}
		}
		e := said[0]
		said = said[1:]
		c.tell(e.By, chat.MessageRetracted{Conversation: e.Body.(chat.MessagePosted).Conversation, Message: chat.MessageID(e.ID)})
		batch := c.take()
		b.StartTimer()
		apply(b, m, batch)
		m.Tidy(b.Context())
	}
}

func BenchmarkRead(b *testing.B) {
	c, m := newCrowd(*rows), open(b, file(b))
	start := time.Now()
	c.settle(func(batch chat.Batch) { apply(b, m, batch) })
	b.Logf("%d people, %d groups: %v", c.people, c.groups, time.Since(start))
	start = time.Now()
	for n := 0; n < *rows; n += 512 {
		c.chat(512)
		apply(b, m, c.take())
	}
	b.Logf("%d messages: %v", *rows, time.Since(start))
	for n := range chat.MaxNotices {
		c.tell(c.member(0, 0), chat.ConversationChanged{Conversation: id[chat.Conversation](0), Topic: new(fmt.Sprint("topic ", n))})
	}
	apply(b, m, c.take())
	for _, q := range c.questions(m) {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.ask(b); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type question struct {
	name string
	ask  func(*testing.B) error
}

func (c *crowd) questions(m *readmodel.Model) []question {
	group := func() chat.ConversationID { return id[chat.Conversation](c.r.IntN(c.groups)) }
	// somebody of a group: with 100,000 people most are in the lobby only
	user := func() chat.UserID { return c.member(c.r.IntN(c.groups), c.r.IntN(10)) }
	return []question{
		{"page of 50", func(b *testing.B) error {
			_, err := m.Page(b.Context(), group(), chat.PageQuery{Limit: 50})
			return err
		}},
		{"page of 50 with what happened", func(b *testing.B) error {
			_, err := m.Page(b.Context(), group(), chat.PageQuery{Limit: 50, Notices: true})
			return err
		}},
		{"page of 50 before a night of topics", func(b *testing.B) error {
			_, err := m.Page(b.Context(), id[chat.Conversation](0), chat.PageQuery{Limit: 50, Notices: true})
			return err
		}},
		{"page before", func(b *testing.B) error {
			_, err := m.Page(b.Context(), group(), chat.PageQuery{Before: chat.Number(100 + c.r.IntN(800)), Limit: 50})
			return err
		}},
		{"conversations", func(b *testing.B) error {
			_, _, err := m.Conversations(b.Context(), user())
			return err
		}},
		{"conversation", func(b *testing.B) error {
			n := c.r.IntN(c.groups)
			_, err := m.Conversation(b.Context(), c.member(n, 3), id[chat.Conversation](n))
			return err
		}},
		{"by handle", func(b *testing.B) error {
			n := c.r.IntN(c.groups)
			_, err := m.ByHandle(b.Context(), c.member(n, 3), chat.Handle(fmt.Sprint("group-", n)))
			return err
		}},
		{"members of 10", func(b *testing.B) error {
			_, err := m.Members(b.Context(), group())
			return err
		}},
		{"person by nick", func(b *testing.B) error {
			_, err := m.PersonByNick(b.Context(), chat.Nick(fmt.Sprint("person", c.r.IntN(c.people))))
			return err
		}},
		{"nicks", func(b *testing.B) error {
			_, err := m.Nicks(b.Context(), "person7", 20)
			return err
		}},
		{"has blob", func(b *testing.B) error {
			_, err := m.HasBlob(b.Context(), strings.Repeat("0", 64))
			return err
		}},
		{"since the last 100", func(b *testing.B) error {
			_, _, err := m.Since(b.Context(), user(), chat.PositionAt(c.seq, 412), nil, 100)
			return err
		}},
		{"since ever, 100", func(b *testing.B) error {
			_, _, err := m.Since(b.Context(), user(), 0, nil, 100)
			return err
		}},
	}
}
