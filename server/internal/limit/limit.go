// Package limit holds the budgets of people and addresses. It knows no SSH, no
// messages and no commands: whoever spends says for whom, on what and how much.
// One budget is shared by all faces and sessions of a person.
package limit

import (
	"time"

	"golang.org/x/time/rate"

	"charla/server/chat"
)

// Rate is a budget: how much at once, and how much comes back in a second.
type Rate struct {
	Burst  int
	Second float64
}

// budgets is what one person may do. People who type never meet these; a
// program that posts does, and is told how long to wait.
//
//	budget    at once   then            which is
//	messages  30        5 a second      the fastest typist's bursts, a script's drip
//	bytes     256 KiB   64 KiB a second  sixteen of the longest messages at once
//	changes   30        1 in 3 seconds  somebody who puts a new group in order, command after command
//	tries     10        1 in 5 seconds  passphrases typed at a terminal that was left open
//	seats     1,024     10 a second     one group of the largest, or many of a class
//	saves     120       5 a second      drafts, windows and settings of several screens
//	searches  30        5 a second      one for each key that somebody types
//	transfers 8 GiB     1 MiB a second  a holiday's videos at once, and 84 GiB a day; in KiB
//	codes     20        1 a minute      as many as hold at a time, and a mistake or two
//	joins     20        1 in 5 seconds  rooms and groups to look into; codes guessed
//	requests  40        1 in 10 minutes everybody of a class of 30 on the first day, also by one group; not a whole server
//	reports   5         1 in 2 minutes  somebody reads each; a flood would hide the one that matters
//	decisions 60        1 a second      bans while many come at once; each is in the audit log for ever
var budgets = map[chat.Budget]Rate{
	chat.Messages:  {Burst: 30, Second: 5},
	chat.Bytes:     {Burst: 256 << 10, Second: 64 << 10},
	chat.Changes:   {Burst: 30, Second: 1.0 / 3},
	chat.Tries:     {Burst: 10, Second: 0.2},
	chat.Seats:     {Burst: chat.MaxGroup, Second: 10},
	chat.Saves:     {Burst: 120, Second: 5},
	chat.Searches:  {Burst: 30, Second: 5},
	chat.Transfers: {Burst: 8 << 20, Second: 1 << 10},
	chat.Codes:     {Burst: 20, Second: 1.0 / 60},
	chat.Joins:     {Burst: 20, Second: 0.2},
	chat.Requests:  {Burst: chat.MaxStrangers, Second: 1.0 / 600},
	chat.Reports:   {Burst: 5, Second: 1.0 / 120},
	chat.Decisions: {Burst: 60, Second: 1},
}

// maxPeople bounds the budgets that are remembered. Full ones are forgotten, so
// this many must be spending within a minute; whoever finds no room then shares
// one bucket with the others who find none.
const maxPeople = 1 << 17

// People is a chat.Limiter.
type People struct {
	now     func() time.Time
	buckets buckets[spender]
}

type spender struct {
	user   chat.UserID
	budget chat.Budget
}

var _ chat.Limiter = (*People)(nil)

// New returns full budgets for everybody.
func New(now func() time.Time) *People {
	return &People{now: now, buckets: newBuckets[spender](maxPeople)}
}

// Take is chat.Limiter. What is not counted is granted; more than fits into a
// budget at all costs the whole of it.
func (p *People) Take(user chat.UserID, b chat.Budget, n int) (time.Duration, bool) {
	r, counted := budgets[b]
	if !counted || n <= 0 {
		return 0, true
	}
	return p.buckets.take(spender{user, b}, r, n, p.now())
}

// Unlimited grants everything; for --no-limits and tests.
func Unlimited() chat.Limiter { return unlimited{} }

type unlimited struct{}

// Take is chat.Limiter.
func (unlimited) Take(chat.UserID, chat.Budget, int) (time.Duration, bool) { return 0, true }

// spend takes n from a bucket, or nothing, and says how long to wait then.
func spend(l *rate.Limiter, n int, now time.Time) (time.Duration, bool) {
	r := l.ReserveN(now, min(n, l.Burst()))
	wait := r.DelayFrom(now)
	if wait == 0 {
		return 0, true
	}
	r.CancelAt(now)
	return wait, false
}
