package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// BenchMiB is the size of the file that is sent, in MiB; 64 unless set.
const benchMiB = "CHARLA_BENCH_MIB"

// BenchmarkAgainstOpenSSH sends one file to charla and to OpenSSH's sshd with
// internal-sftp, and fetches it again, with OpenSSH's own sftp in turns:
//
//	CHARLA_BENCH_MIB=1024 go test ./cmd/charla -run '^$' -bench AgainstOpenSSH -benchtime 7x
//
// Both run beside each other on one disk, with AES-128-GCM. The figures are
// medians of the rounds: seconds of wall and of the server's CPU, and what part
// of sshd's wall charla takes. They do not promise the same: when put returns,
// charla has the file hashed, synced and announced in a log that is synced;
// sshd has it in memory.
func BenchmarkAgainstOpenSSH(b *testing.B) {
	size := int64(64)
	if mib, err := strconv.Atoi(os.Getenv(benchMiB)); err == nil && mib > 0 {
		size = int64(mib)
	}
	a := newArena(b)
	a.file("file", size<<20)
	puts, gets := samples{}, samples{}
	for round := 0; b.Loop(); round++ {
		a.stir("file")
		for i := range a.servers {
			s := a.servers[(round+i)%len(a.servers)] // neither is always the first
			puts.add(s.name, a.measure(s, "put file "+s.folder+"big"))
			gets.add(s.name, a.measure(s, "get "+s.folder+"big /dev/null"))
			a.sftp(s, "rm "+s.folder+"big")
		}
	}
	puts.report(b, "put")
	gets.report(b, "get")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkManyFilesAgainstOpenSSH sends 500 files of 4 KiB in one session; for
// each charla waits for the disk and the log.
func BenchmarkManyFilesAgainstOpenSSH(b *testing.B) {
	a := newArena(b)
	const files = 500
	var names []string
	for i := range files {
		names = append(names, fmt.Sprintf("many-%03d", i))
		a.file(names[i], 4<<10)
	}
	puts := samples{}
	for round := 0; b.Loop(); round++ {
		for _, name := range names {
			a.stir(name)
		}
		for i := range a.servers {
			s := a.servers[(round+i)%len(a.servers)]
			puts.add(s.name, a.measure(s, "put many-* "+s.folder))
			a.sftp(s, "rm "+s.folder+"many-*")
		}
	}
	puts.report(b, "put")
	b.ReportMetric(1000*median(puts["charla"], wall)/files, "charla-ms/file")
	b.ReportMetric(0, "ns/op")
}

// arena is a folder with two servers beside each other and one client.
type arena struct {
	b       *testing.B
	dir     string
	servers []*contestant
}

// contestant is a server that sftp talks to.
type contestant struct {
	name   string
	login  string
	folder string // where its files go, with the slash
	port   int
	cpu    func() time.Duration // so far, of all that served
}

func newArena(b *testing.B) *arena {
	b.Helper()
	sshd := program(b, "sshd", "/usr/sbin/sshd", "/usr/local/sbin/sshd")
	program(b, "sftp")
	a := &arena{b: b, dir: b.TempDir()}
	a.check(writeKey(filepath.Join(a.dir, "key")))
	a.servers = []*contestant{a.sshd(sshd), a.charla()}
	return a
}

func program(b *testing.B, name string, elsewhere ...string) string {
	b.Helper()
	for _, at := range append([]string{name}, elsewhere...) {
		if path, err := exec.LookPath(at); err == nil {
			return path
		}
	}
	b.Skipf("%s is not installed", name)
	return ""
}

func (a *arena) check(err error) {
	a.b.Helper()
	if err != nil {
		a.b.Fatal(err)
	}
}

func (a *arena) port() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	a.check(err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// sshd starts OpenSSH's server with a configuration of its own.
func (a *arena) sshd(path string) *contestant {
	me, err := user.Current()
	a.check(err)
	s := &contestant{name: "sshd", login: me.Username, folder: filepath.Join(a.dir, "there") + "/", port: a.port()}
	a.check(os.Mkdir(s.folder, 0o700))
	a.check(writeKey(filepath.Join(a.dir, "host")))
	config := filepath.Join(a.dir, "sshd_config")
	text := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nPidFile none\nAuthorizedKeysFile %[2]s/key.pub\n"+
		"StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n", s.port, a.dir)
	a.check(os.WriteFile(config, []byte(text), 0o600))
	if out, err := exec.Command(path, "-t", "-f", config).CombinedOutput(); err != nil {
		a.b.Skipf("sshd does not start: %s", out)
	}
	cmd := exec.Command(path, "-D", "-e", "-f", config)
	a.check(cmd.Start())
	a.b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	s.cpu = func() time.Duration {
		await(func() bool { return len(children(cmd.Process.Pid)) == 0 }) // what served is counted once it was waited for
		own, waited := cpuOf(cmd.Process.Pid)
		return own + waited
	}
	return s
}

// charla starts this program with a store on the same disk.
func (a *arena) charla() *contestant {
	s := &contestant{name: "charla", login: "ana", folder: "/lobby/", port: a.port()}
	p, err := startServer(a.dir, s.port, []string{"--no-limits"})
	a.check(err)
	a.b.Cleanup(p.kill)
	s.cpu = func() time.Duration { own, _ := cpuOf(p.cmd.Process.Pid); return own }
	a.run("ssh", append(a.options(s, "-p"), "-T", s.login+"@127.0.0.1", "register")...)
	return s
}

func (a *arena) options(s *contestant, port string) []string {
	return []string{
		"-F", "none", port, fmt.Sprint(s.port), "-i", filepath.Join(a.dir, "key"), "-c", "aes128-gcm@openssh.com",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
	}
}

func (a *arena) run(name string, args ...string) {
	a.b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = a.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal to ask at
	if out, err := cmd.CombinedOutput(); err != nil {
		a.b.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func (a *arena) sftp(s *contestant, line string) {
	a.b.Helper()
	batch := filepath.Join(a.dir, "batch")
	a.check(os.WriteFile(batch, []byte(line+"\n"), 0o600))
	a.run("sftp", append(a.options(s, "-P"), "-b", batch, s.login+"@127.0.0.1")...)
}

// file makes a file that no compression makes smaller.
func (a *arena) file(name string, size int64) {
	piece := make([]byte, min(size, 1<<20))
	_, _ = rand.Read(piece)
	f, err := os.Create(filepath.Join(a.dir, name))
	a.check(err)
	defer f.Close()
	for at := int64(0); at < size; at += int64(len(piece)) {
		_, err := f.Write(piece)
		a.check(err)
	}
}

// stir changes a file: charla keeps the same bytes only once.
func (a *arena) stir(name string) {
	f, err := os.OpenFile(filepath.Join(a.dir, name), os.O_WRONLY, 0)
	a.check(err)
	defer f.Close()
	_, err = f.WriteAt([]byte(rand.Text()), 0)
	a.check(err)
}

// sample is what one transfer took.
type sample struct{ wall, cpu time.Duration }

// samples are those of one kind of transfer, by server.
type samples map[string][]sample

func (s samples) add(server string, one sample) { s[server] = append(s[server], one) }

// measure runs a line of sftp; what the disk still has to do of the one before
// does not count.
func (a *arena) measure(s *contestant, line string) sample {
	a.b.Helper()
	syscall.Sync()
	before, began := s.cpu(), time.Now()
	a.sftp(s, line)
	took := time.Since(began)
	return sample{took, s.cpu() - before}
}

func wall(s sample) time.Duration { return s.wall }
func cpu(s sample) time.Duration  { return s.cpu }

func median(all []sample, of func(sample) time.Duration) float64 {
	var sorted []float64
	for _, s := range all {
		sorted = append(sorted, of(s).Seconds())
	}
	slices.Sort(sorted)
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func (s samples) report(b *testing.B, what string) {
	for server, all := range s {
		b.ReportMetric(median(all, wall), server+"-"+what+"-s")
		b.ReportMetric(median(all, cpu), server+"-"+what+"-cpu-s")
	}
	b.ReportMetric(median(s["charla"], wall)/median(s["sshd"], wall), what+"-ratio")
}

// tick is the unit of CPU time in /proc (USER_HZ).
const tick = 10 * time.Millisecond

// cpuOf is the CPU time of a process, and of its children that it waited for.
func cpuOf(pid int) (own, waited time.Duration) {
	f := stat(pid)
	if f == nil {
		return 0, 0
	}
	ticks := func(i int) time.Duration { n, _ := strconv.Atoi(f[i]); return time.Duration(n) * tick }
	return ticks(11) + ticks(12), ticks(13) + ticks(14)
}

// stat is what follows the name in /proc/PID/stat (proc_pid_stat(5)); nil
// where there is no such file.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

func children(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	return strings.Fields(string(text))
}

// BenchmarkQuietSFTPSessions opens 300 sftp sessions on as many connections of
// 15 people; each fetches a file of 1 MiB and then says nothing. What the server
// holds more than before is what they cost, at once and after three minutes.
func BenchmarkQuietSFTPSessions(b *testing.B) {
	const people, sessions = 15, 300
	s := &stage{dir: b.TempDir()}
	a := &arena{b: b, dir: s.dir}
	s.port = a.port()
	a.check(os.Mkdir(filepath.Join(s.dir, "keys"), 0o700))
	p, err := startServer(s.dir, s.port, []string{"--no-limits"})
	a.check(err)
	b.Cleanup(p.kill)
	inside := &insiders{stage: s}
	for i := range people {
		who := fmt.Sprintf("ana%d", i)
		a.check(writeKey(s.keyFile(who)))
		if _, errs, status := inside.ssh(login{who, who}, "register", nil); status != 0 {
			b.Fatal(errs)
		}
	}
	var before, transferring, quiet int64
	for b.Loop() {
		before = held(p.cmd.Process.Pid)
		var open []*ssh.Client
		for i := range sessions {
			who := fmt.Sprintf("ana%d", i%people)
			conn, files := a.connect(inside, login{who, who})
			if i == 0 {
				f, err := files.Create("/lobby/file")
				a.check(err)
				_, err = f.Write(make([]byte, 1<<20))
				a.check(err)
				a.check(f.Close())
			}
			f, err := files.Open("/lobby/file")
			a.check(err)
			_, err = f.WriteTo(io.Discard)
			a.check(err)
			a.check(f.Close())
			open = append(open, conn)
		}
		transferring = held(p.cmd.Process.Pid)
		time.Sleep(3 * time.Minute) // the runtime collects at least every two
		quiet = held(p.cmd.Process.Pid)
		for _, conn := range open {
			_ = conn.Close() // the server's end of it is what was measured
		}
	}
	b.ReportMetric(float64(transferring-before)/sessions, "KiB/session-at-once")
	b.ReportMetric(float64(quiet-before)/sessions, "KiB/session-quiet")
	b.ReportMetric(0, "ns/op")
}

func (a *arena) connect(c *insiders, who login) (*ssh.Client, *sftp.Client) {
	a.b.Helper()
	conn, _, err := c.dial(who, nobody)
	a.check(err)
	files, err := sftp.NewClient(conn)
	a.check(err)
	return conn, files
}

// held is the memory of a process in KiB (proc_pid_status(5), VmRSS).
func held(pid int) (kib int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	_, _ = fmt.Sscan(after, &kib)
	return kib
}
