// Package config is what whoever runs a server may set: one struct, whose
// values come from the defaults, then the environment, then the flags. It knows
// nothing of what is done with them.
package config

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"charla/server/i18n"
)

// Config is everything that can be set.
type Config struct {
	Listen string    // host:port; an empty host is every address of the machine
	Data   string    // folder that holds everything; made with mode 0700
	Host   string    // what people type for this machine; "": found out
	Lang   i18n.Lang // for whoever's terminal does not say

	// NoLimits lifts what protects the server from addresses and people that
	// take too much. No environment variable sets it: it is for one run.
	NoLimits bool
}

// Environment variables, one per setting.
const (
	ListenVar = "CHARLA_LISTEN"
	DataVar   = "CHARLA_DATA"
	HostVar   = "CHARLA_HOST"
)

// FromEnv is the defaults under the environment.
func FromEnv(getenv func(string) string) Config {
	return Config{
		Listen: or(getenv(ListenVar), ":2222"),
		Data:   or(getenv(DataVar), defaultData(getenv)),
		Host:   getenv(HostVar),
		Lang:   i18n.FromEnv(getenv, i18n.English),
	}
}

// defaultData is systemd's StateDirectory, else the XDG data folder
// (XDG Base Directory Specification), else a folder beside the caller.
func defaultData(getenv func(string) string) string {
	if dir := getenv("STATE_DIRECTORY"); dir != "" {
		return dir
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "charla")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "charla")
	}
	return "charla-data"
}

// Error is a setting that will not do: where it was set and what is wrong.
type Error struct{ Setting, Value, Why string }

func (e *Error) Error() string { return fmt.Sprintf("%s %q: %s", e.Setting, e.Value, e.Why) }

// Validate is nil, or an *Error that names the first setting that will not do.
func (c Config) Validate() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return &Error{"--listen", c.Listen, "give host:port, for example :2222 or 127.0.0.1:2222"}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return &Error{"--listen", c.Listen, "the port is a number from 0 to 65535"}
	}
	if host != "" && net.ParseIP(host) == nil {
		if _, err := net.LookupHost(host); err != nil {
			return &Error{"--listen", c.Listen, "this machine does not know that host; give an address of it, or none for all"}
		}
	}
	if c.Data == "" {
		return &Error{"--data", c.Data, "give a folder"}
	}
	if c.Host != "" && !isHost(c.Host) {
		return &Error{"--host", c.Host, "give a host name or an address, without a port"}
	}
	return nil
}

// isHost accepts what people can type after the @ of an ssh command.
func isHost(s string) bool {
	if net.ParseIP(s) != nil {
		return true
	}
	for _, r := range s {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			continue
		}
		return false
	}
	return len(s) <= 253 && s[0] != '-'
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
