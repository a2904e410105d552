package sshd

import (
	"context"
	"errors"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/i18n"
)

// caller is who is on a connection, as sign-in proved it: a person, or a
// visitor, who has a nick that nobody has and something to claim it with. It
// is made by the sign-in method that succeeded and never changes but for one
// thing: a visitor becomes a person, once, and with them the whole connection.
type caller struct {
	s           *Server
	link        *link
	nick        chat.Nick
	credential  chat.Credential // of a visitor
	fingerprint string          // of the proven key, "" without
	guest       bool            // a visitor who comes without a credential
	refused     []chat.Key      // keys that were offered too, and are not theirs
	client      string          // its version line, cleaned
	notice      func(*i18n.Words) string

	turn   chan struct{} // holds one: whoever may read or write person
	person *chat.Person  // nil: a visitor
}

// callerKey is the caller's place in Permissions.ExtraData.
type callerKey struct{}

// callerOf reads back who signed in; nil if that is unknown.
func callerOf(conn *gossh.ServerConn) *caller {
	if conn.Permissions == nil {
		return nil
	}
	c, _ := conn.Permissions.ExtraData[callerKey{}].(*caller)
	return c
}

func (c *caller) permissions() *gossh.Permissions {
	return &gossh.Permissions{ExtraData: map[any]any{callerKey{}: c}}
}

// become is the person who is here. A visitor becomes one if claim is set;
// isNew is true for the session that claimed. Otherwise the error is NoPerson,
// with a nick to come back with as hint. Of two sessions one waits for the other.
func (c *caller) become(ctx context.Context, claim bool) (_ *chat.Actor, isNew bool, err error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
	if err := c.link.admits(); err != nil {
		return nil, false, err
	}
	if c.fingerprint != "" && !c.s.cfg.Admits(c.fingerprint) { // since they signed in
		return nil, false, &chat.Error{Code: chat.Ended, Name: "key-denied"}
	}
	if err := c.still(ctx); err != nil {
		return nil, false, err
	}
	if err := c.s.cfg.Chat.Admits(ctx, c.arrival()); err != nil {
		return nil, false, err
	}
	if c.person == nil {
		if isNew, err = c.claim(ctx, claim); err != nil {
			return nil, false, err
		}
		c.settle()
	}
	return c.s.cfg.Chat.Actor(*c.person).From(c.arrival().Address), isNew, nil
}

// settle notes whose the connection is.
func (c *caller) settle() {
	c.link.inhabitant.Store(&inhabitant{c.person.ID, c.way()})
}

// way is how they came in.
func (c *caller) way() string {
	if c.fingerprint != "" {
		return c.fingerprint
	}
	return chat.ByPassphrase
}

// still looks whether what let the person in does so still: a connection outlives
// its sessions (ControlMaster), and may begin others hours later. A guest whose
// visit is over is a visitor again.
func (c *caller) still(ctx context.Context) error {
	if c.person == nil {
		return nil
	}
	now, err := c.s.cfg.Chat.PersonByNick(ctx, c.person.Nick)
	gone := chat.CodeOf(err) == chat.NoPerson || err == nil && now.ID != c.person.ID
	switch {
	case gone && c.guest:
		c.person = nil
		return nil
	case gone:
		return &chat.Error{Code: chat.Ended, Name: "forgotten"}
	case err != nil:
		return err
	case c.fingerprint != "" && !now.Has(c.fingerprint):
		return &chat.Error{Code: chat.Ended, Name: "key-removed"}
	case c.fingerprint == "" && now.Passphrase != c.person.Passphrase:
		return &chat.Error{Code: chat.Ended, Name: "passphrase-changed"}
	}
	c.person = &now
	return nil
}

// claim makes a visitor a person; c.turn must be held. The nick may have become
// ours since sign-in: over another connection, with the same key.
func (c *caller) claim(ctx context.Context, may bool) (isNew bool, err error) {
	if found, err := c.find(ctx); found || err != nil {
		return false, err
	}
	if !may {
		return false, c.unclaimed(ctx)
	}
	if !c.link.local {
		if wait, ok := c.s.claims.Take(c.link.prefix.Addr()); !ok {
			return false, &chat.Error{Code: chat.TooFast, Wait: wait}
		}
	}
	if c.guest {
		person, err := c.s.cfg.Chat.Visit(ctx, c.nick)
		if err == nil {
			c.person = &person
		}
		return err == nil, err
	}
	person, err := c.s.cfg.Chat.Claim(ctx, c.nick, c.credential)
	if chat.CodeOf(err) == chat.NickTaken { // by whom?
		if found, _ := c.find(ctx); found {
			return false, nil
		}
	}
	if err != nil {
		return false, err
	}
	c.person = &person
	c.s.cfg.Log.Info("nick claimed", "address", c.link.address(), "nick", string(c.nick),
		"person", person.ID.String(), "fingerprint", c.fingerprint)
	return true, nil
}

// unclaimed is why a visitor who may not claim here gets nothing: NickTaken if
// somebody else has the nick by now, else NoPerson.
func (c *caller) unclaimed(ctx context.Context) error {
	free := string(c.nick)
	err := c.s.cfg.Chat.Claimable(ctx, c.nick)
	switch chat.CodeOf(err) {
	case "":
	case chat.NickReserved:
		free = chat.AsError(err).Hint
	default:
		return err
	}
	return &chat.Error{Code: chat.NoPerson, Name: string(c.nick), Hint: free}
}

// find looks whether the nick belongs to whoever has the proven key: somebody may
// have claimed it since, and pasted that key.
func (c *caller) find(ctx context.Context) (bool, error) {
	person, err := c.s.cfg.Chat.PersonByNick(ctx, c.nick)
	switch {
	case chat.CodeOf(err) == chat.NoPerson:
		return false, nil
	case err != nil:
		return false, err
	case c.fingerprint != "" && person.HasProven(c.fingerprint):
		c.person = &person
		return true, nil
	}
	return false, nil
}

// sentence says in words why become failed, with an order that works.
func (c *caller) sentence(w *i18n.Words, err error) string {
	e := chat.AsError(err)
	order := c.s.fresh(c.link, e.Hint, e.Code != chat.NoPerson)
	switch {
	case errors.Is(err, ErrStopping):
		return w.Errors.Stopping
	case e.Code == chat.NoPerson:
		if c.fingerprint != "" && order != "" {
			order += " register" // which needs no terminal, for those who read none
		}
		return w.SignIn.Nobody(e.Name, order)
	case e.Code == chat.NickTaken:
		return w.SignIn.SomebodyElses(e.Name, order)
	case e.Code == chat.NickReserved:
		return w.SignIn.Reserved(e.Name, order)
	}
	return w.Error(err)
}
