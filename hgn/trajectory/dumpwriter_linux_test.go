package trajectory

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriterPartial lets the operating system accept half of the second frame: what
// it took is removed, and the file holds the first frame alone.
func TestWriterPartial(t *testing.T) {
	frames := mustCollect(t, open(t, "testdata/lj108.dump.gz"))
	for _, name := range []string{"a.dump", "a.dump.gz"} {
		path := filepath.Join(t.TempDir(), name)
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteFrame(frames[0]); err != nil {
			t.Fatal(err)
		}
		one, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := path + ": file too large"
		limitFiles(t, uint64(len(one)+len(one)/2), func() { err = w.WriteFrame(frames[1]) })
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if err := w.WriteFrame(frames[2]); err == nil || err.Error() != want {
			t.Errorf("after the error: %v, want %s", err, want)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != string(one) {
			t.Errorf("%s: %d bytes, %v, want the %d of the first frame", name, len(got), err, len(one))
		}
	}
}

// limitFiles calls f while no file can be written beyond size bytes.
func limitFiles(t *testing.T, size uint64, f func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // or it ends the process
	defer signal.Reset(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}
