package trajectory

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// Velocities that a file does not have are P/m, or nil where only what was observed counts and
// bodies move.
func TestObserved(t *testing.T) {
	frames := []*hgn.Frame{{Dim: 3, Species: []int{1}, Mass: []float64{2}, Q: []float64{1, 2, 3}, P: []float64{4, 5, 6}}, {Dim: 3, Step: 1, Species: []int{1}, Mass: []float64{2}, Q: []float64{1, 2, 3}, P: make([]float64, 3)}}
	for _, name := range []string{"a.xyz", "a.npz"} {
		path := filepath.Join(t.TempDir(), name)
		if name == "a.xyz" {
			const header = "1\nProperties=species:S:1:pos:R:3:momenta:R:3:masses:R:1 step="
			if err := os.WriteFile(path, []byte(header+"0\nH 1 2 3 4 5 6 2\n"+header+"1\nH 1 2 3 0 0 0 2\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		} else {
			writeAll(t, path, frames)
		}
		for _, observed := range []bool{false, true} {
			file, err := Open(path, Options{Observed: observed})
			if err != nil {
				t.Fatal(err)
			}
			for f, err := range file.Frames() {
				if err != nil {
					t.Fatal(err)
				}
				moves := f.Step == 0
				if moves != (f.P[0] == 4) || (f.QDot == nil) != (observed && moves) || f.QDot != nil && (f.QDot[2] == 3) != moves {
					t.Errorf("%s, observed %v: P %v, QDot %v", name, observed, f.P, f.QDot)
				}
			}
		}
	}
}

// writeAll writes frames.
func writeAll(t *testing.T, path string, frames []*hgn.Frame) {
	t.Helper()
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
