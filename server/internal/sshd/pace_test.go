package sshd

import (
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// A request costs a client a few bytes, and one that made them as fast as it
// could had a core of the server to itself.
func TestFloodOfRequestsEndsTheConnectionRegression(t *testing.T) {
	floods := map[string]func(g *guest) func() error{
		"of the connection": func(g *guest) func() error {
			return func() error { _, _, err := g.client.SendRequest("tcpip-forward", true, nil); return err }
		},
		"of a session": func(g *guest) func() error {
			ch, err := g.raw()
			if err != nil {
				t.Fatal(err)
			}
			return func() error { _, err := ch.SendRequest("env", true, nil); return err }
		},
		"of channels": func(g *guest) func() error {
			return func() error {
				_, _, err := g.client.OpenChannel("direct-tcpip", nil)
				if _, refused := err.(*gossh.OpenChannelError); refused {
					return nil
				}
				return err
			}
		},
	}
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				g, other := h.anaIn(), h.anaIn()
				ask, began := flood(g), time.Now()
				for n := range 4000 { // as whoever drags a window about for a while
					if err := ask(); err != nil {
						t.Fatal(err)
					}
					if n%40 == 0 {
						time.Sleep(time.Second / 10)
					}
				}
				for range 3000 {
					if err := ask(); err != nil {
						break
					}
				}
				synctest.Wait()
				if all, _ := h.s.Connections(); all != 1 || time.Since(began) != 10*time.Second {
					t.Errorf("%d connections are left after %v", all, time.Since(began))
				}
				if r := other.use("whoami"); r.status != 0 {
					t.Errorf("somebody else is hindered: %+v", r)
				}
			})
		})
	}
}

// countedKey counts how often it signed.
type countedKey struct {
	gossh.AlgorithmSigner
	signed *atomic.Int32
}

func (k countedKey) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*gossh.Signature, error) {
	k.signed.Add(1)
	return k.AlgorithmSigner.SignWithAlgorithm(rand, data, algorithm)
}

// A key exchange costs two agreements and a signature, and a client may ask for
// one whenever it likes.
func TestKeysExchangedAllTheTimeAreSlowedDownRegression(t *testing.T) {
	var signed atomic.Int32
	counted := func(cfg *Config) {
		cfg.HostKeys = []gossh.Signer{countedKey{key("host").(gossh.AlgorithmSigner), &signed}}
	}
	story(t, counted, func(h *house) {
		h.person("ana", key("ana"), "")
		g := &guest{h: h, wire: h.street.call("192.168.1.77"), rekey: 256}
		g.signIn("ana", withKey(key("ana")))
		g.in()
		s, err := g.client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		ask := func() {
			if _, err := s.SendRequest("hello@there", true, make([]byte, 2048)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second / 400) // more requests than that are another flood
		}
		began := time.Now()
		for signed.Load() < 40 { // as a transfer with a small RekeyLimit does
			ask()
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("40 exchanges took %v", took)
		}
		n := 0
		for ; signed.Load() < 160; n++ {
			ask()
		}
		if took := time.Since(began); took < 45*time.Second {
			t.Errorf("160 exchanges took %v, %d requests", took, n)
		}
	})
}

// Each channel that is asked for is refused on a goroutine of its own, and those
// of a client that reads no answer all waited: some 5 KB for its 40 bytes.
func TestChannelsOfAClientThatReadsNoAnswerRegression(t *testing.T) {
	for _, kind := range []string{"session", "direct-tcpip"} {
		t.Run(kind, func(t *testing.T) {
			story(t, nil, func(h *house) {
				g := h.anaIn()
				g.wire.in.hold()
				var asking sync.WaitGroup
				for range 5000 {
					asking.Go(func() { _, _, _ = g.client.OpenChannel(kind, nil) })
				}
				time.Sleep(5 * time.Second)
				synctest.Wait()
				if all, _ := h.s.Connections(); all != 0 {
					t.Error("it is still there")
				}
				g.hangUp()
				asking.Wait()
			})
		})
	}
}
