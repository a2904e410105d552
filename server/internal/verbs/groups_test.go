package verbs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

func refused(sentence string) result { return result{err: "charla: " + sentence + "\n", status: 1} }

func TestLookingAfterAGroup(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		eva := d.w.Person("eva")
		d.want(ana, "group new Pandilla beto eva", done("pandilla\n"))
		d.want(beto, "group role pandilla beto admin", refused("only owners and admins of pandilla can do that"))
		d.want(ana, "group role pandilla @Beto admin", done("beto is an admin of pandilla now\n"))
		d.want(ana, "group role pandilla beto king", result{
			err: "charla: king does not fit; usage: group role [--json] CONV NICK owner|admin|member|muted\n", status: 2})
		d.want(beto, "group mute pandilla eva", done("eva is a muted member of pandilla now\n"))
		d.want(eva, "send pandilla hola", refused("an admin of pandilla has muted you: you read there and do not write"))
		d.want(beto, "group unmute pandilla eva", done("eva may write in pandilla again\n"))
		d.want(beto, "group unmute pandilla eva", refused("eva is not muted there"))
		d.want(ana, "group unmute pandilla beto", refused("beto is not muted there")) // nor an admin no more
		d.want(beto, "group remove pandilla ana", refused("only owners of pandilla can do that"))
		d.want(beto, "group remove pandilla beto", refused("you cannot do that to yourself"))
		d.w.Person("luis")
		d.want(beto, "group remove pandilla luis", refused("luis is not in pandilla"))
		d.want(ana, "leave pandilla luis", refused("luis is not in pandilla"))
		d.want(beto, `group rename pandilla "Los de siempre"`, done("pandilla is called Los de siempre now; you go on typing pandilla for it\n"))
		d.want(eva, "list", done("pandilla                    \"Los de siempre\"\nlobby\n"))
		d.want(beto, "topic pandilla don't  forget", done("pandilla: don't forget\n"))
		d.want(eva, "topic pandilla", done("pandilla: don't forget\n"))
		d.want(eva, "topic pandilla mine", refused("only owners and admins of pandilla can do that"))
		d.want(beto, "group writers pandilla admins", done("pandilla: only owners and admins write\n"))
		d.want(eva, "send pandilla hola", refused("only owners and admins write in pandilla"))
		d.want(beto, "group expiry pandilla 30d", done("pandilla: messages disappear after 30 d\n"))
		d.want(beto, "slow pandilla 30s", done("pandilla: slow mode: one message in 30 s\n"))
		d.want(eva, "info pandilla", done("pandilla (Los de siempre): a private group of 3\n\"don't forget\"\nyou are a member\n"+
			"only owners and admins write\nmessages disappear after 30 d\nslow mode: one message in 30 s\n    ana owner\n    beto admin\n    eva member\n"))
		d.want(beto, "group info pandilla --json", done(`{"handle":"pandilla","id":"ID","kind":"group","title":"Los de siempre","members":3,"unread":0,"read":0,`+
			`"topic":"don't forget","role":"admin","writers":"admins","expiry":2592000,"slow":30,`+
			`"who":[{"nick":"ana","role":"owner"},{"nick":"beto","role":"admin"},{"nick":"eva","role":"member"}]}`+"\n"))
		d.want(beto, "topic --off pandilla", done("pandilla has no topic\n"))
		d.want(beto, "group expiry pandilla 1m", refused("give a time from 1 h to 90 d, or off"))
		d.want(beto, "slow pandilla soon", result{err: "charla: soon is no term (30s, 12h, 7d are); usage: slow [--json] CONV off|TERM\n", status: 2})
		d.want(beto, "slow pandilla off", done("pandilla: no slow mode\n"))
		d.want(ana, "group leave pandilla", refused("you are the last owner of pandilla; say who follows, for example: group leave pandilla beto"))
		d.want(ana, "group role pandilla ana admin", refused("you are the last owner of pandilla; say who follows, for example: group handover pandilla NICK"))
		d.want(ana, "group handover pandilla eva", done("eva is an owner of pandilla now\n"))
		d.want(ana, "leave pandilla", done("you left pandilla\n"))
	})
}

