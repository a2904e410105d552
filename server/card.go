package server

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"charla/server/i18n"
)

// Card is what to tell people: how to come in, and what to compare when ssh
// asks about the host key.
type Card struct {
	Hosts       []string // names and addresses that people can really use, best first
	Port        int
	Fingerprint string // "SHA256:…"
}

// Text is the card as the operator reads it and passes it on.
func (c Card) Text(w *i18n.Words) string {
	var b strings.Builder
	s := w.Server
	fmt.Fprintf(&b, "%s\n\n", s.Tell)
	for _, host := range c.Hosts {
		port := ""
		if c.Port != 22 {
			port = fmt.Sprintf("-p %d ", c.Port)
		}
		fmt.Fprintf(&b, "  ssh %s%s\n", port, host)
		fmt.Fprintf(&b, "  sftp %s%s\n", strings.Replace(port, "-p", "-P", 1), bracket(host))
	}
	fmt.Fprintf(&b, "\n%s\n\n  %s\n\n%s\n", s.Paste, c.Fingerprint, s.OtherNick(c.example()))
	return b.String()
}

// example is the line for somebody whose account has another name.
func (c Card) example() string {
	if c.Port == 22 {
		return "ssh ana@" + c.Hosts[0]
	}
	return fmt.Sprintf("ssh -p %d ana@%s", c.Port, c.Hosts[0])
}

// bracket puts an IPv6 address in brackets, as sftp and scp want it: there a
// colon ends the host.
func bracket(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// reachable lists the names and addresses under which people reach a listener:
// the one the operator gave, else the host name if it leads here, the addresses
// of the machine's networks, and localhost.
func reachable(ctx context.Context, given string, at netip.Addr) []string {
	if given != "" {
		return []string{given}
	}
	if at.IsValid() && !at.IsUnspecified() {
		if at.IsLoopback() {
			return []string{"localhost"}
		}
		return []string{at.String()}
	}
	addrs := networkAddrs()
	hosts := addrs
	if name := ownName(ctx, addrs); name != "" {
		hosts = append([]string{name}, addrs...)
	}
	return append(hosts, "localhost")
}

// networkAddrs are the addresses others can reach: of interfaces that are up,
// neither loopback nor link-local, IPv4 first, at most 8.
func networkAddrs() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var v4, v6 []string
	for _, a := range all {
		ipnet, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(ipnet.IP)
		if ip = ip.Unmap(); !ok || !ip.IsGlobalUnicast() {
			continue
		}
		if ip.Is4() {
			v4 = append(v4, ip.String())
		} else {
			v6 = append(v6, ip.String())
		}
	}
	hosts := append(v4, v6...)
	return hosts[:min(len(hosts), 8)]
}

// ownName is the machine's host name if looking it up leads to one of addrs.
// Half a second is enough for a resolver that works.
func ownName(ctx context.Context, addrs []string) string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil {
		return ""
	}
	for _, f := range found {
		for _, a := range addrs {
			if f == a {
				return name
			}
		}
	}
	return ""
}
