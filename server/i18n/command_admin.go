package i18n

import (
	"strings"

	"charla/server/chat"
)

// AdminWords is what those say and read who look after the server.
type AdminWords struct {
	Owner, Rank, People, Warn, Silence, Unsilence, Kick, Ban, Unban, Bans  Usage
	Reports, CloseReport, Audit, Forget, Free, Codes, Recall, Report, Help Usage

	// What was done, each with a nick or what else was named.
	RankNow   func(nick string, rank chat.Rank) string
	Ranks     map[chat.Rank]string
	Warned    func(nick string) string
	Silenced  func(nick, until string) string
	Speaks    func(nick string) string
	Kicked    func(nick string) string
	NotHere   func(nick string) string       // who was to be
	Banned    func(who, until string) string // until: "" for good
	Unbanned  func(who string) string
	Reported  string
	Closed    string
	Forgotten func(nick string) string
	Freed     func(nick string) string

	// What lists are made of; "" of a time that never ends.
	Since       func(day string) string
	Here        string
	Seen        func(at string) string
	SilentUntil func(until string) string
	BannedUntil func(until string) string
	ReportLine  func(by, author string) string
	CodeFor     map[string]string // by purpose; of login with a nick behind it; "" of one into what is not told
	Operator    string
	Decided     map[string]deed                   // by the kind of event, or by unsilenced
	CodeGiven   func(purpose, nick string) string // nick: for whom; "" for nobody named
	CodeTaken   func(purpose, nick string) string // nick: who had given it out; "" for the operator
	TypeTwice   func(order string) string
	NobodyYet   func(why, invite, come string) string // orders, "" of what does not help

	// What somebody is told who was decided about; reason may be "".
	YouWereWarned   func(reason string) string
	YouWereSilenced func(until, reason string) string
	YouMayWrite     string
	YouAre          func(rank chat.Rank, help string) string // another rank; help: what to type for what it may
	OverUntil       func(until, reason string) string        // a silence among those that are over
	Over            func(silences []string, may bool) string // may: nothing silences them now
	YouWereKicked   func(reason string) string
}

// Told is what a person is told of a decision about them, by its kind of event.
func (a *AdminWords) Told(kind, until, reason string) string {
	switch kind {
	case "person.silenced":
		if until == "" {
			return a.YouMayWrite
		}
		return a.YouWereSilenced(until, reason)
	case "person.kicked":
		return a.YouWereKicked(reason)
	}
	return a.YouWereWarned(reason)
}

