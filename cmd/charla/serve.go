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
	var given config.Flags
	var listen, host string
	var check bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server; it needs no set-up",
		Args:  func(_ *cobra.Command, args []string) error { return noArgs(args) },
	}
	sources := addSettings(cmd, getenv, &given)
	cmd.Flags().StringVar(&listen, "listen", "", "address to listen on, host:port ("+config.ListenVar+"; :2222 if not given)")
	cmd.Flags().StringVar(&host, "host", "", "what people type for this machine ("+config.HostVar+"; found out if not given)")
	cmd.Flags().BoolVar(&given.NoLimits, "no-limits", false, "no limits on addresses and rates: to be measured with charla load on a closed machine")
	cmd.Flags().BoolVar(&check, "check", false, "only say whether the settings are good")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		given.Listen, given.Host = changed(cmd, "listen", &listen), changed(cmd, "host", &host)
		s := sources()
		c, err := s.Load()
		if err != nil {
			return err
		}
		if check {
			fmt.Fprintln(cmd.OutOrStdout(), i18n.For(c.Lang).Server.SettingsGood(c.File))
			return nil
		}
		return serve(cmd, c, s)
	}
	return cmd
}

// addSettings adds the flags that every command on a server's data takes, and
// returns what is to be asked once they are parsed.
func addSettings(cmd *cobra.Command, getenv func(string) string, given *config.Flags) func() config.Sources {
	var data, file string
	cmd.Flags().StringVar(&data, "data", "", "folder that holds everything ("+config.DataVar+"; "+config.Sources{Getenv: getenv}.Data()+" if not given)")
	cmd.Flags().StringVar(&file, "config", "", "file with settings ("+config.FileVar+"; "+config.FileName+" in the data folder if not given)")
	return func() config.Sources {
		given.Data, given.File = changed(cmd, "data", &data), changed(cmd, "config", &file)
		return config.Sources{Getenv: getenv, Flags: *given}
	}
}

// changed is a flag's value if it was given.
func changed(cmd *cobra.Command, flag string, value *string) *string {
	if cmd.Flags().Changed(flag) {
		return value
	}
	return nil
}

// serve runs until it is told to stop, prints on standard output what people
// are to be told, and logs on standard error.
func serve(cmd *cobra.Command, c config.Config, from config.Sources) (err error) {
	ctx, reloads, stop := hangups(cmd.Context())
	defer stop()
	out := cmd.OutOrStdout()
	words := i18n.For(c.Lang)
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	slog.SetDefault(log) // where the SSH library logs a panic it recovered
	saveMemory()
	s, err := server.Open(ctx, c, server.Options{
		Log:      log,
		Tell:     func(sentence string) { fmt.Fprintln(out, sentence) },
		Settings: from.Load,
		Hangups:  reloads,
		Version:  version(),
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
