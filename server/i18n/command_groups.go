package i18n

import (
	"fmt"
	"strconv"
	"time"

	"charla/server/chat"
)

// GroupWords is what the commands about groups and rooms say.
type GroupWords struct {
	Role, Mute, Unmute, HandOver, Remove                                   Usage
	Rename, Topic, Writers, Expiry, Slow, Code, RoomNew, Rooms, Join, Info Usage

	IsNow   func(handle, nick string, role chat.Role) string
	Heard   func(handle, nick string) string // who was muted there
	Removed func(handle, nick string) string
	Called  func(handle, title string) string
	About   func(handle, topic string) string
	Write   func(chat.Writers) string
	Expires func(time.Duration) string
	Paced   func(time.Duration) string
	Entered func(handle string, members int) string

	Head       func(handle, title string, kind chat.Kind, members int) string
	RoleWord   func(chat.Role) string // one word
	You        func(chat.Role) string
	NotIn, Out string
}

var groupsEN = GroupWords{
	Role:     Usage{"group role [--json] CONV NICK owner|admin|member|muted", "make a member that; there may be several owners, and never none"},
	Mute:     Usage{"group mute [--json] CONV NICK", "let a member read and not write"},
	Unmute:   Usage{"group unmute [--json] CONV NICK", "let a member write again"},
	HandOver: Usage{"group handover [--json] CONV NICK", "make a member the owner; you are an admin from then on"},
	Remove:   Usage{"group remove [--json] CONV NICK", "put a member out; they keep what was said up to now and come back when an admin adds them"},
	Rename:   Usage{"group rename [--json] CONV TITLE…", "another title; who is in it goes on typing for it what they did, who comes later types the new one"},
	Topic:    Usage{"topic [--json] [--off] CONV [TEXT…]", "say what a group or room is about, or ask; --off: nothing"},
	Writers:  Usage{"group writers [--json] CONV all|admins", "who may write"},
	Expiry:   Usage{"disappear [--json] CONV off|TERM", "let what is said from now on disappear after a time, from 1h to 90d: in a group or room its admins, in a talk either of two"},
	Slow:     Usage{"slow [--json] CONV off|TERM", "how long a member waits between two messages, from 1s to 1h"},
	Code:     Usage{"group code [--json] [--uses N] [--for TERM] CONV", "a code with which people come into a group: once, within 7d, unless you say otherwise"},
	RoomNew:  Usage{"room new [--json] NAME [TOPIC…]", "open a room that everybody can find and enter"},
	Rooms:    Usage{"rooms [--json]", "the rooms of this server; a * marks those you are in"},
	Join:     Usage{"join [--json] ROOM|CODE", "enter a room, or the group that a code leads into; ssh … join alone waits for the code, which no history of your shell keeps then"},
	Info:     Usage{"group info [--json] CONV", "title, topic, rules, who is in it and what you are there"},

	IsNow: func(handle, nick string, role chat.Role) string {
		return nick + " is " + aRoleEN(role) + " of " + handle + " now"
	},
	Heard:   func(handle, nick string) string { return nick + " may write in " + handle + " again" },
	Removed: func(handle, nick string) string { return nick + " is out of " + handle },
	Called: func(handle, title string) string {
		return handle + " is called " + title + " now; you go on typing " + handle + " for it"
	},
	About: func(handle, topic string) string {
		if topic == "" {
			return handle + " has no topic"
		}
		return handle + ": " + topic
	},
	Write: func(w chat.Writers) string {
		if w == chat.AdminsWrite {
			return "only owners and admins write"
		}
		return "everybody writes"
	},
	Expires: func(d time.Duration) string {
		if d == 0 {
			return "messages stay"
		}
		return "messages disappear after " + term(d)
	},
	Paced: func(d time.Duration) string {
		if d == 0 {
			return "no slow mode"
		}
		return "slow mode: one message in " + term(d)
	},
	Entered: func(handle string, n int) string { return fmt.Sprintf("you are in %s; %d people", handle, n) },

	Head: func(handle, title string, kind chat.Kind, n int) string {
		return handle + titled(handle, title) + ": " + map[chat.Kind]string{
			chat.Talk: "a talk", chat.Group: "a private group", chat.Room: "a room",
		}[kind] + ofMany(" of ", n)
	},
	RoleWord: roleEN,
	You:      func(r chat.Role) string { return "you are " + aRoleEN(r) },
	NotIn:    "you are not in it",
	Out:      "you were put out of it",
}

func roleEN(r chat.Role) string { return string(r) }

func aRoleEN(r chat.Role) string {
	return map[chat.Role]string{chat.RoleOwner: "an owner", chat.RoleAdmin: "an admin", chat.RoleMember: "a member", chat.RoleMuted: "a muted member"}[r]
}

