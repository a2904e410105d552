package command

import (
	"context"
	"fmt"
	"strconv"

	"charla/server/i18n"
)

var config = Command{
	English: []string{"config"}, Spanish: []string{"configuracion", "configuración"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Config },
	run:   runConfig,
}

// KnownAs is what known_hosts calls the server: the bare host on port 22, else
// "[host]:port" (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
func (s Server) KnownAs() string {
	if s.Port == 22 {
		return s.Host
	}
	return "[" + s.Host + "]:" + strconv.Itoa(s.Port)
}

type configJSON struct {
	Host                string   `json:"host"`
	HostName            string   `json:"hostname"`
	Port                int      `json:"port"`
	User                string   `json:"user"`
	HostKeyAlias        string   `json:"hostkeyalias"`
	ServerAliveInterval int      `json:"serveraliveinterval"`
	KnownHosts          []string `json:"known_hosts"`
}

// runConfig prints a block for ~/.ssh/config after which `ssh chat`, `sftp
// chat` and `scp photo.jpg chat:beto/` work. HostKeyAlias is the name that the
// host's key was noted under the first time (ssh_config(5)), so the question is
// not asked again, and an address that changes later does not matter.
func runConfig(_ context.Context, c *Call) error {
	s := c.Server
	j := configJSON{
		Host: "chat", HostName: s.Host, Port: s.Port, User: string(c.Actor.Me().Nick),
		HostKeyAlias: s.KnownAs(), ServerAliveInterval: 30, KnownHosts: []string{},
	}
	for _, key := range s.HostKeys {
		j.KnownHosts = append(j.KnownHosts, s.KnownAs()+" "+key)
	}
	if c.JSON {
		return c.object(j)
	}
	text := "# " + c.Words.Command.ConfigKnownHosts + "\n"
	for _, line := range j.KnownHosts {
		text += "#   " + line + "\n"
	}
	text += fmt.Sprintf("# %s\nHost %s\n    HostName %s\n    Port %d\n    User %s\n    HostKeyAlias %s\n    ServerAliveInterval %d\n",
		c.Words.Command.ConfigHost, j.Host, j.HostName, j.Port, j.User, j.HostKeyAlias, j.ServerAliveInterval)
	return c.write([]byte(text))
}
