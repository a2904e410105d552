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
	cmd.AddCommand(newRepair(getenv))
	return cmd
}

func newRepair(getenv func(string) string) *cobra.Command {
	c := config.FromEnv(getenv)
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			side, err := server.ParseSide(keep)
			if err != nil {
				return &usageError{err}
			}
			return server.Repair(cmd.Context(), c, side, server.Options{
				Log:  slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
				Tell: func(sentence string) { fmt.Fprintln(cmd.OutOrStdout(), sentence) },
			})
		},
	}
	addSettings(cmd, &c)
	cmd.Flags().StringVar(&keep, "keep", "", "which copy is right: log or model")
	return cmd
}
