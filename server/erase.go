package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"charla/files/blob"
	"charla/server/chat"
	"charla/server/config"
	"charla/server/i18n"
	"charla/server/internal/hub"
	"charla/server/internal/journal"
	"charla/server/internal/projector"
	"charla/server/internal/readmodel"
)

// fatesFile is the read model of the log that is being erased, in the folder of
// the erasure.
const fatesFile = "fates.db"

// Erase takes out of the data folder what nobody is to have any more: what was
// taken back, expired or edited away, what somebody said who was forgotten, and
// values that newer ones have replaced. The log is written anew beside the old
// one, compared with it, and takes its place in one go together with a read model
// that was built from it. Until then nothing has changed; see settle. The server
// must not be running.
func Erase(ctx context.Context, cfg config.Config, o Options) (err error) {
	s := newOffline(cfg, o)
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := somethingIn(cfg.Data, logDir, viewFile, erasingDir); err != nil {
		return err
	}
	if err := s.openFolder(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, viewFile+keptSuffix)); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("a repair was not finished: do that first, with %s", s.repair(ModelSide)))
	}
	erased, err := s.prepare(ctx, o)
	if err != nil {
		return s.refusal(errors.Join(err, os.RemoveAll(filepath.Join(cfg.Data, erasingDir))))
	}
	if err := ready(cfg.Data); err != nil {
		return err
	}
	if err := settle(cfg.Data, s.log); err != nil {
		return err
	}
	s.tell(s.words.Server.Erased(erased.changed, erased.events, erased.swept.Removed))
	if erased.forgetting > 0 {
		s.tell(s.words.Server.Forgetting(erased.forgetting))
	}
	return nil
}

// newOffline is a Server of which only some is going to be opened.
func newOffline(cfg config.Config, o Options) *Server {
	return &Server{cfg: cfg, log: o.Log, words: i18n.For(cfg.Lang), tell: o.Tell, now: o.clock(), fail: make(chan error, 1)}
}

// erasure is what is known about what each event brought, and what was done.
type erasure struct {
	fates           *readmodel.Model
	events, changed int
	forgetting      int // people of whom not all is gone yet
	swept           blob.Swept
}

// prepare makes all that is to take the place of what is there, in a folder of
// its own. The same rows must come of both logs.
func (s *Server) prepare(ctx context.Context, o Options) (done erasure, err error) {
	was := newOffline(s.cfg, o)
	defer func() { err = errors.Join(err, was.Close()) }()
	if err := was.openJournal(ctx, false); err != nil {
		return done, err
	}
	if err := was.agrees(ctx); err != nil {
		return done, err
	}
	if err := was.roomToErase(ctx); err != nil {
		return done, err
	}
	anew := newOffline(s.cfg, o)
	anew.cfg.Data = filepath.Join(s.cfg.Data, erasingDir)
	defer func() { err = errors.Join(err, anew.Close()) }()
	if err := os.Mkdir(anew.cfg.Data, 0o700); err != nil {
		return done, err
	}
	if err := was.raise(ctx, readmodel.Options{Path: filepath.Join(anew.cfg.Data, fatesFile), Log: s.log, Retell: true}); err != nil {
		return done, err
	}
	done.fates = was.view
	if err := was.journal.Rewrite(ctx, filepath.Join(anew.cfg.Data, logDir), &done); err != nil {
		return done, err
	}
	if err := anew.openJournal(ctx, false); err != nil {
		return done, err
	}
	if err := anew.journal.ErasedFrom(ctx, was.journal); err != nil {
		return done, err
	}
	if err := anew.raise(ctx, readmodel.Options{Path: filepath.Join(anew.cfg.Data, viewFile), Log: s.log}); err != nil {
		return done, err
	}
	if err := sameRows(ctx, was.view, anew.view); err != nil {
		return done, err
	}
	forgetting, err := was.view.Forgetting(ctx)
	if err != nil {
		return done, err
	}
	done.forgetting = len(forgetting)
	done.swept, err = was.sweepUnnamed(ctx)
	return done, err
}

