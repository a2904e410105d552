package sshd

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pires/go-proxyproto"
	gossh "golang.org/x/crypto/ssh"
)

// The proxies of these stories stand on public addresses: a private one has no
// limits per address anyway.
const proxy = "198.51.100.10"

func trusting(networks ...string) func(*Config) {
	var trusted []netip.Prefix
	for _, n := range networks {
		trusted = append(trusted, netip.MustParsePrefix(n))
	}
	return func(c *Config) { c.Trusted = func() []netip.Prefix { return trusted } }
}

// header is what a proxy sends for a client, in v1 or v2.
func header(version byte, client string) string {
	family, public := proxyproto.TCPv4, "198.51.100.1"
	if strings.Contains(client, ":") {
		family, public = proxyproto.TCPv6, "2001:db8:ffff::1"
	}
	h := proxyproto.Header{
		Version: version, Command: proxyproto.PROXY, TransportProtocol: family,
		SourceAddr:      &net.TCPAddr{IP: net.ParseIP(client), Port: 50000},
		DestinationAddr: &net.TCPAddr{IP: net.ParseIP(public), Port: 443},
	}
	text, err := h.Format()
	if err != nil {
		panic(err)
	}
	return string(text)
}

// through calls through the proxy, which sends that before the client's bytes.
func (h *house) through(header string) *guest {
	g := &guest{h: h, wire: h.street.call(proxy)}
	fmt.Fprint(g.wire, header)
	return g
}

// A client behind no proxy says it is one, to be somebody else in the log and
// in the counts.
func TestForgedHeaderIsNotBelieved(t *testing.T) {
	for _, change := range []func(*Config){nil, trusting(), trusting("198.51.100.0/29", "2001:db8::/32")} {
		for _, version := range []byte{1, 2} {
			story(t, change, func(h *house) {
				h.person("ana", key("ana"), "")
				mal := h.through(header(version, "192.168.1.5"))
				mal.signIn("ana", withKey(key("ana")))
				if mal.err == nil {
					t.Error("let in")
				}
				synctest.Wait()
				if h.log.count("sign-in refused", "address=198.51.100.10:40000", `reason="proxy header forged"`) != 1 || strings.Contains(h.log.String(), "192.168.1.5") {
					t.Errorf("log:\n%s", h.log)
				}
				h.callFrom(proxy, "ana", withKey(key("ana"))).in() // without one, they are as anybody
			})
		}
	}
}

// What a client writes after the proxy's header is the client's, not a second
// header.
func TestOneHeaderIsBelieved(t *testing.T) {
	story(t, trusting(proxy+"/32"), func(h *house) {
		mal := h.through(header(2, "203.0.113.9") + header(1, "192.168.1.5"))
		mal.signIn("mal", withKey(key("mal")))
		synctest.Wait()
		if mal.err == nil || h.log.count("sign-in refused", "address=203.0.113.9:50000", `reason="proxy header forged"`) != 1 {
			t.Errorf("in: %v; log:\n%s", mal.err, h.log)
		}
	})
}

func TestAddressBehindATrustedProxyIsTheClients(t *testing.T) {
	for _, version := range []byte{1, 2} {
		for _, client := range []string{"203.0.113.9", "2001:db8:1:2::9"} {
			story(t, trusting("198.51.100.8/29"), func(h *house) {
				h.person("beto", key("beto"), "")
				ana := h.through(header(version, client))
				ana.signIn("ana", withKey(key("ana")))
				ana.in()
				address := "address=" + net.JoinHostPort(client, "50000")
				if h.log.count("signed in", address, "nick=ana") != 1 {
					t.Errorf("log:\n%s", h.log)
				}
				mal := h.through(header(version, client))
				mal.signIn("beto", withKey(key("mal")), mal.answers("x"))
				synctest.Wait()
				if h.log.count("sign-in refused", address, "nick=beto") != 1 {
					t.Errorf("log:\n%s", h.log)
				}
				// An order leads where the client came in, not to where the proxy did.
				if told := strings.Join(mal.banners, ""); !strings.Contains(told, "ssh -p 443 beto2@") {
					t.Errorf("told %q", told)
				}
			})
		}
	}
}

