package tui

import (
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// ticks is what stands behind the person's own messages, from the top: "✓✓*" is in
// colour.
func (p *seat) ticks() (all []string) {
	for y := range 24 {
		if row := strings.TrimRight(p.Row(y), " "); strings.HasSuffix(row, "✓") {
			tick := row[strings.LastIndex(row, " ")+1:]
			if p.Cell(79, y).Style.Attrs != 0 {
				tick += "*"
			}
			all = append(all, tick)
		}
	}
	return all
}

func (p *seat) wantTicks(when string, want ...string) {
	p.s.t.Helper()
	time.Sleep(2 * time.Second)
	p.s.settle(p)
	if got := strings.Join(p.ticks(), ", "); got != strings.Join(want, ", ") {
		p.s.t.Fatalf("%s the ticks are %q, want %q:\n%s", when, got, want, p.Text())
	}
}

func (s *stage) showTo(who *chat.Actor, to chat.Audience) {
	s.t.Helper()
	if _, err := who.ChangeSettings(s.Ctx, func(c *chat.Settings) { c.SeenBy = to }); err != nil {
		s.t.Fatal(err)
	}
}

// A stranger made a group and wrote: ✓✓ said that the other one, who shows it to
// nobody, was there.
func TestTicksDoNotTellWhoIsHereRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("tom"), s.Person("beto")
		s.showTo(b, chat.Nobody)
		group := s.Group(a, "Ven", b)
		beto, tom := s.sit(b, 80, 24), s.sit(a, 80, 24)
		tom.Type("/go ven\n")
		tom.Type("hola\n")
		s.settle(beto, tom)
		tom.wantTicks("while beto is here", "✓")
		tom.leave()
		tom = s.sit(a, 80, 24)
		tom.Type("/go ven\n")
		tom.wantTicks("after coming back", "✓")
		b.Read(s.See(b, group), 1)
		tom.wantTicks("once beto has read it", "✓✓*")
	})
}

// The ticks of a group wait for those of whom the person is told.
func TestAGroupDoesNotWaitForWhoIsUntold(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("tom"), s.Person("beto"), s.Person("carla")
		s.Group(a, "Equipo", b, c)
		tom := s.sit(a, 80, 24)
		tom.Type("/go equipo\n")
		tom.Type("uno\n")
		s.settle(tom)
		c.Delivered(chat.PositionAt(1<<30, 0))
		tom.wantTicks("while beto is away", "✓")
		s.showTo(b, chat.Nobody)
		s.Settle()
		tom.wantTicks("once beto does not show it", "✓✓")
		tom.Type("dos\n")
		tom.wantTicks("of what he writes now", "✓✓", "✓✓")
		s.showTo(b, chat.Everyone)
		tom.wantTicks("once beto shows it again", "✓", "✓")
		b.Delivered(chat.PositionAt(1<<30, 0))
		tom.wantTicks("when it reaches him", "✓✓", "✓✓")
	})
}

// Mal is blocked by ana, and tom by nobody: sol only hides. Neither screen loses
// ticks that it showed, and neither is told by one that the other is here.
func TestTheBlockedSeesTheTicksOfSomebodyWhoHides(t *testing.T) {
	story(t, func(s *stage) {
		malo, ana, tomas, sol := s.Person("mal"), s.Person("ana"), s.Person("tom"), s.Person("sol")
		groups := map[*chat.Actor]chat.Ref{ana: s.Group(malo, "Dos", ana), sol: s.Group(tomas, "Dos", sol)}
		talks := map[*chat.Actor]chat.Ref{ana: s.Befriend(malo, ana), sol: s.Befriend(tomas, sol)}
		mal, tom := s.sit(malo, 80, 24), s.sit(tomas, 80, 24)
		mal.Type("/go dos\n")
		tom.Type("/go dos\n")
		both := func(when string, want ...string) {
			t.Helper()
			mal.wantTicks(when+", of mal", want...)
			tom.wantTicks(when+", of tom", want...)
		}
		say := func(text string) {
			mal.Type(text + "\n")
			tom.Type(text + "\n")
			s.settle(mal, tom)
		}
		reach := func(read chat.Number, where map[*chat.Actor]chat.Ref) {
			for who, ref := range where {
				c := s.See(who, ref)
				who.Delivered(s.See(map[*chat.Actor]*chat.Actor{ana: malo, sol: tomas}[who], ref).Last.Position)
				if c.Member {
					who.Read(c, read)
				}
			}
		}
		say("uno")
		say("dos")
		reach(1, groups)
		both("before", "✓✓*", "✓✓")
		if _, err := ana.Block(s.Ctx, "mal"); err != nil {
			t.Fatal(err)
		}
		s.showTo(sol, chat.Nobody)
		both("at that moment", "✓✓*", "✓✓")
		say("tres")
		reach(1, groups)
		both("then", "✓✓*", "✓✓", "✓")
		mal.Type("/go ana\n")
		tom.Type("/go sol\n")
		say("cuatro")
		reach(0, talks)
		both("in the talk", "✓")
		mal.leave()
		tom.leave()
		mal, tom = s.sit(malo, 80, 24), s.sit(tomas, 80, 24)
		mal.Type("/go dos\n")
		tom.Type("/go dos\n")
		both("after coming back", "✓✓*", "✓", "✓") // what was not read is taken back, of both alike
		for _, who := range []*chat.Actor{ana, sol} {
			s.Say(who, groups[who], "pues yo")
		}
		both("when they write", "✓✓*", "✓✓*", "✓✓*")
	})
}
