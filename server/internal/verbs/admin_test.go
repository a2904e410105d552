package verbs_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// Whoever runs the server names an owner on its own machine; she names an admin, and
// he looks after somebody who insults people, until that is over.
func TestWhoLooksAfterAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system := w.Service.Operator()
		olga, ada, beto, eva := w.Person("olga"), w.Person("ada"), w.Person("beto"), w.Person("eva")
		no := refused("only owners of the server can do that")
		d.want(beto, "admin kick eva", refused("only those who look after the server can do that"))
		d.want(beto, "admin owner beto", no)
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		d.want(olga, "admin rank ada admin", result{"ada is admin\n", "", verbs.Done})
		d.want(olga, "admin rank ada king", result{"", "charla: king does not fit; usage: admin rank [--json] NICK owner|admin|member\n", verbs.Misused})
		d.want(ada, "admin rank olga member", no)
		d.want(olga, "admin rank olga member", result{"", "charla: the server would have no owner; make another one first\n", verbs.Refused})

		d.want(ada, "admin kick olga", refused("you cannot decide about olga, whose rank is not below yours"))
		d.want(ada, "admin silence ada 1h", refused("you cannot do that to yourself"))
		d.want(ada, "admin unsilence beto", refused("beto is not silenced"))
		d.want(ada, "admin unban beto", refused("beto is not banned"))
		d.want(ada, "admin unban 203.0.113.7", refused("203.0.113.7 is not banned"))
		d.want(olga, "admin free beto", refused("nobody forgotten was called beto"))

		d.want(ada, "admin warn beto no insults, please", result{"beto is warned\n", "", verbs.Done})
		d.want(ada, "admin silence beto 1h insults", result{"beto does not write until 2000-01-01 01:00 UTC\n", "", verbs.Done})
		d.want(ada, "admin silence beto soon", result{"", "charla: soon is no term (30s, 12h, 7d are); usage: admin silence [--json] NICK TERM [REASON…]\n", verbs.Misused})
		time.Sleep(10 * time.Minute)
		d.want(beto, "send lobby idiots", result{"", "charla: you may not write here for 50 min; the admins of this server can tell you why\n", verbs.Refused})
		time.Sleep(time.Hour)
		d.want(beto, "send lobby hello", result{"", "", verbs.Done})
		d.want(eva, "report lobby/1 he insults me", result{"reported; thank you\n", "", verbs.Done})
		d.want(beto, "report lobby/1", refused("that is your own message"))
		d.want(ada, "admin report close 9", refused("no report 9 is open: admin reports lists those that are"))
		d.want(eva, "report lobby/2", result{"", "charla: that message is not here\n", verbs.Refused})
		d.want(ada, "admin reports", result{"ID  2000-01-01 01:10 UTC  eva reports what beto said: hello\n    (he insults me)\n", "", verbs.Done})
		list := d.run(ada, i18n.English, "", "admin reports --json")
		id := regexp.MustCompile(`"id":"(\w+)"`).FindStringSubmatch(list.out)
		if id == nil {
			t.Fatalf("no id in %+v", list)
		}
		d.want(ada, "admin report close "+id[1]+" he is banned", result{"closed\n", "", verbs.Done})
		d.want(ada, "admin report close "+id[1], refused("no report "+id[1]+" is open: admin reports lists those that are"))
		d.want(ada, "admin reports", none("no report is open"))
		d.want(ada, "admin ban @beto 7d insults", result{"beto is kept out until 2000-01-08 01:10 UTC\n", "", verbs.Done})
		d.want(ada, "admin ban 203.0.113.7/24", result{"203.0.113.0/24 is kept out for good\n", "", verbs.Done})
		d.want(ada, "admin ban 0.0.0.0/0", result{"", "charla: 0.0.0.0/0 would keep out too many, or this machine itself; name a smaller network\n", verbs.Refused})
		d.want(ada, "admin bans", result{
			"beto                  banned until 2000-01-08 01:10 UTC  ada  insults\n203.0.113.0/24        banned  ada\n", "", verbs.Done})
		d.want(ada, "admin people b", result{"beto                  member  since 2000-01-01  banned until 2000-01-08 01:10 UTC\n", "", verbs.Done})
		d.want(ada, "admin unban beto", result{"beto may come in again\n", "", verbs.Done})
		d.want(ada, "admin audit", no)
		d.want(olga, "admin audit --last 3", result{
			"2000-01-01 01:10 UTC  ada  unbanned beto\n" +
				"2000-01-01 01:10 UTC  ada  banned 203.0.113.0/24\n" +
				"2000-01-01 01:10 UTC  ada  banned beto  2000-01-08 01:10 UTC  insults\n", "", verbs.Done})
	})
}

