package i18n

import "fmt"

// ServerWords is what `charla serve` says to whoever runs it.
type ServerWords struct {
	Tell       string
	Paste      string
	OtherNick  func(example string) string
	Rebuilding func(done, total uint64) string
	Aside      func(path string) string
	AsideNewer func(path string) string
	AsideOlder func(path string) string
	KeptLog    func(aside string) string
	KeptModel  func(restored int, aside string) string
	Erased     func(changed, events, files int) string
	Forgetting func(people int) string // while a log is erased
	Stopping   string
	Stopped    string

	SettingsGood func(file string) string // file may be ""
}

var serverEN = ServerWords{
	Tell:  "charla is running. Tell people to type one of these (same names for ssh and sftp):",
	Paste: "When ssh asks whether to continue connecting, paste this:",
	OtherNick: func(example string) string {
		return "Your account's name becomes your nick; for another one: " + example
	},
	Rebuilding: func(done, total uint64) string {
		return fmt.Sprintf("rebuilding the read model from the log: %d of %d", done, total)
	},
	Aside: func(path string) string {
		return "the read model was damaged; it is kept as " + path + " and rebuilt from the log"
	},
	AsideOlder: func(path string) string {
		return "the read model was made by another version of charla; it is kept as " + path + " and rebuilt from the log"
	},
	AsideNewer: func(path string) string {
		return "the read model was of a newer charla; it is kept as " + path + " and rebuilt from the log"
	},
	KeptLog: func(aside string) string {
		return "the log is kept and the read model rebuilt from it; the old one is at " + aside
	},
	KeptModel: func(restored int, aside string) string {
		if restored == 0 {
			return "the log lacks nothing that the read model has: nothing was written into it; the old read model is at " + aside
		}
		return fmt.Sprintf("the read model is kept: %d things the log had lost are in it again; delete %s once all is well", restored, aside)
	},
	Erased: func(changed, events, files int) string {
		return fmt.Sprintf("erased: of %d events in the log %d are without what they held; bytes of %d files are gone. Copies and backups of the folder still have it", events, changed, files)
	},
	Forgetting: func(people int) string {
		return fmt.Sprintf("%d of those forgotten still have words in it: let the server run until admin status tells nothing of them, and erase again", people)
	},
	Stopping: "stopping: nobody new comes in, what is being sent is finished",
	Stopped:  "stopped; everything acknowledged is stored",

	SettingsGood: func(file string) string {
		if file == "" {
			return "the settings are good; there is no file with settings"
		}
		return "the settings are good; those of " + file + " are among them"
	},
}

var serverES = ServerWords{
	Tell:  "charla está en marcha. Diles que escriban una de estas líneas (los mismos nombres para ssh y sftp):",
	Paste: "Cuando ssh pregunte si continuar la conexión, pega esto:",
	OtherNick: func(example string) string {
		return "El nombre de tu cuenta será tu nick; para otro: " + example
	},
	Rebuilding: func(done, total uint64) string {
		return fmt.Sprintf("rehaciendo el modelo de lectura desde el registro: %d de %d", done, total)
	},
	Aside: func(path string) string {
		return "el modelo de lectura estaba dañado; queda guardado como " + path + " y se rehace desde el registro"
	},
	AsideOlder: func(path string) string {
		return "el modelo de lectura lo hizo otra versión de charla; queda guardado como " + path + " y se rehace desde el registro"
	},
	AsideNewer: func(path string) string {
		return "el modelo de lectura era de un charla más nuevo; queda guardado como " + path + " y se rehace desde el registro"
	},
	KeptLog: func(aside string) string {
		return "se conserva el registro y el modelo de lectura se ha rehecho desde él; el antiguo queda en " + aside
	},
	KeptModel: func(restored int, aside string) string {
		if restored == 0 {
			return "al registro no le falta nada de lo que tiene el modelo de lectura: no se ha escrito nada en él; el modelo antiguo queda en " + aside
		}
		return fmt.Sprintf("se conserva el modelo de lectura: %d cosas que el registro había perdido están otra vez en él; borra %s cuando todo esté bien", restored, aside)
	},
	Erased: func(changed, events, files int) string {
		are, bytes := "están", fmt.Sprintf("los bytes de %d archivos ya no están", files)
		if changed == 1 {
			are = "está"
		}
		if files == 1 {
			bytes = "los bytes de 1 archivo ya no están"
		}
		return fmt.Sprintf("borrado: de %d sucesos del registro, %d %s sin lo que contenían; %s. Las copias de la carpeta todavía lo tienen", events, changed, are, bytes)
	},
	Forgetting: func(people int) string {
		return fmt.Sprintf("de %d de los olvidados aún quedan palabras: deja el servidor en marcha hasta que admin estado no diga nada de ellos, y borra otra vez", people)
	},
	Stopping: "parando: no entra nadie más y lo que se está enviando se termina",
	Stopped:  "parado; todo lo confirmado está guardado",

	SettingsGood: func(file string) string {
		if file == "" {
			return "los ajustes están bien; no hay archivo de ajustes"
		}
		return "los ajustes están bien; entre ellos los de " + file
	},
}
