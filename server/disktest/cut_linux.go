package disktest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Disk is an ext4 file system in a file, mounted at Dir, whose power can be cut.
type Disk struct {
	Dir   string
	image string
	loop  string // /dev/loopN
}

// NewDisk makes one of so many megabytes, gone with the test.
func NewDisk(t testing.TB, megabytes int64) *Disk {
	t.Helper()
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, megabytes<<20); err != nil {
		t.Fatal(err)
	}
	if err := run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image); err != nil {
		Unable(t, "an ext4 image cannot be made here", err)
	}
	return mount(t, image)
}

func mount(t testing.TB, image string) *Disk {
	t.Helper()
	out, err := exec.Command("losetup", "--find", "--show", image).Output()
	if err != nil {
		Unable(t, "there is no loop device to be had", err)
	}
	d := &Disk{Dir: t.TempDir(), image: image, loop: strings.TrimSpace(string(out))}
	t.Cleanup(func() {
		if err := run("losetup", "--detach", d.loop); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount(d.loop, d.Dir, "ext4", 0, ""); err != nil {
		Unable(t, "an image cannot be mounted here", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(d.Dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Cut is the disk as it would be found had the power failed now: a copy of what
// the block device was given, without what waits in the system's memory to be
// written. Whoever writes must have been stopped (see Stop); the disk itself
// goes on. The file system of the copy has replayed its journal.
//
// What the device was given counts as kept: a drive that loses what it has in a
// cache of its own is not played.
func (d *Disk) Cut(t testing.TB) *Disk {
	t.Helper()
	for range 20 {
		image := filepath.Join(t.TempDir(), "cut")
		before := d.writes(t)
		if err := run("cp", "--sparse=always", "--reflink=never", d.image, image); err != nil {
			t.Fatal(err)
		}
		if d.writes(t) == before { // else the system wrote in between, and the copy never was a disk
			return mount(t, image)
		}
	}
	t.Fatal("the system does not stop writing")
	return nil
}

// writes is how much was written to the device, and is being written.
func (d *Disk) writes(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("/sys/block/" + filepath.Base(d.loop) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	f := strings.Fields(string(b)) // Documentation/block/stat.rst: writes, merges, sectors, ticks, in flight
	return strings.Join(append(f[4:7:7], f[8]), " ")
}

// Stop stops a child of this process and returns once none of its threads runs.
func Stop(t testing.TB, child *os.Process) {
	t.Helper()
	if err := child.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(child.Pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child was not stopped: %v, %v", status, err)
	}
}

func run(name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}
