package blob

import (
	"slices"
	"sort"
)

// maxSpans bounds how many islands of bytes ahead of the frontier an upload
// remembers. At the bound a new island is forgotten: the frontier then stops
// before it and Commit hashes the rest, which is slower and never wrong. An
// OpenSSH client has at most 64 writes in flight.
const maxSpans = 256

// spans knows which bytes of a file have been written.
type spans struct {
	frontier int64  // every byte before it has been written
	ahead    []span // beyond the frontier: in order, neither touching nor overlapping
}

type span struct{ from, to int64 }

// add notes that the bytes from (included) to (excluded) have been written.
func (s *spans) add(from, to int64) {
	if from > s.frontier {
		s.addAhead(from, to)
		return
	}
	s.frontier = max(s.frontier, to)
	n := 0
	for n < len(s.ahead) && s.ahead[n].from <= s.frontier {
		s.frontier = max(s.frontier, s.ahead[n].to)
		n++
	}
	s.ahead = slices.Delete(s.ahead, 0, n)
}

func (s *spans) addAhead(from, to int64) {
	first := sort.Search(len(s.ahead), func(i int) bool { return s.ahead[i].to >= from })
	last := first
	for last < len(s.ahead) && s.ahead[last].from <= to {
		from, to = min(from, s.ahead[last].from), max(to, s.ahead[last].to)
		last++
	}
	if first == last && len(s.ahead) >= maxSpans {
		return
	}
	s.ahead = slices.Replace(s.ahead, first, last, span{from, to})
}

// cut notes that the file now ends at size.
func (s *spans) cut(size int64) {
	s.frontier = min(s.frontier, size)
	for len(s.ahead) > 0 {
		last := &s.ahead[len(s.ahead)-1]
		if last.from < size {
			last.to = min(last.to, size)
			return
		}
		s.ahead = s.ahead[:len(s.ahead)-1]
	}
}