var adminEN = AdminWords{
	Owner:       Usage{"admin owner [--json] NICK", "make somebody an owner of the server; the first one is named on the server's own machine"},
	Rank:        Usage{"admin rank [--json] NICK owner|admin|member", "give somebody a rank; admins look after people, owners after everything"},
	People:      Usage{"admin people [--json] [PREFIX]", "everybody: rank, since when, last seen, silenced, banned"},
	Warn:        Usage{"admin warn [--json] NICK REASON…", "tell somebody what is not done here, now or when they come"},
	Silence:     Usage{"admin silence [--json] NICK TERM [REASON…]", "for a term (30m, 12h, 7d, 4w) somebody reads and does not write, but to you"},
	Unsilence:   Usage{"admin unsilence [--json] NICK", "let them write again"},
	Kick:        Usage{"admin kick [--json] NICK [REASON…]", "end somebody's sessions; they may come back"},
	Ban:         Usage{"admin ban [--json] NICK|KEY|NETWORK [TERM] [REASON…]", "keep somebody out, for good unless a term (12h, 7d) is given: a nick, a key (SHA256:… or a line in quotes), an address or a network (203.0.113.0/24)"},
	Unban:       Usage{"admin unban [--json] NICK|KEY|NETWORK", "let them in again"},
	Bans:        Usage{"admin bans [--json]", "who and what is kept out"},
	Reports:     Usage{"admin reports [--json]", "messages that people reported, the oldest first"},
	CloseReport: Usage{"admin report [--json] close ID [OUTCOME…]", "a report was dealt with; what the message said is forgotten then"},
	Audit:       Usage{"admin audit [--json] [--last N] [--before POSITION]", "what was decided, by whom and why, the newest first"},
	Forget:      Usage{"admin forget [--json] [--yes] NICK NICK", "remove somebody and all they said and sent, for good; the nick is typed twice"},
	Free:        Usage{"admin free [--json] NICK", "let a new person take the nick of somebody forgotten"},
	Codes:       Usage{"admin codes [--json] [NICK]", "codes that people gave out and that still work, with the ids by which they are taken back"},
	Recall:      Usage{"admin revoke [--json] NICK ID", "take back a code that somebody gave out"},
	Report:      Usage{"report [--json] MESSAGE [REASON…]", "show a message to those who look after the server; MESSAGE is its id, or CONV/N by its number; its author is not told"},

	Help: Usage{"admin help [--json] [COMMAND]", "those of these commands that you may use, or one of them"},

	RankNow:  func(nick string, rank chat.Rank) string { return nick + " is " + string(rank) },
	Ranks:    map[chat.Rank]string{chat.RankOwner: "owner", chat.RankAdmin: "admin", chat.RankMember: "member", chat.RankGuest: "guest"},
	Warned:   func(nick string) string { return nick + " is warned" },
	Silenced: func(nick, until string) string { return nick + " does not write until " + until },
	Speaks:   func(nick string) string { return nick + " may write again" },
	Kicked:   func(nick string) string { return nick + " was sent out" },
	NotHere:  func(nick string) string { return nick + " was not here; what else they had open is closed" },
	Banned: func(who, until string) string {
		if until == "" {
			return who + " is kept out for good"
		}
		return who + " is kept out until " + until
	},
	Unbanned: func(who string) string { return who + " may come in again" },
	Reported: "reported; thank you",
	Closed:   "closed",
	Forgotten: func(nick string) string {
		return nick + " is forgotten; if they said much, it goes little by little (admin status tells until when); the nick stays taken until it is freed"
	},
	Freed: func(nick string) string { return nick + " can be claimed" },

	Since:       func(day string) string { return "since " + day },
	Here:        "here",
	Seen:        func(at string) string { return "seen " + at },
	SilentUntil: func(until string) string { return "silenced until " + until },
	BannedUntil: func(until string) string { return "banned" + or(" until ", until) },
	ReportLine:  func(by, author string) string { return by + " reports what " + author + " said: " },
	CodeFor:     map[string]string{"invitation": "invitation", "login": "to come in as", "join": "into a group", "": "code"},
	Operator:    "system",
	Decided: map[string]deed{
		"rank.given": {"rank", "rank"}, "person.warned": {"warned", ""}, "person.silenced": {"silenced", ""}, unsilenced: {"unsilenced", ""}, "person.kicked": {"kicked", ""},
		"banned": {"banned", "banned"}, "ban.lifted": {"unbanned", "unbanned"}, "report.closed": {"", "report closed"}, "person.forgotten": {"forgot", ""},
		"nick.freed": {"", "freed nick"}, "role.given": {"gave a room to", ""},
	},
	CodeGiven: func(purpose, nick string) string {
		return "gave out " + aCodeEN(purpose) + or(" for ", nick)
	},
	CodeTaken: func(purpose, nick string) string {
		code := aCodeEN(purpose)
		if _, plain, _ := strings.Cut(code, " "); nick != "" {
			code = nick + "'s " + plain
		}
		return "took back " + code
	},
	NobodyYet: func(why, invite, come string) string {
		switch {
		case invite != "":
			return why + "; invite them first, with " + invite + ", and let them come in once"
		case come != "":
			return why + "; let them come in once: " + come
		}
		return why + ", and nobody new is let in: set registration to \"invite\" or \"open\" first"
	},
	TypeTwice: func(order string) string { return "this cannot be undone; type the nick twice to do it: " + order },

	YouWereWarned:   func(reason string) string { return "a warning from the admins of this server" + or(": ", reason) },
	YouWereSilenced: func(until, reason string) string { return "you may not write here until " + until + or(": ", reason) },
	YouMayWrite:     "you may write here again",
	YouAre: func(rank chat.Rank, help string) string {
		if !rank.LooksAfter() {
			return "you do not look after this server any more"
		}
		return "you look after this server now (" + string(rank) + "): " + help
	},
	OverUntil: func(until, reason string) string { return "until " + until + inParens(reason) },
	Over: func(silences []string, may bool) string {
		if may {
			return "you may write here again; you could not " + listed(silences, " and ")
		}
		return "what silenced you before is over: " + listed(silences, " and ")
	},
	YouWereKicked: func(reason string) string { return "you were sent out" + or(": ", reason) },
}

