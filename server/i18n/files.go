package i18n

// FileWords are the lines that sftp and scp show, and the words that other
// clients show with a refusal. Names in them are already fit to be shown.
type FileWords struct {
	Choose          func(name, handle string) string // a file put into the root
	NoFolder        func(name string) string         // the same, of a name that is meant for a folder
	IsConversation  func(handle string) string       // a conversation treated as a file
	NoFolders       string                           // mkdir
	NoResume        func(name string) string         // append, resume, changing a part
	NoMove          string                           // from one conversation to another
	Numbered        func(name, got string) string    // somebody else has the name
	Empty           func(name string) string         // nothing in it, so it was not sent
	Temporary       func(name string) string         // never got a final name
	TooLarge        string
	Slowly          string // somebody has put very much
	TooManySessions string // sftp sessions of one person
	TooManyOpen     string
	TooManyUploads  string
}

var filesEN = FileWords{
	Choose: func(name, handle string) string { return "choose a conversation: put " + name + " " + handle + "/" },
	NoFolder: func(name string) string {
		return "nobody is called " + name + " here, and no group or room is; files go into a folder that ls shows"
	},
	IsConversation: func(handle string) string {
		return handle + " is a conversation, not a file; put files into " + handle + "/"
	},
	NoFolders: "no folders can be made here; put the files one by one, or as a zip",
	NoResume: func(name string) string {
		return name + " cannot be continued or changed in part; put the whole file again"
	},
	NoMove:   "a file stays in its conversation; get it and put it into the other one",
	Numbered: func(name, got string) string { return name + " is somebody else's here; yours is " + got },
	Empty:    func(name string) string { return "not sent: " + name + " is empty" },
	Temporary: func(name string) string {
		return "not sent: " + name + " is a temporary or hidden name; give it another"
	},
	Slowly:          "you have sent a great deal; from now on it goes slowly, and nothing is lost",
	TooLarge:        "the file is larger than this server takes",
	TooManySessions: "you have too many sftp sessions; end one and connect again",
	TooManyOpen:     "too many files are open; close some and try again",
	TooManyUploads:  "too many unfinished files; finish or remove some and try again",
}

var filesES = FileWords{
	Choose: func(name, handle string) string { return "elige una conversación: put " + name + " " + handle + "/" },
	NoFolder: func(name string) string {
		return "aquí nadie se llama " + name + ", ni ningún grupo ni sala; los archivos van a una carpeta de las que enseña ls"
	},
	IsConversation: func(handle string) string {
		return handle + " es una conversación, no un archivo; deja los archivos en " + handle + "/"
	},
	NoFolders: "aquí no se pueden crear carpetas; envía los archivos uno a uno, o en un zip",
	NoResume: func(name string) string {
		return name + " no se puede continuar ni cambiar en parte; envía el archivo entero otra vez"
	},
	NoMove:          "un archivo se queda en su conversación; descárgalo y envíalo a la otra",
	Numbered:        func(name, got string) string { return name + " es de otra persona aquí; el tuyo es " + got },
	Empty:           func(name string) string { return "no enviado: " + name + " está vacío" },
	Temporary:       func(name string) string { return "no enviado: " + name + " es un nombre temporal u oculto; dale otro" },
	Slowly:          "has enviado muchísimo; a partir de ahora va despacio, y no se pierde nada",
	TooLarge:        "el archivo es más grande de lo que admite este servidor",
	TooManySessions: "tienes demasiadas sesiones de sftp; cierra una y vuelve a conectarte",
	TooManyOpen:     "hay demasiados archivos abiertos; cierra alguno y vuelve a intentarlo",
	TooManyUploads:  "hay demasiados archivos sin terminar; termina o borra alguno y vuelve a intentarlo",
}
