package journal

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"
)

// seal is where the log ended some seconds ago, kept beside it. After a crash
// the embedded server cuts a block off at the first record that it cannot read
// (a flipped bit), and says nothing; when the read model is gone as well, only
// this knows that there was more.
type seal struct {
	Created time.Time `json:"created"` // of the log
	Last    uint64    `json:"last"`
}

const (
	sealFile  = "end.json"
	maxSeal   = 4 << 10
	sealEvery = 5 * time.Second
)

// readSeal is the zero seal for a folder without one, and for one that cannot be
// read: it only ever adds to what is known.
func readSeal(dir string) (s seal) {
	f, err := os.Open(filepath.Join(dir, sealFile))
	if err != nil {
		return seal{}
	}
	defer f.Close()
	raw := make([]byte, maxSeal)
	n, err := f.Read(raw)
	if err != nil || json.Unmarshal(raw[:n], &s) != nil {
		return seal{}
	}
	return s
}

// write puts s in the place of the one before, whole or not at all.
func (s seal) write(dir string) (err error) {
	defer wrap(&err, "note the end of the log")
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, sealFile)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// unseal takes up the seal that is there. A log that ends before it has lost
// its end; whoever reads over damage has decided to do without.
func (j *Journal) unseal(created time.Time, last uint64) error {
	s := readSeal(j.o.Dir)
	if s.Created.Equal(created) && s.Last > last && !j.o.ReadOverDamage {
		j.cutOff = s.Last - last
	}
	j.sealed = seal{Created: created, Last: last}
	if j.cutOff > 0 || s == j.sealed {
		return nil
	}
	return j.sealed.write(j.o.Dir)
}

// reseal notes from time to time, and at the end, how far the log reaches. What
// lost its end keeps its seal as a witness until it has grown beyond it.
func (j *Journal) reseal() {
	defer close(j.resealed)
	defer func() {
		if p := recover(); p != nil {
			j.log.Error("panic", "in", "journal", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for last := false; !last; {
		select {
		case <-tick.C:
		case <-j.life.Done():
			last = true
		}
		acked := j.acked.Load()
		if acked <= j.sealed.Last+j.cutOff {
			continue
		}
		s := seal{Created: j.sealed.Created, Last: acked}
		if err := s.write(j.o.Dir); err != nil {
			j.log.Warn("what is stored is safe, only its end was not noted", "err", err)
			continue
		}
		j.sealed = s
	}
}
