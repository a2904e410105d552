package chat

import "context"

// mostIssued bounds a list of everybody's codes; of one person all are listed, which
// are MaxCodes at most.
const mostIssued = 1000

// Issued is a code that somebody else gave out.
type Issued struct {
	AccessCode
	Nick Nick // who gave it out; that of Operator
}

// Recalls reports whether somebody of rank r may see and take back the codes of one of
// another rank.
func (r Rank) Recalls(of Rank) bool { return deeds[r][recalls] && (r == operator || below[r][of]) }

// CodesOf lists the codes that hold of somebody or, if nobody is named, of all about
// whom the person decides, by who gave them out, the oldest first. Where one leads that
// the person does not see is not told, nor that it leads anywhere.
func (a *Actor) CodesOf(ctx context.Context, typed string) (list []Issued, err error) {
	defer wrap(&err, "codes of others")
	codes, err := a.codesOf(ctx, typed)
	if err != nil {
		return nil, err
	}
	rank, err := a.rank(ctx)
	if err != nil {
		return nil, err
	}
	issuer := Person{Nick: a.s.Operator().me.Nick, Rank: operator}
	for _, c := range codes {
		if !c.By.IsZero() && c.By != issuer.ID {
			if issuer, err = a.s.Reader.Person(ctx, c.By); err != nil {
				return nil, err
			}
		}
		if c.By == a.me.ID && rank != operator || !rank.Recalls(issuer.Rank) {
			continue
		}
		if err := a.veil(ctx, &c); err != nil {
			return nil, err
		}
		list = append(list, Issued{AccessCode: c, Nick: issuer.Nick})
	}
	return list, nil
}

// codesOf are those codes as they are, once the person may see them.
func (a *Actor) codesOf(ctx context.Context, typed string) ([]AccessCode, error) {
	if err := a.mayDo(ctx, recalls); err != nil {
		return nil, err
	}
	switch own := a.s.Operator().me.Nick; {
	case typed == "":
		return a.s.Reader.Codes(ctx, a.s.Now(), mostIssued)
	case a.me.Rank == operator && Nick(foldHandle(typed)) == own:
		return a.s.Reader.CodesBy(ctx, UserID{}, a.s.Now())
	}
	p, err := a.over(ctx, recalls, typed)
	if err != nil {
		return nil, err
	}
	return a.s.Reader.CodesBy(ctx, p.ID, a.s.Now())
}

// veil takes from a code what would tell of a conversation that the person does not
// see.
func (a *Actor) veil(ctx context.Context, c *AccessCode) error {
	if c.Conversation.IsZero() {
		return nil
	}
	_, err := a.s.Reader.Seat(ctx, a.me.ID, c.Conversation)
	if CodeOf(err) != NoConversation {
		return err
	}
	c.Conversation = ConversationID{}
	if c.Purpose == JoinCode {
		c.Purpose = ""
	}
	return nil
}

// Recalled is what the audit log says of a code that was taken back: of one into a
// group not even that, for who reads it may not know that there is one.
func (c AccessCode) Recalled() Decision {
	d := Decision{User: c.By, Subject: string(c.Purpose)}
	if c.Purpose == JoinCode {
		d.Subject = ""
	}
	return d
}

// RecallCode takes back a code of somebody's, by its ID. It is a decision, and stands in
// the audit log.
func (a *Actor) RecallCode(ctx context.Context, nick, id string) (_ Issued, err error) {
	defer wrap(&err, "recall a code")
	if nick == "" {
		return Issued{}, &Error{Code: NoPerson}
	}
	list, err := a.CodesOf(ctx, nick)
	if err != nil {
		return Issued{}, err
	}
	for _, c := range list {
		if c.Hash.called(id) {
			return c, a.rule(ctx, CodeRevoked{Hash: c.Hash})
		}
	}
	return Issued{}, &Error{Code: NothingPending, Name: OneLine(nick, maxNick), Why: WhyNoCode}
}