// "Send them an invitation instead" made no group and led nowhere.
func TestWhoLetsNobodyAddThemComesInByACode(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		dani := d.w.Person("dani")
		if got := d.run(dani, i18n.English, "", "privacy adds nobody"); got.status != 0 {
			t.Fatalf("dani: %+v", got)
		}
		d.want(ana, "group new Viaje dani beto", refused("you cannot add dani; make the group without them, and then send them a code: group code CONV"))
		d.want(ana, "group new Viaje beto", done("viaje\n"))
		d.want(ana, "group add viaje dani", refused("you cannot add dani; with a code of an owner or admin they come in themselves: group code viaje"))
		if got := d.run(ana, i18n.Spanish, "", "grupo añadir viaje dani").err; got != "charla: no puedes añadir a dani; con un código de quien administra entra por su cuenta: grupo codigo viaje\n" {
			t.Errorf("in Spanish: %q", got)
		}
		card := d.run(ana, i18n.English, "", "group code viaje --json").out
		code := regexp.MustCompile(`"code":"([^"]+)"`).FindStringSubmatch(card)
		if code == nil {
			t.Fatalf("the card is %s", card)
		}
		d.want(dani, "join "+code[1], done("you are in viaje; 3 people\n"))
	})
}

// What somebody may know of a group ends with their being in it.
func TestWhoIsOutReadsWhatTheyHad(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Pandilla beto", done("pandilla\n"))
		d.want(ana, "send pandilla hola", done(""))
		d.want(ana, "group remove pandilla beto", done("beto is out of pandilla\n"))
		d.want(ana, "send pandilla secret", done(""))
		d.want(beto, "read pandilla", done("2000-01-01 00:00 UTC ana in pandilla: hola\n"))
		d.want(beto, "info pandilla", done("pandilla (Pandilla): a private group\nyou were put out of it\n"))
		d.want(beto, "list", done("lobby\n"))
		d.want(beto, "list --all", done("lobby\npandilla             (1)    ana: hola\n"))
		d.want(beto, "join pandilla", refused("you were put out of pandilla; one of its admins can bring you back"))
		d.want(beto, "files pandilla", refused("no pandilla here"))
		eva := d.w.Person("eva")
		for _, line := range []string{"info pandilla", "join pandilla", "topic pandilla", "group remove pandilla beto", "group expiry pandilla off", "leave pandilla"} {
			d.want(eva, line, refused("no pandilla here"))
		}
	})
}

func TestRoomsAreFoundAndEntered(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "room new Plaza what goes on", done("plaza: what goes on\n"))
		d.want(ana, "room new plaza", refused("there is a room plaza already; enter it: join plaza"))
		d.want(ana, "room new lobby", refused("there is a room lobby already; enter it: join lobby"))
		d.want(ana, "room new beto", refused("beto belongs to somebody else; free: beto2"))
		d.want(ana, "room new admin", refused("admin is a reserved name; free: admin2"))
		d.want(beto, "rooms", done("* lobby                (2)\n- plaza                (1)      what goes on\n"))
		d.want(beto, "send plaza hola", refused("you are not in plaza"))
		d.want(beto, "join #plaza", done("you are in plaza; 2 people\n"))
		d.want(beto, "send plaza hola", done(""))
		d.want(beto, "info plaza", done("plaza: a room of 2\n\"what goes on\"\nyou are a member\neverybody writes\n    ana owner\n"))
		d.want(beto, "group rename plaza calle", refused("only owners and admins of plaza can do that"))
		d.want(ana, "group rename plaza calle", refused("plaza is not a group"))
		d.want(beto, "leave plaza", done("you left plaza\n"))
		d.want(beto, "leave lobby", done("you left lobby\n"))
		d.want(beto, "rooms --json", done(`{"handle":"lobby","id":"ID","kind":"room","title":"lobby","members":1,"unread":0,"read":0,"outside":true}`+"\n"+
			`{"handle":"plaza","id":"ID","kind":"room","title":"plaza","members":1,"unread":0,"read":0,"last":{"id":"ID","n":1,"position":P,"conversation":"plaza",`+
			`"from":"beto","at":"2000-01-01T00:00:00Z","kind":"text","text":"hola"},"topic":"what goes on","outside":true}`+"\n"))
		d.want(beto, "join lobby", done("you are in lobby; 2 people\n"))
	})
}

