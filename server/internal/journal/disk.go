package journal

// mostStore bounds the default: starting after a crash reads the whole log.
const mostStore = 64 << 30

// DefaultMaxStore is how many bytes the log may take if nobody says: half the
// disk that dir is (or will be) on, at most 64 GiB.
func DefaultMaxStore(dir string) int64 {
	total, known := totalBytes(dir)
	if !known {
		return mostStore
	}
	return max(minStore, min(total/2, mostStore))
}
