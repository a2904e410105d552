package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ScreenWords is what the full screen says.
type ScreenWords struct {
	// In a conversation.
	You, Today, Yesterday string
	Day                   func(t time.Time, year bool) string // "lun 22 nov", with the year if it is another
	NewMessages           func(n int) string
	Edited, Deleted       string
	Placeholder           string
	Draft                 string
	Typing                string
	SomeType              func(names []string) string
	Online                string
	OnlineCount           func(n int) string
	Members               func(n int) string
	Notes                 string
	Copy                  string // the thing to click beside an order
	Size                  func(bytes int64) string
	EmptyTalk, EmptyRoom  string
	NobodyHere            string
	NotIn                 string
	Loading, CatchingUp   string
	MoreBelow             func(n int) string
	Badge                 func(unread int) string // the window's title

	// The list.
	Chats, OnlineTitle string

	Gone   string // of somebody who was forgotten; see Nick
	Talks  TalkScreenWords
	People PeopleScreenWords
	WaitWords
	OutWords
	NoticeWords

	// Composing.
	Replying    func(nick string) string
	Editing     string
	ExitAsk     func(word string) string
	Full        string // the message holds no more
	PasteAsk    func(lines, bytes int) string
	PasteSend   string
	PasteWrite  string
	PasteCancel string
	PasteCut    func(bytes int) string
	PasteHeld   string

	// Files.
	PathIs, PathsAre, PathAgain string
	FileFetch, FileSend         string
	FileHash, FileNone          string
	FileHint, FileBrowse        string
	FileHow                     func(handle string) string
	Copied, CopyMode, MouseHint string
	Nothing                     string

	// Going somewhere.
	GoTitle, BesideTitle, GoNone string
	GoNear                       func(near string) string
	GoHint, GoEmpty              string
	NoUnread, OneWindow          string
	AllOpen                      func(most int) string

	// Selecting.
	DeleteAsk, DeleteYes, DeleteNo, DeleteHint, OwnOnly string

	// Leaving.
	CtrlCAgain, CtrlDAgain, Goodbye string
	Stopping                        string // after the screen was left: why

	Onboarding  OnboardingWords
	Keys        KeyWords
	Help        func(stored, delivered string) []string // paragraphs before the keys
	HelpTitle   string
	HelpKeys    string
	HelpSlash   string
	HelpEscape  string
	HelpScroll  string
	SecretHint  string // below what is typed and not shown
	TooSmall    string
	NoCommand   func(name, near string) string
	WhatCommand string
	Refused     string // a command stands in the composer again
	HelpHere    string // where CONV may be left out
	SendSlash   string // what /send does on a screen
}

// OnboardingWords are the lines for a newcomer, each with what it is about in it.
type OnboardingWords struct {
	Hello    func(nick string) string
	Switch   string
	Rooms    string // the same for guests, who only talk there
	Beside   string
	Files    string
	Glyphs   string
	Dismiss  string
	Notice   func(text string) string
	Received func(tick, file string) string
}

// KeyWords name the keys' actions: Short ones for the row at the bottom, the
// rest for help.
type KeyWords struct {
	InfoShort, ReportShort, FileShort, CloseShort, UnreadShort, CopyShort, SelectShort, Menu, Go, Help, Window, Line, Zoom, BesideShort, Leave, Sent, Cancel, Reply, Edit, Delete, Copy, Move, Send, Retry, History string

	PgUp, Up, ShiftTab string // as they stand on the keys

	Enter, NewLine, Switcher, Beside, Close, ZoomLong, Next, Previous, Nth, Sidebar, Unread, Scroll, Ends, Select string
	Info, File, Bare, Dismiss, HelpLong, Clear, Quit, Redraw, Words                                               string
}

