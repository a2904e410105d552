// Package tuitest drives a terminal.Model in tests as a person at a terminal
// would: keys in, a screen out. It knows no model in particular.
//
// Inside testing/synctest every call of a [Driver] returns when the session is
// at rest, so a story needs no waiting and time is fake. [Screen] alone is a
// terminal for tests that have a connection of their own.
package tuitest
