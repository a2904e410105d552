package load

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Report is what was measured. Times are in milliseconds unless named otherwise.
type Report struct {
	Address  string `json:"address"`
	Sessions int    `json:"sessions"`

	Connected      int     `json:"connected"`
	Failures       int     `json:"failures"`
	FirstFailure   string  `json:"first_failure,omitempty"`
	Lost           int     `json:"lost"` // came in, and the server ended them
	ConnectSeconds float64 `json:"connect_s"`
	ConnectRate    float64 `json:"connects_per_s"`
	ScreenP50      float64 `json:"first_screen_p50_ms"`
	ScreenP99      float64 `json:"first_screen_p99_ms"`
	Restless       bool    `json:"restless,omitempty"` // it was never quiet before the idle window

	IdleBytes float64 `json:"idle_bytes_per_session_s"`

	Messages   int     `json:"messages"`
	SendLate   float64 `json:"send_late_max_ms"` // how far this tool fell behind the rate
	Seen       int64   `json:"seen"`
	Expected   int64   `json:"expected"`
	LatencyP50 float64 `json:"latency_p50_ms"`
	LatencyP90 float64 `json:"latency_p90_ms"`
	LatencyP99 float64 `json:"latency_p99_ms"`
	LatencyMax float64 `json:"latency_max_ms"`
	Bytes      float64 `json:"bytes_per_delivery"`

	Server *Server `json:"server,omitempty"`

	LoadBefore string `json:"load_average_before,omitempty"`
	LoadAfter  string `json:"load_average_after,omitempty"`
}

// Server is what the server's process used. A figure whose window was not
// reached, or at whose end the process was gone, is 0.
type Server struct {
	ConnectCPU  float64 `json:"cpu_per_connect_ms"`
	IdleCPU     float64 `json:"cpu_idle_us_per_session_s"`
	DeliveryCPU float64 `json:"cpu_per_delivery_us"`
	KiB         float64 `json:"kib_per_session"`       // from before connecting to the end of the idle window
	KiBAfter    float64 `json:"kib_per_session_after"` // to the end of the messages
	RSS         float64 `json:"rss_mib"`               // at the last reading
}

func (r *Report) connected(n int, took time.Duration, screens *histogram) {
	r.Connected = n
	r.ConnectSeconds = took.Seconds()
	r.ConnectRate = per(float64(n), took.Seconds())
	r.ScreenP50, r.ScreenP99 = screens.quantile(.5), screens.quantile(.99)
}

func (r *Report) idled(bytes int64, sessions int, d time.Duration) {
	r.IdleBytes = per(float64(bytes), float64(sessions)*d.Seconds())
}

func (r *Report) sent(expected int, behind time.Duration) {
	r.Messages++
	r.Expected += int64(expected)
	r.SendLate = max(r.SendLate, float64(behind.Microseconds())/1000)
}

func (r *Report) talked(b *board, bytes int64) {
	r.Seen = b.seen.Load()
	r.LatencyP50, r.LatencyP90, r.LatencyP99 = b.latency.quantile(.5), b.latency.quantile(.9), b.latency.quantile(.99)
	r.LatencyMax = b.latency.max()
	r.Bytes = per(float64(bytes), float64(r.Seen))
}

// server divides what the process used by what it was used for.
func (r *run) server() *Server {
	n := float64(len(r.sessions))
	us := func(from, to usage) float64 { return float64((to.cpu - from.cpu).Microseconds()) }
	kib := func(u usage) float64 { return per(float64(u.kib-r.before.kib), n) }
	s := &Server{}
	if !r.connected.at.IsZero() {
		s.ConnectCPU = per(us(r.before, r.connected)/1000, n)
		s.RSS = float64(r.connected.kib) / 1024
	}
	if !r.idled.at.IsZero() {
		s.IdleCPU = per(us(r.connected, r.idled), n*r.idled.at.Sub(r.connected.at).Seconds())
		s.KiB, s.RSS = kib(r.idled), float64(r.idled.kib)/1024
	}
	if r.ended.cpu > 0 {
		s.DeliveryCPU = per(us(r.idled, r.ended), float64(r.report.Seen))
		s.KiBAfter, s.RSS = kib(r.ended), float64(r.ended.kib)/1024
	}
	return s
}

func per(what, of float64) float64 {
	if of == 0 {
		return 0
	}
	return what / of
}

// Write prints the report as a table.
func (r Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, values ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", values...) }
	row("sessions", "%d of %d at %s, %d lost", r.Connected, r.Sessions, r.Address, r.Lost)
	row("connect", "%.1f s, %.0f a second", r.ConnectSeconds, r.ConnectRate)
	row("first screen", "p50 %.1f ms, p99 %.1f ms", r.ScreenP50, r.ScreenP99)
	row("idle", "%.1f bytes/s per session", r.IdleBytes)
	if r.Restless {
		row("", "it was not quiet before the idle window")
	}
	row("messages", "%d, sent at most %.1f ms late", r.Messages, r.SendLate)
	row("deliveries", "%d seen of %d", r.Seen, r.Expected)
	row("latency", "p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms", r.LatencyP50, r.LatencyP90, r.LatencyP99, r.LatencyMax)
	row("bytes", "%.0f per delivery", r.Bytes)
	if s := r.Server; s != nil {
		row("server CPU", "%.2f ms per connect, %.1f us per delivery, %.1f us/s per idle session", s.ConnectCPU, s.DeliveryCPU, s.IdleCPU)
		row("server memory", "%.0f KiB per session, %.0f after the messages, %.0f MiB in all", s.KiB, s.KiBAfter, s.RSS)
	}
	if r.LoadBefore != "" {
		row("load average", "%s before, %s after", r.LoadBefore, r.LoadAfter)
	}
	return t.Flush()
}
