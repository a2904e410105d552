package i18n

import "fmt"

// PeopleScreenWords are what the screen says of the people and rules of a
// conversation, and of what one may do about them.
type PeopleScreenWords struct {
	// The page about a conversation.
	Hint                                string
	Muted, Blocked                      string // what is so now
	Mute, Unmute, Block, Unblock, Admit string // what may be done, each with its letter
	Rename, Topic, Add, Whom, Code      string
	Writers, Expiry, Slow, Leave, Enter string
	Name, Status                        string // of oneself
	// What is to be typed behind the command that such a letter begins.
	AddAs, RenameAs, TopicAs, WritersAs, ExpiryAs, SlowAs, NameAs, StatusAs, ReportAs string
	ForAdmins, NotYours                                                               string // who else does the rest; why a letter does nothing
	Shared                                                                            string // the head of the groups that both are in
	LookAfter                                                                         string // the head of those who look after a room
	More                                                                              func(n int) string
	Busy                                                                              string // the composer is not empty

	MuteAsk               func(name string) string
	Hours, Week, Always   string // for how long
	LeaveAsk              func(name string) string
	LeaveYes, LeaveNo     string
	HeirTitle, MemberHint string
	MemberTitle, NoMember string
	MemberAsk             func(nick, role string) string
	Write, Remove         string // what may be done about a member
	Silence, Speak        string
	Raise, Lower, Crown   string

	// Reporting a message.
	ReportAsk, ReportYes, ReportWhy, ReportNo, ReportOwn string

	// In the composer, why nothing can be written.
	Listens, Silenced string

	// How many reports wait for those who look after the server: as many or more, and
	// whether one has just come; order lists them.
	Reports func(n int, more, came bool, order string) string

	YesNo     string // the letters of a question, and Esc
	WarnedYes string // below what those who look after the server tell
}

var peopleScreenEN = PeopleScreenWords{
	Hint: "a letter   PgUp PgDn   Esc", Muted: "muted: no bell", Blocked: "you have blocked them",
	Mute: "mute: no bell", Unmute: "unmute", Block: "block; they are not told", Unblock: "unblock", Admit: "let them in",
	Rename: "another title", Topic: "topic", Add: "add people", Whom: "choose a member", Code: "invitation code",
	Writers: "who may write", Expiry: "how long messages stay", Slow: "slow mode", Leave: "leave", Enter: "come in",
	Name: "your display name", Status: "a line about yourself",
	AddAs: "a nick, or several", RenameAs: "the title", TopicAs: "what it is about", WritersAs: "all, or admins", ExpiryAs: "as 7d, 12h or off", SlowAs: "as 30s, 5m or off",
	NameAs: "the name", StatusAs: "the line", ReportAs: "why",
	ForAdmins: "title, topic, rules and roles: owners and admins change them", NotYours: "you may not do that here; owners and admins may",
	Shared: "Groups of you both", LookAfter: "Owners and admins",
	More: func(n int) string { return fmt.Sprintf("and %d more", n) },
	Busy: "send or clear what is written first (^C)",

	MuteAsk: func(name string) string { return "No bell for " + name + ", for how long?" },
	Hours:   "8 hours", Week: "a week", Always: "always",
	LeaveAsk: func(name string) string { return "Leave " + name + "?" },
	LeaveYes: "leave", LeaveNo: "stay",
	HeirTitle: "You are the owner. Who follows?", MemberHint: "Enter   Esc back", MemberTitle: "Whom?", NoMember: "nobody of that name is here",
	MemberAsk: func(nick, role string) string { return nick + " (" + role + ")" },
	Write:     "write to them", Remove: "put them out", Silence: "let them read only", Speak: "let them write again",
	Raise: "make them an admin", Lower: "make them a member", Crown: "make them the owner instead of you",

	ReportAsk: "Show this message to those who look after the server? Its author is not told.",
	ReportYes: "report it", ReportWhy: "report it, and say why", ReportNo: "do not", ReportOwn: "this is your own message; d deletes it",

	Listens: "only owners and admins write here", Silenced: "you were muted here; you only read",

	Reports: func(n int, more, came bool, order string) string {
		s := counted(n, "report waits", "reports wait")
		if more {
			s = "more than " + counted(n-1, "report waits", "reports wait")
		}
		if came {
			s = "somebody reported a message; " + s
		}
		return s + ": " + order
	},

	YesNo: "y/n   Esc", WarnedYes: "I have read it",
}

var peopleScreenES = PeopleScreenWords{
	Hint: "una letra   Re Pág  Av Pág   Esc", Muted: "en silencio: sin avisos", Blocked: "has bloqueado a esta persona",
	Mute: "silenciar avisos", Unmute: "volver a avisar", Block: "bloquear; no se le dice", Unblock: "desbloquear", Admit: "dejar entrar",
	Rename: "otro título", Topic: "tema", Add: "añadir personas", Whom: "elegir a alguien", Code: "código de invitación",
	Writers: "quién escribe", Expiry: "cuánto duran los mensajes", Slow: "modo lento", Leave: "salir", Enter: "entrar",
	Name: "tu nombre a la vista", Status: "una línea sobre ti",
	AddAs: "un nick, o varios", RenameAs: "el título", TopicAs: "de qué va", WritersAs: "todos, o administración", ExpiryAs: "como 7d, 12h o no", SlowAs: "como 30s, 5m o no",
	NameAs: "el nombre", StatusAs: "la línea", ReportAs: "por qué",
	ForAdmins: "título, tema, reglas y papeles los cambia quien lo administra", NotYours: "aquí no puedes hacer eso; quien lo administra, sí",
	Shared: "Grupos en común", LookAfter: "Quienes la administran",
	More: func(n int) string { return fmt.Sprintf("y %d más", n) },
	Busy: "envía o borra antes lo escrito (^C)",

	MuteAsk: func(name string) string { return "¿Sin avisos de " + name + ", por cuánto tiempo?" },
	Hours:   "8 horas", Week: "una semana", Always: "siempre",
	LeaveAsk: func(name string) string { return "¿Salir de " + name + "?" },
	LeaveYes: "salir", LeaveNo: "quedarse",
	HeirTitle: "Es tuyo. ¿Quién te sigue?", MemberHint: "Enter   Esc volver", MemberTitle: "¿Quién?", NoMember: "aquí no hay nadie con ese nombre",
	MemberAsk: func(nick, role string) string { return nick + " (" + role + ")" },
	Write:     "escribirle", Remove: "sacar del grupo", Silence: "que solo lea", Speak: "que vuelva a escribir",
	Raise: "que administre", Lower: "que deje de administrar", Crown: "pasarle la propiedad; tú quedas administrando",

	ReportAsk: "¿Enseñar este mensaje a quienes cuidan del servidor? A quien lo escribió no se le dice.",
	ReportYes: "denunciarlo", ReportWhy: "denunciarlo y decir por qué", ReportNo: "no", ReportOwn: "este mensaje es tuyo; d lo borra",

	Listens: "aquí solo escribe quien administra", Silenced: "te han silenciado aquí; solo lees",

	Reports: func(n int, more, came bool, order string) string {
		s := oneOrMany(n, "espera ", "esperan ") + counted(n, "denuncia", "denuncias")
		if more {
			s = "esperan más de " + counted(n-1, "denuncia", "denuncias")
		}
		if came {
			s = "alguien ha denunciado un mensaje; " + s
		}
		return s + ": " + order
	},

	YesNo: "s/n   Esc", WarnedYes: "lo he leído",
}