// A term that was mistyped became the reason, and the ban one for good.
func TestAMistypedTermBansNobodyForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		olga, luis := w.Person("olga"), w.Person("luis")
		d.want(w.Service.Operator(), "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		const usage = "; usage: admin ban [--json] NICK|KEY|NETWORK [TERM] [REASON…]\n"
		for _, typed := range []string{"2x", "7días", "0d", "7"} {
			for _, whom := range []string{"203.0.113.7", "luis"} {
				d.want(olga, "admin ban "+whom+" "+typed+" abuso", result{"", "charla: " + typed + " is no term (30s, 12h, 7d are)" + usage, verbs.Misused})
			}
		}
		d.want(olga, "admin bans", none("nobody and nothing is banned"))
		d.want(olga, "admin ban luis 7D abuso", result{"luis is kept out until 2000-01-08 00:00 UTC\n", "", verbs.Done})
		if got := d.run(olga, i18n.Spanish, "", "admin vetar 203.0.113.7 abuso"); got != (result{"203.0.113.7/32 no puede entrar, para siempre\n", "", verbs.Done}) {
			t.Errorf("without a term: %+v", got)
		}
		d.want(luis, "mute lobby 3x", result{"", "charla: 3x is no term (30s, 12h, 7d are); usage: mute [--json] CONV [TERM]\n", verbs.Misused})
		d.want(luis, "mute lobby", result{"lobby is muted for good\n", "", verbs.Done})
	})
}

// What was done is told as it was, in words that fit a person and what is none.
func TestTheAuditTellsWhatWasDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system, olga, luis := w.Service.Operator(), w.Person("olga"), w.Person("luis")
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		d.want(olga, "admin silence luis 1h", result{"luis does not write until 2000-01-01 01:00 UTC\n", "", verbs.Done})
		d.want(olga, "admin unsilence luis", result{"luis may write again\n", "", verbs.Done})
		d.want(olga, "admin kick luis", result{"luis was not here; what else they had open is closed\n", "", verbs.Done})
		d.want(olga, "admin kick --json luis", result{`{"nick":"luis","here":false,"done":true}` + "\n", "", verbs.Done})
		screen := luis.Follow()
		d.want(olga, "admin kick luis", result{"luis was sent out\n", "", verbs.Done})
		screen.Close()
		d.want(olga, "admin ban 203.0.113.0/24", result{"203.0.113.0/24 is kept out for good\n", "", verbs.Done})
		d.want(olga, "admin ban luis", result{"luis is kept out for good\n", "", verbs.Done})
		d.want(olga, "admin unban luis", result{"luis may come in again\n", "", verbs.Done})
		for lang, want := range map[i18n.Lang]string{
			i18n.English: "unbanned luis, banned luis, banned 203.0.113.0/24, kicked luis, kicked luis, kicked luis, unsilenced luis, silenced luis, rank olga owner",
			i18n.Spanish: "levantó el veto a luis, vetó a luis, vetó 203.0.113.0/24, echó a luis, echó a luis, echó a luis, dejó hablar a luis, silenció a luis, dio rango a olga propiedad",
		} {
			var told []string
			for line := range strings.Lines(d.run(olga, lang, "", "admin audit").out) {
				told = append(told, strings.TrimSpace(strings.Split(line, "  ")[2]))
			}
			if got := strings.Join(told, ", "); got != want {
				t.Errorf("%s: the audit tells\n%s, want\n%s", lang, got, want)
			}
		}
	})
}

