package command

import (
	"context"
	"fmt"
	"time"

	"charla/server/i18n"
)

var adminStatus = Command{
	English: []string{operators + " status"}, Spanish: []string{operators + " estado"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Operator.Status },
	For:   lookers,
	run:   runAdminStatus,
}

// Status is how a server is doing.
type Status struct {
	Version string
	Since   time.Time
	Up      time.Duration

	Connections int // in all
	Unsigned    int // of them: not signed in
	People      int // with a session

	Stored, Applied uint64 // records in the log, and in the read model
	Log, LogBound   int64  // bytes
	Free, Disk      uint64 // bytes of the disk that holds everything
	Refuses         error  // why nothing is accepted now; nil: all is well
	Forgetting      int    // of how many who are forgotten not all is gone yet

	Registration, File string // how somebody new comes in; the file with settings or ""
}

// Lag is how many records of the log nobody can read yet.
func (s Status) Lag() uint64 { return s.Stored - min(s.Applied, s.Stored) }

type statusJSON struct {
	Version      string `json:"version"`
	Since        string `json:"since"`
	UpSeconds    int64  `json:"up_seconds"`
	Connections  int    `json:"connections"`
	Unsigned     int    `json:"not_signed_in"`
	People       int    `json:"people"`
	Stored       uint64 `json:"log_stored"`
	Applied      uint64 `json:"log_applied"`
	Lag          uint64 `json:"log_lag"`
	Log          int64  `json:"log_bytes"`
	LogBound     int64  `json:"log_bound"`
	Free         uint64 `json:"disk_free"`
	Disk         uint64 `json:"disk_bytes"`
	Accepts      bool   `json:"accepts"`
	Registration string `json:"registration"`
	File         string `json:"settings"`
	Forgetting   int    `json:"forgetting"`
}

func runAdminStatus(ctx context.Context, c *Call) error {
	program, err := c.program(ctx)
	if err != nil {
		return err
	}
	s, err := program.Status(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return c.object(statusJSON{
			s.Version, stamp(s.Since), int64(s.Up / time.Second), s.Connections, s.Unsigned, s.People,
			s.Stored, s.Applied, s.Lag(), s.Log, s.LogBound, s.Free, s.Disk, s.Refuses == nil, s.Registration, s.File, s.Forgetting,
		})
	}
	for _, row := range c.statusRows(s) {
		if err := c.printf("%-14s%s", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}

// statusRows is what is told of s, with what each is called.
func (c *Call) statusRows(s Status) [][2]string {
	w, size := c.Words.Command.Operator, c.Words.Command.Size
	accepts, file := w.Yes, s.File
	if s.Refuses != nil {
		accepts = w.No(c.Words.Error(s.Refuses))
	}
	if file == "" {
		file = w.None
	}
	rows := [][2]string{
		{w.Version, s.Version},
		{w.Up, w.UpSince(duration(s.Up), c.Time(s.Since).Format("2006-01-02 15:04 MST"))},
		{w.Connections, w.Unsigned(s.Connections, s.Unsigned)},
		{w.People, fmt.Sprint(s.People)},
		{w.Log, w.Records(s.Stored, s.Applied, s.Lag())},
		{"", w.Of(size(s.Log), size(s.LogBound))},
		{w.Disk, w.Free(size(int64(s.Free)), size(int64(s.Disk)))},
		{w.Accepts, accepts},
		{w.Registration, w.Registers[s.Registration]},
		{w.Settings, file},
	}
	if s.Forgetting > 0 {
		rows = append(rows, [2]string{w.Forgetting, w.StillGoing(s.Forgetting)})
	}
	return rows
}

// duration is d to the minute: "3 d 4 h 12 min".
func duration(d time.Duration) string {
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h %d min", days, hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return fmt.Sprintf("%d min", minutes)
}
