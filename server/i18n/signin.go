package i18n

import (
	"fmt"
	"strings"
	"time"
)

// SignInWords is what is said before a face is there: in prompts, in the one
// banner of a refusal, and on stderr. Prompts and banners are made ASCII on the
// way out, and orders are what a person can paste (ssh -p 2222 beto2@chat.lan).
type SignInWords struct {
	TakenPhrase   func(nick string) string        // a prompt, for a passphrase or a code
	TakenCode     func(nick string) string        // a prompt, for a code
	Wrong         string                          // before the prompt of a second try
	NewNick       func(nick string) string        // a prompt
	KeyTooOld     string                          // before that prompt
	Keyless       string                          // to a newcomer whose ssh showed no key
	Again         string                          // a prompt
	TooShort      func(least int) string          // before the prompt of a second try
	TooLong       string                          // before the prompt of a second try
	NotTheSame    string                          // before the prompt of a second try
	SomebodyElses func(nick, order string) string // order: how a free nick is taken; "" where it cannot be
	Reserved      func(nick, order string) string
	Nobody        func(nick, order string) string
	TooManyWrong  func(tries int) string
	GuessesHere   func(wait time.Duration) string
	// GuessesElsewhere is for whoever is held up by what others tried.
	GuessesElsewhere func(nick string, wait time.Duration) string
	TooManyKeys      func(keys int, nick string) string
	OldKey           string                                 // a key or a signature of a kind that is not taken
	NotYourKey       func(nick string) string               // the first key offered is not of that nick
	PastedKey        func(owner, nick, order string) string // the key is owner's, and was only pasted at nick; order comes in as owner
	NoKey            func(nick string) string               // none was offered that could be
	KeyDenied        func(fingerprint string) string        // the operator does not let it in
	KeyNeeded        string                                 // to a newcomer without one, where only some are let in
	NothingChosen    func(least int) string
	Invitation       func(nick string) string   // a prompt, for a code
	NewPhrase        func(nick string) string   // a prompt
	OrGuest          func(prompt string) string // a prompt that Enter answers too
	GuestOnly        func(nick string) string   // a prompt that only Enter answers
	WrongCode        string                     // before the prompt of a second try
	NoCode           string
	NoFiles          string                          // of a guest
	KeyIs            func(nick string) string        // a notice: the key is known under another nick
	NickIs           func(typed, nick string) string // a notice: the username became a nick
}

