package i18n

import "charla/server/chat"

func notAllowedEN(why chat.Why, name string) string {
	switch why {
	case chat.WhyMuted:
		return "an admin of " + name + " has muted you: you read there and do not write"
	case chat.WhyListener:
		return "only owners and admins write in " + name
	case chat.WhyAdmins:
		return "only owners and admins of " + name + " can do that"
	case chat.WhyOwners:
		return "only owners of " + name + " can do that"
	case chat.WhyServer:
		return "only those who look after the server can do that"
	case chat.WhyServerOwner:
		return "only owners of the server can do that"
	case chat.WhyGuest:
		return "guests cannot do that; for it come in under a nick of your own"
	case chat.WhySelf:
		return "you cannot do that to yourself"
	case chat.WhyOwn:
		return "that is your own message"
	case chat.WhyVisit:
		return name + " is a guest and comes back under another nick: kick them, ban their network, or turn guests off"
	case chat.WhyAbove:
		return "somebody above you decided that; ask an owner, or the operator"
	case chat.WhyNobody:
		return "whoever runs the server has no devices here; a code for somebody: " + name
	case chat.WhyMachine:
		return "only whoever runs the server can do that, on its own machine: " + name
	case chat.WhyDeserted:
		return name + " has left this server for good: what you write there is read by nobody but you"
	case chat.WhyRank:
		return "you cannot decide about " + name + ", whose rank is not below yours"
	}
	return "you may not do that here"
}

func notAllowedES(why chat.Why, name string) string {
	switch why {
	case chat.WhyMuted:
		return "quien administra " + name + " te ha silenciado: ahí lees y no escribes"
	case chat.WhyListener:
		return "en " + name + " solo escribe quien lo administra"
	case chat.WhyAdmins:
		return "eso solo puede hacerlo quien administra " + name
	case chat.WhyOwners:
		return "eso solo puede hacerlo quien tiene la propiedad de " + name
	case chat.WhyServer:
		return "eso solo puede hacerlo quien cuida del servidor"
	case chat.WhyServerOwner:
		return "eso solo puede hacerlo quien tiene la propiedad del servidor"
	case chat.WhyGuest:
		return "eso no puede hacerse de visita; para ello entra con un nick tuyo"
	case chat.WhySelf:
		return "eso no puedes hacértelo a ti"
	case chat.WhyOwn:
		return "ese mensaje es tuyo"
	case chat.WhyVisit:
		return name + " está de visita y volvería con otro nick: échale, veta su red o no admitas visitas"
	case chat.WhyAbove:
		return "eso lo decidió alguien por encima de ti; pídeselo a quien tiene la propiedad o lleva el servidor"
	case chat.WhyNobody:
		return "quien lleva el servidor no tiene aparatos aquí; un código para alguien: " + name
	case chat.WhyMachine:
		return "eso solo puede hacerlo quien lleva el servidor, en su propia máquina: " + name
	case chat.WhyDeserted:
		return name + " ha dejado este servidor para siempre: lo que escribas ahí no lo leerá nadie más que tú"
	case chat.WhyRank:
		return "no puedes decidir sobre " + name + ", que no tiene un rango menor que el tuyo"
	}
	return "aquí no puedes hacer eso"
}

func nothingPendingEN(why chat.Why, name string) string {
	switch why {
	case chat.WhyNotSilenced:
		return name + " is not silenced"
	case chat.WhyNotMuted:
		return name + " is not muted there"
	case chat.WhyNotBanned:
		return name + " is not banned"
	case chat.WhyNotBlocked:
		return "you have not blocked " + name
	case chat.WhyNoRequest:
		return name + " has not asked to write to you"
	case chat.WhyNotForgotten:
		return "nobody forgotten was called " + name
	case chat.WhyNoReport:
		return "no report " + name + " is open: admin reports lists those that are"
	case chat.WhyNoCode:
		return name + " has given out no code of that id that still works: admin codes lists them"
	}
	return "there is nothing to decide about " + name
}

func nothingPendingES(why chat.Why, name string) string {
	switch why {
	case chat.WhyNotSilenced:
		return name + " no está en silencio"
	case chat.WhyNotMuted:
		return name + " no está en silencio ahí"
	case chat.WhyNotBanned:
		return name + " no tiene ningún veto"
	case chat.WhyNotBlocked:
		return "no has bloqueado a " + name
	case chat.WhyNoRequest:
		return name + " no ha pedido escribirte"
	case chat.WhyNotForgotten:
		return "nadie que se haya olvidado se llamaba " + name
	case chat.WhyNoReport:
		return "no hay ninguna denuncia " + name + " sin cerrar: admin denuncias enumera las que hay"
	case chat.WhyNoCode:
		return name + " no ha dado ningún código con ese id que todavía valga: admin códigos los enumera"
	}
	return "no hay nada que decidir sobre " + name
}
