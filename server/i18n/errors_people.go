package i18n

import (
	"fmt"
	"strings"
	"time"

	"charla/server/chat"
)

// PeopleErrors are the sentences about who somebody is and what they may do.
type PeopleErrors struct {
	NotRegistering  string
	CodeWrong       string
	KeyInvalid      func(given string) string
	KeyKnown        func(fingerprint string) string
	NoKey           func(typed, order string) string
	Ended           map[string]string // by Change.Reason
	LastWayIn       string
	TooMany         func(what string, limit int) string
	PassphraseShort func(least int) string
	LastOwner       func(handle, order string) string
	RoomTaken       func(room, order string) string
	TermOutside     func(least, most time.Duration) string
	SlowMode        func(handle string, wait time.Duration) string
	Barred          func(handle string) string
	NotAddable      func(nick, group, order string) string // group: "" of a new one
	RequestPending  func(handle string) string
	YouBlocked      func(nick, order string) string
	NotYet          func(why chat.Why, nick, order string) string
	Silent          func(wait time.Duration) string
	KeptOut         func(reason string, wait time.Duration) string
	SentOut         func(reason string) string // at the moment of a kick
	LongReason      func(limit int) string
	NothingPending  func(why chat.Why, name string) string
	NetworkWide     func(network string, shortest int) string
	OwnNetwork      func(network string) string
	NoOwner         string // the last owner of the server
}

// ofPeople is ErrorBehind for the codes of this file.
func (w *Words) ofPeople(prefix string, e *chat.Error) string {
	p, c := &w.Errors.People, &w.Command
	switch e.Code {
	case chat.NotRegistering:
		return p.NotRegistering
	case chat.CodeWrong:
		return p.CodeWrong
	case chat.KeyInvalid:
		return p.KeyInvalid(e.Name)
	case chat.KeyKnown:
		return p.KeyKnown(e.Name)
	case chat.NoKey:
		return p.NoKey(e.Name, order(prefix, c.Identity.KeyList))
	case chat.Ended:
		return p.ended(e)
	case chat.LastWayIn:
		return p.LastWayIn
	case chat.TooMany:
		return p.TooMany(e.Name, e.Limit)
	case chat.PassphraseShort:
		return p.PassphraseShort(e.Limit)
	case chat.LastOwner:
		if e.Name == "" {
			return p.NoOwner
		}
		if e.Hint == "" {
			return p.LastOwner(e.Name, order(prefix, c.Groups.HandOver, e.Name, "NICK"))
		}
		return p.LastOwner(e.Name, order(prefix, c.GroupLeave, e.Name, e.Hint))
	case chat.TermOutside:
		return p.TermOutside(time.Duration(e.Limit)*time.Second, e.Wait)
	case chat.SlowMode:
		return p.SlowMode(e.Name, e.Wait)
	case chat.Barred:
		return p.Barred(e.Name)
	case chat.NotAddable:
		return p.NotAddable(e.Name, e.Hint, order(prefix, c.Groups.Code, otherwise(e.Hint, "CONV")))
	case chat.RequestPending:
		return p.RequestPending(e.Name)
	case chat.YouBlocked:
		return p.YouBlocked(e.Name, order(prefix, c.Talks.Unblock, e.Name))
	case chat.NotYet:
		return p.NotYet(e.Why, e.Name, order(prefix, c.Talks.Accept, e.Name))
	case chat.Silent:
		return p.Silent(e.Wait)
	case chat.KeptOut:
		return p.KeptOut(e.Hint, e.Wait)
	case chat.LongReason:
		return p.LongReason(e.Limit)
	case chat.NothingPending:
		return p.NothingPending(e.Why, e.Name)
	case chat.RoomTaken:
		return p.RoomTaken(e.Name, order(prefix, c.Groups.Join, e.Name))
	case chat.NetworkWide:
		return p.NetworkWide(e.Name, e.Limit)
	case chat.OwnNetwork:
		return p.OwnNetwork(e.Name)
	}
	return w.Errors.Internal
}

// ended is why somebody ended a session.
func (p *PeopleErrors) ended(e *chat.Error) string {
	switch e.Name {
	case "kicked":
		return p.SentOut(e.Hint)
	case "banned":
		return p.KeptOut(e.Hint, e.Wait)
	}
	if why := p.Ended[e.Name]; why != "" {
		return why
	}
	return p.Ended["signed-out"]
}