var screenEN = ScreenWords{
	You: "You", Today: "today", Yesterday: "yesterday",
	Day: func(t time.Time, year bool) string {
		if year {
			return t.Format("Mon 2 Jan 2006")
		}
		return t.Format("Mon 2 Jan")
	},
	NewMessages: func(n int) string { return counted(n, "new message", "new messages") },
	Edited:      "(edited)", Deleted: "message deleted",
	Placeholder: "write a message", Draft: "draft: ", Typing: "typing",
	SomeType: func(names []string) string {
		return listed(names, " and ") + oneOrMany(len(names), " is", " are") + " typing"
	},
	Online:      "online",
	OnlineCount: func(n int) string { return strconv.Itoa(n) + " online" },
	Members:     func(n int) string { return counted(n, "member", "members") },
	Notes:       "notes to yourself", Copy: "[c]", Size: func(n int64) string { return fileSize(n, ".") },
	EmptyTalk: "Write and press Enter. Files: Esc f", EmptyRoom: "Nobody has said anything yet. Write and press Enter.",
	NobodyHere: "You can write all the same: it will be there when they come", NotIn: "you only read here",
	Loading: "loading", CatchingUp: "catching up",
	MoreBelow: func(n int) string { return counted(n, "new message", "new messages") + " below, Esc G" },
	Badge:     func(n int) string { return badged(n) },

	Chats: "Chats", OnlineTitle: "Online", Gone: "someone who left", Talks: talkScreenEN, People: peopleScreenEN, WaitWords: waitEN, OutWords: outEN, NoticeWords: noticesEN,

	Replying: func(nick string) string { return "reply to " + nick + ": " },
	Editing:  "edit: ",
	ExitAsk: func(word string) string {
		return fmt.Sprintf("Enter again sends %q; to leave press Ctrl+D", word)
	},
	Full: "the message is full; send it as a file: Esc f",
	PasteAsk: func(lines, bytes int) string {
		return fmt.Sprintf("You pasted %d lines (%s).", lines, fileSize(int64(bytes), "."))
	},
	PasteSend:   "send as one message",
	PasteWrite:  "put it into the composer",
	PasteCancel: "drop it",
	PasteCut: func(n int) string {
		return "the paste was too large; " + fileSize(int64(n), ".") + " of it were dropped"
	},
	PasteHeld: "finish the question first",

	PathIs: "To send that file, in another window of your computer:", PathsAre: "To send those files, in another window of your computer:", PathAgain: "Paste it again to write it as text.",
	FileFetch: "to fetch it, in another window of your computer:", FileSend: "to send a file to this conversation:",
	FileHash: "SHA-256", FileNone: "no files here yet", FileHint: "c copies the last line   Esc", FileBrowse: "to look through all files:",
	FileHow: func(handle string) string { return "Files of " + handle },
	Copied:  "copied", CopyMode: "copy mode: select with the mouse; Esc ends it", MouseHint: "To copy: Shift+drag (Mac: Fn), or Esc b",
	Nothing: "nothing to copy",

	GoTitle: "Go to", BesideTitle: "Open beside", GoNone: "nothing is called that: type a nick whole; /rooms lists what anybody can enter, /group new TITLE makes a group",
	GoNear: func(near string) string { return "nothing is called that; " + near + "?" },
	GoHint: "Enter here   ^O beside   Esc back", GoEmpty: "type a name",
	NoUnread: "nothing unread", OneWindow: "there is only one window; Esc o opens another",
	AllOpen: func(most int) string { return fmt.Sprintf("%d windows are open; close one with Esc x", most) },

	DeleteAsk: "Delete this message for everybody?", DeleteYes: "delete it", DeleteNo: "keep it", DeleteHint: "y/n   Esc keeps it", OwnOnly: "you can only change your own messages",
	CtrlCAgain: "Ctrl+C again leaves", CtrlDAgain: "^D again: leave and keep it; Enter: send it",
	Stopping: "the server is stopping; what you sent and your drafts are kept", Goodbye: "See you soon.",

	Onboarding: OnboardingWords{
		Hello:    func(nick string) string { return "You are " + nick + ". Write and press Enter." },
		Switch:   "Ctrl+K and a name: talk to somebody",
		Rooms:    "Ctrl+K and a name: another room",
		Beside:   "Esc o: another conversation beside this one; Tab changes",
		Files:    "A file for this conversation, from a terminal of your computer:",
		Glyphs:   "Does this look right?  ñ ✓ █ 😀   If not: /ascii",
		Dismiss:  "Esc h hides these lines; F1 has everything",
		Notice:   func(text string) string { return text },
		Received: func(tick, file string) string { return "your first file arrived: " + tick + " " + file },
	},
	Keys: KeyWords{
		PgUp: "PgUp", Up: "Up", ShiftTab: "Shift+Tab",
		InfoShort: "info", ReportShort: "report", FileShort: "files", CloseShort: "close", UnreadShort: "unread", CopyShort: "copy", SelectShort: "select", Menu: "menu", Go: "go to", Help: "help", Window: "window", Line: "line", Zoom: "zoom", BesideShort: "beside", Leave: "leave", Sent: "send", Cancel: "back",
		Reply: "reply", Edit: "edit", Delete: "delete", Copy: "copy", Move: "move", Send: "send", Retry: "retry", History: "history",
		Enter: "send", NewLine: "new line", Switcher: "go to a conversation or person", Beside: "open another conversation beside", Close: "close the window", ZoomLong: "zoom the window",
		Next: "complete @nick and /command; else the next window", Previous: "previous window", Nth: "window 1 to 9", Sidebar: "show or hide the list", Unread: "next unread conversation",
		Scroll: "scroll through the history", Ends: "to the beginning, to the end", Select: "select a message: r reply, e edit, d delete, c copy, ! report",
		Info: "who or what this is, and what you may do about it", File: "files: how to send and fetch", Bare: "copy mode: the mouse selects text", Dismiss: "hide the hints", HelpLong: "this help", Clear: "clear what is written; twice: leave",
		Quit: "leave", Redraw: "draw the screen again", Words: "line start, line end, delete the line, delete a word",
	},
	Help: func(stored, delivered string) []string {
		return []string{
			"Everybody in the conversation sees at once what you write, on every device.",
			"Your ticks: " + stored + " stored, " + delivered + " delivered to everybody, " + delivered + " in colour read by everybody; " + delivered + " 1/2 in a group: read by one of two.",
			"Esc opens the menu: then one letter. Alt and the letter is the same.",
		}
	},
	HelpTitle: "Help", HelpKeys: "Keys", HelpSlash: "Commands",
	HelpEscape:  "A ~ typed right after Enter belongs to your ssh: ~. hangs up, ~~ writes one.",
	SecretHint:  "Enter go on   Esc leave it",
	HelpScroll:  "PgUp PgDn  Esc",
	TooSmall:    "the window is too small",
	NoCommand:   func(name, near string) string { return "there is no /" + name + ask("; /", near) },
	WhatCommand: "commands start with /; to send a line that starts with / write //",
	SendSlash:   "say TEXT there",
	Refused:     "/ begins another, Ctrl+C clears this one",
	HelpHere:    "inside a conversation CONV may be left out, but for send and rename",
}

