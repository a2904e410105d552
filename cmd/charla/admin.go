package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"charla/server"
	"charla/server/config"
)

// newAdmin holds what the operator does on the server's own machine.
func newAdmin(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "Look after a server's data",
		Args:  func(_ *cobra.Command, args []string) error { return noArgs(args) },
	}
	cmd.AddCommand(newRepair(getenv), newErase(getenv))
	return cmd
}

func newRepair(getenv func(string) string) *cobra.Command {
	var given config.Flags
	var keep string
	cmd := &cobra.Command{
		Use:   "repair --keep log|model",
		Short: "Decide when the log lacks what it once held; the server must be stopped",
		Long: `Decide when serve refuses to start because the log lacks what the read model has.

  --keep log    the log is right: the read model is moved aside and built again
                from the log; what only the read model had is gone
  --keep model  the read model is right: what the log lacks is written into it
                again from the read model, which is then built again`,
		Args: func(_ *cobra.Command, args []string) error { return noArgs(args) },
	}
	sources := addSettings(cmd, getenv, &given)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		side, err := server.ParseSide(keep)
		if err != nil {
			return &usageError{err}
		}
		c, err := sources().Load()
		if err != nil {
			return err
		}
		return server.Repair(cmd.Context(), c, side, offline(cmd))
	}
	cmd.Flags().StringVar(&keep, "keep", "", "which copy is right: log or model")
	return cmd
}

func newErase(getenv func(string) string) *cobra.Command {
	var given config.Flags
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Take out of the data folder what people have taken back; the server must be stopped",
		Long: `Take out of the data folder what nobody is to have any more: messages that were
taken back, words that were edited away, files that no message has, what somebody
said who was forgotten, drafts that were written over.

A running server shows and finds none of this from the moment on; only the log
keeps it until then. The log is written anew beside the old one, so the disk needs
room for a second one and for two read models. Nothing changes before all of the
new is there, and it can be cut off at any time. Backups are not touched.`,
		Args: func(_ *cobra.Command, args []string) error { return noArgs(args) },
	}
	sources := addSettings(cmd, getenv, &given)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := sources().Load()
		if err != nil {
			return err
		}
		return server.Erase(cmd.Context(), c, offline(cmd))
	}
	return cmd
}

// offline is what an operator's command says, and where.
func offline(cmd *cobra.Command) server.Options {
	return server.Options{
		Log:  slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
		Tell: func(sentence string) { fmt.Fprintln(cmd.OutOrStdout(), sentence) },
	}
}