var groupsES = GroupWords{
	Role:     Usage{"grupo rol [--json] CONV NICK propiedad|administración|miembro|silencio", "dar ese papel a alguien del grupo; la propiedad pueden tenerla varias personas, y siempre una al menos"},
	Mute:     Usage{"grupo silenciar [--json] CONV NICK", "que alguien lea y no escriba"},
	Unmute:   Usage{"grupo voz [--json] CONV NICK", "que alguien vuelva a escribir"},
	HandOver: Usage{"grupo ceder [--json] CONV NICK", "dar el grupo a alguien; desde entonces lo administras"},
	Remove:   Usage{"grupo sacar [--json] CONV NICK", "sacar a alguien; conserva lo dicho hasta ahora y vuelve cuando quien administra lo añada"},
	Rename:   Usage{"grupo renombrar [--json] CONV TÍTULO…", "otro título; quien ya está sigue tecleando lo de antes, quien llegue después teclea el nuevo"},
	Topic:    Usage{"tema [--json] [--off] CONV [TEXTO…]", "decir de qué va un grupo o una sala, o preguntarlo; --off: de nada"},
	Writers:  Usage{"grupo escriben [--json] CONV todos|administración", "quién puede escribir"},
	Expiry:   Usage{"temporales [--json] CONV no|PLAZO", "que lo que se diga desde ahora desaparezca pasado un tiempo, de 1h a 90d: en un grupo o sala quien administra, entre dos cualquiera"},
	Slow:     Usage{"lento [--json] CONV no|PLAZO", "cuánto espera cada cual entre dos mensajes, de 1s a 1h"},
	Code:     Usage{"grupo codigo [--json] [--uses N] [--for PLAZO] CONV", "un código con el que se entra en un grupo: una vez, en 7d, si no dices otra cosa"},
	RoomNew:  Usage{"sala nueva [--json] NOMBRE [TEMA…]", "abrir una sala que cualquiera encuentra y en la que cualquiera entra"},
	Rooms:    Usage{"salas [--json]", "las salas de este servidor; un * marca en cuáles estás"},
	Join:     Usage{"entrar [--json] SALA|CÓDIGO", "entrar en una sala, o en el grupo al que lleva un código; ssh … entrar sin más espera el código, que así no queda en el historial de tu shell"},
	Info:     Usage{"grupo datos [--json] CONV", "título, tema, reglas, quién está y qué eres ahí"},

	IsNow: func(handle, nick string, role chat.Role) string {
		return nick + " tiene ahora en " + handle + " este papel: " + roleES(role)
	},
	Heard:   func(handle, nick string) string { return nick + " puede escribir otra vez en " + handle },
	Removed: func(handle, nick string) string { return nick + " está fuera de " + handle },
	Called: func(handle, title string) string {
		return handle + " se llama ahora " + title + "; se sigue tecleando " + handle
	},
	About: func(handle, topic string) string {
		if topic == "" {
			return handle + " no tiene tema"
		}
		return handle + ": " + topic
	},
	Write: func(w chat.Writers) string {
		if w == chat.AdminsWrite {
			return "solo escriben quienes lo administran"
		}
		return "escriben todos"
	},
	Expires: func(d time.Duration) string {
		if d == 0 {
			return "los mensajes se quedan"
		}
		return "los mensajes desaparecen al cabo de " + term(d)
	},
	Paced: func(d time.Duration) string {
		if d == 0 {
			return "sin modo lento"
		}
		return "modo lento: un mensaje cada " + term(d)
	},
	Entered: func(handle string, n int) string { return fmt.Sprintf("estás en %s; %d personas", handle, n) },

	Head: func(handle, title string, kind chat.Kind, n int) string {
		return handle + titled(handle, title) + ": " + map[chat.Kind]string{
			chat.Talk: "una conversación", chat.Group: "un grupo privado", chat.Room: "una sala",
		}[kind] + ofMany(" de ", n)
	},
	RoleWord: roleES,
	You:      func(r chat.Role) string { return "tu papel: " + roleES(r) },
	NotIn:    "no estás dentro",
	Out:      "te sacaron",
}

func roleES(r chat.Role) string {
	return map[chat.Role]string{chat.RoleOwner: "propiedad", chat.RoleAdmin: "administración", chat.RoleMember: "miembro", chat.RoleMuted: "en silencio"}[r]
}

// titled is a title in parentheses where it says more than the handle.
func titled(handle, title string) string {
	if title == handle {
		return ""
	}
	return " (" + title + ")"
}

// ofMany is how many are in something; nothing where that is not told.
func ofMany(of string, n int) string {
	if n == 0 {
		return ""
	}
	return of + strconv.Itoa(n)
}
