package pubkey_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"charla/server/pubkey"
)

func lineOf(t testing.TB, key any) string {
	t.Helper()
	k, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

func rsaLine(t testing.TB, bits int) string {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return lineOf(t, &k.PublicKey)
}

const good = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

func TestTheLineOfAKeyIsRead(t *testing.T) {
	k, err := pubkey.Parse(" " + good + " ana@lap\x1b]0;x\atop\u202e  mine \r\n")
	if err != nil || k.Authorized != good || k.Name != "ana@laptop mine" || k.Proven || !strings.HasPrefix(k.Fingerprint, "SHA256:") {
		t.Errorf("got %+v, %v", k, err)
	}
	if k, err := pubkey.Parse(rsaLine(t, 2048)); err != nil || k.Name != "" {
		t.Errorf("RSA of 2048 bits: %+v, %v", k, err)
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	public, signer, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := ssh.NewSignerFromKey(signer)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{Key: key, CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]error{
		"":                                     pubkey.ErrInvalid,
		"hello":                                pubkey.ErrInvalid,
		"# " + good:                            pubkey.ErrInvalid,
		"-----BEGIN OPENSSH PRIVATE KEY---":    pubkey.ErrInvalid,
		good[:50]:                              pubkey.ErrInvalid,
		strings.Repeat("a", 9000):              pubkey.ErrInvalid,
		`command="rm -rf ~" ` + good:           pubkey.ErrOptions,
		"no-pty " + good:                       pubkey.ErrOptions,
		good + " a\n" + good + " b":            pubkey.ErrMore,
		string(ssh.MarshalAuthorizedKey(cert)): pubkey.ErrCert,
		rsaLine(t, 1024):                       pubkey.ErrWeak,
	} {
		if k, err := pubkey.Parse(line); !errors.Is(err, want) {
			t.Errorf("%.40q: %+v, %v; want %v", line, k, err, want)
		}
	}
}

// FuzzParse: what is a key is the same key when it is read again as it is kept.
func FuzzParse(f *testing.F) {
	for _, s := range []string{good, good + " a comment", "no-pty " + good, "ssh-rsa AAAA", "\x00", good + "\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		k, err := pubkey.Parse(line)
		if err != nil {
			return
		}
		again, err := pubkey.Parse(k.Authorized)
		if err != nil || again.Fingerprint != k.Fingerprint || again.Authorized != k.Authorized {
			t.Fatalf("%q is %+v, and %+v, %v again", line, k, again, err)
		}
		if strings.ContainsAny(k.Name, "\n\r\x1b") || len([]rune(k.Name)) > 40 {
			t.Fatalf("the name is %q", k.Name)
		}
	})
}
