package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/files"
	"charla/files/blob"
	"charla/hostkeys"
	"charla/server/chat"
	"charla/server/config"
	"charla/server/internal/hub"
	"charla/server/internal/journal"
	"charla/server/internal/limit"
	"charla/server/internal/projector"
	"charla/server/internal/readmodel"
	"charla/server/internal/sshd"
	"charla/server/internal/sshd/passphrase"
	"charla/tui"
)

// ErrDisagree means that the log lacks what it once held, as the read model or
// the log itself can tell. Going on would lose it for good, so somebody has to
// decide: `charla admin repair`.
var ErrDisagree = errors.New("the log lacks what it once held")

// layout of the data folder.
const (
	keysDir  = "hostkeys"
	logDir   = "log"
	viewFile = "readmodel.db"
	filesDir = "files"
)

// openFolder makes and locks the data folder, ends an erasure that was cut off,
// and loads the host key.
func (s *Server) openFolder(context.Context) error {
	if err := makeFolder(s.cfg.Data); err != nil {
		return unwritable(s.cfg.Data, err)
	}
	lock, err := lockFolder(s.cfg.Data)
	if err != nil {
		return unwritable(s.cfg.Data, err)
	}
	s.onClose(lock.Close)
	if err := settle(s.cfg.Data, s.log); err != nil {
		return err
	}
	if s.keys, err = hostkeys.Load(filepath.Join(s.cfg.Data, keysDir)); err != nil {
		return err
	}
	s.keyLines = hostKeyLines(s.keys.Signers())
	return nil
}

// unwritable makes a wrong setting of an error that says that this server may
// not, or cannot, write where it is to keep everything.
func unwritable(dir string, err error) error {
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) && !errors.Is(err, syscall.ENOTDIR) {
		return err
	}
	return &config.Error{Setting: "--data", Value: dir, Why: "cannot be written (" + err.Error() + "); give a folder that this server owns"}
}

// openStores opens the log, a read model that agrees with it, and the blobs.
func (s *Server) openStores(ctx context.Context) error {
	if err := s.openJournal(ctx, false); err != nil {
		return err
	}
	if err := s.openView(ctx); err != nil {
		return err
	}
	return s.openBlobs()
}

// openJournal opens the log and the shelf. readOver: an operator has decided
// that damaged records are to be done without.
func (s *Server) openJournal(ctx context.Context, readOver bool) (err error) {
	s.journal, err = journal.Open(ctx, journal.Options{
		Dir: filepath.Join(s.cfg.Data, logDir), Log: s.log, Now: s.now, ReadOverDamage: readOver,
	})
	if err != nil {
		return err
	}
	s.onClose(s.journal.Close)
	used, bound, err := s.journal.Usage(ctx)
	if err == nil && used > bound/10*8 {
		s.log.Warn("the log is more than 80 % full", "used_mib", used>>20, "bound_mib", bound>>20)
	}
	return err
}

func (s *Server) openBlobs() (err error) {
	s.blobs, err = blob.Open(filepath.Join(s.cfg.Data, filesDir), blob.Options{Log: s.log})
	if err != nil {
		return err
	}
	s.onClose(s.blobs.Close)
	s.parking = files.NewParking()
	lost, err := s.blobs.DiscardUnfinished()
	if len(lost) > 0 {
		s.log.Info("files: discarded uploads that a stop had interrupted", "n", len(lost))
	}
	return err
}

