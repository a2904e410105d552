package load

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: USER_HZ, 100 on every Linux (proc(5)).
const tick = 10 * time.Millisecond

// usage is what a process has used so far, and has now.
type usage struct {
	cpu time.Duration
	kib int64 // resident
	at  time.Time
}

// meter reads the usage of a process from /proc; one for pid 0 reads nothing.
type meter struct{ pid int }

func (m meter) read() (usage, error) {
	u := usage{at: time.Now()}
	if m.pid == 0 {
		return u, nil
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.pid))
	if err != nil {
		return u, fmt.Errorf("server's usage: %w", err)
	}
	if u.cpu, err = parseStat(string(stat)); err != nil {
		return u, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.pid))
	if err != nil {
		return u, fmt.Errorf("server's usage: %w", err)
	}
	u.kib, err = parseStatus(string(status))
	return u, err
}

// parseStat adds utime and stime, the 14th and 15th field of /proc/PID/stat.
// The second is a name in parentheses that may hold anything.
func parseStat(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc stat has %d fields after the name", len(fields))
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/proc stat: utime: %w", err)
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/proc stat: stime: %w", err)
	}
	return time.Duration(user+system) * tick, nil
}

func parseStatus(status string) (int64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("/proc status: VmRSS: %w", err)
			}
			return kib, nil
		}
	}
	return 0, fmt.Errorf("/proc status has no VmRSS: has the process ended?")
}

// loadAverage is that of the last minute, or "" where the system does not say.
func loadAverage() string {
	line, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(line), " ")
	return first
}
