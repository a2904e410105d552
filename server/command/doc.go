// Package command holds what a person can ask for in words: one file for each
// command, with its names in both languages and a Run over an Actor.
//
// It knows no SSH, no screen and no exit status. `ssh host VERB …`
// (server/internal/verbs), slash commands (tui, tui/linear) and the local
// operator are faces of the same commands: a face hands a line to Parse, runs
// the Order with its Session, and turns the error into words with Session.Sentence.
//
// Everything a command prints is append-only text without escapes: text that
// came from people is cleaned again on its way out (print.go).
package command
