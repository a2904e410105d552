package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"charla/server/i18n"
)

// setting is one line of the file.
type setting struct {
	name  string // "keys.allow" is allow in the section [keys]
	write string // what to write, where something of another kind is written
	// set takes a value as TOML has it: string, int64, float64, bool, []any, a
	// table, a time. What is wrong comes back with Value and Why.
	set func(*Config, any) *Error
	// show is the value as text, to tell one from another.
	show func(*Config) string
	// restart: a running server cannot change it.
	restart bool
}

// settings lists what the file may hold.
func settings() []setting {
	return []setting{
		{"listen", `"host:port"`, text(setListen), func(c *Config) string { return c.Listen }, true},
		{"host", `"a name"`, text(setHost), func(c *Config) string { return c.Host }, true},
		{"language", `"en" or "es"`, text(setLang), func(c *Config) string { return string(c.Lang) }, true},
		{"registration", choices(registrations), choice(registrations, func(c *Config) *Registration { return &c.Registration }),
			func(c *Config) string { return c.Registration.String() }, false},
		{"guests", "true or false", yes(func(c *Config) *bool { return &c.Guests }), func(c *Config) string { return fmt.Sprint(c.Guests) }, false},
		{"rooms", choices(openers), choice(openers, func(c *Config) *Openers { return &c.Rooms }),
			func(c *Config) string { return c.Rooms.String() }, false},
		{"keys.allow", `["SHA256:…", …]`, keys(func(c *Config) *[]string { return &c.Keys.Allow }),
			func(c *Config) string { return strings.Join(c.Keys.Allow, " ") }, false},
		{"keys.deny", `["SHA256:…", …]`, keys(func(c *Config) *[]string { return &c.Keys.Deny }),
			func(c *Config) string { return strings.Join(c.Keys.Deny, " ") }, false},
		{"proxy.trusted", `["10.0.0.0/8", …]`, list(setTrusted), func(c *Config) string { return fmt.Sprint(c.Proxy.Trusted) }, false},
	}
}

// Reloaded is what a server that runs with c does about next: the settings from
// now on, the names of those that change, and of those that wait for a restart.
func (c Config) Reloaded(next Config) (now Config, changed, waiting []string) {
	now = next
	now.Listen, now.Host, now.Lang, now.Data, now.NoLimits = c.Listen, c.Host, c.Lang, c.Data, c.NoLimits
	for _, s := range settings() {
		switch {
		case s.show(&c) == s.show(&next):
		case s.restart:
			waiting = append(waiting, s.name)
		default:
			changed = append(changed, s.name)
		}
	}
	return now, changed, waiting
}

func setListen(c *Config, s string) (why string) {
	c.Listen = s
	return wrongListen(s)
}

func setHost(c *Config, s string) (why string) {
	c.Host = s
	return wrongHost(s)
}

func setLang(c *Config, s string) (why string) {
	c.Lang = i18n.Lang(s)
	if c.Lang != i18n.English && c.Lang != i18n.Spanish {
		return `write "en" or "es"`
	}
	return ""
}

func setTrusted(c *Config, entries []string) *Error {
	c.Proxy.Trusted = make([]netip.Prefix, 0, len(entries))
	for _, entry := range entries {
		p, why := network(entry)
		if why != "" {
			return &Error{Value: entry, Why: why}
		}
		c.Proxy.Trusted = append(c.Proxy.Trusted, p)
	}
	slices.SortFunc(c.Proxy.Trusted, netip.Prefix.Compare)
	c.Proxy.Trusted = slices.Compact(c.Proxy.Trusted)
	return nil
}

// keys sets a list of fingerprints.
func keys(of func(*Config) *[]string) func(*Config, any) *Error {
	return list(func(c *Config, entries []string) *Error {
		all := make([]string, 0, len(entries))
		for _, entry := range entries {
			f, why := fingerprint(entry)
			if why != "" {
				return &Error{Value: entry, Why: why}
			}
			all = append(all, f)
		}
		slices.Sort(all)
		*of(c) = slices.Compact(all)
		return nil
	})
}

// otherKind is a value of a kind that the setting does not take.
func otherKind(v any) *Error { return &Error{Value: fmt.Sprint(v)} }

func text(set func(*Config, string) (why string)) func(*Config, any) *Error {
	return func(c *Config, v any) *Error {
		s, ok := v.(string)
		if !ok {
			return otherKind(v)
		}
		if why := set(c, s); why != "" {
			return &Error{Value: s, Why: why}
		}
		return nil
	}
}

func yes(of func(*Config) *bool) func(*Config, any) *Error {
	return func(c *Config, v any) *Error {
		b, ok := v.(bool)
		if !ok {
			return otherKind(v)
		}
		*of(c) = b
		return nil
	}
}

// choice sets one of the values 0, 1, … that are called names.
func choice[T ~uint8](names []string, of func(*Config) *T) func(*Config, any) *Error {
	return func(c *Config, v any) *Error {
		s, _ := v.(string)
		i := slices.Index(names, s)
		if i < 0 {
			return otherKind(v)
		}
		*of(c) = T(i)
		return nil
	}
}

// choices is `"open", "invite" or "closed"`.
func choices(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

func list(set func(*Config, []string) *Error) func(*Config, any) *Error {
	return func(c *Config, v any) *Error {
		values, ok := v.([]any)
		if !ok {
			return otherKind(v)
		}
		entries := make([]string, len(values))
		for i, value := range values {
			if entries[i], ok = value.(string); !ok {
				return otherKind(value)
			}
		}
		return set(c, entries)
	}
}
