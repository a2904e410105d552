package i18n

import (
	"strings"
	"time"

	"charla/server/chat"
)

// TalkWords are those of the commands about what is between two people, and what
// each tells of themselves.
type TalkWords struct {
	Requests, Accept, Block, Unblock, Blocked, Mute, Unmute, Privacy, Profile Usage

	Request   string                   // in a list, instead of what was said
	Wants     func(nick string) string // as a line, with what can be done about it
	Accepted  func(nick string) string
	Blocks    func(nick string) string
	Unblocks  func(nick string) string
	Mutes     func(handle, until string) string // until: "" for good
	Unmutes   func(handle string) string
	IsMuted   string // in a list
	Audience  func(a chat.Audience) string
	Shows     func(seen, adds string, receipts bool) []string
	NameIs    func(name string) string // "" for none
	StatusIs  func(status string) string
	Here      string
	SeenAt    func(at string) string
	SeenNever string
	When      func(at, now time.Time) string // of the day, or with its day
}

// Audiences are what people may type, in both languages, and what they mean.
var Audiences = map[string]chat.Audience{
	"everyone": chat.Everyone, "everybody": chat.Everyone, "all": chat.Everyone, "todos": chat.Everyone,
	"known": chat.Known, "conocidos": chat.Known,
	"nobody": chat.Nobody, "none": chat.Nobody, "nadie": chat.Nobody,
}

// Nick is what a person is called: those who were forgotten have none any more.
func (w *ScreenWords) Nick(nick chat.Nick) string {
	if nick == "" {
		return w.Gone
	}
	return string(nick)
}

// Quoted is what somebody calls themselves, beside their nick: in quotes that it
// cannot close, so that it is never taken for what charla says.
func Quoted(name string) string { return `"` + quotes.Replace(name) + `"` }

var quotes = strings.NewReplacer(`"`, "'", "“", "'", "”", "'", "„", "'", "‟", "'", "«", "'", "»", "'", "″", "'", "＂", "'")

// Nick is ScreenWords'.
func (w *Words) Nick(nick chat.Nick) string { return w.Screen.Nick(nick) }

var talksEN = TalkWords{
	Requests: Usage{"requests [--json]", "who wants to write to you and was not let in yet"},
	Accept:   Usage{"accept [--json] NICK", "let in somebody who wants to write to you; answering does the same"},
	Block:    Usage{"block [--json] NICK", "want nothing of somebody: what they write to you is not shown, neither sees whether the other is here, and they cannot add you to groups; they are not told. Groups and rooms that both are in stay as they are"},
	Unblock:  Usage{"unblock [--json] NICK", "take a block back; what was written meanwhile is not shown"},
	Blocked:  Usage{"blocked [--json]", "whom you have blocked"},
	Mute:     Usage{"mute [--json] CONV [TERM]", "no bell for a conversation, for 30m, 12h, 7d or 4w, or for good; what is unread is counted as ever"},
	Unmute:   Usage{"unmute [--json] CONV", "take that back"},
	Privacy:  Usage{"privacy [--json] [seen|adds everyone|known|nobody] [receipts on|off]", "what others may know and do: seen: whether you are here, when you last were and what has reached you; receipts: whether you and they see in talks what was read; adds: who may bring you into groups. Known are those in a group that you made, came into by a code or wrote in, and those with a talk in which both wrote"},
	Profile:  Usage{"profile [--json] [name|status TEXT|--clear]", "a display name and a line about yourself, which are shown beside your nick"},

	Request: "wants to write to you",
	Wants: func(nick string) string {
		return nick + " wants to write to you: /accept " + nick + " lets them in, /block " + nick + " does not, /go " + nick + " shows the words"
	},
	Accepted: func(nick string) string { return "you let " + nick + " in" },
	Blocks:   func(nick string) string { return "you have blocked " + nick + "; they are not told" },
	Unblocks: func(nick string) string { return nick + " is blocked no more" },
	Mutes: func(handle, until string) string {
		if until == "" {
			return handle + " is muted for good"
		}
		return handle + " is muted until " + until
	},
	Unmutes: func(handle string) string { return handle + " is muted no more" },
	IsMuted: "muted",
	Audience: func(a chat.Audience) string {
		return map[chat.Audience]string{chat.Everyone: "everyone", chat.Known: "known", chat.Nobody: "nobody"}[a]
	},
	Shows: func(seen, adds string, receipts bool) []string {
		on := "off"
		if receipts {
			on = "on"
		}
		return []string{"seen: " + seen, "receipts: " + on, "adds: " + adds}
	},
	NameIs:    func(name string) string { return "name: " + otherwise(name, "none") },
	StatusIs:  func(status string) string { return "status: " + otherwise(status, "none") },
	Here:      "here now",
	SeenAt:    func(at string) string { return "seen " + at },
	SeenNever: "not here",
	When:      func(at, now time.Time) string { return whenWas(at, now, "yesterday ", "2006-01-02 15:04") },
}

