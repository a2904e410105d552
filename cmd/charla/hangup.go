package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// hangups passes on each SIGHUP, which asks for a reload. The one that a terminal
// sends when it goes away ends the context instead: nobody who sees it would be
// left to stop the server. Started so that SIGHUP is ignored, as nohup does, it
// is meant to outlive its terminal. stop ends what runs for it.
func hangups(ctx context.Context) (_ context.Context, reloads <-chan os.Signal, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	leaves := !signal.Ignored(syscall.SIGHUP) && hasTerminal()
	heard, asked := make(chan os.Signal, 1), make(chan os.Signal, 1) // one that waits is as good as two
	signal.Notify(heard, syscall.SIGHUP)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if r := recover(); r != nil { // it ends in order, as a server that cannot be reached by signals must
				slog.Error("panic", "in", "hangups", "panic", r)
				cancel()
			}
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case s := <-heard:
				if leaves && !hasTerminal() {
					cancel()
					return
				}
				select {
				case asked <- s:
				default:
				}
			}
		}
	}()
	return ctx, asked, func() {
		signal.Stop(heard)
		cancel()
		<-ended
	}
}

// hasTerminal reports whether this process has a controlling terminal, which it
// loses before the terminal's hangup reaches it (tty_ioctl(4), credentials(7)).
func hasTerminal() bool {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
