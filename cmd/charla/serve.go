package main

import (
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"charla/server"
	"charla/server/config"
	"charla/server/i18n"
)

func newServe(getenv func(string) string) *cobra.Command {
	c := config.FromEnv(getenv)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server; it needs no set-up",
		Args:  func(_ *cobra.Command, args []string) error { return noArgs(args) },
		RunE:  func(cmd *cobra.Command, _ []string) error { return serve(cmd, c) },
	}
	addSettings(cmd, &c)
	cmd.Flags().StringVar(&c.Listen, "listen", c.Listen, "address to listen on, host:port ("+config.ListenVar+")")
	cmd.Flags().StringVar(&c.Host, "host", c.Host, "what people type for this machine ("+config.HostVar+"; found out if not given)")
	cmd.Flags().BoolVar(&c.NoLimits, "no-limits", false, "no limits on addresses and rates: to be measured with charla load on a closed machine")
	return cmd
}

// addSettings adds the flag that every command on a server's data takes.
func addSettings(cmd *cobra.Command, c *config.Config) {
	cmd.Flags().StringVar(&c.Data, "data", c.Data, "folder that holds everything ("+config.DataVar+")")
}

// serve runs until it is told to stop, prints on standard output what people
// are to be told, and logs on standard error.
func serve(cmd *cobra.Command, c config.Config) (err error) {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	words := i18n.For(c.Lang)
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	slog.SetDefault(log) // where the SSH library logs a panic it recovered
	saveMemory()
	s, err := server.Open(ctx, c, server.Options{
		Log:  log,
		Tell: func(sentence string) { fmt.Fprintln(out, sentence) },
	})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := s.Close(); err == nil {
			err = cerr
		}
	}()
	fmt.Fprint(out, s.Card().Text(words))
	if err := s.Run(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, words.Server.Stopped)
	return nil
}

// saveMemory lets the heap grow by 40 % between two collections rather than to
// twice its size, unless GOGC says otherwise. Sessions live long and leave little
// garbage, so it costs some 4 % of a delivery's CPU and spares 40 KiB of each
// session (docs/performance.md).
func saveMemory() {
	const growth = 40
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}
