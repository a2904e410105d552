package i18n

// NoneWords say that a list is empty, each in one sentence.
type NoneWords struct {
	Bans, Reports, Decisions, Earlier, Nicks         string
	Requests, Blocked, Rooms, Conversations, Present string

	Words, Files func(handle string) string
}

var noneEN = NoneWords{
	Bans:      "nobody and nothing is banned",
	Reports:   "no report is open",
	Decisions: "nothing has been decided yet",
	Earlier:   "nothing was decided before that",
	Nicks:     "nobody has a nick that begins so",

	Requests:      "nobody waits for you to let them in",
	Blocked:       "you have blocked nobody",
	Rooms:         "there is no room that you can enter",
	Conversations: "you have no conversations",
	Present:       "nobody is seen here now",

	Words: func(handle string) string { return "there is nothing to read in " + handle },
	Files: func(handle string) string { return "there are no files in " + handle },
}

var noneES = NoneWords{
	Bans:      "no hay ningún veto",
	Reports:   "no hay ninguna denuncia abierta",
	Decisions: "todavía no se ha decidido nada",
	Earlier:   "antes de eso no se decidió nada",
	Nicks:     "ningún nick empieza así",

	Requests:      "nadie espera a que le dejes entrar",
	Blocked:       "no has bloqueado a nadie",
	Rooms:         "no hay ninguna sala en la que entrar",
	Conversations: "no tienes conversaciones",
	Present:       "ahora no se ve a nadie aquí",

	Words: func(handle string) string { return "no hay nada que leer en " + handle },
	Files: func(handle string) string { return "no hay archivos en " + handle },
}