// Invitations that somebody gave out went on letting people in whom nobody wanted,
// unless who gave them out was banned. What leads into a group that an owner does not
// know tells her nothing of it.
func TestOwnersTakeBackTheCodesOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system, olga, otto, ada, beto := w.Service.Operator(), w.Person("olga"), w.Person("otto"), w.Person("ada"), w.Person("beto")
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		d.want(olga, "admin owner otto", result{"otto is owner\n", "", verbs.Done})
		d.want(olga, "admin rank ada admin", result{"ada is admin\n", "", verbs.Done})
		w.Group(beto, "Secreto")
		w.Settle()
		w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		for _, made := range []struct {
			by   *chat.Actor
			line string
		}{{beto, "invite --uses 3"}, {beto, "group code secreto"}, {beto, "invite --group secreto"}, {otto, "invite"}, {olga, "invite"}, {ada, "link"}, {system, "admin code beto"}} {
			if got := d.run(made.by, i18n.English, "", made.line); got.status != verbs.Done {
				t.Fatalf("%s: %+v", made.line, got)
			}
		}
		no := refused("only owners of the server can do that")
		d.want(ada, "admin codes", no)
		d.want(beto, "admin revoke beto 1", no)
		ids := map[string]string{}
		for _, of := range []struct {
			nick string
			who  *chat.Actor
		}{{"ada", ada}, {"beto", beto}, {"system", system}} {
			codes, err := of.who.Codes(w.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range codes {
				ids[of.nick+strconv.Itoa(i+1)] = c.Hash.ID()
			}
		}
		const until = "left, until 2000-01-"
		list := d.run(olga, i18n.English, "", "admin codes").out
		for _, line := range []string{
			"ada                   " + ids["ada1"] + "  to come in as ada, one use " + until, "beto                  " + ids["beto1"] + "  invitation, 3 uses " + until,
			"beto                  " + ids["beto2"] + "  code, one use " + until, "beto                  " + ids["beto3"] + "  invitation, one use " + until,
		} {
			if !strings.Contains(list, line) {
				t.Errorf("olga's list lacks %q:\n%s", line, list)
			}
		}
		if n := strings.Count(list, "\n"); n != 4 || strings.Contains(strings.ToLower(list), "secreto") {
			t.Errorf("olga's list tells\n%s", list)
		}
		d.want(olga, "admin codes otto", refused("you cannot decide about otto, whose rank is not below yours"))
		d.want(olga, "admin revoke otto 1", refused("you cannot decide about otto, whose rank is not below yours"))
		// The first of beto's is gone before olga takes back the second that she saw.
		if _, err := beto.Revoke(w.Ctx, ids["beto1"]); err != nil {
			t.Fatal(err)
		}
		for _, none := range []string{"2", ids["beto1"], ids["ada1"]} {
			d.want(olga, "admin revoke beto "+none, refused("beto has given out no code of that id that still works: admin codes lists them"))
		}
		if got := d.run(olga, i18n.English, "", "admin revoke beto "+ids["beto2"]); !strings.HasPrefix(got.out, "this code lets nobody in any more: "+ids["beto2"]+"  code, one use "+until) {
			t.Errorf("olga is told %+v", got)
		}
		if list := d.run(olga, i18n.English, "", "admin codes --json beto").out; strings.Count(list, "\n") != 1 || !strings.Contains(list, `"nick":"beto","id":"`+ids["beto3"]+`","for":"invitation"`) {
			t.Errorf("beto's are then\n%s", list)
		}
		if list := d.run(system, i18n.Spanish, "", "admin códigos sistema").out; !strings.HasPrefix(list, "sistema               "+ids["system1"]+"  para entrar como beto, queda un uso") {
			t.Errorf("the operator's are %q", list)
		}
		if got := d.run(system, i18n.English, "", "admin revoke --json system "+ids["system1"]); !strings.HasPrefix(got.out, `{"nick":"system","id":"`+ids["system1"]+`","for":"login","person":"beto","uses":1,"until":"2000-01-02`) || !strings.HasSuffix(got.out, `,"done":true}`+"\n") {
			t.Errorf("the operator is told %+v", got)
		}
		d.want(olga, "admin audit --last 2", result{
			"2000-01-01 00:00 UTC  system  took back a login code\n2000-01-01 00:00 UTC  olga  took back beto's code\n", "", verbs.Done})
	})
}