var ranksES = map[chat.Rank]string{
	chat.RankOwner: "propiedad", chat.RankAdmin: "administración", chat.RankMember: "miembro", chat.RankGuest: "visita",
}

var adminES = AdminWords{
	Owner:       Usage{"admin propiedad [--json] NICK", "dar a alguien la propiedad del servidor; la primera vez se hace en la propia máquina del servidor"},
	Rank:        Usage{"admin rango [--json] NICK propiedad|administración|miembro", "dar un rango a alguien; con el de administración se cuida de la gente, con el de propiedad de todo"},
	People:      Usage{"admin gente [--json] [PRINCIPIO]", "todo el mundo: rango, desde cuándo, última vez, silencios y vetos"},
	Warn:        Usage{"admin avisar [--json] NICK MOTIVO…", "decir a alguien lo que aquí no se hace, ahora o cuando venga"},
	Silence:     Usage{"admin silenciar [--json] NICK PLAZO [MOTIVO…]", "durante un plazo (30m, 12h, 7d, 4w) alguien lee y no escribe, salvo a ti"},
	Unsilence:   Usage{"admin dejar-hablar [--json] NICK", "dejarle escribir otra vez"},
	Kick:        Usage{"admin echar [--json] NICK [MOTIVO…]", "cerrar las sesiones de alguien; puede volver"},
	Ban:         Usage{"admin vetar [--json] NICK|LLAVE|RED [PLAZO] [MOTIVO…]", "no dejar entrar, para siempre si no se da un plazo (12h, 7d): un nick, una llave (SHA256:… o una línea entre comillas), una dirección o una red (203.0.113.0/24)"},
	Unban:       Usage{"admin desvetar [--json] NICK|LLAVE|RED", "dejar entrar otra vez"},
	Bans:        Usage{"admin vetos [--json]", "quién y qué no puede entrar"},
	Reports:     Usage{"admin denuncias [--json]", "mensajes que la gente denunció, primero los más antiguos"},
	CloseReport: Usage{"admin denuncia [--json] cerrar ID [RESULTADO…]", "una denuncia está atendida; lo que decía el mensaje se olvida"},
	Audit:       Usage{"admin registro [--json] [--last N] [--before POSICIÓN]", "qué se decidió, quién y por qué, primero lo más reciente"},
	Forget:      Usage{"admin olvidar [--json] [--yes] NICK NICK", "quitar a alguien y todo lo que dijo y envió, para siempre; el nick se escribe dos veces"},
	Free:        Usage{"admin liberar [--json] NICK", "que alguien nuevo pueda tomar el nick de quien fue olvidado"},
	Codes:       Usage{"admin códigos [--json] [NICK]", "códigos que la gente ha dado y que todavía valen, con los ids por los que se revocan"},
	Recall:      Usage{"admin revocar [--json] NICK ID", "revocar un código que alguien ha dado"},
	Report:      Usage{"denunciar [--json] MENSAJE [MOTIVO…]", "enseñar un mensaje a quien cuida del servidor; MENSAJE es su id, o CONV/N por su número; su autor no se entera"},

	Help: Usage{"admin ayuda [--json] [ORDEN]", "de estas órdenes las que puedes usar, o una de ellas"},

	RankNow:  func(nick string, rank chat.Rank) string { return nick + " tiene ahora este rango: " + ranksES[rank] },
	Ranks:    ranksES,
	Warned:   func(nick string) string { return "has avisado a " + nick },
	Silenced: func(nick, until string) string { return nick + " no escribe hasta " + until },
	Speaks:   func(nick string) string { return nick + " puede escribir otra vez" },
	Kicked:   func(nick string) string { return "has echado a " + nick },
	NotHere: func(nick string) string {
		return nick + " no estaba aquí; se ha cerrado lo demás que tuviera abierto"
	},
	Banned: func(who, until string) string {
		if until == "" {
			return who + " no puede entrar, para siempre"
		}
		return who + " no puede entrar hasta " + until
	},
	Unbanned: func(who string) string { return who + " puede entrar otra vez" },
	Reported: "denunciado; gracias",
	Closed:   "cerrada",
	Forgotten: func(nick string) string {
		return "has olvidado a " + nick + "; si dijo mucho, se va quitando poco a poco (admin estado lo dice mientras dura); el nick sigue ocupado hasta que se libere"
	},
	Freed: func(nick string) string { return nick + " queda libre" },

	Since:       func(day string) string { return "desde " + day },
	Here:        "está aquí",
	Seen:        func(at string) string { return "visto " + at },
	SilentUntil: func(until string) string { return "en silencio hasta " + until },
	BannedUntil: func(until string) string { return "con veto" + or(" hasta ", until) },
	ReportLine:  func(by, author string) string { return by + " denuncia lo que dijo " + author + ": " },
	CodeFor:     map[string]string{"invitation": "invitación", "login": "para entrar como", "join": "a un grupo", "": "código"},
	Operator:    "sistema",
	Decided: map[string]deed{
		"rank.given": {"dio rango a", "rango"}, "person.warned": {"avisó a", ""}, "person.silenced": {"silenció a", ""}, unsilenced: {"dejó hablar a", ""}, "person.kicked": {"echó a", ""},
		"banned": {"vetó a", "vetó"}, "ban.lifted": {"levantó el veto a", "levantó el veto a"}, "report.closed": {"", "denuncia cerrada"}, "person.forgotten": {"olvidó a", ""},
		"nick.freed": {"", "liberó el nick"}, "role.given": {"dio una sala a", ""},
	},
	CodeGiven: func(purpose, nick string) string { return "dio " + aCodeES(purpose) + or(" para ", nick) },
	CodeTaken: func(purpose, nick string) string { return "revocó " + aCodeES(purpose) + or(" de ", nick) },
	NobodyYet: func(why, invite, come string) string {
		switch {
		case invite != "":
			return why + "; manda antes una invitación, con " + invite + ", y que entre una vez"
		case come != "":
			return why + "; que entre antes una vez: " + come
		}
		return why + ", y no entra nadie nuevo: pon antes registration a \"invite\" o \"open\""
	},
	TypeTwice: func(order string) string {
		return "esto no se puede deshacer; escribe el nick dos veces para hacerlo: " + order
	},

	YouWereWarned: func(reason string) string {
		return "un aviso de quienes administran este servidor" + or(": ", reason)
	},
	YouWereSilenced: func(until, reason string) string { return "no puedes escribir aquí hasta " + until + or(": ", reason) },
	YouMayWrite:     "ya puedes volver a escribir aquí",
	YouAre: func(rank chat.Rank, help string) string {
		if !rank.LooksAfter() {
			return "ya no cuidas de este servidor"
		}
		return "ahora cuidas de este servidor (" + ranksES[rank] + "): " + help
	},
	OverUntil: func(until, reason string) string { return "hasta " + until + inParens(reason) },
	Over: func(silences []string, may bool) string {
		if may {
			return "ya puedes volver a escribir aquí; no podías " + listed(silences, " y ")
		}
		return "lo que te silenciaba antes ya pasó: " + listed(silences, " y ")
	},
	YouWereKicked: func(reason string) string { return "te han echado" + or(": ", reason) },
}

