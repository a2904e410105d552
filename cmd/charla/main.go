// Command charla is a chat server that people reach with plain ssh and sftp.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"charla/server"
	"charla/server/config"
)

func main() { os.Exit(run()) }

// Exit statuses, so that a service manager can tell what to do next.
const (
	exitOK       = 0
	exitFailed   = 1 // what happened is on standard error; a restart may help
	exitUsage    = 2 // the command line or a setting is wrong
	exitDisagree = 3 // the log lacks what it once held: somebody must decide
	exitInUse    = 4 // another server has the data folder
)

// run is main with an exit status, so that stories can run it too.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(os.Stdout, os.Stderr, os.Getenv)
	err := root.ExecuteContext(ctx)
	if order := orderStatus(0); errors.As(err, &order) {
		return int(order)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "charla:", err)
	}
	return exitStatus(err)
}

func exitStatus(err error) int {
	var setting *config.Error
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &setting), errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, server.ErrDisagree):
		return exitDisagree
	case errors.Is(err, server.ErrInUse):
		return exitInUse
	}
	return exitFailed
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func newRoot(out, errOut io.Writer, getenv func(string) string) *cobra.Command {
	root := &cobra.Command{
		Use:           "charla",
		Short:         "A chat server that people reach with plain ssh and sftp",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          func(_ *cobra.Command, args []string) error { return noArgs(args) },
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() }, // without it a typo is one, too
	}
	root.SetOut(out)
	root.SetErr(errOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(getenv), newAdmin(getenv), newLoad(), newVersion())
	return root
}

// noArgs refuses what is left over on a command line.
func noArgs(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{fmt.Errorf("%q is not understood here; see charla --help", args[0])}
}