func TestExpiredMessagesAreNotPrinted(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Pandilla beto", done("pandilla\n"))
		d.want(ana, "send pandilla kept", done(""))
		d.want(ana, "group expiry pandilla 1h", done("pandilla: messages disappear after 1 h\n"))
		d.want(ana, "send --json pandilla secret", done(`{"id":"ID","n":2,"conversation":"pandilla","from":"ana","at":"2000-01-01T00:00:00Z","kind":"text",`+
			`"text":"secret","expires":"2000-01-01T01:00:00Z"}`+"\n"))
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		d.want(beto, "read pandilla", done("2000-01-01 00:00 UTC ana in pandilla: kept\n"))
		d.want(beto, "read pandilla --last 1", done("2000-01-01 00:00 UTC ana in pandilla: kept\n"))
		d.want(beto, "list", done("pandilla             (1)\nlobby\n"))
		d.want(beto, "search secret", refused("no message of yours has secret"))
	})
}

// Asked for the last so many, read counted what had expired and printed fewer.
func TestTheLastMessagesAreThoseThereAreRegression(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Pandilla beto", done("pandilla\n"))
		conv, err := ana.Resolve(d.w.Ctx, "pandilla")
		if err != nil {
			t.Fatal(err)
		}
		say := func(n int, text string) {
			for range n {
				d.w.Say(ana, conv.Ref(), text)
			}
			d.w.Settle()
		}
		say(130, "old")
		d.run(ana, i18n.English, "", "group expiry pandilla 1h")
		say(250, "gone")
		d.run(ana, i18n.English, "", "group expiry pandilla off")
		say(2, "new")
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		for last, want := range map[int]string{1: "0 1", 2: "0 2", 3: "1 2", 131: "129 2", 132: "130 2", 133: "130 2", 1000: "130 2"} {
			out := d.run(beto, i18n.English, "", fmt.Sprintf("read pandilla --last %d", last)).out
			if got := fmt.Sprint(strings.Count(out, ": old\n"), strings.Count(out, ": new\n")); got != want || strings.Contains(out, "gone") {
				t.Errorf("--last %d prints %s, want %s", last, got, want)
			}
		}
	})
}

func TestGroupsInSpanish(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		for _, line := range []string{
			"grupo nuevo x beto", "grupo rol x beto dueño", "grupo rol x beto miembro", "grupo silenciar x beto", "grupo voz x beto", "grupo renombrar x y",
			"tema x cine", "tema x", "grupo escriben x todos", "grupo caducidad x 1h", "lento x 10s", "lento x no", "grupo datos x", "datos lobby", "salas", "sala nueva plaza",
			"dejar plaza", "entrar plaza", "grupo ceder x beto", "lista --all",
		} {
			if got := d.run(ana, i18n.Spanish, "", line); got.status != 0 || got.err != "" || strings.Contains(got.out, "you") {
				t.Errorf("%s: %+v", line, got)
			}
		}
	})
}

func TestJoiningByCode(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Pandilla", done("pandilla\n"))
		card := d.run(ana, i18n.English, "", "group code --uses 2 --for 1d pandilla").out
		code := regexp.MustCompile(`/join (\S+)`).FindStringSubmatch(card + "/join none")[1]
		if !strings.Contains(card, "ssh -p 2222 NICK@chat.lan ") || !strings.Contains(card, "leads into Pandilla") || !strings.Contains(card, "until 2000-01-02 00:00 UTC") {
			t.Errorf("the card says %q", card)
		}
		d.wantIn(beto, code+"\nand more\n", "join", done("you are in pandilla; 2 people\n"))
		d.want(d.w.Person("eva"), "join "+strings.ReplaceAll(code, "-", ""), done("you are in pandilla; 3 people\n"))
		d.want(d.w.Person("mallory"), "join "+code, refused("that code does not work here: it may be mistyped, used up or too old; ask for a new one"))
		d.want(beto, "join", result{err: "charla: usage: join [--json] ROOM|CODE\n", status: 2})
		// A room may be called as a code could be typed.
		d.want(ana, "room new presentacion", done("presentacion\n"))
		d.want(beto, "join presentacion", done("you are in presentacion; 2 people\n"))
		d.want(ana, "group code pandilla --for ever", result{
			err: "charla: --for does not fit; usage: group code [--json] [--uses N] [--for TERM] CONV\n", status: 2})
		d.want(beto, "group code pandilla", refused("only owners and admins of pandilla can do that"))
	})
}

