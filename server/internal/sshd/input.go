package sshd

import (
	"bytes"
	"io"

	"golang.org/x/time/rate"
)

// What comes into lines and verbs, as into a screen, which counts keys itself:
// a byte costs one and a line inputLine, so 2,000 lines a second go on and 4,000
// at once. The rest waits in the client. Files are not slowed down.
const (
	inputRate  = 512 << 10 // per second
	inputBurst = 2 * inputRate
	inputLine  = 256
	inputSip   = inputBurst / (inputLine + 1) // no read costs more than the burst
)

// input is what the client sends. Its end is told as io.EOF whether the client
// said so or its channel or connection was cut, and a message that was cut in
// half must not be taken for a whole one; so the client is asked whether it is
// there, and when it is not, the context of the session has ended before Read
// returns. Any other error is one of the connection, and ends it as well.
type input struct {
	c    *channel
	pace *rate.Limiter // nil: as fast as it comes
}

func slowly(c *channel) input { return input{c, rate.NewLimiter(inputRate, inputBurst)} }

func (in input) Read(p []byte) (int, error) {
	if in.pace != nil {
		p = p[:min(len(p), inputSip)]
	}
	n, err := in.c.raw.Read(p)
	if err != nil && (err != io.EOF || !in.c.answers()) {
		// Also when it was cancelled already: the contexts below it may not have
		// ended yet, and this waits for whoever is at it.
		in.c.cancel(ErrClosed)
	}
	if in.pace != nil {
		lines := bytes.Count(p[:n], []byte{'\n'}) + bytes.Count(p[:n], []byte{'\r'})
		_ = in.pace.WaitN(in.c.ctx, n+lines*inputLine) // fails when the session has ended
	}
	return n, err
}

// answers reports whether the client still has the channel open. One that says
// nothing at all is hung up on.
func (c *channel) answers() bool {
	if c.ctx.Err() != nil {
		return false
	}
	overdue := c.overdue()
	defer overdue.Stop()
	_, err := c.raw.SendRequest("keepalive@openssh.com", true, nil)
	return err == nil
}
