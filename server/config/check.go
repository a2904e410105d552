package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// Error is a setting that will not do: where it was set, what is wrong, and what
// to write instead.
type Error struct {
	File    string // "": it is not of a file
	Line    int    // 0: of the whole file
	Setting string // "--listen", "CHARLA_HOST", "keys.allow"; "": what is wrong is no setting
	Value   string
	Why     string
}

func (e *Error) Error() string {
	where := ""
	if e.File != "" {
		where = e.File + ": "
		if e.Line > 0 {
			where = fmt.Sprintf("%s:%d: ", e.File, e.Line)
		}
	}
	if e.Setting == "" {
		return where + e.Why
	}
	return fmt.Sprintf("%s%s %q: %s", where, e.Setting, chat.OneLine(e.Value, 100), e.Why)
}

// Validate is nil, or an *Error that names the first setting that will not do.
func (c Config) Validate() error {
	if why := wrongListen(c.Listen); why != "" {
		return &Error{Setting: "--listen", Value: c.Listen, Why: why}
	}
	if c.Data == "" {
		return &Error{Setting: "--data", Value: c.Data, Why: "give a folder"}
	}
	if why := wrongHost(c.Host); why != "" {
		return &Error{Setting: "--host", Value: c.Host, Why: why}
	}
	return nil
}

// wrongListen says what is wrong with an address to listen on, or "".
func wrongListen(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "give host:port, for example :2222 or 127.0.0.1:2222"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "the port is a number from 0 to 65535"
	}
	if host != "" && net.ParseIP(host) == nil {
		if _, err := net.LookupHost(host); err != nil {
			return "this machine does not know that host; give an address of it, or none for all"
		}
	}
	return ""
}

// wrongHost says what is wrong with what people type for this machine, or "".
func wrongHost(host string) string {
	if host == "" || isHost(host) {
		return ""
	}
	return "give a host name or an address, without a port"
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

// fingerprint takes a fingerprint as ssh-keygen -l prints it, or a line of
// authorized_keys.
func fingerprint(s string) (_, why string) {
	s = strings.TrimSpace(s)
	if sum, ok := strings.CutPrefix(s, "SHA256:"); ok {
		raw, err := base64.RawStdEncoding.Strict().DecodeString(sum)
		if err != nil || len(raw) != 32 || strings.ContainsAny(sum, "\r\n") {
			return "", "a fingerprint is SHA256: and 43 letters, as ssh-keygen -l prints it"
		}
		return s, ""
	}
	key, _, _, rest, err := gossh.ParseAuthorizedKey([]byte(s))
	if err != nil || len(rest) > 0 {
		return "", `give a fingerprint ("SHA256:…", as ssh-keygen -l prints it) or one line of a .pub file`
	}
	if _, certificate := key.(*gossh.Certificate); certificate {
		return "", "this is a certificate; give the key itself, from the .pub file without -cert"
	}
	return gossh.FingerprintSHA256(key), ""
}

// network takes a network, or one address.
func network(s string) (_ netip.Prefix, why string) {
	const how = `give a network as "10.0.0.0/8" or "fd00::/8", or one address`
	if ip, err := netip.ParseAddr(s); err == nil {
		if ip.Zone() != "" {
			return netip.Prefix{}, how
		}
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), ""
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || p.Addr().Is4In6():
		return netip.Prefix{}, how
	case p.Bits() == 0:
		return netip.Prefix{}, "this trusts everybody to say where they come from; give only the networks of your own proxies"
	case p != p.Masked():
		return netip.Prefix{}, fmt.Sprintf("write %q for that network", p.Masked())
	}
	return p, ""
}
