package limit

import (
	"net/netip"
	"time"
)

// maxAddresses bounds the addresses that are remembered; see maxPeople.
const maxAddresses = 1 << 16

// Addresses limits what comes from one IPv4 address, or from one IPv6 /64: who
// has one address of those has all of them.
type Addresses struct {
	rate    Rate
	now     func() time.Time
	buckets buckets[netip.Prefix]
}

// NewAddresses returns full buckets of that rate for every address.
func NewAddresses(r Rate, now func() time.Time) *Addresses {
	return &Addresses{rate: r, now: now, buckets: newBuckets[netip.Prefix](maxAddresses)}
}

// Take spends one of the address's bucket; when that is empty it says how long
// to wait.
func (a *Addresses) Take(addr netip.Addr) (wait time.Duration, ok bool) {
	return a.buckets.take(PrefixOf(addr), a.rate, 1, a.now())
}

// Look is what Take would answer now; it spends nothing.
func (a *Addresses) Look(addr netip.Addr) (wait time.Duration, ok bool) {
	return a.buckets.look(PrefixOf(addr), a.rate, a.now())
}

// PrefixOf is what addr is counted as. An IPv4 address in IPv6 clothes is
// itself; the zero Addr is counted as one of its own.
func PrefixOf(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // of the zero Addr alone
	}
	return prefix
}
