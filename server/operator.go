package server

import (
	"context"
	"io"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
	"charla/server/internal/adminsock"
	"charla/server/internal/verbs"
)

// hearOrders opens the socket for whoever is on this machine and carries out
// their orders until ctx ends. Where there can be no socket people chat all the
// same, and the log says why.
func (s *Server) hearOrders(ctx context.Context) {
	w := s.words.Command.Operator
	socket, err := adminsock.Listen(adminsock.Config{Dir: s.cfg.Data, Run: s.order, Busy: w.Busy, Stranger: w.Stranger, Log: s.log})
	if err != nil {
		s.log.Error("charla admin cannot reach this server", "err", err)
		return
	}
	s.onClose(socket.Close)
	s.start("orders", func() error { return socket.Serve(ctx) })
}

// order carries out what somebody on this machine asks for.
func (s *Server) order(ctx context.Context, c adminsock.Call) int {
	if len(c.Args) > 0 { // what follows may be nobody's business
		s.log.Info("order from this machine", "verb", chat.OneLine(c.Args[0], 40))
	}
	return verbs.Operate(ctx, verbs.Session{
		Session: command.Session{
			Actor: s.chat.Operator(), Words: i18n.For(i18n.Lang(c.Lang)), In: c.In, Out: c.Out, Zone: time.Local,
			Server: command.Server{Host: s.card.Hosts[0], Port: s.card.Port, HostKeys: s.keyLines, Fingerprint: s.keys.Fingerprint(), Program: s},
		},
		Err: c.Err, Log: s.log,
	}, c.Args)
}

// Orders lists what can be asked for with `charla admin`, as it is typed.
func Orders(l i18n.Lang) []i18n.Usage {
	var list []i18n.Usage
	for _, c := range command.Operator() {
		list = append(list, c.Usage(&i18n.For(l).Command))
	}
	return list
}

// SendOrder has the server on a data folder carry out an order of somebody on
// this machine, and returns its exit status. in is read only as far as the order
// asks for it.
func SendOrder(ctx context.Context, data string, args []string, l i18n.Lang, in io.Reader, out, errs io.Writer) (int, error) {
	return adminsock.Send(ctx, data, adminsock.Order{Args: args, Lang: string(l)}, in, out, errs)
}

// Status is command.Program.
func (s *Server) Status(ctx context.Context) (command.Status, error) {
	identity, err := s.journal.Identity(ctx)
	if err != nil {
		return command.Status{}, err
	}
	used, bound, err := s.journal.Usage(ctx)
	if err != nil {
		return command.Status{}, err
	}
	free, disk, err := freeSpace(s.cfg.Data)
	if err != nil {
		return command.Status{}, err
	}
	forgetting, err := s.view.Forgetting(ctx)
	if err != nil {
		return command.Status{}, err
	}
	all, unsigned := s.door.Connections()
	_, people, _ := s.hub.Here(0)
	now := s.live()
	return command.Status{
		Version: s.version, Since: s.since, Up: time.Since(s.since), Connections: all, Unsigned: unsigned, People: people,
		Stored: identity.Last, Applied: s.proj.Applied(), Log: used, LogBound: bound, Free: free, Disk: disk, Refuses: s.guard.check(),
		Registration: now.Registration.String(), File: now.File, Forgetting: len(forgetting),
	}, nil
}