var talksES = TalkWords{
	Requests: Usage{"peticiones [--json]", "quién quiere escribirte y aún no ha entrado"},
	Accept:   Usage{"aceptar [--json] NICK", "dejar entrar a alguien que quiere escribirte; contestar hace lo mismo"},
	Block:    Usage{"bloquear [--json] NICK", "no querer nada de alguien: no se te muestra lo que te escribe, ninguno de los dos ve si el otro está y no puede añadirte a grupos; no se le dice. Los grupos y salas en que están los dos siguen igual"},
	Unblock:  Usage{"desbloquear [--json] NICK", "quitar un bloqueo; lo que se escribió entretanto no se muestra"},
	Blocked:  Usage{"bloqueados [--json]", "a quién tienes bloqueado"},
	Mute:     Usage{"silenciar [--json] CONV [PLAZO]", "ningún aviso de una conversación, por 30m, 12h, 7d o 4w, o para siempre; lo que no has leído se cuenta igual"},
	Unmute:   Usage{"sonar [--json] CONV", "quitar eso"},
	Privacy:  Usage{"privacidad [--json] [visto|añadir todos|conocidos|nadie] [marcas sí|no]", "qué pueden saber y hacer los demás: visto: si estás, cuándo estuviste y qué te ha llegado; marcas: si en las charlas se ve lo leído, tú y ellos; añadir: quién puede meterte en grupos. Conocidos son aquellos con los que compartes un grupo, o una charla en que escribieron los dos"},
	Profile:  Usage{"perfil [--json] [nombre|estado TEXTO|--clear]", "un nombre y una línea sobre ti, que se muestran junto a tu nick"},

	Request: "quiere escribirte",
	Wants: func(nick string) string {
		return nick + " quiere escribirte: /aceptar " + nick + " le deja entrar, /bloquear " + nick + " no, /ir " + nick + " enseña lo que dice"
	},
	Accepted: func(nick string) string { return "has dejado entrar a " + nick },
	Blocks:   func(nick string) string { return "has bloqueado a " + nick + "; no se le dice" },
	Unblocks: func(nick string) string { return "has desbloqueado a " + nick },
	Mutes: func(handle, until string) string {
		if until == "" {
			return handle + " está en silencio para siempre"
		}
		return handle + " está en silencio hasta " + until
	},
	Unmutes: func(handle string) string { return handle + " ya no está en silencio" },
	IsMuted: "en silencio",
	Audience: func(a chat.Audience) string {
		return map[chat.Audience]string{chat.Everyone: "todos", chat.Known: "conocidos", chat.Nobody: "nadie"}[a]
	},
	Shows: func(seen, adds string, receipts bool) []string {
		on := "no"
		if receipts {
			on = "sí"
		}
		return []string{"visto: " + seen, "marcas: " + on, "añadir: " + adds}
	},
	NameIs:    func(name string) string { return "nombre: " + otherwise(name, "ninguno") },
	StatusIs:  func(status string) string { return "estado: " + otherwise(status, "ninguno") },
	Here:      "está aquí",
	SeenAt:    func(at string) string { return "visto " + at },
	SeenNever: "no está",
	When:      func(at, now time.Time) string { return whenWas(at, now, "ayer ", "2006-01-02 15:04") },
}

func otherwise(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// whenWas is a time of today or yesterday, or with its day.
func whenWas(at, now time.Time, yesterday, other string) string {
	day := func(t time.Time) string { return t.Format("2006-01-02") }
	switch day(at) {
	case day(now):
		return at.Format("15:04")
	case day(now.AddDate(0, 0, -1)):
		return yesterday + at.Format("15:04")
	}
	return at.Format(other)
}
