// Package sshd is the front door: it decides who may connect, who somebody is,
// and which face of charla they get. It knows no screen, no SFTP, no commands
// and no storage: faces are functions in [Faces], the chat is the port [Chat].
//
// The road of a connection:
//
//   - gate (gate.go) admits it under the caps, before anything is spent on it;
//   - introduce (proxy.go) reads whose it is from a trusted proxy's header;
//   - link (link.go) is the connection itself with its deadlines and its
//     keepalive; a link that is closed ends everything that hangs on it;
//   - signIn (signin.go) answers the SSH authentication of one connection and
//     leaves a caller in the Permissions of the connection; what may be guessed
//     is in guess.go, what is told about keys in explain.go;
//   - book (book.go, refusals.go) logs who comes and who does not get in, in one form;
//   - codes (codes.go) are asked for where an invitation is needed, or while
//     somebody has a login code open for a new device;
//   - turns (turns.go) give each address its share of comparing passphrases;
//   - caller (caller.go) is who is there: a person, or a visitor with a nick
//     nobody has and a proven credential;
//   - sessions (channel.go, session.go) are the channels, each with one face;
//     Expel (expel.go) ends those of somebody.
//
// # When a nick is claimed
//
// A visitor's nick is not claimed by signing in, but by the first session with a
// terminal, or by the verb that registers with a key. Authentication alone is
// too little intent: "sftp -P 2222 chat.lan" as the wrong user, a file manager
// that browses the network, an rclone job or a scanner that answers any prompt
// would each take a nick for ever, and with it a name that somebody else goes
// by. Whoever opens a terminal sees under which nick they are. Everything else
// that a visitor starts is told how to claim, and ends with exit status 1.
//
// # Identity
//
// Who is on a connection travels in Permissions.ExtraData of the method that
// succeeded and is read back from ServerConn.Permissions, never from a value
// that a callback stored elsewhere: a key that is offered is not yet proven, and
// the last key offered need not be the one that let somebody in
// (CVE-2024-45337).
//
// # Goroutines
//
// charm.land/ssh runs one per connection and one per channel; this package adds
// one per face and, while a keepalive is under way, one per connection. Each has
// a recover at its root and ends with its channel or its link.
package sshd
