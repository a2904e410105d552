package i18n

import (
	"fmt"
	"strings"
)

// Usage is how to type a command, its name first, and what it does.
type Usage struct{ Line, Help string }

// CommandWords is what the commands say: `ssh host VERB`, slash commands and
// linear mode.
type CommandWords struct {
	Send, Read, Tail, Search, List, Files, Who, Whoami, Register Usage
	GroupNew, GroupAdd, GroupLeave, Config, Help                 Usage

	// What was typed wrongly; each on one line.
	BadUsage func(usage string) string
	Lacks    func(what, usage string) string // what is missing, as the usage calls it
	BadQuote func(usage string) string
	BadFlag  func(flag, usage string) string
	BadTerm  func(typed, usage string) string
	Unknown  func(name, near, help string) string
	AtLine   func(line int, why string) string
	KeyUsed  func(handle string) string // of send --id; handle may be ""
	OldScp   string
	OnlyVerb func(name string) string // for a command that would never give the screen back

	// What commands print.
	Said             func(at, nick, handle string) string // before the text of a message
	Deleted          string
	Edited           string
	Size             func(bytes int64) string
	HasPassphrase    string
	Registered       func(nick string) string
	OtherNick        func(asked, nick string) string // of register, when the key is that of nick
	GroupNow         func(handle string, nicks []string, members int) string
	More             func(people int) string // than are named
	Unquoted         func(why, order string) string
	Which            func(why, order string) string // CONV was left out where it has to stand
	GroupLeft        func(handle string) string
	ConfigKnownHosts string
	ConfigHost       string
	HelpJSON         string // below the help whose usages leave it out

	Linear   LinearWords
	Topics   TopicWords
	Groups   GroupWords
	Talks    TalkWords
	Identity IdentityWords
	Admin    AdminWords
	Operator OperatorWords
	None     NoneWords
}

// TopicWords head the help.
type TopicWords struct{ Messages, Groups, People, Entry, Server string }

// LinearWords is what linear mode says besides.
type LinearWords struct {
	Hello   func(nick, zone string) string
	Unread  func(conversations string) string // "beto (3), lobby (1)"
	How     string
	Go, End Usage  // their names without the slash
	NoPlace string // a line was typed before any /go
	Now     func(handle string) string
}

