package tui

import (
	"testing"

	"charla/server/i18n"
)

// A letter of the page about a conversation left a bare command, which said nothing of
// how a term is typed and, with Enter, blamed the group.
func TestACommandThatIsBegunSaysWhatFollowsRegression(t *testing.T) {
	for _, in := range []struct {
		lang          i18n.Lang
		width         int
		expiry, slow  string
		lacks, suffix string
	}{
		{i18n.English, 80, "> /disappear equipo as 7d, 12h or off", "> /slow equipo as 30s, 5m or off", "off|TERM is missing, as 30s, 12h, 7d", "as 7d, 12h or off"},
		{i18n.Spanish, 80, "> /temporales equipo como 7d, 12h o no", "> /lento equipo como 30s, 5m o no", "falta no|PLAZO, como 30s, 12h, 7d", "como 7d, 12h o no"},
		{i18n.Spanish, 40, "> /temporales equipo como 7d, 12h o no", "> /lento equipo como 30s, 5m o no", "falta no|PLAZO", "como 7d, 12h o no"},
	} {
		story(t, func(s *stage) {
			a, b := s.Person("ana"), s.Person("beto")
			group := s.team(a, b)
			ana := s.sit(a, in.width, 24, func(c *Config) { c.Words = i18n.For(in.lang) })
			ana.goes("equipo")
			ana.asks()
			ana.Key("s")
			ana.sees(in.slow)
			ana.Key("ctrl+u")
			ana.asks()
			ana.Key("e")
			ana.sees(in.expiry)
			ana.Key("enter")
			s.settle(ana)
			ana.sees(in.lacks, in.suffix)
			ana.missing("equipo no encaja", "equipo does not fit")
			ana.Type("7d")
			ana.missing(in.suffix)
			ana.Key("enter")
			s.settle(ana)
			if see := s.See(a, group); see.Expiry.Hours() != 7*24 {
				t.Errorf("the group is %+v", see)
			}
		})
	}
}

// Where an example does not fit behind what is begun, it stands below.
func TestAnExampleStandsBelowWhereThereIsNoRoom(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Group(a, "Los que cenan los viernes", b)
		s.Settle()
		ana := s.sit(a, 40, 12)
		ana.goes("los-que-cenan-los-viernes")
		ana.asks()
		ana.Key("w")
		ana.sees("todos, o administración")
	})
}