var peopleErrorsEN = PeopleErrors{
	NotRegistering: "nobody new is let in here; ask whoever runs this server",
	CodeWrong:      "that code does not work here: it may be mistyped, used up or too old; ask for a new one",
	KeyInvalid: func(given string) string {
		return fmt.Sprintf("%q is no public key; give a line as in id_ed25519.pub", given)
	},
	KeyKnown: func(fingerprint string) string { return "you have the key " + fingerprint + " already" },
	NoKey:    func(typed, order string) string { return "no key of yours is " + typed + "; " + order + " shows them" },
	Ended: map[string]string{
		"signed-out":         "you signed this session out from another one",
		"key-denied":         "the operator does not let in the key that this session came in by; come in by another one",
		"key-removed":        "the key that this session came in by was removed; come in another way",
		"passphrase-changed": "the passphrase was changed; connect again with the new one",
		"guest-left":         "your visit is over",
		"guests-off":         "guests are let in here no more; whoever runs this server can tell you how to have a nick of your own",
		"forgotten":          "you were forgotten here, with all that was yours",
	},
	LastWayIn: "that is your last way in; add another key or set a passphrase first",
	TooMany: func(what string, limit int) string {
		if what == "strangers" {
			what = "people who do not know you"
		}
		return fmt.Sprintf("that would be too many %s; %d at most", what, limit)
	},
	PassphraseShort: func(least int) string { return fmt.Sprintf("a passphrase has at least %d characters", least) },
	LastOwner: func(handle, order string) string {
		return "you are the last owner of " + handle + "; say who follows, for example: " + order
	},
	RoomTaken: func(room, order string) string { return "there is a room " + room + " already; enter it: " + order },
	TermOutside: func(least, most time.Duration) string {
		return "give a time from " + term(least) + " to " + term(most) + ", or off"
	},
	SlowMode: func(handle string, wait time.Duration) string {
		return handle + " is in slow mode; write again in " + seconds(wait)
	},
	Barred: func(handle string) string {
		return "you were put out of " + handle + "; one of its admins can bring you back"
	},
	NotAddable: func(nick, group, order string) string {
		if group == "" {
			return "you cannot add " + nick + "; make the group without them, and then send them a code: " + order
		}
		return "you cannot add " + nick + "; with a code of an owner or admin they come in themselves: " + order
	},
	RequestPending: func(handle string) string {
		return handle + " has not let you in yet; more can be sent once they have"
	},
	YouBlocked: func(nick, order string) string { return "you have blocked " + nick + "; first: " + order },
	NotYet: func(why chat.Why, nick, order string) string {
		switch why {
		case chat.WhyRequest:
			return nick + " is not let in yet; first: " + order
		case chat.WhyAsked:
			return nick + " has not let you in yet; once they have either of you can set that"
		}
		return "nobody wrote to " + nick + " yet; after the first message either of you can set that"
	},
	Silent: func(wait time.Duration) string {
		return "you may not write here" + or(" for ", term(wait)) + "; the admins of this server can tell you why"
	},
	KeptOut: func(reason string, wait time.Duration) string {
		return "you are banned from this server" + or(" for ", term(wait)) + or(": ", reason)
	},
	SentOut: func(reason string) string {
		return "somebody who looks after this server ended your sessions" + or(": ", reason) + "; you may come back"
	},
	LongReason:     func(limit int) string { return fmt.Sprintf("too long; %d characters at most", limit) },
	NothingPending: nothingPendingEN,
	OwnNetwork: func(network string) string {
		return "you are in " + network + " yourself, and could not come back; ask somebody elsewhere, or the operator"
	},
	NetworkWide: func(network string, shortest int) string {
		if shortest > 0 {
			return fmt.Sprintf("admins ban networks of /%d and smaller, and %s is larger; ask an owner", shortest, network)
		}
		return network + " would keep out too many, or this machine itself; name a smaller network"
	},
	NoOwner: "the server would have no owner; make another one first",
}