// Mal makes all the connections and all the guesses that the proxy may make, and
// ana, behind the same proxy, pays for it.
func TestLimitsAreOfTheAddressBehindTheProxy(t *testing.T) {
	few := func(c *Config) { trusting(proxy + "/32")(c); c.Limits.PerAddress = 5 }
	story(t, few, func(h *house) {
		h.person("ana", key("ana"), "correct horse")
		handshakes := 0
		for range 20 {
			mal := h.through(header(1, "203.0.113.9"))
			_, _, _, _ = gossh.NewClientConn(mal.wire, "", &gossh.ClientConfig{
				User: "mal", Auth: []gossh.AuthMethod{withKey(key("mal"))},
				HostKeyCallback: func(string, net.Addr, gossh.PublicKey) error { handshakes++; return nil },
			})
		}
		synctest.Wait()
		if handshakes != 5 || h.log.count("sign-in refused", "address=203.0.113.9:50000", "one address") != 15 {
			t.Errorf("%d handshakes were paid for:\n%s", handshakes, h.log)
		}
		for i := range 30 {
			mal := h.through(header(2, "203.0.113.8"))
			mal.signIn("ana", gossh.Password(fmt.Sprint("guess ", i)))
			mal.hangUp()
		}
		ana := h.through(header(2, "203.0.113.7"))
		ana.signIn("ana", withKey(key("ana")))
		ana.in()
	})
}

// A proxy without a header is a health check, or somebody on its machine.
func TestProxyWithoutAHeaderIsItself(t *testing.T) {
	one := func(c *Config) { trusting(proxy + "/32")(c); c.Limits.PerAddress = 1 }
	local := proxyproto.Header{Version: 2, Command: proxyproto.LOCAL}
	v2, err := local.Format()
	if err != nil {
		t.Fatal(err)
	}
	story(t, one, func(h *house) {
		h.person("ana", key("ana"), "")
		for _, header := range []string{"", string(v2), "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"} {
			for range 5 {
				g := h.through(header)
				g.signIn("ana", withKey(key("ana")))
				g.in()
			}
		}
		if n := h.log.count("signed in", "address=198.51.100.10:40000"); n != 20 {
			t.Errorf("%d sign-ins from the proxy's own address, want 20:\n%s", n, h.log)
		}
		for range 500 { // as often as the check looks
			h.through(string(v2)).wire.Close()
			h.through("").wire.Close()
			synctest.Wait() // one at a time: many that are silent at once drop each other
		}
		if h.log.count("refused") != 0 {
			t.Errorf("a health check was refused:\n%s", h.log)
		}
	})
}

// Nothing that goes wrong with a header costs anybody else anything, or lasts.
func TestHeaderThatCannotBeRead(t *testing.T) {
	udp := strings.Replace(header(2, "203.0.113.9"), "\x21\x11", "\x21\x12", 1)
	huge := strings.Replace(header(2, "203.0.113.9"), "\x00\x0c", "\xff\xff", 1) + strings.Repeat("x", 60_000)
	for name, say := range map[string]func(io.Writer){
		"garbage":       func(w io.Writer) { fmt.Fprint(w, "PROXY \x1b[31m\r\n") },
		"no end":        func(w io.Writer) { fmt.Fprint(w, "PROXY TCP4 ", strings.Repeat("1", 1<<16)) },
		"no address":    func(w io.Writer) { fmt.Fprint(w, "PROXY TCP4 ana beto 1 2\r\n") },
		"huge":          func(w io.Writer) { fmt.Fprint(w, huge) },
		"of UDP":        func(w io.Writer) { fmt.Fprint(w, udp) },
		"byte for byte": func(w io.Writer) { slowly1(w, header(1, "203.0.113.9")) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, trusting(proxy+"/32"), func(h *house) {
				bad, start := h.through(""), time.Now()
				go say(bad.wire)
				time.Sleep(time.Millisecond)
				good := h.through(header(1, "203.0.113.7"))
				good.signIn("ana", withKey(key("ana")))
				good.in()
				if took := time.Since(start); took > time.Second {
					t.Errorf("somebody else waited %v", took)
				}
				time.Sleep(11 * time.Second)
				if !bad.wire.gone() || h.log.count("sign-in by a proxy refused", `reason="proxy header"`) != 1 {
					t.Errorf("gone: %t; log:\n%s", bad.wire.gone(), h.log)
				}
				if h.log.count("sign-in refused", proxy) != 0 {
					t.Errorf("a filter would ban the proxy:\n%s", h.log)
				}
			})
		})
	}
}