// openView opens the read model and compares it with the log. One that is
// damaged, from a newer program or made by other rules is moved aside if the log
// is whole, and built again; where the log lacks what the model has, nothing is
// touched.
func (s *Server) openView(ctx context.Context) error {
	path := filepath.Join(s.cfg.Data, viewFile)
	view, err := readmodel.Open(ctx, readmodel.Options{Path: path, Log: s.log})
	unreadable := err
	if err != nil && !errors.Is(err, readmodel.ErrDamaged) && !errors.Is(err, readmodel.ErrNewer) {
		return err
	}
	why, err := s.unusable(ctx, view, unreadable)
	if err != nil {
		if view != nil {
			err = errors.Join(err, view.Close())
		}
		return err
	}
	if why != nil {
		s.log.Warn("the read model cannot be used; it is moved aside and rebuilt", "why", why)
		if view != nil {
			err = view.Close()
		}
		if err := errors.Join(err, readmodel.MoveAside(path)); err != nil {
			return err
		}
		aside := s.words.Server.Aside
		switch {
		case unreadable == nil:
			aside = s.words.Server.AsideOlder
		case errors.Is(unreadable, readmodel.ErrNewer):
			aside = s.words.Server.AsideNewer
		}
		s.tell(aside(path + ".aside"))
		if view, err = readmodel.Open(ctx, readmodel.Options{Path: path, Log: s.log}); err != nil {
			return err
		}
	}
	s.view = view
	s.onClose(view.Close)
	return s.bind(ctx)
}

// unusable compares the log with a read model, or with why there is none to be
// read, and says why it is to be built again; nil if it need not be. An error says
// that nothing may be touched.
func (s *Server) unusable(ctx context.Context, view *readmodel.Model, unreadable error) (why, err error) {
	var remembered readmodel.Origin
	if unreadable == nil {
		if remembered, err = view.Origin(ctx); err != nil {
			return nil, err
		}
	}
	verdict, err := projector.Check(ctx, s.journal, projector.Origin{
		Created: remembered.Created, Seq: remembered.Seq, Digest: remembered.Digest,
		Shelf: remembered.Shelf, Lost: remembered.Lost, Unreadable: unreadable,
	})
	if err != nil || verdict == projector.Rebuild {
		return unreadable, err
	}
	return view.Outdated(), nil
}

// bind writes into the read model which log it is built from.
func (s *Server) bind(ctx context.Context) error {
	identity, err := s.journal.Identity(ctx)
	if err != nil {
		return err
	}
	lost, err := s.journal.Lost(ctx)
	if err != nil {
		return err
	}
	return s.view.Bind(ctx, identity, lost)
}

// decide is the way out while the read model may have what the log lacks.
func (s *Server) decide() string {
	return "Somebody has to decide, after copying the folder: " + s.repair(ModelSide) + " writes into the log again what the read model has of it; " +
		s.repair(LogSide) + " goes on with what the log has"
}

// repair is the line to type, which finds the folder whoever types it.
func (s *Server) repair(keep Side) string {
	data := s.cfg.Data
	if strings.ContainsAny(data, " \t'\"\\$`") {
		data = "'" + strings.ReplaceAll(data, "'", `'\''`) + "'"
	}
	return fmt.Sprintf("`charla admin repair --data %s --keep %s`", data, keep)
}

// tooFull is what a start needs on the disk at the least; it may work with less.
const tooFull = 4 << 20

// refusal gives an error its name and the way out when the log is damaged or
// lacks what the read model has, or when there was no room.
func (s *Server) refusal(err error) error {
	var mismatch *projector.MismatchError
	var damaged *journal.DamagedError
	var state *journal.StateError
	switch {
	case errors.As(err, &mismatch) && !mismatch.Salvageable():
		return fmt.Errorf("%w: %w. Put a backup of the folder back, or go on without them after %s", ErrDisagree, mismatch, s.repair(LogSide))
	case errors.As(err, &mismatch):
		return fmt.Errorf("%w: %w. %s", ErrDisagree, mismatch, s.decide())
	case errors.As(err, &damaged), errors.Is(err, journal.ErrBehind):
		return fmt.Errorf("%w: %w. %s", ErrDisagree, err, s.decide())
	case errors.As(err, &state):
		return fmt.Errorf("%w: %w. Nothing was changed; put a backup of the folder back", ErrDisagree, err)
	}
	if free, _, ferr := freeSpace(s.cfg.Data); ferr == nil && free < tooFull {
		return fmt.Errorf("the disk that holds %s is full: make room on that disk and start again (%w)", s.cfg.Data, err)
	}
	return err
}

