package i18n

import (
	"fmt"
	"strings"
	"time"
)

// IdentityWords is what the commands about coming in say.
type IdentityWords struct {
	KeyList, KeyAdd, KeyRemove      Usage
	PassphraseSet, PassphraseRemove Usage
	SignOut, Link, Invite           Usage
	AdminCode, AdminInvite          Usage

	KeyProven    string // beside a key that somebody has signed with
	KeyUsed      func(at string) string
	KeyHere      string                                // beside the key that let this session in
	KeyAdded     func(fingerprint, name string) string // name may be ""
	KeyRemoved   func(fingerprint, name string) string
	KeyOwn       func(ways []string) string // behind it, of the key that let this session in
	YourPhrase   string                     // one of those ways
	CameBy       func(key string) string    // on the first screen
	CameByPhrase string
	Refused      string                   // before keys that this login offered
	Adopt        func(link string) string // what to do about them; the command's name
	KeyOptions   string
	KeyCert      string
	KeyWeak      string
	KeyMore      string
	ShellCopy    func(line string) string // to ssh-copy-id

	OldPhrase, NewPhrase, PhraseAgain string // prompts
	PhraseWrong                       string
	PhraseLeft                        string
	PhraseTwo                         string // the two were not the same
	PhraseLines, PhraseLine           string // how many are to be piped in
	PhraseSet, PhraseGone, PhraseNone string
	AskHow                            func(line string) string // where nothing can be asked or piped
	Unheard                           string                   // of what was typed behind a command that did not ask
	Unpiped                           string                   // the same of a pipe, which ends
	SignedOut                         string

	Code         func(code, until string) string
	LinkHow      func(order string) string
	LinkBoth     func(order string) string // the same, below a picture of the address
	LinkScan     string
	LinkSmall    string // where there is no room for what a camera reads
	LinkPrint    func(fingerprint string) string
	LinkedKey    func(name, remove string) string // where other sessions are open; name may be ""
	LinkedPhrase func(set string) string
	AdminHow     func(nick, order string) string

	Card      func(nick, host string) string // nick: "" of the operator
	CardOrder func(order string) string
	CardPrint func(fingerprint string) string
	CardCode  func(code string) string
	CardJoin  func(code string) string // once they are in, for a group
	CardFree  string                   // no code is asked for
	CardUntil func(uses int, until string) string
	CardInto  func(group string) string
	CodeFor   map[string]string // by purpose, in the list
	CodeLeft  func(id, what string, uses int, until string) string
	Revoked   func(code string) string // as CodeLeft says it
	NoCodes   string
}

