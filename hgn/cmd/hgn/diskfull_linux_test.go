package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestMain runs the program in place of the tests where the arguments are "limited",
// a number and those of the program: no file can be written beyond so many bytes. That
// holds for the whole process, the log of the tests included.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != "limited" {
		os.Exit(m.Run())
	}
	size, err := strconv.ParseUint(os.Args[2], 10, 64)
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // or it ends the process
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
		panic(err)
	}
	os.Exit(run(context.Background(), os.Args[3:], os.Stdout, os.Stderr))
}

// limited runs the program, which must fail with one line that matches want, where no file
// can be written beyond size bytes.
func limited(t *testing.T, size int, want string, args ...string) {
	t.Helper()
	program := exec.Command(os.Args[0], append([]string{"limited", strconv.Itoa(size)}, args...)...)
	var out, err bytes.Buffer
	program.Stdout, program.Stderr = &out, &err
	_ = program.Run() // the status is looked at
	if program.ProcessState.ExitCode() != 1 || out.Len() > 0 || !regexp.MustCompile(`^hgn: `+want+`\n$`).MatchString(err.String()) {
		t.Errorf("hgn %v: status %d, %q, %q", args, program.ProcessState.ExitCode(), out.String(), err.String())
	}
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
		limited(t, size, ".*"+name+": file too large.*", simulate(append(more, "-steps", "30", "-restart", state)...)...)
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