var peopleErrorsES = PeopleErrors{
	NotRegistering: "aquí no entra nadie nuevo; pregunta a quien lleva este servidor",
	CodeWrong:      "ese código no vale aquí: puede estar mal escrito, gastado o caducado; pide otro",
	KeyInvalid: func(given string) string {
		return fmt.Sprintf("%q no es una llave pública; da una línea como la de id_ed25519.pub", given)
	},
	KeyKnown: func(fingerprint string) string { return "ya tienes la llave " + fingerprint },
	NoKey: func(typed, order string) string {
		return "ninguna llave tuya es " + typed + "; " + order + " las enseña"
	},
	Ended: map[string]string{
		"signed-out":         "has cerrado esta sesión desde otra",
		"key-denied":         "quien lleva el servidor ya no deja entrar con la llave de esta sesión; entra con otra",
		"key-removed":        "se quitó la llave con la que entró esta sesión; entra de otra forma",
		"passphrase-changed": "se cambió la contraseña; conéctate otra vez con la nueva",
		"guest-left":         "tu visita ha terminado",
		"guests-off":         "aquí ya no se admiten visitas; quien lleva este servidor te dirá cómo tener un nick tuyo",
		"forgotten":          "aquí se te ha olvidado, con todo lo que era tuyo",
	},
	LastWayIn: "es tu última forma de entrar; añade antes otra llave o pon una contraseña",
	TooMany: func(what string, limit int) string {
		in := map[string]string{"keys": "llaves", "codes": "códigos", "uses": "usos", "days": "días", "bans": "expulsiones", "strangers": "personas que no te conocen"}
		if es := in[what]; es != "" {
			what = es
		}
		return fmt.Sprintf("serían demasiados: %s, %d como mucho", what, limit)
	},
	PassphraseShort: func(least int) string { return fmt.Sprintf("una contraseña tiene al menos %d caracteres", least) },
	LastOwner: func(handle, order string) string {
		return "nadie más tiene la propiedad de " + handle + "; di quién sigue, por ejemplo: " + order
	},
	RoomTaken: func(room, order string) string { return "ya hay una sala " + room + "; para entrar: " + order },
	TermOutside: func(least, most time.Duration) string {
		return "di un tiempo de " + term(least) + " a " + term(most) + ", o no"
	},
	SlowMode: func(handle string, wait time.Duration) string {
		return handle + " está en modo lento; escribe otra vez en " + seconds(wait)
	},
	Barred: func(handle string) string {
		return "te sacaron de " + handle + "; quien lo administra puede traerte de vuelta"
	},
	NotAddable: func(nick, group, order string) string {
		if group == "" {
			return "no puedes añadir a " + nick + "; crea el grupo sin ese nick y mándale luego un código: " + order
		}
		return "no puedes añadir a " + nick + "; con un código de quien administra entra por su cuenta: " + order
	},
	RequestPending: func(handle string) string {
		return handle + " todavía no te ha dejado entrar; cuando lo haga podrás enviar más"
	},
	YouBlocked: func(nick, order string) string { return "has bloqueado a " + nick + "; antes: " + order },
	NotYet: func(why chat.Why, nick, order string) string {
		switch why {
		case chat.WhyRequest:
			return "todavía no has dejado entrar a " + nick + "; antes: " + order
		case chat.WhyAsked:
			return nick + " todavía no te ha dejado entrar; cuando lo haga podréis decidirlo los dos"
		}
		return "todavía no hay ningún mensaje con " + nick + "; después del primero podréis decidirlo los dos"
	},
	Silent: func(wait time.Duration) string {
		return "no puedes escribir aquí" + or(" durante ", term(wait)) + "; quien administra este servidor te dirá por qué"
	},
	KeptOut: func(reason string, wait time.Duration) string {
		return "no puedes entrar en este servidor" + or(" durante ", term(wait)) + or(": ", reason)
	},
	SentOut: func(reason string) string {
		return "alguien que cuida este servidor ha cerrado tus sesiones" + or(": ", reason) + "; puedes volver"
	},
	LongReason:     func(limit int) string { return fmt.Sprintf("demasiado largo; %d caracteres como mucho", limit) },
	NothingPending: nothingPendingES,
	OwnNetwork: func(network string) string {
		return "estás en " + network + " y no podrías volver; pídeselo a alguien de fuera, o a quien lleva el servidor"
	},
	NetworkWide: func(network string, shortest int) string {
		if shortest > 0 {
			return fmt.Sprintf("los admins vetan redes de /%d o menores, y %s es mayor; pídeselo a quien tiene la propiedad", shortest, network)
		}
		return network + " dejaría fuera a demasiada gente, o a esta misma máquina; di una red más pequeña"
	},
	NoOwner: "nadie tendría ya la propiedad del servidor; dásela antes a otra persona",
}

// term is how long something lasts, in its largest whole unit, rounded up; "" of 0,
// which is for ever. The units are written alike in both languages.
func term(d time.Duration) string {
	up := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d <= 0:
		return ""
	case d > 48*time.Hour:
		return fmt.Sprintf("%d d", up(24*time.Hour))
	case d > 2*time.Hour || d == time.Hour:
		return fmt.Sprintf("%d h", up(time.Hour))
	case d < time.Minute:
		return fmt.Sprintf("%d s", up(time.Second))
	}
	return fmt.Sprintf("%d min", up(time.Minute))
}

// ShortTerm is term for where there is little room: "7d".
func ShortTerm(d time.Duration) string { return strings.ReplaceAll(term(d), " ", "") }
