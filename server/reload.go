package server

import (
	"context"
	"errors"

	"charla/server/config"
)

// live is the settings as they are now. What needs a restart is in it as the
// server was opened. Whoever asks more than once may get another answer.
func (s *Server) live() *config.Config { return s.settings.Load() }

// Reloaded is what reading the settings again has done.
type Reloaded struct {
	File    string   // that was read; "" if there is none
	Changed []string // settings with another value from now on
	Waiting []string // settings with another value after a restart
}

// errNoSettings cannot happen to a server that a program runs with its flags.
var errNoSettings = errors.New("this server was given its settings once and for all")

// Reload reads the settings again. If any is wrong nothing changes and the error
// says why; else all that can change while people chat does, at once.
func (s *Server) Reload() (Reloaded, error) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.again == nil {
		return Reloaded{}, errNoSettings
	}
	next, err := s.again()
	if err == nil {
		err = next.Validate()
	}
	if err != nil {
		s.log.Error("the settings are not read again; those that there were stay", "err", err)
		return Reloaded{}, err
	}
	now, changed, waiting := s.live().Reloaded(next)
	s.settings.Store(&now)
	s.log.Info("the settings are read again", "file", now.File, "changed", changed, "need_restart", waiting)
	return Reloaded{File: now.File, Changed: changed, Waiting: waiting}, nil
}

// obeyHangups reloads at each hangup until ctx ends. Reload logs what came of it.
func (s *Server) obeyHangups(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.hangups:
			_, _ = s.Reload()
		}
	}
}
