package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"charla/server/sshclient"
)

// BenchmarkReady is how long people wait after kill -9: from starting the program
// to the first answer over ssh. CHARLA_GROWN names the data folder of a chat that
// has grown (BenchmarkGrown of package server makes one); without it the chat is
// an empty one.
//
//	CHARLA_GROWN=DIR go test -run xxx -bench Ready -benchtime 10x ./cmd/charla
func BenchmarkReady(b *testing.B) {
	dir := b.TempDir()
	data := os.Getenv("CHARLA_GROWN")
	if data == "" {
		data = filepath.Join(dir, "data")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	path := filepath.Join(dir, "key")
	if err := writeKey(path); err != nil {
		b.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	key, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		b.Fatal(err)
	}
	nick := "ready" + time.Now().Format("150405") // a grown chat knows those of earlier runs
	run := func(line string) {
		b.Helper()
		client, err := sshclient.Dial(address, &ssh.ClientConfig{
			User: nick, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: patience,
		})
		if err == nil {
			_, err = command(client, line)
			client.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	var cpu time.Duration
	for n := range b.N + 1 {
		begin := time.Now()
		p, err := startServer(dir, port, []string{"--no-limits", "--data", data})
		if err != nil {
			b.Fatal(err)
		}
		defer p.kill()
		if n == 0 {
			run("register")
		}
		run("whoami")
		if n > 0 { // the first start was after whatever came before
			took = append(took, time.Since(begin))
		}
		run("send lobby one more line before the end")
		p.kill()
		if n > 0 {
			cpu += p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
		}
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "max-ms")
	b.ReportMetric(float64(cpu.Milliseconds())/float64(len(took)), "CPU-ms")
}
