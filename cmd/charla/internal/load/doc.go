// Package load measures an SSH chat from outside. It does not know charla: it
// opens sessions with a terminal, types lines and watches the bytes that come,
// so any SSH chat that shows everybody's lines can be measured with the same
// tool and compared.
//
// # How a delivery is told
//
// Each message is one line that holds nothing but a marker: 24 capital letters
// that occur nowhere else. A delivery is the marker, whole, in the bytes of
// another session than the sender's. A server that repaints only what differs
// could leave out the letters that are already in their cells, and a terminal
// can be told to repeat a letter; so that neither can happen, successive
// markers take their letters from six alphabets that have none in common, and
// no letter stands beside itself. Whoever keeps the previous lines on screen
// and puts the next in their place, by cells or by rows, then has to send all
// of it. On a server that compares cells begin with an empty history: old
// markers on screen know nothing of the order of the new ones.
//
// # What the figures are
//
// A connect lasts from dialling to the first printable byte after "shell". CPU
// per connect is all the server used from before the first until everybody's
// screen has been quiet; the idle and the message window are counted whole, so
// that CPU per delivery includes what idling costs and what the sender's own
// screen costs. Latency runs from just before a line is written to just after
// the bytes with its marker were read; client and server share the machine, so
// it includes the client's share of the queue for the CPU.
package load
