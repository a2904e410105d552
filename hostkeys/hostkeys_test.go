package hostkeys_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"charla/hostkeys"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func mustLoad(t *testing.T, dir string) hostkeys.Set {
	t.Helper()
	set, err := hostkeys.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// mustRefuse checks that Load says no, names the file, and leaves it alone.
func mustRefuse(t *testing.T, dir, why string) {
	t.Helper()
	path := filepath.Join(dir, hostkeys.FileName)
	before, _ := os.ReadFile(path)
	_, err := hostkeys.Load(dir)
	var refusal *hostkeys.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("Load: %v, want a refusal", err)
	}
	if refusal.Path != path || refusal.Hint == "" || !strings.Contains(refusal.Why, why) || !strings.Contains(err.Error(), path) {
		t.Errorf("refusal %q, want path %s and %q", err, path, why)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("refusal of more than one line: %q", err)
	}
	after, _ := os.ReadFile(path)
	if string(before) != string(after) {
		t.Error("the refused key was changed")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("after a refusal: %v, %v; want the one file", left, err)
	}
}

func TestFirstStartMakesTheKeyThatStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	first := mustLoad(t, dir)
	if len(first.Signers()) != 1 || first.Signers()[0].PublicKey().Type() != ssh.KeyAlgoED25519 {
		t.Fatalf("signers: %v", first.Signers())
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, hostkeys.FileName): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left beside the key: %v", left)
	}
	if second := mustLoad(t, dir); second.Fingerprint() != first.Fingerprint() {
		t.Errorf("second start has %s, first had %s", second.Fingerprint(), first.Fingerprint())
	}
}

func TestStartsAtOnceEndWithOneKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	var wg sync.WaitGroup
	prints := make([]string, 16)
	for i := range prints {
		wg.Go(func() {
			set, err := hostkeys.Load(dir)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = set.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] {
			t.Fatalf("two keys: %s and %s", p, prints[0])
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left beside the key: %v", left)
	}
}

func TestRefusals(t *testing.T) {
	put := func(t *testing.T, data []byte, mode os.FileMode) string {
		dir := t.TempDir()
		path := filepath.Join(dir, hostkeys.FileName)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	good := openSSH(t, newEd25519(t))
	t.Run("open to the group", func(t *testing.T) { mustRefuse(t, put(t, good, 0o640), "mode 0640") })
	t.Run("open to all", func(t *testing.T) { mustRefuse(t, put(t, good, 0o644), "mode 0644") })
	t.Run("empty", func(t *testing.T) { mustRefuse(t, put(t, nil, 0o600), "not a private key") })
	t.Run("half", func(t *testing.T) { mustRefuse(t, put(t, good[:len(good)/2], 0o600), "not a private key") })
	t.Run("endless", func(t *testing.T) { mustRefuse(t, put(t, make([]byte, 1<<20), 0o600), "not a private key") })
	t.Run("public key", func(t *testing.T) {
		signer, _ := ssh.NewSignerFromKey(newEd25519(t))
		mustRefuse(t, put(t, ssh.MarshalAuthorizedKey(signer.PublicKey()), 0o600), "not a private key")
	})
	t.Run("passphrase", func(t *testing.T) {
		block, err := ssh.MarshalPrivateKeyWithPassphrase(newEd25519(t), "", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		mustRefuse(t, put(t, pem.EncodeToMemory(block), 0o600), "passphrase")
	})
	t.Run("short RSA", func(t *testing.T) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		mustRefuse(t, put(t, openSSH(t, key), 0o600), "RSA with 2048 bits")
	})
	t.Run("DSA", func(t *testing.T) { mustRefuse(t, put(t, dsaPEM(t), 0o600), "too weak") })
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, hostkeys.FileName), 0o700); err != nil {
			t.Fatal(err)
		}
		mustRefuse(t, dir, "not a regular file")
	})
	for name, target := range map[string]string{"symlink": put(t, good, 0o600) + "/" + hostkeys.FileName, "dangling symlink": "nowhere"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Symlink(target, filepath.Join(dir, hostkeys.FileName)); err != nil {
				t.Skip(err)
			}
			mustRefuse(t, dir, "symbolic link")
		})
	}
	t.Run("socket in its place", func(t *testing.T) {
		dir := t.TempDir()
		l, err := net.Listen("unix", filepath.Join(dir, hostkeys.FileName))
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		mustRefuse(t, dir, "not a regular file")
	})
}

func TestFolderOpenToOthersIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	_, err := hostkeys.Load(dir)
	var refusal *hostkeys.Refusal
	if !errors.As(err, &refusal) || refusal.Path != dir {
		t.Fatalf("Load: %v, want a refusal of the folder", err)
	}
}

func TestKeysFromElsewhereAreTaken(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"ecdsa": openSSH(t, ec), "rsa": openSSH(t, rs),
		"ed25519 of openssl": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, hostkeys.FileName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		signer := mustLoad(t, dir).Signers()[0]
		if multi, ok := signer.(ssh.MultiAlgorithmSigner); ok && name == "rsa" {
			for _, algorithm := range multi.Algorithms() {
				if algorithm == ssh.KeyAlgoRSA {
					t.Error("an RSA key signs with SHA-1")
				}
			}
		} else if name == "rsa" {
			t.Error("an RSA key does not say how it signs")
		}
	}
}

// The line is read back by an independent reader of the format, the one a Go
// client uses.
func TestKnownHostsLineIsUnderstood(t *testing.T) {
	set := mustLoad(t, t.TempDir())
	cases := []struct {
		hosts  []string
		port   int
		start  string
		dialed string
	}{
		{[]string{"chat.lan"}, 2222, "[chat.lan]:2222 ssh-ed25519 ", "chat.lan:2222"},
		{[]string{"Chat.LAN", "10.0.0.7"}, 2222, "[chat.lan]:2222,[10.0.0.7]:2222 ssh-ed25519 ", "10.0.0.7:2222"},
		{[]string{"fd00::7"}, 2222, "[fd00::7]:2222 ssh-ed25519 ", "[fd00::7]:2222"},
		{[]string{"chat.lan"}, 22, "chat.lan ssh-ed25519 ", "chat.lan:22"},
		{[]string{"chat"}, 0, "chat ssh-ed25519 ", "chat:22"},
	}
	for _, c := range cases {
		line, err := set.KnownHostsLine(c.hosts, c.port)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(line, c.start) || strings.Contains(line, "\n") {
			t.Errorf("line %q, want it to start with %q", line, c.start)
		}
		file := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		check, err := knownhosts.New(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(c.dialed, &net.TCPAddr{}, set.Signers()[0].PublicKey()); err != nil {
			t.Errorf("%s does not know %s: %v", line, c.dialed, err)
		}
	}
	for _, host := range []string{"", "a b", "a,b", "*", "!a", "a\nb", "#a", "|1|x", "[a]:1", "@revoked", "ñ"} {
		if line, err := set.KnownHostsLine([]string{host}, 2222); err == nil {
			t.Errorf("host %q gave %q", host, line)
		}
	}
	if _, err := set.KnownHostsLine(nil, 22); err == nil {
		t.Error("a line without a name was made")
	}
}

func TestFingerprintIsOpenSSHs(t *testing.T) {
	dir := t.TempDir()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	if err := os.WriteFile(filepath.Join(dir, hostkeys.FileName), openSSH(t, key), 0o600); err != nil {
		t.Fatal(err)
	}
	// Printed by ssh-keygen -lf for the key of the all-zero seed.
	const want = "SHA256:tAXFyTXI8xtDaujAEcwJslAYc9/6FKcUkd2Lw0xDhPo"
	if got := mustLoad(t, dir).Fingerprint(); got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
}

func newEd25519(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func openSSH(t *testing.T, key any) []byte {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "test")
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block)
}

// dsaPEM is a DSA key in the form that old ssh-keygen wrote. Its numbers fit
// the format, not the mathematics: the kind alone must be enough to refuse.
func dsaPEM(t *testing.T) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}{0, big.NewInt(23), big.NewInt(11), big.NewInt(4), big.NewInt(12), big.NewInt(5)})
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "DSA PRIVATE KEY", Bytes: der})
}