var commandEN = CommandWords{
	Send:       Usage{"send [--json] [--id KEY] [--lines] CONV [TEXT…]", "say TEXT, or what is piped in; the same KEY twice is one message; --lines: each piped line is a message"},
	Read:       Usage{"read [--json] CONV [--last N]", "print the last N messages (20)"},
	Tail:       Usage{"tail [--json] [--after POSITION] [CONV…]", "print messages as they come, from now or from just after a position that --json told, until you stop it"},
	Search:     Usage{"search [--json] WORDS… [--in CONV] [--last N] [--before POSITION]", "messages of yours that hold all the words, the newest first; of the last word its first three letters will do; --before goes on from a position"},
	List:       Usage{"list [--json] [--all]", "your conversations, the newest change first; --all: and the groups you have left"},
	Files:      Usage{"files [--json] CONV", "the files of a conversation, as scp and sftp name them"},
	Who:        Usage{"who [--json] [NICK]", "who is here now, or what somebody says of themselves and when they were here"},
	Whoami:     Usage{"whoami [--json]", "your nick and your keys"},
	Register:   Usage{"register [--json]", "take the nick you signed in with; twice is fine"},
	GroupNew:   Usage{"group new [--json] TITLE [NICK…]", "make a private group and print its handle"},
	GroupAdd:   Usage{"group add [--json] CONV NICK…", "bring people into a group"},
	GroupLeave: Usage{"group leave [--json] CONV [NICK]", "leave a group or room; of a group you keep the history up to now; its last owner says who follows"},
	Config:     Usage{"config [--json]", "lines for ~/.ssh/config, so that ssh chat, sftp chat and scp photo.jpg chat:beto/ work"},
	Help:       Usage{"help [--json] [COMMAND]", "this list, or one command of it"},

	BadUsage: func(usage string) string { return "usage: " + usage },
	Lacks: func(what, usage string) string {
		return what + " is missing" + termsAs(", as ", what, "TERM") + "; usage: " + usage
	},
	BadQuote: func(usage string) string { return "a quote is not closed; usage: " + usage },
	BadFlag:  func(flag, usage string) string { return flag + " does not fit; usage: " + usage },
	BadTerm:  func(typed, usage string) string { return typed + " is no term (" + terms + " are); usage: " + usage },
	Unknown: func(name, near, help string) string {
		return "no command " + name + did("; did you mean ", near) + help + " lists them all"
	},
	KeyUsed: func(handle string) string {
		if handle == "" {
			handle = "another conversation"
		}
		return "not sent: that KEY already is a message in " + handle + "; use another KEY"
	},
	AtLine:   func(line int, why string) string { return fmt.Sprintf("line %d: %s", line, why) },
	OldScp:   "this scp speaks the old protocol; use scp without -O, of OpenSSH 9 or newer, or sftp",
	OnlyVerb: func(name string) string { return name + " works only as ssh … " + name },

	Said:          func(at, nick, handle string) string { return at + " " + nick + " in " + handle + ": " },
	Deleted:       "(deleted)",
	Edited:        "(edited)",
	Size:          size,
	HasPassphrase: "and a passphrase",
	Registered:    func(nick string) string { return "you are " + nick },
	OtherNick: func(asked, nick string) string {
		return asked + " was not taken: by this key you are " + nick + "; another nick takes a key of its own, ssh -o IdentitiesOnly=yes -i FILE"
	},
	GroupNow: func(handle string, nicks []string, n int) string {
		are := " is in "
		if len(nicks) > 1 {
			are = " are in "
		}
		return listed(nicks, " and ") + are + handle + "; " + soMany(n, "one person", "people")
	},
	More:             func(n int) string { return fmt.Sprintf("%d more", n) },
	Which:            func(why, order string) string { return why + "; say which first: " + order },
	Unquoted:         func(why, order string) string { return why + "; a title of several words stands in quotes: " + order },
	GroupLeft:        func(handle string) string { return "you left " + handle },
	ConfigKnownHosts: "for ~/.ssh/known_hosts, if you do not want to be asked:",
	ConfigHost:       "for ~/.ssh/config:",
	HelpJSON:         "Every command takes --json, too, and prints one object a line.",

	Topics: TopicWords{
		Messages: "Messages", Groups: "Groups and rooms", People: "People", Entry: "Coming in", Server: "Looking after the server",
	},
	Groups:   groupsEN,
	Identity: identityEN,
	Admin:    adminEN,
	Talks:    talksEN,

	Linear: LinearWords{
		Hello:   func(nick, zone string) string { return "you are " + nick + "; times are " + zone },
		Unread:  func(conversations string) string { return "unread: " + conversations },
		How:     "/go CONV chooses where your lines go, /list names conversations, /help says the rest, /quit ends",
		Go:      Usage{"go CONV", "your lines go there from now on"},
		End:     Usage{"quit", "end; so does the end of the input"},
		NoPlace: "not sent: choose where first, with /go CONV (/list names conversations)",
		Now:     func(handle string) string { return "your lines go to " + handle },
	},
	Operator: operatorEN,
	None:     noneEN,
}

