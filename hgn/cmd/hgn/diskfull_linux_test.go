package main

import (
	"bytes"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// limited calls f while no file can be written beyond size bytes.
func limited(t *testing.T, size uint64, f func()) {
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

// Where no more can be written the log ends with a whole line, the trajectory with a whole
// frame, and the last checkpoint is what it was; a restart then goes on.
func TestDiskFull(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	state, log, out := filepath.Join(folder, "state"), filepath.Join(folder, "x.csv"), filepath.Join(folder, "x.dump")
	simulate := func(more ...string) []string {
		return args("simulate", set("lattice2x2x2"), []string{"-model", model, "-dt", "0.01", "-every", "1"}, more)
	}
	both := []string{"-log", log, "-out", out}
	must(t, simulate(append(both, "-steps", "30")...)...)
	wholeLog, wholeOut := content(t, log), content(t, out)
	must(t, simulate(append(both, "-steps", "10", "-checkpoint", state, "-checkpoint-every", "10")...)...)
	saved := content(t, state)
	full := func(name string, size int, more ...string) {
		t.Helper()
		limited(t, uint64(size), func() {
			failing(t, 1, ".*"+name+": file too large.*", simulate(append(more, "-steps", "30", "-restart", state)...)...)
		})
	}
	full("x.csv", len(wholeLog)/2+10, "-log", log)
	full("x.dump", len(wholeOut)/2+10, "-out", out)
	full("state", len(saved)/2, "-checkpoint", state, "-checkpoint-every", "20")
	if !bytes.Equal(content(t, state), saved) {
		t.Error("the checkpoint is another one")
	}
	for name, want := range map[string][]byte{log: wholeLog, out: wholeOut} {
		got := content(t, name)
		if !bytes.HasPrefix(want, got) || len(got) == len(want) || len(got) < len(want)/3 || want[len(got)-1] != '\n' {
			t.Errorf("%s: of %d bytes %d are left", name, len(want), len(got))
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s was left", e.Name())
		}
	}
	must(t, simulate(append(both, "-steps", "30", "-restart", state)...)...)
	if !bytes.Equal(content(t, log), wholeLog) || !bytes.Equal(content(t, out), wholeOut) {
		t.Error("a restart after a full disk gives other files")
	}
}
