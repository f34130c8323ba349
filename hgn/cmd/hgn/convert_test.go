package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Whatever formats a trajectory goes through, it trains the same model and comes back.
func TestConvert(t *testing.T) {
	folder := t.TempDir()
	in := "../../trajectory/testdata/lj108.dump.gz"
	model := func(file string) []byte {
		t.Helper()
		out := filepath.Join(t.TempDir(), "m")
		must(t, "train", "-data", file, "-box", "periodic", "-cutoff", "2.5", "-features", "20", "-out", out)
		m, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	want := model(in)
	first := filepath.Join(folder, "first.dump")
	must(t, "convert", in, first)
	last := first
	for _, name := range []string{"a.xyz", "a.npz", "q.npy", "b.xyz.gz", "b.dump"} {
		next := filepath.Join(folder, name)
		object := must(t, "convert", last, next)
		fields(t, object, "frames", "nodes")
		if float(t, object, "frames") != 3 || float(t, object, "nodes") != 108 {
			t.Errorf("%s: %v", name, object)
		}
		if !bytes.Equal(model(next), want) {
			t.Errorf("%s: another model", name)
		}
		last = next
	}
	a, errA := os.ReadFile(first)
	b, errB := os.ReadFile(last)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the dump changed: %v, %v", errA, errB)
	}
}

// A conversion that fails leaves the file as it was, and nothing else.
func TestConvertFails(t *testing.T) {
	folder := t.TempDir()
	out := put(t, folder, "out.xyz", "as it was")
	failing(t, 1, ".*in.dump: no frames", "convert", put(t, folder, "in.dump", "\n"), out)
	failing(t, 1, ".*bad.xyz:5: truncated file: it ends inside a frame", "convert", put(t, folder, "bad.xyz", "1\n\nH 0 0 0\n2\n\n"), out)
	failing(t, 1, ".*out.npz: step 1: 2 bodies in 3 dimensions, where the first frame has 1 in 3, which arrays cannot hold",
		"convert", put(t, folder, "two.xyz", "1\n\nH 0 0 0\n2\n\nH 0 0 0\nH 1 0 0\n"), filepath.Join(folder, "out.npz"))
	failing(t, 1, ".*out.xyz: is an input and would be overwritten", "convert", out, out)
	if now, err := os.ReadFile(out); string(now) != "as it was" || err != nil {
		t.Errorf("%q, %v", now, err)
	}
	emptyFolder(t, folder, "in.dump", "bad.xyz", "two.xyz", "out.xyz")
}
