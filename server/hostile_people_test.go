package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
)

// quoted is a text as one word of an exec line, cut where none of what it is for
// is so long.
func quoted(h chattest.Hostile, most int) string {
	text := strings.ReplaceAll(h.Text, "'", "")
	return "'" + text[:min(len(text), most)] + "'"
}

// isNick reports whether somebody may be meant.
func isNick(text string) bool {
	_, err := chat.FoldNick(strings.TrimLeft(strings.TrimSpace(text), "@#"))
	return err == nil
}

// gathered are the words of groups, rooms, codes and invitations, and what lola, who
// knows nobody, sees of one who calls herself anything.
func (s *hostileStage) gathered() {
	lola := s.guest("lola")
	s.ana.run("send lola", "let me in")
	s.through("room", func(h chattest.Hostile) {
		s.ana.run("room new "+quoted(h, 300)+" "+quoted(h, 300), "")
		s.ana.run("room new plaza "+quoted(h, 300), "")
		s.ana.run("topic plaza "+quoted(h, 300), "")
		for _, line := range []string{"join " + quoted(h, 300), "group code temas --for " + quoted(h, 80), "group expiry temas " + quoted(h, 80), "slow plaza " + quoted(h, 80),
			"group role temas beto " + quoted(h, 80), "group writers temas " + quoted(h, 80), "group info " + quoted(h, 80), "block " + quoted(h, 80), "accept " + quoted(h, 80),
			"mute lobby " + quoted(h, 80), "privacy seen " + quoted(h, 80), "report " + quoted(h, 80) + " x", "admin warn " + quoted(h, 80) + " x"} {
			s.ana.run(line, "")
		}
		s.ana.run("join", h.Text) // a code that was asked for
	})
	s.through("card", func(h chattest.Hostile) {
		if s.ana.run("group rename temas "+quoted(h, 60), ""); h.Text == "" {
			return
		}
		card, _, status := s.ana.run("invite --group temas", "")
		if status == 0 && strings.Count(card, "\n") > 6 {
			s.t.Errorf("%s: a card of %d lines: %+q", h.Name, strings.Count(card, "\n"), card)
		}
		for _, order := range []string{"group info temas", "list"} {
			s.beto.run(order, "") // run looks at what it says
		}
	})
	s.through("head", func(h chattest.Hostile) {
		_, _, status := s.ana.run("profile name "+quoted(h, 60), "")
		asked := lola.screen("xterm-256color", "", 44, 20)
		asked.t = s.t
		defer asked.leave()
		asked.sees("message…")
		asked.types("/go @ana\r")
		asked.sees(" ana wants to write: Enter") // charla's own row, and no name in it
		if err := errors.Join(asked.check(), nickFirst(asked, status == 0)); err != nil {
			s.t.Errorf("%s: what lola sees: %v\n%s", h.Name, err, asked.Text())
		}
	})
}

// calledAna is the head of a talk with ana: the nick, and behind it in quotes what
// she calls herself, however much of it there is room for.
var calledAna = regexp.MustCompile(`^1? ?ana( "[^"]*("|…)| …|…)?( (●|○).*| .*Esc.*)?$`)

// nickFirst waits for such a head, with a name if she has one.
func nickFirst(screen *hostileScreen, named bool) error {
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if row := screen.Row(0); calledAna.MatchString(row) && (!named || strings.Contains(row, `"`)) {
			return nil
		}
	}
	return fmt.Errorf("the head is %q", screen.Row(0))
}

// judged are the reasons of an admin, read by eva on her screen and in lines, and by
// leo where he is kept out.
func (s *hostileStage) judged() {
	s.operator("admin rank ana admin")
	eva, leo := s.guest("eva"), s.guest("leo")
	s.olga = s.guest("olga") // who has no screen: it would say that she is an owner now
	s.operator("admin rank olga owner")
	screen := eva.screen("xterm-256color", "", 44, 24)
	screen.sees("message…")
	n := 0
	s.through("reason", func(h chattest.Hostile) {
		n++
		reason := "-- " + quoted(h, 190) // or it may be a flag
		s.ana.run("admin warn eva "+reason, "")
		s.ana.run("admin silence eva 1h "+reason, "")
		s.ana.run("admin unsilence eva", "")
		s.ana.run(fmt.Sprintf("admin warn eva zz%dzz", n), "")
		screen.t = s.t
		screen.sees("I have read it")
		if err := errors.Join(screen.check(), owned(screen)); err != nil {
			s.t.Errorf("%s: eva's screen: %v\n%s", h.Name, err, screen.Text())
			screen.problem = nil
		}
		in, lines := eva.lines("") // closes the box: what was read there was read
		text, came := lines.fresh(fmt.Sprintf("zz%dzz", n))
		if err := checkRows(text, regexp.MustCompile(`^(?:\* |\d\d:\d\d ana in lobby: zz)`)); err != nil || !came {
			s.t.Errorf("%s: eva's lines: %v: %+q", h.Name, err, text)
		}
		_, _ = io.WriteString(in, "/quit\n")
		screen.waits("an end of it", func() bool { return !screen.Contains("I have read it") })
		s.ana.run("admin ban leo 1h "+reason, "")
		if client, err := s.dial(leo.config); err == nil { // dial looks at what it shows
			client.Close()
			s.t.Errorf("%s: leo comes in", h.Name)
		}
		s.ana.run("admin unban leo", "")
		s.ana.run("admin kick leo "+reason, "")
		if isNick(h.Text) {
			return // they would be banned
		}
		for _, order := range []string{"ban " + reason, "unban " + reason, "rank eva " + reason, "forget " + reason + " " + reason, "free " + reason, "people " + reason, "audit --before " + reason} {
			s.olga.run("admin "+order, "")
		}
	})
}

