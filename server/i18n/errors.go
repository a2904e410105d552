package i18n

import (
	"fmt"
	"strings"
	"time"

	"charla/server/chat"
)

// ErrorWords are the sentences for chat's error codes: what is the matter and
// what to do, in one sentence.
type ErrorWords struct {
	Internal         string
	Unavailable      string
	Stopping         string // the session ends because the server does
	TooManySessions  func(most int) string
	TooFast          func(wait time.Duration) string
	DiskFull         string
	NickInvalid      func(name string) string
	NickReserved     func(name, free string) string
	NickTaken        func(name, free string) string
	NoPerson         func(name, near string) string
	NoConversation   func(name, near string) string
	NoMessage        string
	NoFile           func(name, near string) string
	NotMember        func(handle, who string) string // who: "" for oneself
	NotYours         string
	NotAGroup        func(handle string) string
	NotAllowed       func(why chat.Why, name string) string
	TextEmpty        string
	TextTooLong      func(limit int) string
	TextTooManyLines func(limit int) string
	SearchEmpty      string
	Ambiguous        func(name, group string, room bool) string
	NothingFound     func(what string) string
	SearchTooLong    func(limit int) string
	TitleInvalid     func(limit int) string
	FileNameInvalid  func(name string) string
	GroupFull        func(limit int) string
	Conflict         string

	People PeopleErrors
}

// Error is the sentence for err. The cause stays in the log: whoever calls this
// logs err too when its code is chat.Internal.
func (w *Words) Error(err error) string { return w.ErrorBehind("", err) }

// ErrorBehind is Error where people type a prefix before a command: what a
// sentence tells them to type works as it stands there.
func (w *Words) ErrorBehind(prefix string, err error) string {
	e := chat.AsError(err)
	switch e.Code {
	case chat.Unavailable:
		return w.Errors.Unavailable
	case chat.TooFast:
		return w.Errors.TooFast(e.Wait)
	case chat.DiskFull:
		return w.Errors.DiskFull
	case chat.NickInvalid:
		return w.Errors.NickInvalid(e.Name)
	case chat.NickReserved:
		return w.Errors.NickReserved(e.Name, e.Hint)
	case chat.NickTaken:
		return w.Errors.NickTaken(e.Name, e.Hint)
	case chat.NoPerson:
		return w.Errors.NoPerson(e.Name, e.Hint)
	case chat.NoConversation:
		return w.Errors.NoConversation(e.Name, e.Hint)
	case chat.NoMessage:
		return w.Errors.NoMessage
	case chat.NoFile:
		return w.Errors.NoFile(e.Name, e.Hint)
	case chat.NotMember:
		return w.Errors.NotMember(e.Name, e.Hint)
	case chat.NotYours:
		return w.Errors.NotYours
	case chat.NotAGroup:
		return w.Errors.NotAGroup(e.Name)
	case chat.NotAllowed:
		return w.Errors.NotAllowed(e.Why, e.Name)
	case chat.TextEmpty:
		return w.Errors.TextEmpty
	case chat.TextTooLong:
		return w.Errors.TextTooLong(e.Limit)
	case chat.TextTooManyLines:
		return w.Errors.TextTooManyLines(e.Limit)
	case chat.Ambiguous:
		return w.Errors.Ambiguous(e.Name, e.Hint, e.Why == chat.WhyRoom)
	case chat.NothingFound:
		return w.Errors.NothingFound(e.Name)
	case chat.SearchEmpty:
		return w.Errors.SearchEmpty
	case chat.SearchTooLong:
		return w.Errors.SearchTooLong(e.Limit)
	case chat.TitleInvalid:
		return w.Errors.TitleInvalid(e.Limit)
	case chat.FileNameInvalid:
		return w.Errors.FileNameInvalid(e.Name)
	case chat.GroupFull:
		return w.Errors.GroupFull(e.Limit)
	case chat.Conflict:
		return w.Errors.Conflict
	}
	return w.ofPeople(prefix, e)
}

// order is how a command is typed behind a prefix, with what it is to be given.
func order(prefix string, u Usage, args ...string) string {
	name, _, _ := strings.Cut(u.Line, " [")
	return prefix + strings.Join(append([]string{name}, args...), " ")
}

