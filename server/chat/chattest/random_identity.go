package chattest

import (
	"fmt"
	"time"

	"charla/server/chat"
)

// identity makes up what people do about how they come in.
func (m *inventor) identity(by chat.UserID) (chat.UserID, chat.Body) {
	fingerprint := fmt.Sprintf("SHA256:%d", m.r.IntN(3))
	code := pick(m.r, []chat.CodeHash{"", hash("0000-0000-0001"), hash("0000-0000-0002"), hash("0000-0000-0003")})
	switch m.r.IntN(10) {
	case 0, 1:
		return by, chat.KeyAdded{Key: chat.Key{Fingerprint: fingerprint, Proven: m.r.IntN(2) == 0}, Code: code, Had: m.r.IntN(3) == 0}
	case 2:
		return by, chat.KeyRemoved{Fingerprint: fingerprint, Keep: "k"}
	case 3:
		return by, chat.PassphraseSet{Passphrase: pick(m.r, []string{"", "y"}), Code: code}
	case 4, 5:
		c := chat.AccessCode{Hash: code, Purpose: pick(m.r, []chat.Purpose{chat.Invitation, chat.LoginCode, chat.JoinCode}), Uses: 1, Until: then.Add(time.Duration(m.r.IntN(3)) * time.Hour)}
		switch {
		case c.Purpose == chat.LoginCode:
			c.For = pick(m.r, []chat.UserID{by, m.who()})
		case c.Purpose == chat.JoinCode || m.r.IntN(3) == 0:
			c.Conversation, c.Uses = m.conv(), 2
		}
		return pick(m.r, []chat.UserID{by, by, {}}), chat.CodeIssued{Code: c}
	case 6:
		return by, chat.CodeRevoked{Hash: code}
	case 7:
		return by, chat.SignedOut{}
	case 8:
		nick := pick(m.r, []string{"guest-a", "guest-b"})
		return m.id(nick), pick(m.r, []chat.Body{chat.GuestLeft{}, chat.PersonClaimed{Nick: chat.Nick(nick), Guest: true}, chat.PersonClaimed{Nick: chat.Nick(nick), Guest: true}})
	}
	nick := pick(m.r, m.nicks)
	return m.id(nick), chat.PersonClaimed{Nick: chat.Nick(nick), Key: &chat.Key{Fingerprint: fingerprint}, Code: code}
}
