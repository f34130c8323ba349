// Package gen holds no code of its own, only the test that asm is what the programs below
// generate.
package gen

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

const asm = "../asm"

// TestGenerated runs every generator and compares what it writes with asm, byte for byte.
func TestGenerated(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command, which builds the generators, is not in PATH")
	}
	mains, err := filepath.Glob("*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no generators found: %v", err)
	}
	bin, dir := t.TempDir(), t.TempDir()
	build := []string{"build", "-buildvcs=false", "-o", bin + string(filepath.Separator)}
	for _, main := range mains {
		build = append(build, "./"+filepath.Dir(main))
	}
	run(t, goTool, build...)
	for _, main := range mains {
		program := filepath.Join(bin, filepath.Dir(main))
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		run(t, program, "-dir", dir)
	}

	for name, want := range read(t, dir) {
		got, err := os.ReadFile(filepath.Join(asm, name))
		if err != nil {
			t.Errorf("not committed: %v", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("asm/%s is not what its generator writes: run make generate", name)
		}
	}
	for name := range read(t, asm) {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil && name != "doc.go" {
			t.Errorf("asm/%s is written by no generator", name)
		}
	}
}

// run runs a program to its end.
func run(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// read returns the contents of the files in a directory.
func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
