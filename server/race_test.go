//go:build race

package server

// timed: under the race detector a client costs several times as much beside the
// server as it does elsewhere, and what others wait for says nothing.
const timed = false