// Of two people who were forgotten every line of the log, and every report, told the
// same: "-".
func TestTheAuditTellsApartWhoWasForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system, olga, beto, luis := w.Service.Operator(), w.Person("olga"), w.Person("beto"), w.Person("luis")
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		w.Say(beto, w.Lobby(), "idiots")
		d.want(luis, "report lobby/1 insults", result{"reported; thank you\n", "", verbs.Done})
		d.want(olga, "admin rank luis admin", result{"luis is admin\n", "", verbs.Done})
		d.want(luis, "admin ban 203.0.113.7", result{"203.0.113.7/32 is kept out for good\n", "", verbs.Done})
		d.want(olga, "admin warn beto no insults", result{"beto is warned\n", "", verbs.Done})
		d.want(olga, "admin warn luis be calm", result{"luis is warned\n", "", verbs.Done})
		d.want(olga, "admin ban luis", result{"luis is kept out for good\n", "", verbs.Done})
		for _, nick := range []string{"beto", "luis"} {
			if got := d.run(olga, i18n.English, "", "admin forget "+nick+" "+nick); got.status != verbs.Done {
				t.Fatalf("%s is not forgotten: %+v", nick, got)
			}
		}
		b, l := string(chat.LeftHandle(beto.Me().ID)), string(chat.LeftHandle(luis.Me().ID))
		const at = "2000-01-01 00:00 UTC  olga  "
		d.want(olga, "admin audit --last 5", result{
			at + "forgot " + l + "\n" + at + "forgot " + b + "\n" + at + "banned " + l + "\n" + at + "warned " + l + "  be calm\n" + at + "warned " + b + "  no insults\n", "", verbs.Done})
		for _, list := range []struct{ order, tells string }{{"admin bans", "203.0.113.7/32        banned  " + l}, {"admin reports", l + " reports what " + b + " said: (deleted)"}} {
			if got := d.run(olga, i18n.English, "", list.order); !strings.Contains(got.out, list.tells) || strings.Contains(got.out, "- ") {
				t.Errorf("%s tells %+v", list.order, got)
			}
		}
	})
}

// The log said of a code what it is called in the log, in whatever language.
func TestTheAuditNamesCodesInWords(t *testing.T) {
	w := chattest.New(t)
	d := desk{t, w}
	system, olga, beto := w.Service.Operator(), w.Person("olga"), w.Person("beto")
	d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
	w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
	for _, made := range []struct {
		by   *chat.Actor
		line string
	}{{system, "admin invite"}, {system, "admin code beto"}, {beto, "link"}, {beto, "invite"}} {
		if got := d.run(made.by, i18n.English, "", made.line); got.status != verbs.Done {
			t.Fatalf("%s: %+v", made.line, got)
		}
	}
	for _, taken := range []string{"system", "beto"} {
		codes, err := system.CodesOf(w.Ctx, taken)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range codes {
			if got := d.run(system, i18n.English, "", "admin revoke "+taken+" "+c.Hash.ID()); got.status != verbs.Done {
				t.Fatalf("%s's code is not taken back: %+v", taken, got)
			}
		}
	}
	for lang, wants := range map[i18n.Lang][]string{
		i18n.English: {"gave out an invitation", "gave out a login code for beto", "took back a login code\n", "took back an invitation\n", "took back beto's login code\n", "took back beto's invitation\n"},
		i18n.Spanish: {"dio una invitación", "dio un código de entrada para beto", "revocó un código de entrada\n", "revocó una invitación\n", "revocó un código de entrada de beto\n", "revocó una invitación de beto\n"},
	} {
		told := d.run(olga, lang, "", "admin audit").out
		for _, want := range wants {
			if !strings.Contains(told, "  "+want) {
				t.Errorf("%s: %q is not in\n%s", lang, want, told)
			}
		}
	}
}

