package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/config"
)

// settled is a house whose settings come from the file in its folder.
func settled(t *testing.T, text string) *house {
	h := newHouse(t)
	if err := os.MkdirAll(h.cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	h.write(text)
	cfg, err := h.sources().Load()
	if err != nil {
		t.Fatal(err)
	}
	h.cfg = cfg
	o := h.options()
	o.Settings = h.sources().Load
	if h.Server, err = Open(t.Context(), cfg, o); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) write(text string) {
	h.t.Helper()
	if err := os.WriteFile(h.path(config.FileName), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) sources() config.Sources {
	here, data := "127.0.0.1:0", h.cfg.Data
	return config.Sources{Getenv: func(string) string { return "" }, Flags: config.Flags{Listen: &here, Data: &data}}
}

// An operator opens the door to guests while people chat, and makes mistakes.
func TestReloadChangesAllOrNothing(t *testing.T) {
	h := settled(t, "registration = \"invite\"\n")
	h.write("registration = \"closed\"\nguests = true\nlanguage = \"es\"\n")
	got, err := h.Reload()
	if err != nil {
		t.Fatal(err)
	}
	want := command.Reloaded{File: filepath.Join(h.cfg.Data, config.FileName), Changed: []string{"registration", "guests"}, Waiting: []string{"language"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	before := h.live()
	if policy := h.chat.Policy(); policy != (chat.Policy{Registration: chat.Closed, Guests: true}) {
		t.Errorf("the chat goes by %+v", policy)
	}
	if before.Registration != config.Closed || !before.Guests || before.Lang != h.cfg.Lang {
		t.Errorf("live: %+v", before)
	}
	for _, text := range []string{"registration = \"open\"\nguests = maybe\n", "registration = \"open\"\n[keys]\ndeny = [\"x\"]\n", "guest = true\n"} {
		h.write(text)
		var mistake *config.Error
		if _, err := h.Reload(); !errors.As(err, &mistake) || !strings.Contains(err.Error(), config.FileName+":") {
			t.Errorf("%q: got %v", text, err)
		}
		if h.live() != before {
			t.Errorf("%q has changed something: %+v", text, h.live())
		}
	}
	if err := os.Remove(h.path(config.FileName)); err != nil {
		t.Fatal(err)
	}
	if got, err = h.Reload(); err != nil || got.File != "" || h.live().Registration != config.Open {
		t.Errorf("without the file the defaults hold: %+v %v", got, err)
	}
}

// Whoever asks while it is read again gets the settings of before or of after,
// never some of each.
func TestWhoeverAsksDuringAReloadGetsWholeSettings(t *testing.T) {
	both := []string{"registration = \"closed\"\nguests = true\n", ""}
	h := settled(t, both[0])
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if now := h.live(); (now.Registration == config.Closed) != now.Guests {
					t.Errorf("half: %+v", now)
					return
				}
			}
		})
	}
	for i := range 50 {
		h.write(both[i%2])
		if _, err := h.Reload(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	asking.Wait()
}

// When something that everybody needs failed, Close waited for ever for what Run
// had started: nobody had told it to end.
func TestAFailureEndsTheServerRegression(t *testing.T) {
	h := newHouse(t)
	h.open()
	failure := errors.New("the projector fell over")
	h.failed(failure)
	if err := h.Run(context.Background()); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	closed := make(chan error, 1)
	s := h.Server
	h.Server = nil // it is closed here, or not at all
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Close does not return")
	}
}

// A hangup reads them again too, and what came of it is in the log.
func TestAHangupReloads(t *testing.T) {
	h := settled(t, "")
	hangups := make(chan os.Signal, 1)
	h.hangups = hangups
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	h.write("guests = true\n")
	hangups <- syscall.SIGHUP
	for deadline := time.Now().Add(20 * time.Second); !h.live().Guests; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing has changed")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
