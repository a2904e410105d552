package chat

import "context"

// action is what a person asks to do in a conversation.
type action string

const (
	reads   action = "read"   // history, members, files, marks, who types
	writes  action = "write"  // messages, edits, files, typing
	adds    action = "add"    // bring people in; into a room only back
	departs action = "depart" // leave for good
	enters  action = "enter"  // come into a room by oneself
	shapes  action = "shape"  // title and topic
	rules   action = "rule"   // who writes, how fast
	fades   action = "fade"   // for how long what is said stays
	invites action = "invite" // codes that lead in
	removes action = "remove" // put members out, mute them and let them speak again
	crowns  action = "crown"  // make and unmake admins and owners
)

// standing is what somebody is to a conversation.
type standing string

const (
	owner    standing = "owner"
	admin    standing = "admin"
	member   standing = "member"
	listener standing = "listener" // a member where only admins write
	muted    standing = "muted"    // in here, or silenced on the whole server
	deserted standing = "deserted" // in a talk with somebody who was forgotten
	former   standing = "former"   // has left, was put out, or blocked the other one: reads up to then
	outside  standing = "outside"  // of a room they are not in and may enter
)

type rights map[action]bool

func can(all ...action) rights {
	r := rights{}
	for _, a := range all {
		r[a] = true
	}
	return r
}

// permissions is the one table of who may do what where. What is not in it is
// refused. People who are nothing to a private conversation never get here: the
// reader does not find it for them, so no refusal tells that it exists.
var permissions = map[Kind]map[standing]rights{
	Talk: {
		member:   can(reads, writes, fades),
		muted:    can(reads),
		deserted: can(reads),
		former:   can(reads),
	},
	Group: {
		owner:    can(reads, writes, adds, departs, shapes, rules, fades, invites, removes, crowns),
		admin:    can(reads, writes, adds, departs, shapes, rules, fades, invites, removes),
		member:   can(reads, writes, adds, departs),
		listener: can(reads, adds, departs),
		muted:    can(reads, departs),
		former:   can(reads),
	},
	Room: {
		owner:    can(reads, writes, adds, departs, shapes, rules, fades, removes, crowns),
		admin:    can(reads, writes, adds, departs, shapes, rules, fades, removes),
		member:   can(reads, writes, departs),
		listener: can(reads, departs),
		muted:    can(reads, departs),
		former:   can(reads),
		outside:  can(reads, enters),
	},
}

// may is nil if the person whose view c is may do what.
func may(what action, c Conversation) error {
	s := standingIn(c)
	switch {
	case permissions[c.Kind][s][what]:
		return nil
	case c.Barred && what == enters:
		return &Error{Code: Barred, Name: string(c.Handle)}
	case c.Blocked:
		return &Error{Code: YouBlocked, Name: string(c.Handle)}
	case s == former || s == outside:
		return &Error{Code: NotMember, Name: string(c.Handle)}
	case permissions[c.Kind] != nil && known(Group, what) && !known(c.Kind, what):
		return &Error{Code: NotAGroup, Name: string(c.Handle)}
	}
	return &Error{Code: NotAllowed, Name: string(c.Handle), Why: whyNot(what, c.Kind, s)}
}

// whyNot is who may do what somebody of a standing may not.
func whyNot(what action, k Kind, s standing) Why {
	may := permissions[k]
	switch {
	case may[member][what] && s == muted:
		return WhyMuted
	case may[member][what] && s == listener:
		return WhyListener
	case s == deserted:
		return WhyDeserted
	case may[admin][what]:
		return WhyAdmins
	case may[owner][what]:
		return WhyOwners
	}
	return ""
}

// known reports whether anybody may do that in conversations of a kind.
func known(k Kind, what action) bool {
	for _, r := range permissions[k] {
		if r[what] {
			return true
		}
	}
	return false
}

func standingIn(c Conversation) standing {
	switch {
	case !c.Member && c.Kind == Room && !c.Barred:
		return outside
	case !c.Member:
		return former
	case c.Kind == Talk && c.Deserted:
		return deserted
	case c.Role == RoleOwner:
		return owner
	case c.Role == RoleAdmin:
		return admin
	case c.Role == RoleMuted:
		return muted
	case c.Writers == AdminsWrite:
		return listener
	}
	return member
}

// deed is what a person asks to do on the server as a whole.
type deed string

const (
	begins    deed = "begin"    // a talk with somebody
	gathers   deed = "gather"   // make a group
	opens     deed = "open"     // a room
	sends     deed = "send"     // files
	bids      deed = "bid"      // invite people to the server
	reports   deed = "report"   // a message
	moderates deed = "moderate" // warn, silence, kick, ban, see to reports
	appoints  deed = "appoint"  // give ranks
	audits    deed = "audit"    // read the audit log
	forgets   deed = "forget"   // people; free their nicks
	recalls   deed = "recall"   // see and take back others' codes
	reloads   deed = "reload"   // the configuration
)

// loud is what says something to others, as titles, cards and reasons, or decides about
// them. Who is silenced does none of it.
var loud = map[deed]bool{gathers: true, opens: true, bids: true, moderates: true, appoints: true, forgets: true, recalls: true}

// mayDo is nil if the person may do that on the server.
func (a *Actor) mayDo(ctx context.Context, what deed) error {
	rank, err := a.rank(ctx)
	if err != nil {
		return err
	}
	switch {
	case deeds[rank][what] && (what != opens || !a.s.Policy().RoomsByAdmins || rank != RankMember):
		if loud[what] {
			return a.maySpeak(ctx)
		}
		return nil
	case rank == RankGuest && deeds[RankMember][what]:
		return &Error{Code: NotAllowed, Why: WhyGuest}
	case deeds[RankAdmin][what]:
		return &Error{Code: NotAllowed, Why: WhyServer}
	case deeds[RankOwner][what]:
		return &Error{Code: NotAllowed, Why: WhyServerOwner}
	}
	return &Error{Code: NotAllowed}
}

// maySpeak is Silent if the person may not write on this server now.
func (a *Actor) maySpeak(ctx context.Context) error {
	me, err := a.Access(ctx)
	if err != nil {
		return err
	}
	if wait := me.Silenced.Sub(a.s.Now()); wait > 0 {
		return &Error{Code: Silent, Wait: wait}
	}
	return nil
}

// operator is the rank of whoever is on the server's own machine: the system.
const operator Rank = "operator"

// deeds is the one table of who may do what on the server. The policy may take
// from it (Policy), never add to it.
var deeds = map[Rank]map[deed]bool{
	operator:   {bids: true, moderates: true, appoints: true, audits: true, forgets: true, recalls: true, reloads: true},
	RankOwner:  {begins: true, gathers: true, opens: true, sends: true, bids: true, reports: true, moderates: true, appoints: true, audits: true, forgets: true, recalls: true, reloads: true},
	RankAdmin:  {begins: true, gathers: true, opens: true, sends: true, bids: true, reports: true, moderates: true},
	RankMember: {begins: true, gathers: true, opens: true, sends: true, bids: true, reports: true},
	RankGuest:  {reports: true},
}
