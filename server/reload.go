package server

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/config"
)

// live is the settings as they are now. What needs a restart is in it as the
// server was opened. Whoever asks more than once may get another answer.
func (s *Server) live() *config.Config { return s.settings.Load() }

// errNoSettings cannot happen to a server that a program runs with its flags.
var errNoSettings = errors.New("this server was given its settings once and for all")

// Reload is command.Program: it reads the settings again. If any is wrong nothing changes and the error
// says why; else all that can change while people chat does, at once.
func (s *Server) Reload() (command.Reloaded, error) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.again == nil {
		return command.Reloaded{}, &command.SettingsError{Err: errNoSettings}
	}
	next, err := s.again()
	if err == nil {
		err = next.Validate()
	}
	if err != nil {
		s.log.Error("the settings are not read again; those that there were stay", "err", err)
		return command.Reloaded{}, &command.SettingsError{Err: err}
	}
	now, changed, waiting := s.live().Reloaded(next)
	s.obey(now)
	s.door.ExpelDenied()
	guests := s.expelGuests()
	s.log.Info("the settings are read again", "file", now.File, "changed", changed, "need_restart", waiting, "guests_out", guests)
	return command.Reloaded{File: now.File, Changed: changed, Waiting: waiting, Guests: guests}, nil
}

// expelGuests ends the visits of those who are here where no guests are let in any
// more, and returns how many there were.
func (s *Server) expelGuests() int {
	if s.live().Guests {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), expelWait)
	defer cancel()
	guests, err := s.view.Guests(ctx)
	if err != nil {
		s.log.Error("guests stay who are let in no more; reload once more", "err", err)
	}
	for _, id := range guests {
		s.door.Expel(chat.Change{Kind: chat.Expelled, User: id, Reason: "guests-off"})
	}
	return len(guests)
}

// expelWait bounds the look for those whose sessions a reload ends.
const expelWait = 10 * time.Second

// obey makes settings those that hold. Calls come one at a time.
func (s *Server) obey(now config.Config) {
	s.settings.Store(&now)
	s.chat.SetPolicy(chat.Policy{
		Registration: chat.Registration(now.Registration.String()), Guests: now.Guests, RoomsByAdmins: now.Rooms == config.Admins,
	})
}

// trusted is the networks whose PROXY header is believed.
func (s *Server) trusted() []netip.Prefix { return s.live().Proxy.Trusted }

// admits reports whether a key may claim a nick and come in.
func (s *Server) admits(fingerprint string) bool { return s.live().Keys.May(fingerprint) }

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
