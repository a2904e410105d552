package i18n

import (
	"testing"
	"time"

	"charla/server/chat"
)

// Ana does it, beto and eva look on; ana and eva are who it is done to by others.
func TestWhatHappensIsSaidToEachAsItConcernsThem(t *testing.T) {
	ana, beto, eva := party("ana"), party("beto"), party("eva")
	gone := chat.Party{ID: chat.NewID[chat.Person]()}
	for _, c := range []struct {
		n      chat.Notice
		me     chat.Party
		en, es string
	}{
		{chat.Notice{Kind: chat.NoticeMade, By: ana, Whom: []chat.Party{beto, eva}, More: 3}, eva, "ana made the group with you, beto and 3 more", "ana creó el grupo contigo y con beto y 3 más"},
		{chat.Notice{Kind: chat.NoticeMade, By: ana}, ana, "you made the group", "creaste el grupo"},
		{chat.Notice{Kind: chat.NoticeAdded, By: ana, Whom: []chat.Party{beto}}, ana, "you added beto", "añadiste a beto"},
		{chat.Notice{Kind: chat.NoticeAdded, By: ana, Whom: []chat.Party{beto}}, beto, "ana added you", "ana te añadió"},
		{chat.Notice{Kind: chat.NoticeAdded, By: ana, Whom: []chat.Party{beto, eva}}, beto, "ana added you and eva", "ana te añadió, y también a eva"},
		{chat.Notice{Kind: chat.NoticeCame, By: beto}, ana, "beto came in by a code", "beto entró con un código"},
		{chat.Notice{Kind: chat.NoticeLeft, By: gone}, ana, "someone left", "alguien salió"},
		{chat.Notice{Kind: chat.NoticeRemoved, By: ana, Whom: []chat.Party{beto}}, beto, "ana put you out", "ana te sacó"},
		{chat.Notice{Kind: chat.NoticeRemoved, By: gone, Whom: []chat.Party{beto}}, eva, "someone who left put beto out", "alguien que se fue sacó a beto"},
		{chat.Notice{Kind: chat.NoticeRole, Whom: []chat.Party{beto}, Role: chat.RoleOwner}, beto, "you are an owner now", "tienes ahora este papel: propiedad"},
		{chat.Notice{Kind: chat.NoticeRole, By: beto, Whom: []chat.Party{beto}, Role: chat.RoleMember}, ana, "beto is a member now", "beto tiene ahora este papel: miembro"},
		{chat.Notice{Kind: chat.NoticeRole, By: ana, Whom: []chat.Party{beto}, Role: chat.RoleMuted}, beto, "ana muted you", "ana te silenció aquí"},
		{chat.Notice{Kind: chat.NoticeHeard, By: ana, Whom: []chat.Party{beto}}, beto, "ana let you write again", "ana te deja escribir otra vez"},
		{chat.Notice{Kind: chat.NoticeHeard, By: ana, Whom: []chat.Party{beto}}, ana, "you let beto write again", "dejaste escribir otra vez a beto"},
		{chat.Notice{Kind: chat.NoticeRole, By: ana, Whom: []chat.Party{beto}, Role: chat.RoleAdmin}, ana, "you made beto an admin", "diste a beto este papel: administración"},
		{chat.Notice{Kind: chat.NoticeTitle, By: ana, Text: "x\" \x1b[31mana\nsalió «hoy»"}, eva, `ana called the group "x' ana salió 'hoy'"`, `ana llamó al grupo "x' ana salió 'hoy'"`},
		{chat.Notice{Kind: chat.NoticeTopic, By: gone}, eva, "someone who left set the topic …", "alguien que se fue puso el tema …"},
		{chat.Notice{Kind: chat.NoticeTopic, By: ana}, eva, "ana took the topic away", "ana quitó el tema"},
		{chat.Notice{Kind: chat.NoticeExpiry, By: ana, Term: 7 * 24 * time.Hour}, eva, "ana turned on disappearing messages: 7 d", "ana activó los mensajes temporales: 7 d"},
		{chat.Notice{Kind: chat.NoticeWriters, By: ana, Writers: chat.AdminsWrite}, ana, "you let only owners and admins write", "dejaste escribir solo a quienes administran"},
		{chat.Notice{Kind: chat.NoticeSlow, By: ana, Term: 10 * time.Second}, eva, "ana turned on slow mode: one message in 10 s", "ana puso el modo lento: un mensaje cada 10 s"},
	} {
		if got := For(English).Screen.Happened(c.n, c.me.ID); got != c.en {
			t.Errorf("%s reads %q, want %q", c.me.Nick, got, c.en)
		}
		if got := For(Spanish).Screen.Happened(c.n, c.me.ID); got != c.es {
			t.Errorf("%s lee %q, y no %q", c.me.Nick, got, c.es)
		}
	}
}

func party(nick chat.Nick) chat.Party { return chat.Party{ID: chat.NewID[chat.Person](), Nick: nick} }
