package chat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// MaxBans is how many bans stand at a time: each is compared with each newcomer.
const MaxBans = 4096

// The shortest prefixes that are banned: what is shorter would keep out a good part
// of the internet. Of IPv6 that is all that a registry of a continent gives out.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

// The shortest prefixes that admins ban: what one site has. Behind more there may be
// whom they may not ban.
const (
	adminIPv4 = 24
	adminIPv6 = 48
)

// KeepsOut reports whether somebody of rank r may ban a network, and the shortest
// prefix for who may not.
func (r Rank) KeepsOut(n netip.Prefix) (may bool, shortest int) {
	shortest = adminIPv6
	if n.Addr().Is4() {
		shortest = adminIPv4
	}
	return deeds[r][moderates] && (n.Bits() >= shortest || below[r][RankAdmin]), shortest
}

// Overrules reports whether somebody of rank r may undo what one of another rank
// decided, as what they were then: not what somebody above them did.
func (r Rank) Overrules(decided Rank) bool { return deeds[r][moderates] && !below[decided][r] }

// In reports whether the ban stands at a time.
func (b Ban) In(at time.Time) bool { return b.Until.IsZero() || b.Until.After(at) }

// Same reports whether both keep out the same: the newer one is the one in force.
func (b Ban) Same(o Ban) bool {
	return b.User == o.User && b.Key == o.Key && b.Network == o.Network
}

// Valid reports whether a ban of that time names one thing, and a network that may
// be named.
func (b Ban) Valid(at time.Time) bool {
	named := 0
	for _, is := range []bool{!b.User.IsZero(), b.Key != "", b.Network != netip.Prefix{}} {
		if is {
			named++
		}
	}
	network := b.Network == netip.Prefix{} || bannable(b.Network)
	return named == 1 && network && b.In(at) && len(b.Key) <= len(fingerprintPrefix)+43
}

// bannable reports a network that is not too large, written as it is compared, and
// in which the server's own machine is not.
func bannable(n netip.Prefix) bool {
	widest := widestIPv6
	if n.Addr().Is4() {
		widest = widestIPv4
	}
	own := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback(), netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	return n.IsValid() && n == n.Masked() && !n.Addr().Is4In6() && n.Bits() >= widest &&
		!slices.ContainsFunc(own, n.Contains) && !n.Addr().IsLoopback()
}

const fingerprintPrefix = "SHA256:"

// ParseBan is what a ban's target means that is no nick: a key by its fingerprint
// or as a public key, a network or an address. Of an IPv6 address it is the /64,
// which is what one customer has. ok is false for anything else, as a nick.
func ParseBan(typed string) (_ Ban, ok bool) {
	typed = strings.TrimSpace(typed)
	if rest, is := strings.CutPrefix(typed, fingerprintPrefix); is {
		raw, err := base64.RawStdEncoding.Strict().DecodeString(rest)
		return Ban{Key: typed}, err == nil && len(raw) == sha256.Size
	}
	if key, is := fingerprintOf(typed); is {
		return Ban{Key: key}, true
	}
	if n, err := netip.ParsePrefix(typed); err == nil {
		return Ban{Network: plain(n)}, true
	}
	addr, err := netip.ParseAddr(typed)
	if err != nil {
		return Ban{}, false
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return Ban{Network: netip.PrefixFrom(addr, 32)}, true
	}
	return Ban{Network: netip.PrefixFrom(addr, 64).Masked()}, true
}

// plain is a prefix without the bits behind it, and of IPv4 as such.
func plain(n netip.Prefix) netip.Prefix {
	if n.Addr().Is4In6() && n.Bits() >= 96 {
		n = netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96)
	}
	return n.Masked()
}

// fingerprintOf is the fingerprint of a line of a .pub file: the name of an
// algorithm and the key, which begins with that name (RFC 4253 6.6).
func fingerprintOf(line string) (string, bool) {
	words := strings.Fields(line)
	if len(words) < 2 || len(line) > 16<<10 {
		return "", false
	}
	blob, err := base64.StdEncoding.DecodeString(words[1])
	name := append([]byte{0, 0, byte(len(words[0]) >> 8), byte(len(words[0]))}, words[0]...)
	if err != nil || !bytes.HasPrefix(blob, name) {
		return "", false
	}
	sum := sha256.Sum256(blob)
	return fingerprintPrefix + base64.RawStdEncoding.EncodeToString(sum[:]), true
}