// agrees is an error if the log lacks what the read model beside it has: then
// there is something to decide first.
func (s *Server) agrees(ctx context.Context) (err error) {
	path := filepath.Join(s.cfg.Data, viewFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		_, err := projector.Check(ctx, s.journal, projector.Origin{})
		return err
	}
	view, err := readmodel.Open(ctx, readmodel.Options{Path: path, Log: s.log})
	if err != nil && !errors.Is(err, readmodel.ErrDamaged) && !errors.Is(err, readmodel.ErrNewer) {
		return err
	}
	_, err = s.unusable(ctx, view, err)
	if view != nil {
		err = errors.Join(err, view.Close())
	}
	return err
}

// roomToErase is an error if the disk has no room for another log and for two read
// models. One of a million messages was a quarter larger than the log; where there
// is none to go by, half is added.
func (s *Server) roomToErase(ctx context.Context) error {
	used, _, err := s.journal.Usage(ctx)
	if err != nil {
		return err
	}
	model := used + used/2
	if info, err := os.Stat(filepath.Join(s.cfg.Data, viewFile)); err == nil {
		model = max(model, info.Size())
	}
	free, total, err := freeSpace(s.cfg.Data)
	if err != nil {
		return err
	}
	if need := uint64(used+2*model) + reserve(total); free < need {
		return fmt.Errorf("the log is written anew beside the old one, which needs %d MiB on the disk that holds %s; it has %d MiB. Make room and do it again; nothing was changed",
			need>>20+1, s.cfg.Data, free>>20)
	}
	return nil
}

// raise opens a read model and brings it level with the log that is open.
func (s *Server) raise(ctx context.Context, o readmodel.Options) (err error) {
	if s.view, err = readmodel.Open(ctx, o); err != nil {
		return err
	}
	s.onClose(s.view.Close)
	if err := s.bind(ctx); err != nil {
		return err
	}
	s.hub = hub.New(s.log)
	s.onClose(func() error { s.hub.Close(); return nil })
	s.proj = projector.New(s.journal, s.journal, s.view, s.hub, s.log)
	s.proj.Progress = s.progress()
	s.background("projector", s.proj.Run)
	return s.level(ctx)
}

// sweepUnnamed removes the bytes that no message names, however young they are:
// nobody is sending anything. What an interrupted upload left goes too.
func (s *Server) sweepUnnamed(ctx context.Context) (blob.Swept, error) {
	if err := s.openBlobs(); err != nil {
		return blob.Swept{}, err
	}
	return s.blobs.Sweep(ctx, func(h blob.Hash) (bool, error) { return s.view.HasBlob(ctx, h.String()) }, 0)
}

func sameRows(ctx context.Context, was, is *readmodel.Model) error {
	before, err := was.Sum(ctx)
	if err != nil {
		return err
	}
	after, err := is.Sum(ctx)
	if err == nil && before != after {
		err = errors.New("the erased log does not mean what the old one does: nothing was changed. This is a fault of charla; please report it")
	}
	return err
}

var _ journal.Eraser = (*erasure)(nil)

// Envelope is journal.Eraser's.
func (r *erasure) Envelope(ctx context.Context, seq uint64, e chat.Envelope) (_ chat.Envelope, changed bool, err error) {
	for i, event := range e.Events {
		r.events++
		fate, err := r.fates.Fate(ctx, chat.PositionAt(seq, i), event)
		if err != nil {
			return e, false, err
		}
		erased := chat.Erase(event, fate)
		if erased.Same(event) {
			continue
		}
		e.Events[i] = erased
		changed = true
		r.changed++
	}
	return e, changed, nil
}

// Keeps is journal.Eraser's: what means nothing to the read model is not kept.
func (r *erasure) Keeps(ctx context.Context, user chat.UserID, slot chat.Slot) (bool, error) {
	value, err := r.fates.Value(ctx, user, slot)
	return len(value) > 0, err
}