// deed is what was done to a person, and to what is none: a key, a network, a nick.
type deed struct{ person, thing string }

// unsilenced is where what undid a silence stands: the event is of the same kind.
const unsilenced = "person.unsilenced"

// Decision is one line of the audit log: what, about whom (who may be "") and what.
func (a *AdminWords) Decision(kind, who, what string, ends bool) string {
	if rank := a.Ranks[chat.Rank(what)]; kind == "rank.given" && rank != "" {
		what = rank
	}
	if kind == "person.silenced" && !ends {
		kind = unsilenced
	}
	switch kind {
	case "code.issued":
		return a.CodeGiven(what, who)
	case "code.revoked":
		return a.CodeTaken(what, who)
	}
	done := a.Decided[kind].thing
	if who != "" {
		done = a.Decided[kind].person
	}
	if done == "" {
		done = kind
	}
	return done + or(" ", who) + or(" ", what)
}

// aCodeEN is a code by its purpose, "" where that is not told.
func aCodeEN(purpose string) string {
	return otherwise(map[string]string{"invitation": "an invitation", "login": "a login code"}[purpose], "a code")
}

func aCodeES(purpose string) string {
	return otherwise(map[string]string{"invitation": "una invitación", "login": "un código de entrada"}[purpose], "un código")
}

// inParens is a reason behind what it is for, if there is one.
func inParens(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}
