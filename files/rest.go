package files

import "time"

// restAfter is how long a client that has nothing open may say nothing before
// its pkg/sftp ends: eleven goroutines and at least a page of maxPacket, where
// the session itself keeps two goroutines and a few KiB. Programs such as sshfs
// and file managers keep sessions for hours and use them for moments.
const restAfter = 100 * time.Millisecond

// more waits for the next packet, when all before it are answered. It returns
// false when none comes for a while and no handle is open: the session rests.
func (f *frames) more() bool {
	if f.in.Buffered() > 0 || f.busy() {
		return true
	}
	coming := make(chan struct{})
	go func() { // ends with the next packet or the channel
		defer close(coming)
		defer func() { _ = recover() }() // a channel that panics here does so again when it is read
		_, _ = f.in.Peek(1)              // the next read has the error too
	}()
	patience := time.NewTimer(restAfter)
	defer patience.Stop()
	select {
	case <-coming:
		return true
	case <-patience.C:
		f.coming, f.resting = coming, true
		return false
	}
}

// wake waits until a session that rests has something to read; false if it does
// not rest, for the channel has ended, or if nothing new is wanted any more.
func (f *frames) wake(unwanted <-chan struct{}) bool {
	if !f.resting {
		return false
	}
	select {
	case <-f.coming:
	case <-unwanted:
		return false // who waits for the channel ends with it
	}
	f.coming, f.resting = nil, false
	return true
}