// Ban keeps out a nick, a key or a network, for a term or, if that is 0, until it is
// lifted. What is typed with "@" is a nick whatever it looks like. A newer ban of
// the same takes the place of the older one.
func (a *Actor) Ban(ctx context.Context, typed string, term time.Duration, reason string) (_ Ban, err error) {
	defer wrap(&err, "ban")
	b, err := a.banOf(ctx, typed)
	if err != nil {
		return Ban{}, err
	}
	if b.Reason, err = cleanReason(reason); err != nil {
		return Ban{}, err
	}
	if term > 0 {
		b.Until = a.until(min(max(term, time.Minute), MaxTerm))
	}
	bans, err := a.s.Reader.Bans(ctx)
	if err != nil {
		return Ban{}, err
	}
	if old := inForce(bans, a.s.Now(), b.Same); old != nil {
		if err := a.overrules(ctx, old.As); err != nil {
			return Ban{}, err
		}
	}
	if len(bans) >= MaxBans && !slices.ContainsFunc(bans, func(o Ban) bool { return !o.In(a.s.Now()) || o.Same(b) }) {
		return Ban{}, &Error{Code: TooMany, Name: "bans", Limit: MaxBans}
	}
	return b, a.rule(ctx, Banned{Ban: b})
}

// overrules is NotAllowed for a ban or silence that somebody decided as a rank above
// the person's, whatever became of that somebody: an admin neither lifts it nor puts a
// shorter one in its place.
func (a *Actor) overrules(ctx context.Context, decided Rank) error {
	rank, err := a.rank(ctx)
	if err == nil && !rank.Overrules(decided) {
		err = &Error{Code: NotAllowed, Why: WhyAbove}
	}
	return err
}

// banOf is what the person may ban of what they typed. Nobody bans their own key or
// network, or a key of somebody about whom they may not decide, were it only pasted.
func (a *Actor) banOf(ctx context.Context, typed string) (Ban, error) {
	if err := a.mayDo(ctx, moderates); err != nil {
		return Ban{}, err
	}
	b, ok := ParseBan(typed)
	switch {
	case !ok:
		p, err := a.lasting(ctx, typed)
		return Ban{User: p.ID}, err
	case b.Key == "" && !bannable(b.Network):
		return Ban{}, &Error{Code: NetworkWide, Name: OneLine(typed, 60)}
	case b.Key == "" && b.Network.Contains(a.from):
		return Ban{}, &Error{Code: OwnNetwork, Name: b.Network.String()}
	}
	rank, err := a.rank(ctx)
	if err != nil {
		return Ban{}, err
	}
	if b.Key == "" {
		if may, shortest := rank.KeepsOut(b.Network); !may {
			return Ban{}, &Error{Code: NetworkWide, Name: b.Network.String(), Limit: shortest}
		}
		return b, nil
	}
	holders, err := a.s.Reader.PeopleByKey(ctx, b.Key)
	for _, p := range holders {
		if p.ID == a.me.ID || !below[rank][p.Rank] {
			return Ban{}, a.notOver(p)
		}
	}
	return b, err
}

// Unban lifts the ban of a nick, key or network.
func (a *Actor) Unban(ctx context.Context, typed string) (err error) {
	defer wrap(&err, "unban")
	if err := a.mayDo(ctx, moderates); err != nil {
		return err
	}
	target, ok := ParseBan(typed)
	if !ok {
		p, err := a.over(ctx, moderates, typed)
		if err != nil {
			return err
		}
		target.User = p.ID
	}
	bans, err := a.s.Reader.Bans(ctx)
	if err != nil {
		return err
	}
	now := a.s.Now()
	b := inForce(bans, now, target.Same)
	if b == nil {
		return &Error{Code: NothingPending, Name: OneLine(typed, 60), Why: WhyNotBanned}
	}
	if err := a.overrules(ctx, b.As); err != nil {
		return err
	}
	return a.rule(ctx, BanLifted{Ban: b.ID})
}

// Bans lists what is kept out now, the oldest first.
func (a *Actor) Bans(ctx context.Context) (_ []Ban, err error) {
	defer wrap(&err, "bans")
	if err := a.mayDo(ctx, moderates); err != nil {
		return nil, err
	}
	all, err := a.s.Reader.Bans(ctx)
	now := a.s.Now()
	var standing []Ban
	for _, b := range all {
		if b.In(now) {
			standing = append(standing, b)
		}
	}
	return standing, err
}

// inForce is the newest ban in force that fits.
func inForce(bans []Ban, at time.Time, fits func(Ban) bool) *Ban {
	for _, b := range slices.Backward(bans) {
		if b.In(at) && fits(b) {
			return &b
		}
	}
	return nil
}
