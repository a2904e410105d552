package i18n

import "fmt"

// OperatorWords is what the commands of those who look after the server say.
type OperatorWords struct {
	Status, Reload Usage

	// Of reload. Settings are called as the file calls them.
	Same      string
	Changed   func(settings string) string
	Waiting   func(settings string) string
	Kept      func(why string) string
	GuestsOut func(guests int) string

	// Of status: what each row is called, and what it says.
	Version, Up, Connections, People, Log, Disk, Accepts, Registration, Settings string
	UpSince                                                                      func(long, since string) string
	Unsigned                                                                     func(all, unsigned int) string
	Records                                                                      func(stored, applied, lag uint64) string
	Of                                                                           func(used, bound string) string
	Free                                                                         func(free, all string) string
	Registers                                                                    map[string]string // by what is set
	Yes                                                                          string
	No                                                                           func(why string) string
	None                                                                         string
	Forgetting                                                                   string
	StillGoing                                                                   func(people int) string

	Busy, Stranger string // to whom the local socket does not serve
}

var operatorEN = OperatorWords{
	Status: Usage{"admin status [--json]", "how the server is doing: since when, who is here, log and disk"},
	Reload: Usage{"admin reload [--json]", "read the file with settings again; one with a mistake changes nothing"},

	Same:    "the settings are read again; nothing has changed",
	Changed: func(settings string) string { return "changed: " + settings },
	Waiting: func(settings string) string { return "after a restart: " + settings },
	Kept:    func(why string) string { return "nothing has changed: " + why },
	GuestsOut: func(n int) string {
		return "guests are let in no more: " + counted(n, "visit has ended", "visits have ended")
	},

	Version: "version", Up: "up", Connections: "connections", People: "people here", Log: "log", Disk: "disk",
	Accepts: "accepts", Registration: "registration", Settings: "settings",
	UpSince:  func(long, since string) string { return long + ", since " + since },
	Unsigned: func(all, unsigned int) string { return fmt.Sprintf("%d, %d of them not signed in", all, unsigned) },
	Records: func(stored, applied, lag uint64) string {
		return fmt.Sprintf("%d records stored, %d to be read (lag %d)", stored, applied, lag)
	},
	Of:        func(used, bound string) string { return used + " of " + bound },
	Free:      func(free, all string) string { return free + " free of " + all },
	Yes:       "yes",
	Registers: map[string]string{"open": "open", "invite": "by invitation", "closed": "closed"},
	No:        func(why string) string { return "no: " + why },
	None:      "no file",

	Forgetting: "forgetting",
	StillGoing: func(people int) string {
		return fmt.Sprintf("%d of those forgotten still have words that go; done when this row is gone", people)
	},

	Busy:     "too many orders at once; try again",
	Stranger: "only root and the user that runs the server give it orders",
}

var operatorES = OperatorWords{
	Status: Usage{"admin estado [--json]", "cómo está el servidor: desde cuándo, quién hay, registro y disco"},
	Reload: Usage{"admin recargar [--json]", "volver a leer el archivo de ajustes; uno con un error no cambia nada"},

	Same:    "ajustes leídos otra vez; nada ha cambiado",
	Changed: func(settings string) string { return "cambian: " + settings },
	Waiting: func(settings string) string { return "al reiniciar: " + settings },
	Kept:    func(why string) string { return "nada ha cambiado: " + why },
	GuestsOut: func(n int) string {
		return "ya no se admiten visitas: " + counted(n, "ha terminado", "han terminado")
	},

	Version: "versión", Up: "en marcha", Connections: "conexiones", People: "gente aquí", Log: "registro", Disk: "disco",
	Accepts: "acepta", Registration: "altas", Settings: "ajustes",
	UpSince:  func(long, since string) string { return long + ", desde " + since },
	Unsigned: func(all, unsigned int) string { return fmt.Sprintf("%d, %d sin identificar", all, unsigned) },
	Records: func(stored, applied, lag uint64) string {
		return fmt.Sprintf("%d apuntes guardados, %d legibles (atraso %d)", stored, applied, lag)
	},
	Of:        func(used, bound string) string { return used + " de " + bound },
	Free:      func(free, all string) string { return free + " libres de " + all },
	Yes:       "sí",
	Registers: map[string]string{"open": "abiertas", "invite": "por invitación", "closed": "cerradas"},
	No:        func(why string) string { return "no: " + why },
	None:      "sin archivo",

	Forgetting: "olvidando",
	StillGoing: func(people int) string {
		return fmt.Sprintf("de %d de los olvidados aún quedan palabras por quitar; cuando falte esta fila, está hecho", people)
	},

	Busy:     "demasiadas órdenes a la vez; inténtalo otra vez",
	Stranger: "solo root y el usuario que ejecuta el servidor le dan órdenes",
}