// A flag is one wherever the help allows for it; only a message is left as it is.
func TestFlagsBesideATitleOrTopic(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Pandilla beto", done("pandilla\n"))
		d.want(ana, "topic pandilla cine", done("pandilla: cine\n"))
		d.want(ana, "topic pandilla --off", done("pandilla has no topic\n"))
		d.want(ana, "topic pandilla -- --off", done("pandilla: --off\n"))
		d.want(ana, "topic pandilla cine --off", result{
			err: "charla: --off does not fit; usage: topic [--json] [--off] CONV [TEXT…]\n", status: 2})
		d.want(ana, "topic pandilla --of", result{
			err: "charla: --of does not fit; usage: topic [--json] [--off] CONV [TEXT…]\n", status: 2})
		d.want(ana, `topic pandilla don't  wait "`, done("pandilla: don't wait \"\n"))
		for _, line := range []string{"topic pandilla --json cine", "topic pandilla cine --json", "group rename pandilla Los otros --json", "room new --json plaza", "room new sala de cine --json"} {
			if got := d.run(ana, i18n.English, "", line).out; !strings.HasPrefix(got, `{"handle":`) || strings.Contains(got, "--json") {
				t.Errorf("%s: %s", line, got)
			}
		}
		for _, text := range []string{"--off", "--json", "--", "hola --json"} {
			d.want(ana, "send pandilla "+text, done(""))
			d.want(beto, "read pandilla --last 1", done("2000-01-01 00:00 UTC ana in pandilla: "+text+"\n"))
		}
	})
}

// What is read is in the reader's language, and what programs read in none.
func TestStandingsAreReadInSpanish(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.w.Person("eva")
		says := func(who *chat.Actor, line, want string) {
			t.Helper()
			if got := d.run(who, i18n.Spanish, "", line); got != done(want) {
				t.Errorf("%s: %+v, want %q", line, got, want)
			}
		}
		system := d.w.Service.Operator()
		says(system, "admin propiedad ana", "ana tiene ahora este rango: propiedad\n")
		says(ana, "admin rango beto administración", "beto tiene ahora este rango: administración\n")
		says(ana, "admin rango beto --json admin", `{"nick":"beto","rank":"admin","done":true}`+"\n")
		says(ana, "admin gente", "ana                   propiedad       desde 2000-01-01\nbeto                  administración  desde 2000-01-01\n"+
			"eva                   miembro         desde 2000-01-01\n")
		says(ana, "admin registro", "2000-01-01 00:00 UTC  ana  dio rango a beto administración\n2000-01-01 00:00 UTC  sistema  dio rango a ana propiedad\n")
		if got := d.run(ana, i18n.Spanish, "", "admin registro --json").out; !strings.Contains(got, `"by":"system"`) || !strings.Contains(got, `"subject":"owner"`) {
			t.Errorf("programs read %s", got)
		}
		says(ana, "grupo nuevo Pandilla beto", "pandilla\n")
		says(ana, "grupo rol pandilla beto administración", "beto tiene ahora en pandilla este papel: administración\n")
		says(ana, "grupo caducidad pandilla 1h", "pandilla: los mensajes desaparecen al cabo de 1 h\n")
		says(ana, "grupo escriben pandilla administración", "pandilla: solo escriben quienes lo administran\n")
		says(ana, "info pandilla", "pandilla (Pandilla): un grupo privado de 2\ntu papel: propiedad\nsolo escriben quienes lo administran\n"+
			"los mensajes desaparecen al cabo de 1 h\n    ana propiedad\n    beto administración\n")
		says(ana, "privacidad marcas no", "visto: todos\nmarcas: no\nañadir: todos\n")
		says(ana, "privacidad marcas sí", "visto: todos\nmarcas: sí\nañadir: todos\n")
		says(ana, "privacidad añadir nadie", "visto: todos\nmarcas: sí\nañadir: nadie\n")
	})
}