var signInEN = SignInWords{
	TakenPhrase: func(nick string) string {
		return nick + " is taken; if it is yours, type its passphrase or one-time code (Enter: leave): "
	},
	TakenCode: func(nick string) string {
		return nick + " is taken; if it is yours, type its one-time code (Enter: leave): "
	},
	Wrong:      "That was not it. ",
	NewNick:    func(nick string) string { return "New nick " + nick + ". Choose a passphrase: " },
	Again:      "Again: ",
	TooShort:   func(least int) string { return fmt.Sprintf("At least %d characters, please. ", least) },
	TooLong:    "That is too long. ",
	NotTheSame: "Those two were not the same. ",
	KeyTooOld:  "Your key cannot be used, your ssh is too old for it: a passphrase will be what counts. ",
	Keyless:    "your ssh showed no key that can be used here (one that signs only with ssh-rsa and SHA-1 is too old): a passphrase will be what counts",
	SomebodyElses: func(nick, order string) string {
		return nick + " belongs to somebody else" + or("; free: ", order) + "; if you are " + nick + ": /link on a device that is in, or ask whoever runs this server"
	},
	Reserved: func(nick, order string) string { return nick + " is a reserved name" + or("; free: ", order) },
	Nobody: func(nick, order string) string {
		if order == "" {
			return "nobody is called " + nick + " here, and nobody new is let in; ask whoever runs this server"
		}
		return "nobody is called " + nick + " here; connect once with " + order
	},
	TooManyWrong: func(tries int) string {
		return fmt.Sprintf("%d wrong passphrases; connect again to try again", tries)
	},
	GuessesHere: func(wait time.Duration) string {
		return "too many wrong passphrases from your address; try again in " + seconds(wait) + ", or come in with a key, which never waits"
	},
	GuessesElsewhere: func(nick string, wait time.Duration) string {
		return "too many wrong passphrases for " + nick + " came from elsewhere; come in with a key, which never waits, or from where you were before, or try again in " + seconds(wait)
	},
	TooManyKeys: func(keys int, nick string) string {
		return fmt.Sprintf("%d keys offered and none of them is %s's; name the right one with ssh -o IdentitiesOnly=yes -i FILE", keys, nick)
	},
	OldKey: "that kind of key is not taken here: ssh-rsa signs with SHA-1, which is no longer safe; update your ssh, or make a key with ssh-keygen -t ed25519",
	PastedKey: func(owner, nick, order string) string {
		return "that key is " + owner + "'s: " + order + "; at " + nick + " it was only pasted: there it takes a code that " + nick + " makes with /link"
	},
	NotYourKey: func(nick string) string {
		return "that key is not " + nick + "'s; if you are " + nick + ", name the right one with ssh -o IdentitiesOnly=yes -i FILE"
	},
	NoKey: func(nick string) string {
		return "your ssh offered no key that is taken here; if you are " + nick + ", name yours with ssh -i FILE (an old ssh that knows only ssh-rsa with SHA-1 must be updated)"
	},
	KeyDenied: func(fingerprint string) string {
		return "this server does not let in the key " + fingerprint + "; name another with ssh -o IdentitiesOnly=yes -i FILE, or ask whoever runs it"
	},
	KeyNeeded: "this server lets in only people whose key is on its list; send yours (the .pub file) to whoever runs it, then name it with ssh -i FILE",
	NothingChosen: func(least int) string {
		return fmt.Sprintf("no passphrase was chosen: it takes %d characters, typed twice at a terminal; or make a key with ssh-keygen and connect again", least)
	},
	Invitation: func(nick string) string { return "New nick " + nick + ". The code of your invitation: " },
	NewPhrase:  func(nick string) string { return "Choose a new passphrase for " + nick + ": " },
	OrGuest: func(prompt string) string {
		return strings.TrimRight(prompt, ": ") + " (Enter: as a guest): "
	},
	GuestOnly: func(nick string) string { return "Nobody new is let in here. Press Enter to come in as a guest: " },
	WrongCode: "That code does not work here. ",
	NoCode:    "no code that works here was typed; codes can be used up or too old, so ask for a new one and type it at the prompt",
	NoFiles:   "guests send and fetch no files; come in with a key or a passphrase to have a nick of your own",
	KeyIs:     func(nick string) string { return "this key is " + nick + "'s: you are " + nick },
	NickIs:    func(typed, nick string) string { return typed + " is " + nick + " here" },
}

