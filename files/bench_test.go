//go:build unix

package files_test

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/pkg/sftp"

	"charla/files/blob"
)

const benchSize = 64 << 20

// discard is the cheapest handler there can be: what is left is the cost of
// pkg/sftp and of the client, which runs in this process too.
type discard struct{}

func (discard) Fileread(*sftp.Request) (io.ReaderAt, error)   { return zeros{}, nil }
func (discard) Filewrite(*sftp.Request) (io.WriterAt, error)  { return zeros{}, nil }
func (discard) Filecmd(*sftp.Request) error                   { return nil }
func (discard) Filelist(*sftp.Request) (sftp.ListerAt, error) { return nil, os.ErrNotExist }
func (zeros) WriteAt(p []byte, _ int64) (int, error)          { return len(p), nil }
func (zeros) ReadAt(p []byte, off int64) (int, error) {
	n := int(max(0, min(int64(len(p)), benchSize-off)))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

type zeros struct{}

func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

func transfer(b *testing.B, c *sftp.Client, put bool) {
	content := make([]byte, benchSize)
	if !put {
		f, err := c.Create("/beto/big.bin")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(benchSize)
	before := cpu(b)
	b.ResetTimer()
	for i := range b.N {
		if put {
			content[0] = byte(i + 1) // no blob that is there already
			f, err := c.Create("/beto/big.bin")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := f.Write(content); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
			continue
		}
		f, err := c.Open("/beto/big.bin")
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.ReadFull(f, content); err != nil {
			b.Fatal(n, err)
		}
		_ = f.Close() // nothing was written
	}
	b.StopTimer()
	b.ReportMetric((cpu(b)-before)/float64(b.N)*(1<<30)/benchSize, "cpu-s/GiB")
}

func BenchmarkTransfer(b *testing.B) {
	options := []sftp.ClientOption{sftp.UseConcurrentWrites(true), sftp.MaxConcurrentRequestsPerFile(64)}
	for name, put := range map[string]bool{"put": true, "get": false} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, blob.Options{})
			near, _ := w.serve(w.ana, io.Discard)
			defer near.Close()
			c, err := sftp.NewClientPipe(near, near, options...)
			if err != nil {
				b.Fatal(err)
			}
			transfer(b, c, put)
		})
		b.Run(name+"/discarded", func(b *testing.B) {
			near, far := net.Pipe()
			defer near.Close()
			srv := sftp.NewRequestServer(far, sftp.Handlers{FileGet: discard{}, FilePut: discard{}, FileCmd: discard{}, FileList: discard{}})
			go srv.Serve()
			c, err := sftp.NewClientPipe(near, near, options...)
			if err != nil {
				b.Fatal(err)
			}
			transfer(b, c, put)
		})
	}
}
