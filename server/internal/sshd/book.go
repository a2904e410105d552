package sshd

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"charla/server/chat"
	"charla/server/internal/limit"
)

// What the book takes: about strangers, of one address, of what costs them nothing,
// and in all; and about people who come in. A flood of each is then some 300 MB a
// day, and can be seen.
var (
	linesOfOne    = limit.Rate{Burst: 30, Second: 0.2}
	linesCheap    = limit.Rate{Burst: 100, Second: 1}
	linesInAll    = limit.Rate{Burst: 1000, Second: 10}
	linesOfPeople = limit.Rate{Burst: 10_000, Second: 10}
)

// book is the part of the log about who comes, and who does not get in. Of a
// refusal it has one line, always with the same four attributes in the same order,
// for a filter to read. Whoever comes, or is refused, all the time does not fill
// the disk: what is beyond the rates is only counted, and the next line says how
// many were left out.
type book struct {
	log *slog.Logger
	now func() time.Time
	of  *limit.Addresses

	mu     sync.Mutex
	cheap  *rate.Limiter
	all    *rate.Limiter
	people *rate.Limiter
	out    int // left out since the last line
}

func newBook(log *slog.Logger, now func() time.Time) *book {
	limiter := func(r limit.Rate) *rate.Limiter { return rate.NewLimiter(rate.Limit(r.Second), r.Burst) }
	return &book{
		log: log, now: now, of: limit.NewAddresses(linesOfOne, now),
		cheap: limiter(linesCheap), all: limiter(linesInAll), people: limiter(linesOfPeople),
	}
}

// refused writes the line of a sign-in that was refused. A proxy has a line of
// another name, that no filter counts, and none for its health checks: to ban
// the proxy would be to ban everybody behind it.
func (b *book) refused(l *link, nick, fingerprint string, why reason) {
	event := "sign-in refused"
	if l.trusted {
		if event = "sign-in by a proxy refused"; why == silent || why == left {
			return
		}
	}
	if more, ok := b.stranger(l, why.cheap()); ok {
		b.write(slog.LevelInfo, event, more, "address", l.address(), "nick", nick, "fingerprint", fingerprint, "reason", string(why))
	}
}

// failed writes what went wrong here, for the operator alone.
func (b *book) failed(l *link, why reason, cause error) {
	if more, ok := b.stranger(l, false); ok {
		b.write(slog.LevelError, "sign-in failed", more, "address", l.address(), "reason", string(why), "err", cause)
	}
}

// noSession writes why somebody who signed in gets no session.
func (b *book) noSession(l *link, nick chat.Nick, code chat.Code) {
	if more, ok := b.stranger(l, false); ok {
		b.write(slog.LevelInfo, "session refused", more, "address", l.address(), "nick", string(nick), "reason", string(code))
	}
}

// welcome writes who came in, and how.
func (b *book) welcome(who *caller, method string) {
	person, count := "visitor", func() (int, bool) { return b.stranger(who.link, false) }
	if who.person != nil {
		person, count = who.person.ID.String(), func() (int, bool) { return b.may(true, b.people) }
	}
	if more, ok := count(); ok {
		b.write(slog.LevelInfo, "signed in", more, "address", who.link.address(), "nick", string(who.nick), "person", person,
			"method", method, "fingerprint", who.fingerprint, "client", who.client)
	}
}

// write writes a line, and how many were left out before it, if any.
func (b *book) write(level slog.Level, event string, more int, attributes ...any) {
	if more > 0 {
		attributes = append(attributes, "more", more)
	}
	b.log.Log(context.Background(), level, event, attributes...)
}

// stranger counts a line about somebody who need not be anybody; more is how many
// were left out before it.
func (b *book) stranger(l *link, cheap bool) (more int, ok bool) {
	ok = true
	if from := l.counts(); from.IsValid() {
		_, ok = b.of.Take(from)
	}
	if cheap {
		return b.may(ok, b.cheap, b.all)
	}
	return b.may(ok, b.all)
}

// may counts a line that is ok so far, by these.
func (b *book) may(ok bool, by ...*rate.Limiter) (more int, may bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, limiter := range by {
		ok = ok && limiter.AllowN(b.now(), 1)
	}
	if !ok {
		b.out++
		return 0, false
	}
	more, b.out = b.out, 0
	return more, true
}