var signInES = SignInWords{
	TakenPhrase: func(nick string) string {
		return nick + " es de alguien; si es tuyo, escribe su contraseña o su código de un solo uso (Enter: salir): "
	},
	TakenCode: func(nick string) string {
		return nick + " es de alguien; si es tuyo, escribe su código de un solo uso (Enter: salir): "
	},
	Wrong:      "No era esa. ",
	NewNick:    func(nick string) string { return "Nick nuevo: " + nick + ". Elige una contraseña: " },
	Again:      "Otra vez: ",
	TooShort:   func(least int) string { return fmt.Sprintf("Al menos %d caracteres, por favor. ", least) },
	TooLong:    "Es demasiado larga. ",
	NotTheSame: "Las dos no eran iguales. ",
	KeyTooOld:  "Tu llave no se puede usar, tu ssh es demasiado viejo: lo que cuente será una contraseña. ",
	Keyless:    "tu ssh no ofreció ninguna llave que se pueda usar aquí (uno que solo firma con ssh-rsa y SHA-1 es demasiado viejo): lo que cuente será una contraseña",
	SomebodyElses: func(nick, order string) string {
		return nick + " es de otra persona" + or("; libre: ", order) + "; si eres " + nick + ": /enlazar en un aparato que esté dentro, o pregunta a quien lleva este servidor"
	},
	Reserved: func(nick, order string) string { return nick + " es un nombre reservado" + or("; libre: ", order) },
	Nobody: func(nick, order string) string {
		if order == "" {
			return "aquí nadie se llama " + nick + ", y no entra nadie nuevo; pregunta a quien lleva este servidor"
		}
		return "aquí nadie se llama " + nick + "; conéctate una vez con " + order
	},
	TooManyWrong: func(tries int) string {
		return fmt.Sprintf("%d contraseñas que no eran; conéctate otra vez para probar de nuevo", tries)
	},
	GuessesHere: func(wait time.Duration) string {
		return "demasiadas contraseñas que no eran desde tu dirección; prueba otra vez en " + seconds(wait) + ", o entra con una llave, que nunca espera"
	},
	GuessesElsewhere: func(nick string, wait time.Duration) string {
		return "desde otros sitios llegaron demasiadas contraseñas que no eran para " + nick + "; entra con una llave, que nunca espera, o desde donde ya entraste, o prueba otra vez en " + seconds(wait)
	},
	TooManyKeys: func(keys int, nick string) string {
		return fmt.Sprintf("%d llaves ofrecidas y ninguna es de %s; di cuál con ssh -o IdentitiesOnly=yes -i ARCHIVO", keys, nick)
	},
	OldKey: "ese tipo de llave no vale aquí: ssh-rsa firma con SHA-1, que ya no es seguro; actualiza tu ssh, o crea una llave con ssh-keygen -t ed25519",
	PastedKey: func(owner, nick, order string) string {
		return "esa llave es de " + owner + ": " + order + "; en " + nick + " solo la pegaron: ahí hace falta un código que " + nick + " hace con /enlazar"
	},
	NotYourKey: func(nick string) string {
		return "esa llave no es de " + nick + "; si eres " + nick + ", di cuál con ssh -o IdentitiesOnly=yes -i ARCHIVO"
	},
	NoKey: func(nick string) string {
		return "tu ssh no ofreció ninguna llave que valga aquí; si eres " + nick + ", di cuál con ssh -i ARCHIVO (un ssh viejo que solo sabe ssh-rsa con SHA-1 hay que actualizarlo)"
	},
	KeyDenied: func(fingerprint string) string {
		return "este servidor no deja entrar con la llave " + fingerprint + "; di otra con ssh -o IdentitiesOnly=yes -i ARCHIVO, o habla con quien lo lleva"
	},
	KeyNeeded: "este servidor solo deja entrar a quien tiene su llave en la lista; manda la tuya (el archivo .pub) a quien lo lleva y luego di cuál es con ssh -i ARCHIVO",
	NothingChosen: func(least int) string {
		return fmt.Sprintf("no se eligió contraseña: son %d caracteres, escritos dos veces en una terminal; o crea una llave con ssh-keygen y conéctate otra vez", least)
	},
	Invitation: func(nick string) string { return "Nick nuevo: " + nick + ". El código de tu invitación: " },
	NewPhrase:  func(nick string) string { return "Elige una contraseña nueva para " + nick + ": " },
	OrGuest: func(prompt string) string {
		return strings.TrimRight(prompt, ": ") + " (Enter: de visita): "
	},
	GuestOnly: func(nick string) string { return "Aquí no entra nadie nuevo. Pulsa Enter para entrar de visita: " },
	WrongCode: "Ese código no vale aquí. ",
	NoCode:    "no se escribió ningún código que valga aquí; pueden estar gastados o caducados: pide otro y escríbelo cuando se te pregunte",
	NoFiles:   "quien viene de visita no manda ni baja archivos; entra con una llave o una contraseña para tener tu propio nick",
	KeyIs:     func(nick string) string { return "esta llave es de " + nick + ": eres " + nick },
	NickIs:    func(typed, nick string) string { return typed + " es " + nick + " aquí" },
}
