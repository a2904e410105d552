package i18n

import (
	"fmt"
	"time"
)

// TalkScreenWords are what the screen says of strangers who want to write, and of
// when somebody was here.
type TalkScreenWords struct {
	Requests string                   // the head of those in the list
	Wants    string                   // in the list, instead of what was said
	Bar      func(nick string) string // above the composer
	BarShort func(nick string) string // the same, where there is less room
	Waits    func(nick string, most int) string
	Ask      func(nick string) string       // the question, with its answers
	Accept   string                         //
	Block    string                         //
	Later    string                         //
	Admitted func(nick string) string       // once they were let in, and what ends that
	Shut     func(nick string) string       // once they were blocked
	Seen     func(at, now time.Time) string // when they were last here
	Blocked  func(nick string) string       // in the composer of a talk with somebody one has blocked
}

var talkScreenEN = TalkScreenWords{
	Requests: "Requests", Wants: "wants to write to you",
	Bar: func(nick string) string {
		return nick + " wants to write to you: Enter decides, an answer accepts"
	},
	BarShort: func(nick string) string { return nick + " wants to write: Enter decides" },
	Waits: func(nick string, most int) string {
		return fmt.Sprintf("%s has not let you in yet; up to %d messages wait", nick, most)
	},
	Ask:    func(nick string) string { return "Let " + nick + " write to you?" },
	Accept: "let them in", Block: "block them; they are not told", Later: "decide later",
	Admitted: func(nick string) string { return nick + " may write to you; /block " + nick + " ends that" },
	Shut: func(nick string) string {
		return "you have blocked " + nick + "; they are not told. /unblock " + nick + " takes it back"
	},
	Seen:    func(at, now time.Time) string { return "seen " + whenWas(at, now, "yesterday ", "2006-01-02") },
	Blocked: func(nick string) string { return "you have blocked " + nick + "; /unblock " + nick + " takes it back" },
}

var talkScreenES = TalkScreenWords{
	Requests: "Peticiones", Wants: "quiere escribirte",
	Bar: func(nick string) string {
		return nick + " quiere escribirte: Enter decide, contestar acepta"
	},
	BarShort: func(nick string) string { return nick + " quiere escribirte: Enter decide" },
	Waits: func(nick string, most int) string {
		return fmt.Sprintf("%s todavía no te ha dejado entrar; hasta %d mensajes esperan", nick, most)
	},
	Ask:    func(nick string) string { return "¿Dejar que " + nick + " te escriba?" },
	Accept: "dejarle entrar", Block: "bloquear; no se le dice", Later: "decidirlo después",
	Admitted: func(nick string) string { return nick + " puede escribirte; /bloquear " + nick + " lo termina" },
	Shut: func(nick string) string {
		return "has bloqueado a " + nick + "; no se le dice. /desbloquear " + nick + " lo quita"
	},
	Seen:    func(at, now time.Time) string { return "visto " + whenWas(at, now, "ayer ", "2006-01-02") },
	Blocked: func(nick string) string { return "has bloqueado a " + nick + "; /desbloquear " + nick + " lo quita" },
}
