package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"charla/server"
	"charla/server/config"
	"charla/server/i18n"
)

// newAdmin holds what the operator does on the server's own machine: repair by
// itself, all else by asking the server that runs on the data folder.
func newAdmin(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "admin [--data DIR] VERB [ARG…]",
		Short: "Look after a server, or its data",
		Long: `Look after a server, or its data.

Orders go to the server that runs on the data folder, and only from root or the
user that runs it. --data DIR says which, anywhere before a --.`,
		DisableFlagParsing:    true, // what follows the verb is the verb's
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || isHelp(args[0]) {
				return cmd.Help()
			}
			return sendOrder(cmd, getenv, args)
		},
	}
	lang := i18n.FromEnv(getenv, i18n.English)
	for _, usage := range server.Orders(lang) {
		cmd.AddCommand(newOrder(getenv, usage))
	}
	cmd.AddCommand(newRepair(getenv), newErase(getenv))
	return cmd
}

// newOrder is an order that help lists.
func newOrder(getenv func(string) string, usage i18n.Usage) *cobra.Command {
	line := strings.TrimPrefix(usage.Line, "admin ")
	verb, _, _ := strings.Cut(line, " ")
	return &cobra.Command{
		Use: line, Short: usage.Help, DisableFlagParsing: true, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if slices.ContainsFunc(args, isHelp) {
				return cmd.Help()
			}
			return sendOrder(cmd, getenv, append([]string{verb}, args...))
		},
	}
}

func isHelp(arg string) bool { return arg == "--help" || arg == "-h" }

// orderStatus is what an order ended with, when that is not 0. The server has
// said why.
type orderStatus int

func (o orderStatus) Error() string { return fmt.Sprintf("exit status %d", int(o)) }

// sendOrder has the server do what args say.
func sendOrder(cmd *cobra.Command, getenv func(string) string, args []string) error {
	data, args, err := takeData(args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return cmd.Help()
	}
	if strings.HasPrefix(args[0], "-") {
		return &usageError{fmt.Errorf("%q is not understood here; see charla admin --help", args[0])}
	}
	dir := config.Sources{Getenv: getenv, Flags: config.Flags{Data: data}}.Data()
	status, err := server.SendOrder(cmd.Context(), dir, args, i18n.FromEnv(getenv, i18n.English), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err == nil && status != exitOK {
		err = orderStatus(status)
	}
	return err
}

// takeData takes --data out of the words of an order, up to a "--".
func takeData(args []string) (data *string, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		switch value, with := strings.CutPrefix(args[i], "--data="); {
		case args[i] == "--":
			return data, append(rest, args[i:]...), nil
		case with:
			data = &value
		case args[i] == "--data" && i+1 == len(args):
			return nil, nil, &usageError{errors.New("--data needs a folder")}
		case args[i] == "--data":
			i++
			data = &args[i]
		default:
			rest = append(rest, args[i])
		}
	}
	return data, rest, nil
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