func TestForgettingIsTypedTwice(t *testing.T) {
	w := chattest.New(t)
	d := desk{t, w}
	system, olga := w.Service.Operator(), w.Person("olga")
	w.Person("beto")
	d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
	asked := result{"", "charla: this cannot be undone; type the nick twice to do it: admin forget beto beto\n", verbs.Misused}
	d.want(olga, "admin forget beto", asked)
	d.want(olga, "admin forget beto eva", asked)
	d.want(olga, "admin forget beto beto", result{"beto is forgotten; if they said much, it goes little by little (admin status tells until when); the nick stays taken until it is freed\n", "", verbs.Done})
	d.want(olga, "admin forget --yes beto", result{"", "charla: nobody is called beto here\n", verbs.Refused})
	d.want(olga, "admin free beto", result{"beto can be claimed\n", "", verbs.Done})
	if p, err := w.Service.Claim(w.Ctx, "beto", chat.Credential{Passphrase: "x"}); err != nil || p.Nick != "beto" {
		t.Errorf("somebody new claims %+v, %v", p, err)
	}
}

// Whoever talked with somebody who was forgotten still finds their own side of it, by
// a name that can be typed and that nobody can take.
func TestATalkWithSomebodyForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system, olga, beto := w.Service.Operator(), w.Person("olga"), w.Person("beto")
		w.Befriend(beto, olga)
		d.want(beto, "send olga private words", result{"", "", verbs.Done})
		d.want(olga, "send beto I hear you", result{"", "", verbs.Done})
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		d.want(olga, "admin forget beto beto", result{"beto is forgotten; if they said much, it goes little by little (admin status tells until when); the nick stays taken until it is freed\n", "", verbs.Done})
		time.Sleep(time.Minute)
		gone := string(chat.LeftHandle(beto.Me().ID))
		if got := d.run(olga, i18n.English, "", "list").out; !strings.Contains(got, gone) {
			t.Errorf("olga's list is\n%s", got)
		}
		got := d.run(olga, i18n.English, "", "read "+gone)
		if got.status != verbs.Done || !strings.Contains(got.out, "I hear you") || strings.Contains(got.out, "private") {
			t.Errorf("olga reads %+v", got)
		}
		d.want(olga, "info "+gone, result{gone + ": a talk of 1\n    olga\n", "", verbs.Done})
		if got := d.run(olga, i18n.Spanish, "", "leer "+gone).out; !strings.Contains(got, "alguien que se fue") || !strings.Contains(got, "(borrado)") {
			t.Errorf("in Spanish she reads %s", got)
		}
		d.want(w.Person("eva"), "read "+gone, result{"", "charla: no " + gone + " here\n", verbs.Refused})
		if _, err := w.Service.Claim(w.Ctx, chat.Nick(gone), chat.Credential{Passphrase: "x"}); chat.CodeOf(err) != chat.NickReserved {
			t.Errorf("somebody takes %s for a nick: %v", gone, err)
		}
	})
}