// owned holds each row of a conversation to one that says whose it is: somebody's by
// its bar, or charla's by its frame.
func owned(screen *hostileScreen) error {
	for y := 1; y < 21; y++ {
		row := []rune(screen.Row(y))
		if len(row) > 0 && !strings.ContainsRune("▌┊─╭│╰", row[0]) {
			return fmt.Errorf("row %d is nobody's: %q", y, string(row))
		}
	}
	return nil
}

// reported are what somebody said, why eva does not like it, and what became of it.
func (s *hostileStage) reported() {
	eva := s.guest("eva2")
	s.ana.run("send eva2", "let me in")
	eva.run("accept ana", "")
	shape := regexp.MustCompile(`^(?:    |[0-9A-Z]{26}  \d{4}-\d\d-\d\d \d\d:\d\d UTC  eva2 reports what ana said: )`)
	s.through("report", func(h chattest.Hostile) {
		sent, _, status := s.ana.run("send --json eva2", h.Text)
		message, err := harmlessObject(strings.TrimSpace(sent))
		if status != 0 || err != nil {
			return // not sayable, or several
		}
		filed, _, status := eva.run(fmt.Sprintf("report --json %v -- %s", message["id"], quoted(h, 190)), "")
		report, err := harmlessObject(strings.TrimSpace(filed))
		if status != 0 || err != nil {
			s.t.Errorf("%s: not reported: %+q, %v", h.Name, filed, err)
			return
		}
		out, _, _ := s.olga.run("admin reports", "")
		if err := checkRows(out, shape); err != nil {
			s.t.Errorf("%s: the reports: %v", h.Name, err)
		}
		s.olga.run("admin reports --json", "")
		if _, _, status := s.olga.run(fmt.Sprintf("admin report close %v -- %s", report["id"], quoted(h, 190)), ""); status != 0 {
			s.t.Errorf("%s: not closed", h.Name)
		}
	})
}

// ordered are the words of whoever is on the server's own machine.
func (s *hostileStage) ordered() {
	s.through("order", func(h chattest.Hostile) {
		text := h.Text[:min(len(h.Text), 500)]
		if isNick(text) {
			return
		}
		for _, order := range [][]string{{text}, {"admin", text}, {"admin", "code", text}, {"admin", "warn", "eva", text}, {"admin", "ban", text, text}, {"--" + text}} {
			s.operator(order...)
		}
	})
}

// operator gives an order on the server's own machine, in one word or in several.
func (s *hostileStage) operator(order ...string) {
	s.t.Helper()
	if len(order) == 1 && strings.HasPrefix(order[0], "admin ") {
		order = strings.Fields(order[0])
	}
	var out, errs bytes.Buffer
	if _, err := SendOrder(s.t.Context(), s.dir, order, i18n.English, strings.NewReader(""), &out, &errs); err != nil {
		s.t.Errorf("%+q: %v", order, err)
	}
	if err := errors.Join(chattest.Harmless(out.String()), chattest.Harmless(errs.String())); err != nil || strings.Count(errs.String(), "\n") > 1 {
		s.t.Errorf("%+q is answered %+q, %+q: %v", order, out.String(), errs.String(), err)
	}
}

// checkStaffLists looks at what those who look after the server list in the end.
func (s *hostileStage) checkStaffLists() {
	s.t.Helper()
	s.ana.run("admin ban 203.0.113.0/24 7d 'a network\x1b[2J\nbeto'", "")
	at := `\d{4}-\d\d-\d\d \d\d:\d\d UTC`
	for line, shape := range map[string]string{
		"admin people":           `^[a-z0-9._-]+ +(owner|admin|member) +since `,
		"admin bans":             `^\S+ +banned.*  (ana|system)`,
		"admin audit --last 999": `^` + at + `  (ana|olga|system)  `,
	} {
		out, _, status := s.olga.run(line, "")
		if err := checkRows(out, regexp.MustCompile(shape)); err != nil || status != 0 || out == "" {
			s.t.Errorf("%s: %d, %v", line, status, err)
		}
		out, _, _ = s.olga.run(line+" --json", "")
		for row := range strings.Lines(out) {
			if _, err := harmlessObject(row); err != nil {
				s.t.Errorf("%s --json prints %+q: %v", line, shortly(row), err)
			}
		}
	}
}
