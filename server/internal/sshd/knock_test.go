package sshd

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"

	gossh "golang.org/x/crypto/ssh"
)

// knock is a client that speaks SSH by hand, so that it can say what no library
// would: curve25519-sha256, ssh-ed25519 and aes128-gcm, and nothing else.
type knock struct {
	io.ReadWriteCloser
	session []byte // the exchange hash
	in, out *sealed
}

// sealed is one direction of aes128-gcm (RFC 5647).
type sealed struct {
	cipher.AEAD
	iv [12]byte
}

func (s *sealed) next() []byte {
	iv := bytes.Clone(s.iv[:])
	binary.BigEndian.PutUint64(s.iv[4:], binary.BigEndian.Uint64(s.iv[4:])+1)
	return iv
}

// kexInit is RFC 4253 7.1.
type kexInit struct {
	Cookie                        [16]byte `sshtype:"20"`
	KexAlgos, HostKeyAlgos        []string
	CiphersIn, CiphersOut         []string
	MACsIn, MACsOut               []string
	CompressionIn, CompressionOut []string
	LanguagesIn, LanguagesOut     []string
	FirstKexFollows               bool
	Reserved                      uint32
}

// offer is what a knock can do.
func offer() kexInit {
	cipher, mac, none := []string{gossh.CipherAES128GCM}, []string{gossh.HMACSHA256ETM}, []string{"none"}
	return kexInit{
		KexAlgos: []string{gossh.KeyExchangeCurve25519}, HostKeyAlgos: []string{gossh.KeyAlgoED25519},
		CiphersIn: cipher, CiphersOut: cipher, MACsIn: mac, MACsOut: mac, CompressionIn: none, CompressionOut: none,
	}
}

// send sends a packet (RFC 4253 6).
func (k *knock) send(payload []byte) error {
	block, counted := 8, 5
	if k.out != nil {
		block, counted = 16, 1
	}
	padding := block - (counted+len(payload))%block
	if padding < 4 {
		padding += block
	}
	length := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	body := append(append([]byte{byte(padding)}, payload...), make([]byte, padding)...)
	if k.out != nil {
		body = k.out.Seal(nil, k.out.next(), body, length)
	}
	_, err := k.Write(append(length, body...))
	return err
}

// receive is the payload of the next packet.
func (k *knock) receive() ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(k, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(length[:]))
	if k.in != nil {
		n += k.in.Overhead()
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(k, body); err != nil {
		return nil, err
	}
	if k.in != nil {
		var err error
		if body, err = k.in.Open(nil, k.in.next(), body, length[:]); err != nil {
			return nil, err
		}
	}
	if len(body) < 2+int(body[0]) {
		return nil, errors.New("an empty packet")
	}
	return body[1 : len(body)-int(body[0])], nil
}

// greet is the version lines and the server's first packet.
func (k *knock) greet() (version, packet []byte, err error) {
	fmt.Fprint(k, "SSH-2.0-knock\r\n")
	for !bytes.HasSuffix(version, []byte("\r\n")) {
		var c [1]byte
		if _, err := io.ReadFull(k, c[:]); err != nil {
			return nil, nil, err
		}
		version = append(version, c[0])
	}
	packet, err = k.receive()
	return bytes.TrimSpace(version), packet, err
}

// shake is the key exchange (RFC 8731), up to where authentication begins. Whose
// key it is does not matter here.
func (k *knock) shake() error {
	version, theirs, err := k.greet()
	if err != nil {
		return err
	}
	mine := gossh.Marshal(offer())
	secret, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	public := secret.PublicKey().Bytes()
	if err := errors.Join(k.send(mine), k.send(gossh.Marshal(struct {
		Q []byte `sshtype:"30"`
	}{public}))); err != nil {
		return err
	}
	var reply struct {
		HostKey   []byte `sshtype:"31"`
		Q         []byte
		Signature []byte
	}
	packet, err := k.receive()
	if err != nil {
		return err
	}
	if err := gossh.Unmarshal(packet, &reply); err != nil {
		return err
	}
	point, err := ecdh.X25519().NewPublicKey(reply.Q)
	if err != nil {
		return err
	}
	shared, err := secret.ECDH(point)
	if err != nil {
		return err
	}
	number := gossh.Marshal(struct{ K *big.Int }{new(big.Int).SetBytes(shared)})
	hash := sha256.Sum256(append(gossh.Marshal(struct {
		VC, VS, IC, IS, KS, QC, QS []byte
	}{[]byte("SSH-2.0-knock"), version, mine, theirs, reply.HostKey, public, reply.Q}), number...))
	k.session = hash[:]
	if _, err := k.receive(); err != nil { // NEWKEYS
		return err
	}
	if err := k.send([]byte{21}); err != nil {
		return err
	}
	derive := func(letter byte) []byte {
		sum := sha256.Sum256(append(append(append(bytes.Clone(number), hash[:]...), letter), k.session...))
		return sum[:]
	}
	k.out, k.in = seal(derive('C'), derive('A')), seal(derive('D'), derive('B'))
	if err := k.send(gossh.Marshal(struct {
		Service string `sshtype:"5"`
	}{"ssh-userauth"})); err != nil {
		return err
	}
	_, err = k.receive()
	return err
}

func seal(key, iv []byte) *sealed {
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	s := &sealed{AEAD: gcm}
	copy(s.iv[:], iv)
	return s
}

// request is SSH_MSG_USERAUTH_REQUEST with what the method adds.
func (k *knock) request(user, method string, more []byte) error {
	return k.send(gossh.Marshal(struct {
		User    string `sshtype:"50"`
		Service string
		Method  string
		More    []byte `ssh:"rest"`
	}{user, "ssh-connection", method, more}))
}

// publicKey is what a request with a key adds (RFC 4252 7); signature is nil for
// the question whether it would do.
func publicKey(key gossh.PublicKey, signature []byte) []byte {
	more := gossh.Marshal(struct {
		Signed    bool
		Algorithm string
		Key       []byte
	}{signature != nil, key.Type(), key.Marshal()})
	if signature != nil {
		more = append(more, gossh.Marshal(struct{ S []byte }{signature})...)
	}
	return more
}

// signature proves that whoever has the key wants to be user on this connection.
func (k *knock) signature(user string, signer gossh.Signer) []byte {
	key := signer.PublicKey()
	signed, err := signer.Sign(rand.Reader, append(gossh.Marshal(struct{ S []byte }{k.session}), gossh.Marshal(struct {
		User      string `sshtype:"50"`
		Service   string
		Method    string
		Signed    bool
		Algorithm string
		Key       []byte
	}{user, "ssh-connection", "publickey", true, key.Type(), key.Marshal()})...))
	if err != nil {
		panic(err)
	}
	return gossh.Marshal(signed)
}

// What the server answers (RFC 4252 6, RFC 4256 5).
const (
	authFailure = 51
	authSuccess = 52
	authBanner  = 53
	authAsks    = 60 // a key would do, or here are questions
)

// answer is the next of these, past banners; 0 at the end of the connection.
func (k *knock) answer() (kind byte, packet []byte) {
	for {
		packet, err := k.receive()
		if err != nil {
			return 0, nil
		}
		if packet[0] != authBanner {
			return packet[0], packet
		}
	}
}