var commandES = CommandWords{
	Send:       Usage{"enviar [--json] [--id CLAVE] [--lines] CONV [TEXTO…]", "decir TEXTO, o lo que llegue por la tubería; la misma CLAVE dos veces es un solo mensaje; --lines: cada línea es un mensaje"},
	Read:       Usage{"leer [--json] CONV [--last N]", "los últimos N mensajes (20)"},
	Tail:       Usage{"seguir [--json] [--after POSICIÓN] [CONV…]", "los mensajes según llegan, desde ahora o desde justo después de una posición que dijo --json, hasta que lo cortes"},
	Search:     Usage{"buscar [--json] PALABRAS… [--in CONV] [--last N] [--before POSICIÓN]", "los mensajes que tienen todas las palabras, primero los más recientes; de la última bastan las tres primeras letras; --before sigue desde una posición"},
	List:       Usage{"lista [--json] [--all]", "tus conversaciones, primero las de cambios más recientes; --all: y los grupos que has dejado"},
	Files:      Usage{"archivos [--json] CONV", "los archivos de una conversación, como los nombran scp y sftp"},
	Who:        Usage{"quien [--json] [NICK]", "quién está aquí ahora, o qué dice alguien de sí y cuándo estuvo"},
	Whoami:     Usage{"quiensoy [--json]", "tu nick y tus llaves"},
	Register:   Usage{"registrar [--json]", "quedarte con el nick con el que has entrado; se puede repetir"},
	GroupNew:   Usage{"grupo nuevo [--json] TÍTULO [NICK…]", "crear un grupo privado y mostrar su nombre"},
	GroupAdd:   Usage{"grupo añadir [--json] CONV NICK…", "meter gente en un grupo"},
	GroupLeave: Usage{"grupo salir [--json] CONV [NICK]", "dejar un grupo o una sala; de un grupo conservas lo dicho hasta ahora; si nadie más tiene la propiedad, di quién sigue"},
	Config:     Usage{"configuracion [--json]", "líneas para ~/.ssh/config, para que funcionen ssh chat, sftp chat y scp foto.jpg chat:beto/"},
	Help:       Usage{"ayuda [--json] [ORDEN]", "esta lista, o una sola orden"},

	BadUsage: func(usage string) string { return "se usa así: " + usage },
	Lacks: func(what, usage string) string {
		return "falta " + what + termsAs(", como ", what, "PLAZO") + "; se usa así: " + usage
	},
	BadQuote: func(usage string) string { return "falta cerrar unas comillas; se usa así: " + usage },
	BadFlag:  func(flag, usage string) string { return flag + " no encaja; se usa así: " + usage },
	BadTerm: func(typed, usage string) string {
		return typed + " no es un plazo (lo son " + terms + "); se usa así: " + usage
	},
	Unknown: func(name, near, help string) string {
		return "no hay ninguna orden " + name + did("; ¿quieres decir ", near) + help + " las muestra todas"
	},
	KeyUsed: func(handle string) string {
		if handle == "" {
			handle = "otra conversación"
		}
		return "no enviado: esa CLAVE ya es un mensaje en " + handle + "; usa otra CLAVE"
	},
	AtLine:   func(line int, why string) string { return fmt.Sprintf("línea %d: %s", line, why) },
	OldScp:   "este scp habla el protocolo antiguo; usa scp sin -O, de OpenSSH 9 o posterior, o sftp",
	OnlyVerb: func(name string) string { return name + " solo funciona como ssh … " + name },

	Said:          func(at, nick, handle string) string { return at + " " + nick + " en " + handle + ": " },
	Deleted:       "(borrado)",
	Edited:        "(editado)",
	Size:          func(bytes int64) string { return strings.Replace(size(bytes), ".", ",", 1) },
	HasPassphrase: "y una contraseña",
	Registered:    func(nick string) string { return "eres " + nick },
	OtherNick: func(asked, nick string) string {
		return "no te has quedado con " + asked + ": con esta llave eres " + nick + "; otro nick pide otra llave, ssh -o IdentitiesOnly=yes -i ARCHIVO"
	},
	GroupNow: func(handle string, nicks []string, n int) string {
		are := " está en "
		if len(nicks) > 1 {
			are = " están en "
		}
		return listed(nicks, " y ") + are + handle + "; " + soMany(n, "una persona", "personas")
	},
	More:  func(n int) string { return fmt.Sprintf("%d más", n) },
	Which: func(why, order string) string { return why + "; di primero cuál: " + order },
	Unquoted: func(why, order string) string {
		return why + "; un título de varias palabras va entre comillas: " + order
	},
	GroupLeft:        func(handle string) string { return "has dejado " + handle },
	ConfigKnownHosts: "para ~/.ssh/known_hosts, si no quieres que te pregunte:",
	ConfigHost:       "para ~/.ssh/config:",
	HelpJSON:         "Todas las órdenes admiten además --json, y muestran un objeto por línea.",

	Topics: TopicWords{
		Messages: "Mensajes", Groups: "Grupos y salas", People: "Personas", Entry: "Entrar", Server: "Cuidar del servidor",
	},
	Groups:   groupsES,
	Identity: identityES,
	Admin:    adminES,
	Talks:    talksES,

	Linear: LinearWords{
		Hello:   func(nick, zone string) string { return "eres " + nick + "; las horas son " + zone },
		Unread:  func(conversations string) string { return "sin leer: " + conversations },
		How:     "/ir CONV elige adónde van tus líneas, /lista nombra las conversaciones, /ayuda dice el resto, /salir termina",
		Go:      Usage{"ir CONV", "tus líneas van ahí desde ahora"},
		End:     Usage{"salir", "terminar; también el final de la entrada"},
		NoPlace: "no enviado: elige antes adónde, con /ir CONV (/lista nombra las conversaciones)",
		Now:     func(handle string) string { return "tus líneas van a " + handle },
	},
	Operator: operatorES,
	None:     noneES,
}

// did asks whether near was meant, if it is not "", before another clause.
func did(mean, near string) string {
	if near == "" {
		return "; "
	}
	return mean + near + "? "
}

// size is a number of bytes for people, in decimal units as file managers show.
func size(bytes int64) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d B", bytes)
	}
	value := float64(bytes) / 1000
	for _, unit := range []string{"KB", "MB", "GB"} {
		if value < 999.95 {
			return fmt.Sprintf("%.1f %s", value, unit)
		}
		value /= 1000
	}
	return fmt.Sprintf("%.1f TB", value)
}

// terms is how a term is typed.
const terms = "30s, 12h, 7d"

// termsAs shows how a term is typed, behind as, where what is missing is one of these
// names.
func termsAs(as, what string, names ...string) string {
	for _, name := range names {
		if strings.Contains(what, name) {
			return as + terms
		}
	}
	return ""
}
