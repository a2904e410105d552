package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

// gallery is a world that has something of everything to look at.
func gallery(s *stage) (me *chat.Actor, open []string) {
	ana, beto, luis := s.Person("ana"), s.Person("beto"), s.Person("luis")
	team := s.Group(beto, "Equipo", ana, luis)
	family := s.Group(luis, "Familia Peña", ana)
	talk, other := s.Talk(beto, ana), s.Talk(luis, ana)
	s.Say(beto, talk, "Buenas. Te paso lo de ayer, a ver si lo puedes mirar antes de la reunión de las cinco.")
	time.Sleep(34*time.Hour + 33*time.Minute)
	asked := s.Say(beto, talk, "¿Subiste las fotos?")
	if _, err := ana.Post(s.Ctx, talk, chat.Words{Text: "Sí, van en camino 👍🏽", ReplyTo: asked}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := beto.SendFile(s.Ctx, talk, chat.File{Name: "fotos.zip", Size: 12_400_000, Hash: strings.Repeat("ab", 32)}); err != nil {
		s.t.Fatal(err)
	}
	s.Say(luis, team, "reunión a las 5")
	s.Say(beto, team, "@ana ¿traes el proyector?")
	s.Say(luis, other, "¿comemos?")
	s.Say(ana, other, "dale")
	s.Say(luis, family, "mañana en casa")
	s.Say(ana, s.Lobby(), "hola a todos")
	s.settle()
	return ana, []string{"beto", "equipo", "luis", "familia-pena"}
}

// The screens people look at all day, as they were found right.
func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{40, 20}, {80, 24}, {140, 40}} {
		for _, windows := range []int{1, 2, 4} {
			for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
				for _, ascii := range []bool{false, true} {
					name := fmt.Sprintf("%dx%d-%d-%s", size[0], size[1], windows, lang)
					if ascii {
						name += "-ascii"
					}
					t.Run(name, func(t *testing.T) {
						story(t, func(s *stage) {
							me, open := gallery(s)
							p := s.sit(me, size[0], size[1], func(c *Config) { c.Words, c.ASCII = i18n.For(lang), ascii })
							for i, handle := range open[:windows] {
								if i > 0 {
									p.Type("/win " + handle + "\n")
								} else {
									p.Type("/go " + handle + "\n")
								}
								s.settle(p)
							}
							p.Type("yo llevo el café")
							if windows > 1 {
								p.Key("tab")
							}
							time.Sleep(3 * time.Second)
							s.settle(p)
							golden(t, name, p.Text())
						})
					})
				}
			}
		}
	}
}

// What stands above the panes.
func TestPopups(t *testing.T) {
	story(t, func(s *stage) {
		me, _ := gallery(s)
		p := s.sit(me, 80, 24)
		p.Key("ctrl+k")
		golden(t, "popup-go", p.Text())
		p.Type("beto\n")
		p.Key("f1")
		golden(t, "popup-help", p.Text())
		p.Key("esc", "esc", "f")
		golden(t, "popup-files", p.Text())
		p.Key("esc", "up", "up")
		golden(t, "select", p.Text())
		p.Key("esc", "esc", "b")
		golden(t, "copy-mode", p.Text())
		p.Key("esc", "esc")
		golden(t, "menu", p.Text())
		p.Resize(20, 6)
		golden(t, "tiny", p.Text())
	})
}
