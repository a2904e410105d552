package i18n

import (
	"fmt"
	"slices"

	"charla/server/chat"
)

// NoticeWords says what happened in a conversation, to me or to others: one line
// that begins with who did it, without a full stop. What people typed stands in
// quotes at its end.
type NoticeWords struct {
	Happened func(n chat.Notice, me chat.UserID) string
}

// whom is to whom something was done.
type whom struct {
	me     bool
	others []string // the named ones, and how many more
}

func whomOf(n chat.Notice, me chat.UserID, nick func(chat.Nick) string, more func(int) string) (w whom) {
	for _, p := range n.Whom {
		if p.ID == me {
			w.me = true
		} else {
			w.others = append(w.others, nick(p.Nick))
		}
	}
	if n.More > 0 {
		w.others = append(w.others, more(n.More))
	}
	return w
}

// typed is a title or topic in quotes; of somebody forgotten it is not known.
func typed(n chat.Notice) string {
	if n.By.Forgotten() {
		return "…"
	}
	return Quoted(chat.OneLine(n.Text, chat.MaxReason))
}

var noticesEN = NoticeWords{Happened: func(n chat.Notice, me chat.UserID) string {
	nick := func(n chat.Nick) string { return nickOr(n, "someone who left") }
	w := whomOf(n, me, nick, func(n int) string { return fmt.Sprintf("%d more", n) })
	if w.me {
		w.others = slices.Insert(w.others, 0, "you")
	}
	whom := listed(w.others, " and ")
	by, mine := nick(n.By.Nick), !me.IsZero() && n.By.ID == me
	if mine {
		by = "you"
	}
	switch n.Kind {
	case chat.NoticeMade:
		return by + " made the group" + or(" with ", whom)
	case chat.NoticeAdded:
		return by + " added " + whom
	case chat.NoticeCame:
		return by + " came in by a code"
	case chat.NoticeLeft:
		if n.By.Nick == "" {
			return "someone left"
		}
		return by + " left"
	case chat.NoticeRemoved:
		return by + " put " + whom + " out"
	case chat.NoticeRole:
		return roleNoticeEN(n, by, whom, w.me)
	case chat.NoticeHeard:
		return by + " let " + whom + " write again"
	}
	return setNoticeEN(n, by)
}}

// setNoticeEN tells what is set otherwise.
func setNoticeEN(n chat.Notice, by string) string {
	switch n.Kind {
	case chat.NoticeTitle:
		return by + " called the group " + typed(n)
	case chat.NoticeTopic:
		if n.Text == "" && n.By.Nick != "" {
			return by + " took the topic away"
		}
		return by + " set the topic " + typed(n)
	case chat.NoticeWriters:
		if n.Writers == chat.AdminsWrite {
			return by + " let only owners and admins write"
		}
		return by + " let everybody write"
	case chat.NoticeExpiry:
		if n.Term == 0 {
			return by + " turned off disappearing messages"
		}
		return by + " turned on disappearing messages: " + term(n.Term)
	case chat.NoticeSlow:
		if n.Term == 0 {
			return by + " turned off slow mode"
		}
		return by + " turned on slow mode: one message in " + term(n.Term)
	}
	return ""
}

func roleNoticeEN(n chat.Notice, by, whom string, mine bool) string {
	is := " is "
	if mine {
		is = " are "
	}
	switch self := n.By.ID.IsZero() || len(n.Whom) > 0 && n.Whom[0].ID == n.By.ID; {
	case self:
		return whom + is + aRoleEN(n.Role) + " now"
	case n.Role == chat.RoleMuted:
		return by + " muted " + whom
	}
	return by + " made " + whom + " " + aRoleEN(n.Role)
}

var noticesES = NoticeWords{Happened: func(n chat.Notice, me chat.UserID) string {
	nick := func(n chat.Nick) string { return nickOr(n, "alguien que se fue") }
	w := whomOf(n, me, nick, func(n int) string { return fmt.Sprintf("%d más", n) })
	others := listed(w.others, " y ")
	mine := !me.IsZero() && n.By.ID == me
	did := func(I, they string) string {
		if mine {
			return I
		}
		return nick(n.By.Nick) + " " + they
	}
	switch n.Kind {
	case chat.NoticeMade:
		if w.me {
			return did("creaste", "creó") + " el grupo contigo" + or(" y con ", others)
		}
		return did("creaste", "creó") + " el grupo" + or(" con ", others)
	case chat.NoticeAdded:
		if w.me {
			return nick(n.By.Nick) + " te añadió" + or(", y también a ", others)
		}
		return did("añadiste", "añadió") + " a " + others
	case chat.NoticeCame:
		return did("entraste", "entró") + " con un código"
	case chat.NoticeLeft:
		if n.By.Nick == "" {
			return "alguien salió"
		}
		return did("saliste", "salió")
	case chat.NoticeRemoved:
		if w.me {
			return nick(n.By.Nick) + " te sacó"
		}
		return did("sacaste", "sacó") + " a " + others
	case chat.NoticeRole:
		return roleNoticeES(n, did, others, w.me)
	case chat.NoticeHeard:
		if w.me {
			return nick(n.By.Nick) + " te deja escribir otra vez"
		}
		return did("dejaste", "dejó") + " escribir otra vez a " + others
	}
	return setNoticeES(n, did)
}}

// setNoticeES tells what is set otherwise.
func setNoticeES(n chat.Notice, did func(I, they string) string) string {
	switch n.Kind {
	case chat.NoticeTitle:
		return did("llamaste", "llamó") + " al grupo " + typed(n)
	case chat.NoticeTopic:
		if n.Text == "" && n.By.Nick != "" {
			return did("quitaste", "quitó") + " el tema"
		}
		return did("pusiste", "puso") + " el tema " + typed(n)
	case chat.NoticeWriters:
		if n.Writers == chat.AdminsWrite {
			return did("dejaste", "dejó") + " escribir solo a quienes administran"
		}
		return did("dejaste", "dejó") + " escribir a todos"
	case chat.NoticeExpiry:
		if n.Term == 0 {
			return did("desactivaste", "desactivó") + " los mensajes temporales"
		}
		return did("activaste", "activó") + " los mensajes temporales: " + term(n.Term)
	case chat.NoticeSlow:
		if n.Term == 0 {
			return did("quitaste", "quitó") + " el modo lento"
		}
		return did("pusiste", "puso") + " el modo lento: un mensaje cada " + term(n.Term)
	}
	return ""
}

func roleNoticeES(n chat.Notice, did func(I, they string) string, whom string, mine bool) string {
	self := n.By.ID.IsZero() || len(n.Whom) > 0 && n.Whom[0].ID == n.By.ID
	switch {
	case self && mine:
		return "tienes ahora este papel: " + roleES(n.Role)
	case self:
		return whom + " tiene ahora este papel: " + roleES(n.Role)
	case n.Role == chat.RoleMuted && mine:
		return did("", "te silenció aquí")
	case n.Role == chat.RoleMuted:
		return did("silenciaste", "silenció") + " aquí a " + whom
	case mine:
		return did("", "te dio este papel: ") + roleES(n.Role)
	}
	return did("diste", "dio") + " a " + whom + " este papel: " + roleES(n.Role)
}

func nickOr(nick chat.Nick, gone string) string {
	if nick == "" {
		return gone
	}
	return chat.OneLine(string(nick), chat.MaxTitle)
}