func slowly1(w io.Writer, text string) {
	for _, c := range []byte(text) {
		_, _ = w.Write([]byte{c})
		time.Sleep(100 * time.Millisecond)
	}
}

// Connections whose header does not come are bounded as silent ones are, in time
// and in number, and keep nobody out.
func TestCrowdWithoutHeadersKeepsNobodyOut(t *testing.T) {
	few := func(c *Config) { trusting(proxy + "/32")(c); c.Limits.Unauthenticated = 50 }
	story(t, few, func(h *house) {
		h.person("ana", key("ana"), "")
		for range 500 {
			h.through("PROXY")
		}
		ana := h.through(header(2, "203.0.113.7"))
		ana.signIn("ana", withKey(key("ana")))
		ana.in()
		h.callFrom("203.0.113.8", "ana", withKey(key("ana"))).in()
		if _, waiting := h.s.Connections(); waiting > 50 {
			t.Errorf("%d wait", waiting)
		}
		time.Sleep(11 * time.Second)
		if all, waiting := h.s.Connections(); waiting != 0 || all != 2 {
			t.Errorf("%d connections, %d of them not signed in", all, waiting)
		}
	})
}

// The networks are those of the moment: a reload needs no restart.
func TestTrustIsAskedForEachConnection(t *testing.T) {
	var trusted []netip.Prefix
	story(t, func(c *Config) { c.Trusted = func() []netip.Prefix { return trusted } }, func(h *house) {
		call := func() error {
			g := h.through(header(1, "203.0.113.7"))
			g.signIn("ana", withKey(key("ana")))
			return g.err
		}
		if call() == nil {
			t.Error("believed before it was trusted")
		}
		trusted = []netip.Prefix{netip.MustParsePrefix(proxy + "/32")}
		if err := call(); err != nil {
			t.Errorf("not believed: %v", err)
		}
		trusted = nil
		if call() == nil {
			t.Error("believed after")
		}
	})
}

// Whatever a trusted proxy sends, reading it ends, the address it tells is one of
// TCP, and not a byte of what follows is lost.
func FuzzProxyHeader(f *testing.F) {
	for _, version := range []byte{1, 2} {
		f.Add([]byte(header(version, "203.0.113.7")), []byte("SSH-2.0-x\r\n"))
		f.Add([]byte(header(version, "2001:db8::7")), []byte{})
	}
	f.Add([]byte("PROXY UNKNOWN\r\n"), []byte("SSH-2.0-x\r\n"))
	f.Add([]byte("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n"), []byte("SSH-"))
	f.Add([]byte{}, []byte("SSH-2.0-x\r\n"))
	f.Add([]byte("\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x03abc"), []byte("SSH-2.0-x\r\n"))
	f.Fuzz(func(t *testing.T, head, rest []byte) {
		sent := append(bytes.Clone(head), rest...)
		p := &proxied{Conn: &said{Reader: bytes.NewReader(sent)}}
		err := p.header()
		if h := p.told.Load(); h != nil {
			if prefix, _ := origin(p.RemoteAddr()); err != nil || !prefix.IsValid() {
				t.Errorf("%q: an address %v that counts as %v (%v)", head, p.RemoteAddr(), prefix, err)
			}
			_ = p.LocalAddr().(*net.TCPAddr)
		}
		if err != nil {
			return
		}
		after, err := io.ReadAll(p)
		if err != nil || !bytes.HasSuffix(sent, after) {
			t.Fatalf("%q: after the header comes %q (%v)", sent, after, err)
		}
		if len(sent) > 0 && sent[0] == 'S' && !bytes.Equal(sent, after) {
			t.Errorf("%q became %q", sent, after)
		}
		if err := (&proxied{Conn: &said{Reader: strings.NewReader(header(1, "203.0.113.7") + string(rest))}}).header(); err != nil {
			t.Errorf("%q after a header: %v", rest, err)
		}
	})
}

// said is a connection on which all was said already.
type said struct {
	net.Conn
	io.Reader
}

func (s *said) Read(p []byte) (int, error) { return s.Reader.Read(p) }
