package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"charla/cmd/charla/internal/load"
)

func newLoad() *cobra.Command {
	var c load.Config
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "load ADDRESS",
		Short: "Measure an SSH chat with many sessions at once",
		Long: `Open many SSH sessions with a terminal, measure what is idle, then let them
write and time each line's arrival on every other session.

Any SSH chat that shows everybody's lines can be measured. A charla server is
started with "serve --no-limits" for it. It exits with 1 if a session did not
come in or a delivery was not seen.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{errors.New("give one address, host:port")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Address = args[0]
			return measure(cmd, c, asJSON)
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.Sessions, "sessions", 200, "how many sessions, each a person of its own")
	f.Float64Var(&c.Rate, "rate", 10, "messages a second, by all together")
	f.DurationVar(&c.For, "for", 30*time.Second, "how long they write")
	f.DurationVar(&c.Idle, "idle", 10*time.Second, "how long they are silent before")
	f.IntVar(&c.Connecting, "connecting", 16, "how many sign in at once")
	f.IntVar(&c.PID, "pid", 0, "process of the server on this machine, to measure its CPU and memory (Linux)")
	f.StringVar(&c.Prefix, "prefix", "load", "nicks are this and a number")
	f.Uint64Var(&c.Seed, "seed", 1, "of the keys: the same seed is the same people again")
	f.BoolVar(&c.Anywhere, "anywhere", false, "also an address outside private networks; only a server of your own")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// measure prints what was measured on standard output, also when the run did
// not go well, and how it goes on standard error.
func measure(cmd *cobra.Command, c load.Config, asJSON bool) error {
	if err := c.Validate(); err != nil {
		return &usageError{err}
	}
	c.Tell = func(sentence string) { fmt.Fprintln(cmd.ErrOrStderr(), sentence) }
	report, err := load.Run(cmd.Context(), c)
	if report.Sessions == 0 {
		return err
	}
	if asJSON {
		return errors.Join(err, json.NewEncoder(cmd.OutOrStdout()).Encode(report))
	}
	return errors.Join(err, report.Write(cmd.OutOrStdout()))
}