// An owner who asked "admin help" got a status of wrong usage and all the usages on
// one line.
func TestAdminAloneListsWhatSomebodyMayUseRegression(t *testing.T) {
	w := chattest.New(t)
	d := desk{t, w}
	ana, ada, beto := w.Person("ana"), w.Person("ada"), w.Person("beto")
	for nick, rank := range map[string]chat.Rank{"ana": chat.RankOwner, "ada": chat.RankAdmin} {
		if _, err := w.Service.Operator().GiveRank(w.Ctx, nick, rank); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle()
	for _, line := range []string{"admin", "admin help", "ADMIN ayuda"} {
		got := d.run(ana, i18n.English, "", line)
		if got.status != verbs.Done || got.err != "" || !strings.HasPrefix(got.out, "admin owner ") || !strings.Contains(got.out, "\nadmin reload ") || !strings.Contains(got.out, "\nadmin help ") {
			t.Errorf("%s: %+v", line, got)
		}
		if got := d.run(ada, i18n.English, "", line); got.status != verbs.Done || strings.Contains(got.out, "admin forget") || !strings.Contains(got.out, "admin kick") {
			t.Errorf("%s, an admin: %+v", line, got)
		}
		if got := d.run(beto, i18n.English, "", line); got != (result{"", "charla: you may not do that here\n", verbs.Refused}) {
			t.Errorf("%s, a member: %+v", line, got)
		}
	}
	d.want(ana, "admin help kick", result{"admin kick [--json] NICK [REASON…]\n    end somebody's sessions; they may come back\n", "", verbs.Done})
	d.want(ana, "admin kcik beto", result{"", "charla: no command admin kcik; did you mean admin kick? admin help lists them all\n", verbs.NoVerb})
	d.want(ana, "admin help xyzzy", result{"", "charla: no command admin xyzzy; admin help lists them all\n", verbs.NoVerb})
	got := d.run(ana, i18n.Spanish, "", "admin xyzzy")
	if got.err != "charla: no hay ninguna orden admin xyzzy; admin ayuda las muestra todas\n" {
		t.Errorf("got %+v", got)
	}
}

// What is listed only for those who may use it can be asked for by anybody.
func TestTheHelpOfThoseWhoLookAfterAServer(t *testing.T) {
	w := chattest.New(t)
	d := desk{t, w}
	beto := w.Person("beto")
	for line, want := range map[string]bool{"help": false, "help admin": true, "help admin ban": true} {
		if got := d.run(beto, i18n.English, "", line); got.status != verbs.Done || strings.Contains(got.out, "admin ban") != want {
			t.Errorf("%s prints %s", line, got.out)
		}
	}
	if _, err := w.Service.Operator().GiveRank(w.Ctx, "beto", chat.RankAdmin); err != nil {
		t.Fatal(err)
	}
	ada, guest := beto, w.Person("gus")
	w.Settle()
	for _, of := range []struct {
		who     *chat.Actor
		lists   []string
		missing []string
	}{
		{ada, []string{"\nLooking after the server:\nadmin people", "admin ban", "Messages:\nsend "}, []string{"admin rank", "admin forget", "admin code"}},
		{guest, []string{"\nGroups and rooms:\ngroup new", "\nPeople:\nwho", "\nComing in:\nwhoami"}, []string{"Looking after", "admin code", "admin warn"}},
	} {
		got := d.run(of.who, i18n.English, "", "help").out
		for _, want := range of.lists {
			if !strings.Contains(got, want) {
				t.Errorf("%s reads no %q in\n%s", of.who.Me().Nick, want, got)
			}
		}
		for _, not := range of.missing {
			if strings.Contains(got, not) {
				t.Errorf("%s reads %q", of.who.Me().Nick, not)
			}
		}
	}
	if got := d.run(w.Service.Operator(), i18n.Spanish, "", "ayuda"); !strings.Contains(got.out, "admin vetar") {
		t.Errorf("the operator's help is %s", got.out)
	}
}