var errorsEN = ErrorWords{
	Internal:    "something went wrong here; the operator's log says what, please try again",
	Unavailable: "the server cannot do that now; try again in a moment",
	Stopping:    "the server is stopping; try again in a moment",
	TooManySessions: func(most int) string {
		return fmt.Sprintf("you have %d sessions here already; end one and connect again", most)
	},
	TooFast:  func(wait time.Duration) string { return "too fast; try again in " + seconds(wait) },
	DiskFull: "the server's disk is full; nothing can be sent until the operator makes room",
	NickInvalid: func(name string) string {
		return fmt.Sprintf("%q cannot be a nick; use letters, digits, dot, dash or underscore, 32 at most", name)
	},
	NickReserved:   func(name, free string) string { return name + " is a reserved name" + or("; free: ", free) },
	NickTaken:      func(name, free string) string { return name + " belongs to somebody else" + or("; free: ", free) },
	NoPerson:       func(name, near string) string { return "nobody is called " + name + " here" + ask("; ", near) },
	NoConversation: func(name, near string) string { return "no " + name + " here" + ask("; ", near) },
	NoMessage:      "that message is not here",
	NoFile:         func(name, near string) string { return "no file " + name + " here" + ask("; ", near) },
	NotMember: func(handle, who string) string {
		if who == "" {
			return "you are not in " + handle
		}
		return who + " is not in " + handle
	},
	NotYours:   "that is somebody else's; you can only change your own",
	NotAGroup:  func(handle string) string { return handle + " is not a group" },
	NotAllowed: notAllowedEN,
	TextEmpty:  "there is nothing to send",
	TextTooLong: func(limit int) string {
		return fmt.Sprintf("too long: a message holds %d KB; send it as a file", limit>>10)
	},
	TextTooManyLines: func(limit int) string {
		return fmt.Sprintf("too many lines: a message holds %d; send it as a file", limit)
	},
	SearchEmpty: "there is no word to look for",
	Ambiguous: func(name, group string, room bool) string {
		if room {
			return fmt.Sprintf("%s is a room by now, and was a group of yours: say @%s for the room, %s for the group", name, name, group)
		}
		return fmt.Sprintf("%s is a person, and may mean a group of yours: say @%s for the person, %s for the group", name, name, group)
	},
	NothingFound:    func(what string) string { return "no message of yours has " + what },
	SearchTooLong:   func(limit int) string { return fmt.Sprintf("too much to look for; %d words at most", limit) },
	TitleInvalid:    func(limit int) string { return fmt.Sprintf("a title has 1 to %d characters", limit) },
	FileNameInvalid: func(name string) string { return fmt.Sprintf("%q cannot be a file name here", name) },
	GroupFull:       func(limit int) string { return fmt.Sprintf("a group holds %d people", limit) },
	Conflict:        "somebody else changed that at the same moment; try again",

	People: peopleErrorsEN,
}

var errorsES = ErrorWords{
	Internal:    "algo ha fallado aquí; el registro del servidor dice qué, vuelve a intentarlo",
	Unavailable: "el servidor no puede ahora; vuelve a intentarlo",
	Stopping:    "el servidor se para; vuelve a intentarlo en un momento",
	TooManySessions: func(most int) string {
		return fmt.Sprintf("ya tienes %d sesiones aquí; cierra una y vuelve a conectarte", most)
	},
	TooFast:  func(wait time.Duration) string { return "demasiado rápido; vuelve a intentarlo en " + seconds(wait) },
	DiskFull: "el disco del servidor está lleno; no se puede enviar nada hasta que haya sitio",
	NickInvalid: func(name string) string {
		return fmt.Sprintf("%q no puede ser un nick; usa letras, cifras, punto, guion o guion bajo, 32 como mucho", name)
	},
	NickReserved:   func(name, free string) string { return name + " es un nombre reservado" + or("; libre: ", free) },
	NickTaken:      func(name, free string) string { return name + " es de otra persona" + or("; libre: ", free) },
	NoPerson:       func(name, near string) string { return "aquí nadie se llama " + name + question("; ", near) },
	NoConversation: func(name, near string) string { return "aquí no hay " + name + question("; ", near) },
	NoMessage:      "ese mensaje no está aquí",
	NoFile:         func(name, near string) string { return "aquí no hay ningún archivo " + name + question("; ", near) },
	NotMember: func(handle, who string) string {
		if who == "" {
			return "no estás en " + handle
		}
		return who + " no está en " + handle
	},
	NotYours:   "eso es de otra persona; solo puedes cambiar lo tuyo",
	NotAGroup:  func(handle string) string { return handle + " no es un grupo" },
	NotAllowed: notAllowedES,
	TextEmpty:  "no hay nada que enviar",
	TextTooLong: func(limit int) string {
		return fmt.Sprintf("demasiado largo: un mensaje admite %d KB; envíalo como archivo", limit>>10)
	},
	TextTooManyLines: func(limit int) string {
		return fmt.Sprintf("demasiadas líneas: un mensaje admite %d; envíalo como archivo", limit)
	},
	SearchEmpty: "no hay ninguna palabra que buscar",
	Ambiguous: func(name, group string, room bool) string {
		if room {
			return fmt.Sprintf("%s es ahora una sala, y era un grupo tuyo: di @%s para la sala y %s para el grupo", name, name, group)
		}
		return fmt.Sprintf("%s es una persona, y puede querer decir un grupo tuyo: di @%s para la persona y %s para el grupo", name, name, group)
	},
	NothingFound:    func(what string) string { return "ningún mensaje tuyo tiene " + what },
	SearchTooLong:   func(limit int) string { return fmt.Sprintf("demasiado que buscar; %d palabras como mucho", limit) },
	TitleInvalid:    func(limit int) string { return fmt.Sprintf("un título tiene de 1 a %d caracteres", limit) },
	FileNameInvalid: func(name string) string { return fmt.Sprintf("%q no puede ser un nombre de archivo aquí", name) },
	GroupFull:       func(limit int) string { return fmt.Sprintf("un grupo admite %d personas", limit) },
	Conflict:        "otra persona lo ha cambiado en el mismo momento; vuelve a intentarlo",

	People: peopleErrorsES,
}

// or is prefix+s, or nothing when there is no s.
func or(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// ask is a suggestion as English asks it: "; beto?".
func ask(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s + "?"
}

// question is the same in Spanish: "; ¿beto?".
func question(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + "¿" + s + "?"
}

// seconds is a wait in whole seconds, at least one.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%d s", max(1, int((d+time.Second-1)/time.Second)))
}
