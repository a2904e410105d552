package chat

// action is what a person asks to do in a conversation.
type action string

const (
	reads   action = "read"   // history, members, files, marks, who types
	writes  action = "write"  // messages, edits, files, typing
	adds    action = "add"    // bring people in
	departs action = "depart" // leave for good
)

// standing is what somebody is to a conversation.
type standing string

const (
	member  standing = "member"
	former  standing = "former"  // has left: reads up to then
	outside standing = "outside" // of a room they are not in
)

// permissions is the one table of who may do what where. What is not in it is
// refused. People who are nothing to a private conversation never get here: the
// reader does not find it for them, so no refusal tells that it exists.
var permissions = map[Kind]map[standing]map[action]bool{
	Talk:  {member: {reads: true, writes: true}},
	Group: {member: {reads: true, writes: true, adds: true, departs: true}, former: {reads: true}},
	Room:  {member: {reads: true, writes: true}, outside: {reads: true}},
}

// may is nil if the person whose view c is may do what.
func may(what action, c Conversation) error {
	s := standingIn(c)
	switch {
	case permissions[c.Kind][s][what]:
		return nil
	case s != member:
		return &Error{Code: NotMember, Name: string(c.Handle)}
	case c.Kind != Group && (what == adds || what == departs):
		return &Error{Code: NotAGroup, Name: string(c.Handle)}
	}
	return &Error{Code: NotAllowed, Name: string(c.Handle)}
}

func standingIn(c Conversation) standing {
	switch {
	case c.Member:
		return member
	case c.Kind == Room:
		return outside
	}
	return former
}