var screenES = ScreenWords{
	You: "Tú", Today: "hoy", Yesterday: "ayer",
	Day: func(t time.Time, year bool) string {
		s := fmt.Sprintf("%s %d %s", diasES[t.Weekday()], t.Day(), mesesES[t.Month()-1])
		if year {
			s += " " + strconv.Itoa(t.Year())
		}
		return s
	},
	NewMessages: func(n int) string { return counted(n, "mensaje nuevo", "mensajes nuevos") },
	Edited:      "(editado)", Deleted: "mensaje borrado",
	Placeholder: "escribe un mensaje", Draft: "borrador: ", Typing: "escribiendo",
	SomeType: func(names []string) string {
		return listed(names, " y ") + oneOrMany(len(names), " está", " están") + " escribiendo"
	},
	Online:      "en línea",
	OnlineCount: func(n int) string { return strconv.Itoa(n) + " en línea" },
	Members:     func(n int) string { return counted(n, "miembro", "miembros") },
	Notes:       "notas para ti", Copy: "[c]", Size: func(n int64) string { return fileSize(n, ",") },
	EmptyTalk: "Escribe y pulsa Enter. Archivos: Esc f", EmptyRoom: "Nadie ha dicho nada todavía. Escribe y pulsa Enter.",
	NobodyHere: "Puedes escribir igual: lo recibirá al entrar", NotIn: "aquí solo lees",
	Loading: "cargando", CatchingUp: "poniendo al día",
	MoreBelow: func(n int) string { return counted(n, "mensaje nuevo", "mensajes nuevos") + " abajo, Esc G" },
	Badge:     func(n int) string { return badged(n) },

	Chats: "Chats", OnlineTitle: "En línea", Gone: "alguien que se fue", Talks: talkScreenES, People: peopleScreenES, WaitWords: waitES, OutWords: outES, NoticeWords: noticesES,

	Replying: func(nick string) string { return "responder a " + nick + ": " },
	Editing:  "editar: ",
	ExitAsk: func(word string) string {
		return fmt.Sprintf("Enter otra vez envía %q; para salir pulsa Ctrl+D", word)
	},
	Full: "el mensaje está lleno; envíalo como archivo: Esc f",
	PasteAsk: func(lines, bytes int) string {
		return fmt.Sprintf("Has pegado %d líneas (%s).", lines, fileSize(int64(bytes), ","))
	},
	PasteSend:   "enviar como un mensaje",
	PasteWrite:  "ponerlo en la línea de escribir",
	PasteCancel: "descartarlo",
	PasteCut:    func(n int) string { return "lo pegado era demasiado; se han perdido " + fileSize(int64(n), ",") },
	PasteHeld:   "responde antes a la pregunta",

	PathIs: "Para enviar ese archivo, en otra ventana de tu ordenador:", PathsAre: "Para enviar esos archivos, en otra ventana de tu ordenador:", PathAgain: "Pégalo otra vez para escribirlo como texto.",
	FileFetch: "para bajarlo, en otra ventana de tu ordenador:", FileSend: "para enviar un archivo a esta conversación:",
	FileHash: "SHA-256", FileNone: "aquí no hay archivos todavía", FileHint: "c copia la última línea   Esc", FileBrowse: "para recorrer todos los archivos:",
	FileHow: func(handle string) string { return "Archivos de " + handle },
	Copied:  "copiado", CopyMode: "modo copia: selecciona con el ratón; Esc lo termina", MouseHint: "Para copiar: Mayús+arrastrar (Mac: Fn), o Esc b",
	Nothing: "no hay nada que copiar",

	GoTitle: "Ir a", BesideTitle: "Abrir al lado", GoNone: "nada se llama así: escribe un nick entero; /salas dice dónde puede entrar cualquiera, /grupo nuevo TÍTULO hace un grupo",
	GoNear: func(near string) string { return "nada se llama así; ¿" + near + "?" },
	GoHint: "Enter aquí   ^O al lado   Esc volver", GoEmpty: "escribe un nombre",
	NoUnread: "no hay nada sin leer", OneWindow: "solo hay una ventana; Esc o abre otra",
	AllOpen: func(most int) string { return fmt.Sprintf("hay %d ventanas abiertas; cierra una con Esc x", most) },

	DeleteAsk: "¿Borrar este mensaje para todos?", DeleteYes: "borrarlo", DeleteNo: "dejarlo", DeleteHint: "s/n   Esc lo deja", OwnOnly: "solo puedes cambiar tus mensajes",
	CtrlCAgain: "Ctrl+C otra vez sale", CtrlDAgain: "^D otra vez: salir y guardar; Enter: enviar",
	Stopping: "el servidor se está parando; lo que has enviado y tus borradores se conservan", Goodbye: "Hasta pronto.",

	Onboarding: OnboardingWords{
		Hello:    func(nick string) string { return "Eres " + nick + ". Escribe y pulsa Enter." },
		Switch:   "Ctrl+K y un nombre: hablar con alguien",
		Rooms:    "Ctrl+K y un nombre: otra sala",
		Beside:   "Esc o: otra conversación al lado; Tab cambia",
		Files:    "Un archivo para esta conversación, desde un terminal de tu ordenador:",
		Glyphs:   "¿Se ve bien esto?  ñ ✓ █ 😀   Si no: /ascii",
		Dismiss:  "Esc h quita estas líneas; F1 lo tiene todo",
		Notice:   func(text string) string { return text },
		Received: func(tick, file string) string { return "ha llegado tu primer archivo: " + tick + " " + file },
	},
	Keys: KeyWords{
		PgUp: "Re Pág", Up: "Arriba", ShiftTab: "Mayús+Tab",
		InfoShort: "datos", ReportShort: "denunciar", FileShort: "archivos", CloseShort: "cerrar", UnreadShort: "sin leer", CopyShort: "copiar", SelectShort: "elegir", Menu: "menú", Go: "ir", Help: "ayuda", Window: "ventana", Line: "línea", Zoom: "ampliar", BesideShort: "al lado", Leave: "salir", Sent: "enviar", Cancel: "volver",
		Reply: "responder", Edit: "editar", Delete: "borrar", Copy: "copiar", Move: "mover", Send: "enviar", Retry: "reintentar", History: "historia",
		Enter: "enviar", NewLine: "otra línea", Switcher: "ir a una conversación o persona", Beside: "abrir otra conversación al lado", Close: "cerrar la ventana", ZoomLong: "ampliar la ventana",
		Next: "completar @nick y /orden; si no, ventana siguiente", Previous: "ventana anterior", Nth: "ventana 1 a 9", Sidebar: "mostrar u ocultar la lista", Unread: "siguiente conversación sin leer",
		Scroll: "recorrer la historia", Ends: "al principio, al final", Select: "elegir un mensaje: r responder, e editar, d borrar, c copiar, ! denunciar",
		Info: "quién o qué es esto, y qué puedes hacer con ello", File: "archivos: cómo enviar y bajar", Bare: "modo copia: el ratón selecciona texto", Dismiss: "quitar las pistas", HelpLong: "esta ayuda", Clear: "borrar lo escrito; dos veces: salir",
		Quit: "salir", Redraw: "dibujar otra vez la pantalla", Words: "inicio, fin, borrar la línea, borrar una palabra",
	},
	Help: func(stored, delivered string) []string {
		return []string{
			"Todos los de la conversación ven al momento lo que escribes, en todos sus dispositivos.",
			"Tus marcas: " + stored + " guardado, " + delivered + " entregado a todos, " + delivered + " en color leído por todos; " + delivered + " 1/2 en un grupo: leído por uno de dos.",
			"Esc abre el menú: después, una letra. Alt y la letra es lo mismo.",
		}
	},
	HelpTitle: "Ayuda", HelpKeys: "Teclas", HelpSlash: "Órdenes",
	HelpEscape:  "Un ~ escrito justo después de Enter es de tu ssh: ~. cuelga, ~~ escribe uno.",
	SecretHint:  "Enter seguir   Esc dejarlo",
	HelpScroll:  "Re Pág  Av Pág  Esc",
	TooSmall:    "la ventana es demasiado pequeña",
	NoCommand:   func(name, near string) string { return "no existe /" + name + question("; /", near) },
	WhatCommand: "las órdenes empiezan por /; para enviar una línea que empieza por / escribe //",
	SendSlash:   "decir TEXTO ahí",
	Refused:     "/ empieza otra, Ctrl+C borra esta",
	HelpHere:    "dentro de una conversación CONV puede faltar, salvo al enviar y al renombrar",
}

var (
	diasES  = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}
	mesesES = [...]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}
)

func oneOrMany(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func counted(n int, one, many string) string { return strconv.Itoa(n) + " " + oneOrMany(n, one, many) }

// list is "ana", "ana y beto", "ana, beto y luis".
func listed(names []string, and string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + and + names[len(names)-1]
}

func badged(n int) string {
	if n == 0 {
		return "charla"
	}
	return fmt.Sprintf("(%d) charla", n)
}

// size is a number of bytes as people say it, in units of 1000 as file
// managers do.
func fileSize(n int64, comma string) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < 3 {
		value /= 1000
		unit++
	}
	s := strconv.FormatFloat(value, 'f', 1, 64)
	if value >= 99.95 {
		s = strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strings.Replace(strings.TrimSuffix(s, ".0"), ".", comma, 1) + " " + [...]string{"KB", "MB", "GB", "TB"}[unit]
}
