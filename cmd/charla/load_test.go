package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"charla/cmd/charla/internal/load"
)

// startOpen starts a server without limits on a port that is free.
func startOpen(t *testing.T) (*process, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	p, err := startServer(t.TempDir(), port, []string{"--no-limits"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p, port
}

// Twenty people come in and write, far faster than people may, and everything
// is seen on every screen. The same people come back.
func TestLoadSeesEveryDelivery(t *testing.T) {
	server, port := startOpen(t)
	c := load.Config{
		Address: fmt.Sprintf("127.0.0.1:%d", port), Sessions: 20, Rate: 50, For: time.Second, Idle: 100 * time.Millisecond,
		Connecting: 8, PID: server.cmd.Process.Pid, Prefix: "load", Seed: 1,
	}
	for _, round := range []string{"first", "second"} {
		report, err := load.Run(t.Context(), c)
		if err != nil {
			t.Fatalf("%s run: %v\n%s", round, err, server.errors())
		}
		plausible(t, report)
	}
	c.Seed = 2
	if _, err := load.Run(t.Context(), c); !errors.Is(err, load.ErrConnect) {
		t.Errorf("other people come in under the same nicks: %v", err)
	}
}

func plausible(t *testing.T, r load.Report) {
	t.Helper()
	var table strings.Builder
	if err := r.Write(&table); err != nil {
		t.Fatal(err)
	}
	switch {
	case r.Connected != 20 || r.Failures != 0 || r.Lost != 0:
		t.Errorf("not everybody was there:\n%s", &table)
	case r.Messages != 50 || r.Expected != 50*19 || r.Seen != r.Expected:
		t.Errorf("not everything was seen:\n%s", &table)
	case r.LatencyP50 <= 0 || r.LatencyP50 > r.LatencyP90 || r.LatencyP90 > r.LatencyP99 || r.LatencyP99 > r.LatencyMax:
		t.Errorf("latencies:\n%s", &table)
	case r.ScreenP50 <= 0 || r.ScreenP50 > r.ScreenP99 || r.ConnectRate <= 0 || r.Bytes < 24:
		t.Errorf("figures:\n%s", &table)
	case r.Server == nil || r.Server.RSS < 1 || r.Server.ConnectCPU < 0 || r.Server.DeliveryCPU < 0:
		t.Errorf("server's figures:\n%s", &table)
	}
}

// A run that is interrupted leaves nobody behind and has a report.
func TestLoadIsInterrupted(t *testing.T) {
	server, port := startOpen(t)
	ctx, interrupt := context.WithCancel(t.Context())
	report, err := load.Run(ctx, load.Config{
		Address: fmt.Sprintf("127.0.0.1:%d", port), Sessions: 3, Rate: 1, For: time.Hour, Connecting: 3, Prefix: "load", Seed: 1,
		Tell: func(sentence string) {
			if strings.Contains(sentence, "messages") {
				interrupt()
			}
		},
	})
	if !errors.Is(err, load.ErrInterrupted) || report.Connected != 3 {
		t.Errorf("%v, %+v\n%s", err, report, server.errors())
	}
}

// A server that dies is told from one that is slow.
func TestLoadLosesItsServer(t *testing.T) {
	server, port := startOpen(t)
	report, err := load.Run(t.Context(), load.Config{
		Address: fmt.Sprintf("127.0.0.1:%d", port), Sessions: 3, Rate: 10, For: time.Second, Connecting: 3, Prefix: "load", Seed: 1,
		Tell: func(sentence string) {
			if strings.Contains(sentence, "messages") {
				server.kill()
			}
		},
	})
	if !errors.Is(err, load.ErrLost) || !errors.Is(err, load.ErrMissed) || report.Lost != 3 || report.Expected != 20 {
		t.Errorf("%v, %+v", err, report)
	}
}

func TestLoadRefusesAPublicAddress(t *testing.T) {
	var out, errs strings.Builder
	root := newRoot(&out, &errs, func(string) string { return "" })
	root.SetArgs([]string{"load", "198.51.100.7:22"})
	if err := root.Execute(); !errors.Is(err, load.ErrStranger) || out.Len() > 0 {
		t.Errorf("%v\n%s", err, &out)
	}
	root.SetArgs([]string{"load", "127.0.0.1:22", "--sessions", "0"})
	if err := root.Execute(); exitStatus(err) != exitUsage {
		t.Errorf("no sessions: %v", err)
	}
}