var identityEN = IdentityWords{
	KeyList:          Usage{"key list [--json]", "the keys that let you in, and when each last did"},
	KeyAdd:           Usage{"key add [--name NAME] [LINE]", "let a key in: the line of id_ed25519.pub, or that file piped in; its name is the comment of the line, as ana@laptop, unless NAME is given; your passphrase is asked for first, if you have one; ssh … key add without -t does not ask"},
	KeyRemove:        Usage{"key remove KEY", "let a key in no more, by its number, fingerprint or name; sessions that came in by it end"},
	PassphraseSet:    Usage{"passphrase set", "choose a passphrase, or another one; typed unseen where you chat or at a terminal, or piped in: two lines, the old one and the new one, or the new one alone if you have none yet or came in by a key"},
	PassphraseRemove: Usage{"passphrase remove", "come in by keys only"},
	SignOut:          Usage{"signout", "end all your other sessions, everywhere"},
	Link:             Usage{"link [--json]", "a one-time code to come in from another device; your passphrase is asked for first, if you have one; ssh … link without -t does not ask"},
	Invite:           Usage{"invite [--uses N] [--for TERM] [--group CONV] | list | revoke ID|CODE", "a card to send to somebody who is not here yet; TERM as 12h, 7d"},
	AdminCode:        Usage{"admin code NICK", "a one-time code for somebody who lost their key or passphrase; on the server's own machine"},
	AdminInvite:      Usage{"admin invite [--uses N] [--for TERM] | list | revoke ID|CODE", "a card to send to somebody who is not here yet, as the first owner of a server that lets in by invitation; TERM as 12h, 7d"},

	KeyProven:  "proven",
	KeyUsed:    func(at string) string { return "used " + at },
	KeyHere:    "you came in by it",
	KeyAdded:   func(fp, name string) string { return "this key lets you in now: " + fp + inQuotes("  ", name) },
	KeyRemoved: func(fp, name string) string { return "this key lets you in no more: " + fp + inQuotes("  ", name) },
	KeyOwn: func(ways []string) string {
		return "you came in by it: your other " + oneOrMany(len(ways), "way in is ", "ways in are ") + strings.Join(ways, ", ")
	},
	YourPhrase:   "your passphrase",
	CameBy:       func(key string) string { return "you came in by your key " + key },
	CameByPhrase: "you came in without a key",
	Refused:      "this login also offered keys that are not yours here:",
	Adopt: func(link string) string {
		return "to come in by one of them, type " + link + " and connect again with the code it gives"
	},
	KeyOptions: "a key with options is not taken; give the line of id_ed25519.pub alone",
	KeyCert:    "a certificate is not taken; give the line of the key itself, as in id_ed25519.pub",
	KeyWeak:    "that key is too weak: DSA, or RSA of less than 2048 bits; make one with ssh-keygen -t ed25519",
	KeyMore:    "that is more than one key; give one at a time",
	ShellCopy: func(line string) string {
		return "this server has no shell to copy keys with; this does it: " + line
	},

	OldPhrase:   "Your passphrase now: ",
	NewPhrase:   "New passphrase: ",
	PhraseAgain: "Again: ",
	PhraseWrong: "that is not your passphrase; nothing was changed",
	PhraseLeft:  "nothing was changed",
	PhraseTwo:   "those two were not the same; nothing was changed",
	PhraseLines: "nothing was changed: pipe in the new passphrase as one line; if you have one already, that one first and the new one as a second line (a key that let you in spares you the first)",
	PhraseLine:  "nothing was changed: pipe in the passphrase you have, as one line",
	PhraseSet:   "your passphrase is set; sessions that came in by another one end",
	PhraseGone:  "you have no passphrase any more; your keys let you in",
	PhraseNone:  "you have no passphrase",
	AskHow: func(line string) string {
		return "a passphrase is not typed where others could read it; type in a shell: " + line
	},
	Unheard:   "not taken, it may be a passphrase: go on in a second",
	Unpiped:   "the session ends here, for what comes next may be a passphrase",
	SignedOut: "all your other sessions end",

	Code: func(code, until string) string { return "one-time code: " + code + "  (until " + until + ")" },
	LinkHow: func(order string) string {
		return "on the other device type " + order + " and the code when it is asked for"
	},
	LinkBoth: func(order string) string {
		return "on the other device scan the picture or type " + order + ", and the code when it is asked for"
	},
	LinkPrint: func(fp string) string { return "asked whether to continue, paste: " + fp },
	LinkSmall: "no picture fits; the code is enough",
	LinkScan:  "the camera of the other device reads the address here, or type it as told below:",
	LinkedKey: func(name, remove string) string {
		return "another device came in as you with a code" + inQuotes(": ", name) + "; if that was not you, " + remove
	},
	LinkedPhrase: func(set string) string {
		return "another device came in as you with a code and set a passphrase; if that was not you, " + set
	},
	AdminHow: func(nick, order string) string {
		return "give it to " + nick + " and to nobody else; they type " + order + " and the code when it is asked for"
	},

	Card: func(nick, host string) string {
		if nick == "" {
			return "You are invited to chat on " + host + ", in any terminal:"
		}
		return nick + " invites you to chat on " + host + ", in any terminal:"
	},
	CardOrder: func(order string) string { return "1. type: " + order + "   (another nick: before the @)" },
	CardPrint: func(fp string) string { return "2. asked whether to continue, paste: " + fp },
	CardCode:  func(code string) string { return "3. asked for the code of your invitation, type: " + code },
	CardJoin:  func(code string) string { return "3. once you are in, type: /join " + code },
	CardFree:  "3. choose a passphrase, unless you have a key",
	CardUntil: func(uses int, until string) string {
		return fmt.Sprintf("It lets %s in, until %s.", soMany(uses, "one person", "people"), until)
	},
	CardInto: func(group string) string { return "It leads into " + group + "." },
	CodeFor:  map[string]string{"invitation": "invitation", "login": "another device of yours", "join": "into a group"},
	CodeLeft: func(id, what string, uses int, until string) string {
		return fmt.Sprintf("%s  %s, %s left, until %s", id, what, soMany(uses, "one use", "uses"), until)
	},
	Revoked: func(code string) string { return "this code lets nobody in any more: " + code },
	NoCodes: "you have given out no code that still works",
}

