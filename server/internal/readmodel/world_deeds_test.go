package readmodel_test

import (
	"fmt"
	"net/netip"
	"time"

	"charla/server/chat"
)

// deed makes up what is done about people, groups and talks, and by the server.
// Most is done by the operator, who may, or there would be little effect.
func (c *chatter) deed(by chat.UserID) chat.Event {
	var body chat.Body
	switch n := c.r.IntN(20); {
	case n < 4:
		body = c.comingIn(by)
	case n < 7:
		body = c.governing()
	case n < 9:
		body = pick(c, []chat.Body{chat.PersonBlocked{User: pick(c, c.people)}, chat.PersonUnblocked{User: pick(c, c.people)}, chat.TalkAccepted{Conversation: pick(c, c.convs)}})
	case n < 11:
		c.ids += int(chat.MinExpiry / time.Millisecond / 2) // an event has a millisecond
		by, body = chat.UserID{}, c.expiring()
	case n < 14:
		body = chat.Reported{Message: c.message(), Reason: fmt.Sprint("shame ", c.ids)}
	case n < 15:
		by, body = chat.UserID{}, c.leaving()
	default:
		if c.r.IntN(3) > 0 {
			by = chat.UserID{}
		}
		body = c.decision()
	}
	e := c.event(by, body)
	switch body.(type) {
	case chat.Banned:
		c.bans = append(c.bans, e.ID)
	case chat.Reported:
		c.reports = append(c.reports, e.ID)
	}
	return e
}

func (c *chatter) message() (id chat.MessageID) {
	if len(c.messages) > 0 {
		id = pick(c, c.messages)
	}
	return id
}

func (c *chatter) fingerprint() string { return "SHA256:" + string(rune('a'+c.r.IntN(3))) }

func (c *chatter) comingIn(by chat.UserID) chat.Body {
	code := chat.CodeHash(fmt.Sprintf("%064x", 1+c.r.IntN(4)))
	switch c.r.IntN(8) {
	case 0, 1:
		return chat.KeyAdded{Key: chat.Key{Fingerprint: c.fingerprint(), Authorized: fmt.Sprint("ssh-ed25519 ", c.ids), Name: "laptop", Proven: c.r.IntN(2) == 0}}
	case 2:
		return chat.KeyRemoved{Fingerprint: c.fingerprint()}
	case 3:
		return chat.PassphraseSet{Passphrase: pick(c, []string{"", "$argon2id$one", "$argon2id$two"})}
	case 4, 5:
		issued := chat.AccessCode{Hash: code, Purpose: chat.JoinCode, Conversation: pick(c, c.convs), Uses: 3, Until: time.UnixMilli(1_800_000_000_000).AddDate(1, 0, 0).UTC()}
		if c.r.IntN(2) == 0 {
			issued.Purpose, issued.For, issued.Conversation, issued.Uses = chat.LoginCode, by, chat.ConversationID{}, 1
		}
		return chat.CodeIssued{Code: issued}
	case 6:
		return chat.GroupJoined{Conversation: pick(c, c.convs), Code: code}
	}
	return chat.SignedOut{}
}

func (c *chatter) governing() chat.Body {
	conv, user := pick(c, c.convs), pick(c, c.people)
	expiry := pick(c, []time.Duration{0, chat.MinExpiry, 2 * chat.MinExpiry})
	title := pick(c, someTitles)
	switch c.r.IntN(6) {
	case 0:
		return chat.RoleGiven{Conversation: conv, User: user, Role: pick(c, []chat.Role{chat.RoleOwner, chat.RoleAdmin, chat.RoleMember, chat.RoleMuted})}
	case 1:
		return chat.MemberRemoved{Conversation: conv, User: user}
	case 2:
		return chat.RoomJoined{Conversation: conv}
	case 3:
		return chat.ConversationChanged{Conversation: conv, Title: &title}
	}
	return chat.ConversationChanged{Conversation: conv, Expiry: &expiry}
}

func (c *chatter) expiring() chat.Body {
	return chat.MessagesExpired{Conversation: pick(c, c.convs), Messages: []chat.MessageID{c.message(), c.message(), c.message(), c.message()}}
}

// leaving forgets somebody, or goes on with it, or frees a nick. Somebody new comes
// in place of who was forgotten.
func (c *chatter) leaving() chat.Body {
	switch n := c.r.IntN(6); {
	case n == 0 && len(c.forgotten) < 40:
		i := c.r.IntN(len(c.people))
		c.forgotten = append(c.forgotten, c.people[i])
		c.people[i] = id[chat.Person](100 + len(c.forgotten))
		return chat.PersonForgotten{User: c.forgotten[len(c.forgotten)-1]}
	case n < 4 && len(c.forgotten) > 0:
		return chat.PersonForgotten{User: c.forgotten[len(c.forgotten)-1-c.r.IntN(min(len(c.forgotten), 2))]}
	}
	return chat.NickFreed{Nick: pick(c, someNicks)}
}

func (c *chatter) decision() chat.Body {
	user := pick(c, c.people)
	later := time.UnixMilli(1_800_000_000_000 + int64(c.ids)).UTC().Add(time.Duration(c.r.IntN(5)) * time.Hour)
	reason := pick(c, []string{"", "spam"})
	switch c.r.IntN(10) {
	case 0, 1:
		return chat.RankGiven{User: user, Rank: pick(c, []chat.Rank{chat.RankOwner, chat.RankAdmin, chat.RankMember})}
	case 2:
		return chat.PersonWarned{User: user, Reason: "spam"}
	case 3:
		return chat.PersonSilenced{User: user, Until: pick(c, []time.Time{{}, later}), Reason: reason}
	case 4:
		return chat.PersonKicked{User: user, Reason: reason}
	case 5, 6:
		b := chat.Ban{Key: c.fingerprint(), Until: later, Reason: reason}
		if c.r.IntN(3) == 0 {
			b.Key, b.Network = "", netip.MustParsePrefix("203.0.113.0/24")
		} else if c.r.IntN(2) == 0 {
			b.Key, b.User = "", user
		}
		return chat.Banned{Ban: b}
	case 7:
		if len(c.bans) > 0 {
			return chat.BanLifted{Ban: pick(c, c.bans)}
		}
	}
	if len(c.reports) == 0 {
		return chat.SignedOut{}
	}
	return chat.ReportClosed{Report: pick(c, c.reports), Outcome: reason}
}
