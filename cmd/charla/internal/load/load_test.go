package load

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestStrangersAreLeftAlone(t *testing.T) {
	tests := []struct {
		address  string
		anywhere bool
		dials    string // "": refused
	}{
		{"127.0.0.1:2222", false, "127.0.0.1:2222"},
		{"[::1]:22", false, "[::1]:22"},
		{"10.1.2.3:22", false, "10.1.2.3:22"},
		{"192.168.0.9:22", false, "192.168.0.9:22"},
		{"[::ffff:192.168.0.9]:22", false, "192.168.0.9:22"},
		{"[fe80::1]:22", false, "[fe80::1]:22"},
		{"198.51.100.7:22", false, ""},
		{"[2001:db8::1]:22", false, ""},
		{"[::ffff:198.51.100.7]:22", false, ""},
		{"0.0.0.0:22", false, ""},
		{"198.51.100.7:22", true, "198.51.100.7:22"},
	}
	for _, tt := range tests {
		got, err := resolve(t.Context(), tt.address, tt.anywhere)
		if got != tt.dials || (tt.dials == "") != errors.Is(err, ErrStranger) {
			t.Errorf("%s: %q, %v", tt.address, got, err)
		}
	}
	c := Config{Address: "198.51.100.7:22", Sessions: 2, Connecting: 1}
	if report, err := Run(t.Context(), c); !errors.Is(err, ErrStranger) || report.Sessions != 0 {
		t.Errorf("a run against a stranger: %+v, %v", report, err)
	}
}

func TestQuantiles(t *testing.T) {
	var h histogram
	if h.quantile(.99) != 0 {
		t.Error("of none")
	}
	for us := range 100_000 {
		h.add(time.Duration(us+1) * time.Microsecond)
	}
	for q, want := range map[float64]float64{.5: 50, .9: 90, .99: 99, 1: 100} {
		if got := h.quantile(q); math.Abs(got-want) > want/64 {
			t.Errorf("quantile %g is %g ms, want %g", q, got, want)
		}
	}
	if h.max() != 100 {
		t.Errorf("max %g", h.max())
	}
	h.add(math.MaxInt64)
	h.add(-time.Second)
}

func TestEveryBucketHoldsItsLargest(t *testing.T) {
	for us := int64(1); us < 1<<44; us += us/50 + 1 {
		b := bucketOf(us)
		if top := largestIn(b); top < us || float64(top-us) > float64(us)/64 || bucketOf(top) != b || bucketOf(top+1) != b+1 {
			t.Fatalf("%d us is in bucket %d, which ends with %d", us, b, top)
		}
	}
}

func TestProcFiles(t *testing.T) {
	// a name can hold what looks like fields
	cpu, err := parseStat("42 (a) R 1 (b) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1 1 1\n")
	if err != nil || cpu != 3*time.Second {
		t.Errorf("%s, %v", cpu, err)
	}
	kib, err := parseStatus("Name:\tcharla\nVmPeak:\t 99 kB\nVmRSS:\t   1234 kB\n")
	if err != nil || kib != 1234 {
		t.Errorf("%d, %v", kib, err)
	}
	for _, broken := range []string{"", "42 (a", "42 (a) R 1 2 3", "42 (a) S 1 42 42 0 -1 4194560 100 0 0 0 x 50 0"} {
		if _, err := parseStat(broken); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
	if _, err := parseStatus("Name:\tcharla\n"); err == nil {
		t.Error("a zombie has no memory")
	}
}

func TestWhatCannotBeRun(t *testing.T) {
	good := Config{Sessions: 2, Rate: 10, For: time.Second, Connecting: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		change func(*Config)
		names  string
	}{
		{func(c *Config) { c.Sessions = 1 }, "--sessions"},
		{func(c *Config) { c.Sessions = 1 << 30 }, "--sessions"},
		{func(c *Config) { c.Rate = -1 }, "--rate"},
		{func(c *Config) { c.Rate = math.NaN() }, "--rate"},
		{func(c *Config) { c.Rate = math.Inf(1) }, "--rate"},
		{func(c *Config) { c.For = -1 }, "--for"},
		{func(c *Config) { c.Idle = -1 }, "--idle"},
		{func(c *Config) { c.Connecting = 0 }, "--connecting"},
		{func(c *Config) { c.PID = -1 }, "--pid"},
	}
	for _, tt := range tests {
		c := good
		tt.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), tt.names) {
			t.Errorf("%+v: %v, want a mistake in %s", c, err, tt.names)
		}
	}
}