// openRoad starts the projector, waits until the read model is level with the
// log, and opens the chat.
func (s *Server) openRoad(ctx context.Context) error {
	s.hub = hub.New(s.log)
	s.onClose(func() error { s.hub.Close(); return nil })
	s.town = &town{hub: s.hub}
	s.proj = projector.New(s.journal, s.journal, s.view, s.town, s.log)
	s.guard = newDiskGuard(s.journal, s.journal, s.proj.Stuck, s.cfg.Data, s.log)
	s.proj.Progress = s.progress()
	s.background("projector", s.proj.Run)
	if err := s.level(ctx); err != nil {
		return err
	}
	s.chat = chat.New(chat.Ports{
		Log: s.guard, Shelf: s.guard, Reader: s.view, Feed: s.hub, Awaiter: s.proj, Limiter: s.limiter(), Now: s.now, Logger: s.log,
	})
	s.obey(s.cfg)
	s.background("marks", func(ctx context.Context) error { s.chat.Run(ctx); return nil })
	return s.chat.Start(ctx)
}

// limiter is what one person may do.
func (s *Server) limiter() chat.Limiter {
	if s.cfg.NoLimits {
		s.log.Warn("no limits: anybody who can connect can take everything")
		return limit.Unlimited()
	}
	return limit.New(time.Now)
}

// doorLimits is what addresses may do. Without limits every number is more than
// a machine has ports; the times stay, for they cost nobody who behaves.
func (s *Server) doorLimits() sshd.Limits {
	if !s.cfg.NoLimits {
		return sshd.Limits{} // the defaults
	}
	const many = 1 << 20
	open := limit.Rate{Burst: many, Second: many}
	return sshd.Limits{Connections: many, Unauthenticated: many, PerAddress: many, Sessions: many, Claims: open,
		Wrong: limit.GuessRates{Address: open, Pair: open, Person: open}}
}

// level waits until the read model holds all that the log and the shelf hold: a
// screen that opened before its drafts were there would save others over them.
func (s *Server) level(ctx context.Context) error {
	identity, err := s.journal.Identity(ctx)
	if err != nil {
		return err
	}
	shelf, err := s.journal.ShelfEnd(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.proj.Await(ctx, chat.PositionAt(identity.Last, 0)), s.proj.AwaitShelf(ctx, shelf))
}

// progress tells the operator how a rebuild goes, once a second.
func (s *Server) progress() func(done, all uint64) {
	started := time.Now()
	last := started
	return func(done, all uint64) {
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			s.tell(s.words.Server.Rebuilding(done, all))
		}
	}
}

// openDoor listens. From here on people can connect; they are served by Run.
func (s *Server) openDoor(ctx context.Context) (err error) {
	s.shared = tui.NewShared()
	s.hasher = passphrase.New()
	s.door, err = sshd.New(sshd.Config{
		HostKeys: s.keys.Signers(), Chat: s.chat, Faces: s.faces(), Hasher: s.hasher, Lang: s.cfg.Lang, PublicHost: s.cfg.Host,
		Limits: s.doorLimits(), Trusted: s.trusted, Admits: s.admits, Log: s.log,
	})
	if err != nil {
		return err
	}
	s.town.door.Store(s.door)
	if s.listen, err = net.Listen("tcp", s.cfg.Listen); err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	s.onClose(func() error {
		if err := s.listen.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	addr, port := portOf(s.listen)
	s.card = Card{Hosts: reachable(ctx, s.cfg.Host, addr), Port: port, Fingerprint: s.keys.Fingerprint()}
	return nil
}

// hostKeyLines are the host keys as known_hosts has them, without a host.
func hostKeyLines(signers []gossh.Signer) []string {
	lines := make([]string, len(signers))
	for i, signer := range signers {
		key := gossh.MarshalAuthorizedKey(signer.PublicKey())
		lines[i] = string(key[:len(key)-1]) // without its newline
	}
	return lines
}