var identityES = IdentityWords{
	KeyList:          Usage{"llave lista [--json]", "las llaves con las que entras, y cuándo la última vez con cada una"},
	KeyAdd:           Usage{"llave añadir [--name NOMBRE] [LÍNEA]", "entrar también con una llave: la línea de id_ed25519.pub, o ese archivo por la tubería; se llama como el comentario de la línea, por ejemplo ana@laptop, si no se da NOMBRE; antes se pide tu contraseña, si tienes; ssh … llave añadir sin -t no la pide"},
	KeyRemove:        Usage{"llave quitar LLAVE", "no entrar más con una llave, por su número, huella o nombre; terminan las sesiones que entraron con ella"},
	PassphraseSet:    Usage{"contraseña poner", "elegir una contraseña, o cambiarla; se escribe sin verse donde charlas o en una terminal, o llega por la tubería: dos líneas, la de antes y la nueva, o solo la nueva si aún no tienes o has entrado con una llave"},
	PassphraseRemove: Usage{"contraseña quitar", "entrar solo con llaves"},
	SignOut:          Usage{"desconectar", "terminar todas tus otras sesiones, en todas partes"},
	Link:             Usage{"enlazar [--json]", "un código de un solo uso para entrar desde otro aparato; antes se pide tu contraseña, si tienes; ssh … enlazar sin -t no la pide"},
	Invite:           Usage{"invitar [--uses N] [--for PLAZO] [--group CONV] | lista | revocar ID|CÓDIGO", "una tarjeta para quien todavía no está; PLAZO como 12h, 7d"},
	AdminCode:        Usage{"admin código NICK", "un código de un solo uso para quien perdió su llave o contraseña; en la máquina del servidor"},
	AdminInvite:      Usage{"admin invitar [--uses N] [--for PLAZO] | lista | revocar ID|CÓDIGO", "una tarjeta para quien todavía no está, como quien va a tener primero la propiedad de un servidor al que se entra con invitación; PLAZO como 12h, 7d"},

	KeyProven:  "comprobada",
	KeyUsed:    func(at string) string { return "usada " + at },
	KeyHere:    "has entrado con ella",
	KeyAdded:   func(fp, name string) string { return "ya entras con esta llave: " + fp + inQuotes("  ", name) },
	KeyRemoved: func(fp, name string) string { return "ya no entras con esta llave: " + fp + inQuotes("  ", name) },
	KeyOwn: func(ways []string) string {
		return "has entrado con ella: además entras con " + strings.Join(ways, ", ")
	},
	YourPhrase:   "tu contraseña",
	CameBy:       func(key string) string { return "has entrado con tu llave " + key },
	CameByPhrase: "has entrado sin llave",
	Refused:      "esta conexión ofreció además llaves que aquí no son tuyas:",
	Adopt: func(link string) string {
		return "para entrar con una de ellas, escribe " + link + " y conéctate otra vez con el código que da"
	},
	KeyOptions: "no se admite una llave con opciones; da solo la línea de id_ed25519.pub",
	KeyCert:    "no se admite un certificado; da la línea de la llave misma, como en id_ed25519.pub",
	KeyWeak:    "esa llave es demasiado débil: DSA, o RSA de menos de 2048 bits; crea una con ssh-keygen -t ed25519",
	KeyMore:    "eso es más de una llave; da una cada vez",
	ShellCopy: func(line string) string {
		return "este servidor no tiene shell con el que copiar llaves; esto lo hace: " + line
	},

	OldPhrase:   "Tu contraseña de ahora: ",
	NewPhrase:   "Contraseña nueva: ",
	PhraseAgain: "Otra vez: ",
	PhraseWrong: "esa no es tu contraseña; no se ha cambiado nada",
	PhraseLeft:  "no se ha cambiado nada",
	PhraseTwo:   "las dos no eran iguales; no se ha cambiado nada",
	PhraseLines: "no se ha cambiado nada: pasa por la tubería la contraseña nueva en una línea; si ya tienes una, antes esa y en una segunda línea la nueva (si has entrado con una llave, la primera no hace falta)",
	PhraseLine:  "no se ha cambiado nada: pasa por la tubería la contraseña que tienes, en una línea",
	PhraseSet:   "tu contraseña está puesta; terminan las sesiones que entraron con otra",
	PhraseGone:  "ya no tienes contraseña; entras con tus llaves",
	PhraseNone:  "no tienes contraseña",
	AskHow: func(line string) string {
		return "una contraseña no se escribe donde otros puedan leerla; escribe en una terminal: " + line
	},
	Unheard:   "no se toma, puede ser una contraseña: sigue en un segundo",
	Unpiped:   "la sesión termina aquí, porque lo que sigue puede ser una contraseña",
	SignedOut: "terminan todas tus otras sesiones",

	Code: func(code, until string) string { return "código de un solo uso: " + code + "  (hasta " + until + ")" },
	LinkHow: func(order string) string {
		return "en el otro aparato escribe " + order + " y el código cuando se te pregunte"
	},
	LinkBoth: func(order string) string {
		return "en el otro aparato lee la imagen o escribe " + order + ", y el código cuando lo pida"
	},
	LinkPrint: func(fp string) string { return "cuando pregunte si continuar, pega: " + fp },
	LinkSmall: "no cabe la imagen; basta el código",
	LinkScan:  "la cámara del otro aparato lee aquí la dirección, o escríbela como se dice debajo:",
	LinkedKey: func(name, remove string) string {
		return "otro aparato ha entrado como tú con un código" + inQuotes(": ", name) + "; si no has sido tú, " + remove
	},
	LinkedPhrase: func(set string) string {
		return "otro aparato ha entrado como tú con un código y ha puesto una contraseña; si no has sido tú, " + set
	},
	AdminHow: func(nick, order string) string {
		return "dáselo a " + nick + " y a nadie más; escribe " + order + " y el código cuando se le pregunte"
	},

	Card: func(nick, host string) string {
		if nick == "" {
			return "Te invitan a charlar en " + host + ", en cualquier terminal:"
		}
		return nick + " te invita a charlar en " + host + ", en cualquier terminal:"
	},
	CardOrder: func(order string) string { return "1. escribe: " + order + "   (otro nick: delante de la @)" },
	CardPrint: func(fp string) string { return "2. cuando pregunte si continuar, pega: " + fp },
	CardCode:  func(code string) string { return "3. cuando pida el código de tu invitación, escribe: " + code },
	CardJoin:  func(code string) string { return "3. una vez dentro, escribe: /entrar " + code },
	CardFree:  "3. elige una contraseña, si no tienes llave",
	CardUntil: func(uses int, until string) string {
		return fmt.Sprintf("Deja entrar a %s, hasta %s.", soMany(uses, "una persona", "personas"), until)
	},
	CardInto: func(group string) string { return "Lleva a " + group + "." },
	CodeFor:  map[string]string{"invitation": "invitación", "login": "otro aparato tuyo", "join": "a un grupo"},
	CodeLeft: func(id, what string, uses int, until string) string {
		return fmt.Sprintf("%s  %s, %s, hasta %s", id, what, soMany(uses, "queda un uso", "usos quedan"), until)
	},
	Revoked: func(code string) string { return "este código ya no deja entrar a nadie: " + code },
	NoCodes: "no has dado ningún código que todavía valga",
}

// inQuotes is a name that somebody chose, who may be a thief, so that no sentence reads
// on in it; nothing when there is none.
func inQuotes(prefix, name string) string {
	if name == "" {
		return ""
	}
	return prefix + Quoted(name)
}

// soMany is one, or "5 many".
func soMany(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Until is a time up to which something holds, in any language.
func Until(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }
