// Package linear is the chat as lines that are only ever appended: for `ssh -T`,
// screen readers and TERM=dumb.
//
// It knows no SSH and no cursor: it writes no escape sequence, ever. The slash
// commands are those of server/command; what a person types besides goes to the
// conversation they chose with /go. Before that nothing is sent, so that a log
// piped in by mistake does not end in the lobby.
//
// Lines about messages start with a time, lines of the program with "* ", and
// further lines of a message are indented: nobody can write one that looks like
// another's.
//
// What is typed behind a command that may ask for a passphrase, and did not, is never
// said: see order.
package linear
