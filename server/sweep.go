package server

import (
	"context"
	"time"

	"charla/files/blob"
)

const (
	sweepEvery = 24 * time.Hour
	// keepUnnamed is the age at which bytes that no message names are removed: far
	// beyond any upload between its commit and its event.
	keepUnnamed = 24 * time.Hour
)

// sweepBlobs removes the bytes that no message names any more, once a day, until
// ctx ends. It starts after the read model is level with the log: before that, a
// blob could look unnamed that is not.
func (s *Server) sweepBlobs(ctx context.Context) {
	timer := time.NewTimer(time.Minute) // not while everybody comes back after a restart
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("files: sweep", "err", err)
		}
		timer.Reset(sweepEvery)
	}
}

func (s *Server) sweep(ctx context.Context) error {
	if err := s.level(ctx); err != nil {
		return err
	}
	swept, err := s.blobs.Sweep(ctx, func(h blob.Hash) (bool, error) { return s.view.HasBlob(ctx, h.String()) }, keepUnnamed)
	if swept.Removed > 0 {
		s.log.Info("files: removed bytes that no message names", "blobs", swept.Removed, "bytes", swept.Bytes)
	}
	return err
}
