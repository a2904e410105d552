package config_test

import (
	"errors"
	"testing"

	"charla/server/config"
	"charla/server/i18n"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func TestEnvironmentOverDefaults(t *testing.T) {
	load := func(pairs ...string) config.Config {
		c, err := config.Sources{Getenv: env(pairs...)}.Load()
		if err != nil {
			t.Error(err)
		}
		return c
	}
	c := load("XDG_DATA_HOME", "/x")
	if c.Listen != ":2222" || c.Data != "/x/charla" || c.Lang != i18n.English {
		t.Errorf("defaults: %+v", c)
	}
	c = load("CHARLA_LISTEN", "127.0.0.1:22", "CHARLA_DATA", "/d", "LANG", "es_ES.UTF-8", "STATE_DIRECTORY", "/s")
	if c.Listen != "127.0.0.1:22" || c.Data != "/d" || c.Lang != i18n.Spanish {
		t.Errorf("environment: %+v", c)
	}
	if c = load("STATE_DIRECTORY", "/var/lib/charla"); c.Data != "/var/lib/charla" {
		t.Errorf("under systemd the data goes to %q", c.Data)
	}
}

// A mistake is looked for where it was made.
func TestAMistakeNamesItsVariable(t *testing.T) {
	for setting, pair := range map[string][2]string{
		"CHARLA_LISTEN": {"CHARLA_LISTEN", "2222"}, "CHARLA_HOST": {"CHARLA_HOST", "a b"},
	} {
		_, err := config.Sources{Getenv: env(pair[0], pair[1])}.Load()
		var e *config.Error
		if !errors.As(err, &e) || e.Setting != setting || e.Value != pair[1] {
			t.Errorf("%v: %v, want a mistake in %s", pair, err, setting)
		}
	}
	wrong := "2222"
	_, err := config.Sources{Getenv: env("CHARLA_LISTEN", ":1"), Flags: config.Flags{Listen: &wrong}}.Load()
	var e *config.Error
	if !errors.As(err, &e) || e.Setting != "--listen" {
		t.Errorf("%v, want a mistake in --listen", err)
	}
}

func TestAMistakeNamesItsSetting(t *testing.T) {
	good := config.Config{Listen: "127.0.0.1:2222", Data: "/d"}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		change  func(*config.Config)
		setting string
	}{
		{func(c *config.Config) { c.Listen = "2222" }, "--listen"},
		{func(c *config.Config) { c.Listen = ":ssh" }, "--listen"},
		{func(c *config.Config) { c.Listen = ":70000" }, "--listen"},
		{func(c *config.Config) { c.Data = "" }, "--data"},
		{func(c *config.Config) { c.Host = "-oProxyCommand=x" }, "--host"},
		{func(c *config.Config) { c.Host = "a b" }, "--host"},
	}
	for _, tt := range tests {
		c := good
		tt.change(&c)
		var e *config.Error
		if err := c.Validate(); !errors.As(err, &e) || e.Setting != tt.setting {
			t.Errorf("%+v: %v, want a mistake in %s", c, err, tt.setting)
		}
	}
}
