// Package terminal owns the terminal of one session. It knows no chat, no
// ssh, no person and no conversation: it is given bytes that come in, a writer
// for bytes that go out, and a [Model] that says what it wants on the screen.
//
// The program is Bubble Tea's, but neither its renderer nor its input reader
// is used. They are replaced by:
//
//   - the gate, which frames what comes in: whole keys, whole answers, one
//     paste as one message, whatever the network did to the bytes;
//   - the painter, which keeps the last [Frame], writes only the spans whose
//     text changed and owns every mode of the terminal, so that it can restore
//     every one of them;
//   - the governor: at most one frame in 16 ms, and no periodic tick at all;
//   - the guard, which hangs up when one write takes longer than 20 s.
//
// Goroutines of a session: the caller of [Run] (it waits for the program, whose
// event loop runs the model and paints), the program's own for commands, one
// reader of Config.In and one pump, the only caller of tea.Program.Send. All of
// them end with Run except the reader, which ends when Config.In returns: the
// caller closes the channel after Run.
package terminal
