package hostkeys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/crypto/ssh"
)

// FileName is the key's file in the folder given to Load, in the format of
// ssh-keygen. What is in it decides its kind, so the key of an earlier server
// can be put in its place before the first start.
const FileName = "ssh_host_key"

const (
	// maxKeyFile bounds what is read from the file; an RSA key of 16,384 bits
	// takes about 13 KiB.
	maxKeyFile = 64 << 10
	// minRSABits is what ssh-keygen makes by default; less is refused as weak.
	minRSABits = 3072
)

// Refusal is a key, or a folder for keys, that must not be used as it is.
type Refusal struct {
	Path string // what is refused
	Why  string // what is wrong with it
	Hint string // what the operator can do
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("host key %s: %s; %s", r.Path, r.Why, r.Hint)
}

// Load returns the host keys in dir. On the first start it makes the folder
// (mode 0700) and an Ed25519 key in it (mode 0600), which is on the disk when
// Load returns. Two starts at once end with the same key. Where something is
// there that cannot be used, Load returns a *Refusal and changes nothing.
func Load(dir string) (Set, error) {
	root, err := openFolder(dir)
	if err != nil {
		return Set{}, err
	}
	defer root.Close()
	path := filepath.Join(dir, FileName)
	data, err := read(root, path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(root); err != nil {
			return Set{}, fmt.Errorf("hostkeys: create %s: %w", path, err)
		}
		// Read back instead of remembered: the key of a start that came
		// first is the one that stands.
		data, err = read(root, path)
	}
	if err != nil {
		return Set{}, err
	}
	signer, err := parse(data, path)
	if err != nil {
		return Set{}, err
	}
	return Set{signers: []ssh.Signer{signer}}, nil
}

// openFolder opens dir, made if need be. A folder in which others can write is
// refused: they could put a key of their own in the place of ours.
func openFolder(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	info, err := root.Stat(".")
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	if modesCount && info.Mode().Perm()&0o022 != 0 {
		root.Close()
		return nil, &Refusal{dir, fmt.Sprintf("other users can write in this folder (mode %04o)", info.Mode().Perm()),
			"run: chmod 700 " + shellQuote(dir)}
	}
	return root, nil
}

// modesCount is false where permission bits are only made up from a read-only
// flag, so that refusing by them would refuse every key.
const modesCount = runtime.GOOS != "windows"

// read returns the key file's bytes; fs.ErrNotExist when there is none.
func read(root *os.Root, path string) ([]byte, error) {
	before, err := root.Lstat(FileName)
	if err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	if err := checkFile(before, path); err != nil {
		return nil, err
	}
	f, err := root.Open(FileName)
	if err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	defer f.Close()
	// Asked again of what was opened: the name may point elsewhere by now.
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	if !os.SameFile(before, info) {
		return nil, &Refusal{path, "it was replaced while it was being read", "look who writes there and start again"}
	}
	if err := checkFile(info, path); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("hostkeys: %w", err)
	}
	if len(data) > maxKeyFile {
		return nil, notAKey(path)
	}
	return data, nil
}

func checkFile(info fs.FileInfo, path string) error {
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return &Refusal{path, "it is a symbolic link", "put the key file itself there, or move the link away to have a new key made"}
	case !mode.IsRegular():
		return &Refusal{path, "it is not a regular file", "move it away to have a new key made"}
	case modesCount && mode.Perm()&0o077 != 0:
		return &Refusal{path, fmt.Sprintf("other users have access to it (mode %04o)", mode.Perm()),
			"if nobody can have copied it, run: chmod 600 " + shellQuote(path)}
	}
	return nil
}

func notAKey(path string) *Refusal {
	return &Refusal{path, "it is not a private key",
		"restore it from a backup, or move it away to have a new key made (every client will warn that the key changed)"}
}

// parse makes a signer of the key and refuses the kinds that are weak.
func parse(data []byte, path string) (ssh.Signer, error) {
	raw, err := ssh.ParseRawPrivateKey(data)
	if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
		return nil, &Refusal{path, "it is locked with a passphrase", "run: ssh-keygen -p -N '' -f " + shellQuote(path)}
	}
	if err != nil {
		// The parser's own words are left out: they may quote the file.
		return nil, notAKey(path)
	}
	weak := ""
	switch key := raw.(type) {
	case *ed25519.PrivateKey, ed25519.PrivateKey:
	case *ecdsa.PrivateKey:
		if bits := key.Curve.Params().BitSize; bits < 256 {
			weak = fmt.Sprintf("ECDSA with %d bits", bits)
		}
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < minRSABits {
			weak = fmt.Sprintf("RSA with %d bits", bits)
		}
	default:
		weak = fmt.Sprintf("%T", raw)
	}
	if weak != "" {
		return nil, &Refusal{path, "its kind is too weak (" + weak + ")",
			fmt.Sprintf("use Ed25519, ECDSA or RSA with %d bits or more, or move it away to have a new key made", minRSABits)}
	}
	signer, err := ssh.NewSignerFromKey(raw)
	if err != nil {
		return nil, notAKey(path)
	}
	return withoutSHA1(signer)
}

// withoutSHA1 keeps an RSA key from signing as "ssh-rsa", which is SHA-1
// (RFC 8332, section 3, gives the others); other kinds come back as they are.
func withoutSHA1(signer ssh.Signer) (ssh.Signer, error) {
	if signer.PublicKey().Type() != ssh.KeyAlgoRSA {
		return signer, nil
	}
	able, ok := signer.(ssh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("hostkeys: RSA key cannot choose its algorithm")
	}
	return ssh.NewSignerWithAlgorithms(able, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
}

// create makes a key under a name of its own and links it to FileName, which
// fails when that exists: so the key appears whole or not at all and replaces
// nothing. Losing that race is success. A crash in between leaves a hidden
// file, mode 0600, that nothing reads.
func create(root *os.Root) (err error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "charla host key")
	if err != nil {
		return err
	}
	temp := "." + FileName + "-" + rand.Text()
	if err := writeSynced(root, temp, pem.EncodeToMemory(block)); err != nil {
		_ = root.Remove(temp) // it may not be there at all
		return err
	}
	err = root.Link(temp, FileName)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, root.Remove(temp), syncFolder(root))
}

func writeSynced(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes the names in the folder durable; Windows has no such call.
func syncFolder(root *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
