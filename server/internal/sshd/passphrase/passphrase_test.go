package passphrase

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestHashOpensToItsPassphraseOnly(t *testing.T) {
	h, ctx := New(), context.Background()
	hash, err := h.Hash(ctx, "café con leche")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	for phrase, want := range map[string]bool{
		"café con leche":       true,
		"cafe\u0301 con leche": true, // the same letters from a system that takes them apart
		"cafe con leche":       false,
		"":                     false,
	} {
		if got, err := h.Matches(ctx, hash, phrase); got != want || err != nil {
			t.Errorf("%q matches: %t, %v", phrase, got, err)
		}
	}
	if got, err := h.Matches(ctx, "", ""); got || err != nil {
		t.Errorf("nothing matches nothing: %t, %v", got, err)
	}
	if again, _ := h.Hash(ctx, "café con leche"); again == hash {
		t.Error("two hashes have one salt")
	}
}

func TestWhatMayBeChosen(t *testing.T) {
	for phrase, want := range map[string]error{
		"12345678":                nil,
		"ñandúñan":                nil,
		"1234567":                 ErrShort,
		"":                        ErrShort,
		"          ":              ErrShort,
		strings.Repeat("x", 1025): ErrLong,
	} {
		if err := Check(phrase); err != want {
			t.Errorf("%q: %v, want %v", phrase, err, want)
		}
	}
}

func TestQueueIsBoundedAndCanBeLeft(t *testing.T) {
	h := New()
	release := h.occupy()
	if _, err := h.Hash(context.Background(), "correct horse"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	release()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Hash(ctx, "correct horse"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if len(h.queue) != 0 {
		t.Errorf("%d places are still taken", len(h.queue))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXN1bXNvbWVzdW1zb21lc3Vtc29tZXN1bTEyMzQ")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2i$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parse(s)
		if err == nil && (p.String() != s || p.memory > mostMemory || p.passes > mostPasses || p.lanes > mostLanes) {
			t.Errorf("%q was read as %+v", s, p)
		}
	})
}

// occupy takes every place until release is called.
func (h *Hasher) occupy() (release func()) {
	for range cap(h.queue) {
		h.queue <- struct{}{}
	}
	return func() {
		for range cap(h.queue) {
			<-h.queue
		}
	}
}
