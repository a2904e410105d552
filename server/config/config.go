// Package config is what whoever runs a server may set: one struct, whose
// values come from the defaults, then a file, then the environment, then the
// flags. It says what is wrong with a setting and what to write instead, and
// knows nothing of what is done with them.
package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"charla/server/i18n"
)

// Config is everything that can be set. The zero value of whatever has no
// comment on its default is the default.
type Config struct {
	Listen string    // host:port; an empty host is every address of the machine; ":2222"
	Data   string    // folder that holds everything; made with mode 0700; not in the file
	Host   string    // what people type for this machine; "": found out
	Lang   i18n.Lang // for whoever's terminal does not say; that of the locale

	Registration Registration // how somebody new comes in
	Guests       bool         // people may come in without claiming a nick
	Rooms        Openers      // who may open rooms

	Keys  Keys
	Proxy Proxy

	// NoLimits lifts what protects the server from addresses and people that
	// take too much. Neither a file nor the environment sets it: it is for one run.
	NoLimits bool

	File string // the file that was read; "" if there is none
}

// Registration is how somebody new comes in.
type Registration uint8

// The ways in.
const (
	Open   Registration = iota // whoever comes first under a free nick owns it
	Invite                     // with an invitation
	Closed                     // not at all
)

var registrations = []string{"open", "invite", "closed"}

func (r Registration) String() string { return registrations[r] }

// Openers is who may open rooms.
type Openers uint8

// Those who may.
const (
	Members Openers = iota // everybody who has a nick
	Admins
)

var openers = []string{"members", "admins"}

func (o Openers) String() string { return openers[o] }

// Keys are the keys that may come in at all, by their fingerprints ("SHA256:…"),
// each list sorted.
type Keys struct {
	Allow []string // if there are any, no other key claims a nick or comes in
	Deny  []string // these never do, whatever Allow says
}

// May reports whether a key may claim a nick and come in. No key at all (""), as
// somebody new has who chooses a passphrase, may where no list says who.
func (k Keys) May(fingerprint string) bool {
	if _, denied := slices.BinarySearch(k.Deny, fingerprint); denied {
		return false
	}
	_, allowed := slices.BinarySearch(k.Allow, fingerprint)
	return allowed || len(k.Allow) == 0
}

// Proxy is what stands between people and this server.
type Proxy struct {
	Trusted []netip.Prefix // whose PROXY header is believed, sorted
}

// Environment variables.
const (
	ListenVar = "CHARLA_LISTEN"
	DataVar   = "CHARLA_DATA"
	HostVar   = "CHARLA_HOST"
	FileVar   = "CHARLA_CONFIG"
)

// FileName is the file in the data folder that is read if no other is named.
const FileName = "charla.toml"

// Sources is where the settings of one server come from. Load reads them as
// often as one likes; while a program runs only the file changes.
type Sources struct {
	Getenv func(string) string
	Flags  Flags
}

// Flags are the settings that the command line has; nil: not given.
type Flags struct {
	Listen, Data, Host, File *string
	NoLimits                 bool
}

// Load is the defaults under the file under the environment under the flags, all
// of it good; else an *Error that names the first that is not.
func (s Sources) Load() (Config, error) {
	c := Config{Listen: ":2222", Lang: i18n.FromEnv(s.Getenv, i18n.English), NoLimits: s.Flags.NoLimits, Data: s.Data()}
	if err := s.readFile(&c); err != nil {
		return Config{}, err
	}
	for _, v := range []struct {
		env  string
		flag *string
		to   *string
	}{{ListenVar, s.Flags.Listen, &c.Listen}, {HostVar, s.Flags.Host, &c.Host}} {
		if value := s.Getenv(v.env); value != "" {
			*v.to = value
		}
		if v.flag != nil {
			*v.to = *v.flag
		}
	}
	return c, s.named(c.Validate())
}

// Data is the folder that holds everything, whatever the file says.
func (s Sources) Data() string {
	if s.Flags.Data != nil {
		return *s.Flags.Data
	}
	return or(s.Getenv(DataVar), defaultData(s.Getenv))
}

// named gives a mistake the name of the variable that it was made in.
func (s Sources) named(err error) error {
	mistake, ok := err.(*Error)
	if !ok {
		return err
	}
	for _, v := range []struct {
		flag  string
		env   string
		given bool
	}{
		{"--listen", ListenVar, s.Flags.Listen != nil}, {"--host", HostVar, s.Flags.Host != nil}, {"--data", DataVar, s.Flags.Data != nil},
	} {
		if mistake.Setting == v.flag && !v.given && s.Getenv(v.env) != "" {
			mistake.Setting = v.env
		}
	}
	return mistake
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

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
