package trajectory

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// names are those of a file in every format.
var names = []string{"a.dump", "a.lammpstrj.gz", "a.xyz", "a.extxyz.gz", "a.npz", "a.q.npy", "q.npy"}

// What LAMMPS wrote stays the same, bit for bit, through all formats.
func TestFormatsRoundTrip(t *testing.T) {
	for _, name := range []string{"lattice2x2x2", "lattice3x3", "lj108"} {
		want := mustCollect(t, open(t, "testdata/"+name+".dump.gz"))
		frames := want
		for _, file := range append(names, names[0]) {
			path := save(t, file, frames...)
			f := open(t, path)
			frames = mustCollect(t, f)
			if len(frames) != len(want) {
				t.Fatalf("%s, %s: %d frames, want %d", name, file, len(frames), len(want))
			}
			for k := range frames {
				sameState(t, frames[k], want[k])
			}
			if n, nodes, err := f.Count(); n != len(want) || nodes != want[0].Nodes() || err != nil {
				t.Errorf("%s, %s: counted %d, %d, %v", name, file, n, nodes, err)
			}
			part := mustCollect(t, f.Slice(1, 3))
			if len(part) != 2 {
				t.Fatalf("%s, %s: a slice of %d frames", name, file, len(part))
			}
			sameState(t, part[1], want[2])
			if err := CheckName(path); err != nil {
				t.Error(err)
			}
		}
	}
}

// Numbers of any bits, energies, stresses, groups, charges and tilted boxes stay too.
func TestFormatsBits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for dim := 1; dim <= 3; dim++ {
		for trial := range 20 {
			const n = 3
			numbers := func(k int) []float64 {
				x := make([]float64, k)
				for i := range x {
					x[i] = math.Ldexp(r.Float64()-0.5, r.IntN(40)-20)
				}
				return x
			}
			masses, charges := []float64{1, 2.5, 1e-3}, numbers(n)
			var box hgn.Box
			if trial%4 > 0 {
				for a := range dim {
					box.Lo[a] = r.Float64() - 2*float64(trial%2)
					box.Hi[a] = box.Lo[a] + 1 + r.Float64()
					box.Periodic[a] = r.IntN(2) == 0
				}
			}
			if trial%4 == 3 && dim > 1 {
				for i := range dim {
					for a := range dim {
						box.Vectors[i][a] = r.Float64() - 0.5
					}
					box.Vectors[i][i]++
				}
				for a := range dim {
					box.Hi[a] = box.Lo[a] + (box.Vectors[0][a] + box.Vectors[1][a] + box.Vectors[2][a])
				}
			}
			var frames []*hgn.Frame
			for step := range int64(3) {
				f := &hgn.Frame{Step: 7 * step, Dim: dim, Box: box, Species: []int{1, 118, 0}, Mass: masses,
					Q: numbers(n * dim), P: make([]float64, n*dim)}
				if trial%3 > 0 {
					f.Charge = charges
				}
				if trial%2 > 0 {
					f.QDot, f.PDot = numbers(n*dim), numbers(n*dim)
					for i := range f.P {
						f.P[i] = masses[i/dim] * f.QDot[i]
					}
				}
				if trial%5 > 0 {
					f.Energy, f.HasEnergy = r.Float64()-0.5, true
					f.Stress, f.HasStress = [6]float64(numbers(6)), true
					f.Group = "a group, \"quoted\" \\ é"
				}
				frames = append(frames, f)
			}
			for _, name := range names[2:5] {
				got := mustCollect(t, open(t, save(t, name, frames...)))
				for k := range frames {
					sameState(t, got[k], frames[k])
				}
			}
		}
	}
}

// Files of arrays are there when the writer is closed, and nothing else is.
func TestArraysClose(t *testing.T) {
	f := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))[0]
	path := save(t, "a.npz", f)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Step++
	if err := w.WriteFrame(f); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
		t.Errorf("the file changed before Close: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || err.Error() != path+": file already closed" {
		t.Errorf("%v", err)
	}
	if err := w.WriteFrame(f); err == nil || err.Error() != path+": file already closed" {
		t.Errorf("%v", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if len(left) != 1 || len(hidden) != 0 || err != nil {
		t.Errorf("left: %v %v %v", left, hidden, err)
	}
	if got := mustCollect(t, open(t, path)); len(got) != 1 || got[0].Step != f.Step {
		t.Errorf("%d frames", len(got))
	}
}

func TestFormatsWriteErrors(t *testing.T) {
	frame := func() *hgn.Frame {
		return &hgn.Frame{Dim: 2, Species: []int{1, 1}, Mass: []float64{1, 2}, Q: make([]float64, 4), P: make([]float64, 4)}
	}
	for _, c := range []struct {
		name   string
		change func(f *hgn.Frame)
		want   string
	}{
		{"a.npz", func(f *hgn.Frame) { f.Mass[0] = 3 }, ": step 0: other species, masses or charges than in the first frame, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.PDot = make([]float64, 4) }, ": step 0: velocities or forces that not all frames have, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.P[0] = 1 }, ": step 0: velocities or forces that not all frames have, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.HasEnergy = true }, ": step 0: an energy, a stress or a group that not all frames have, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.Box.Hi[0] = 1 }, ": step 0: a box or periodic directions that not all frames have, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.Dim, f.Q, f.P = 1, f.Q[:2], f.P[:2] }, ": step 0: 2 bodies in 1 dimensions, where the first frame has 2 in 2, which arrays cannot hold"},
		{"a.npz", func(f *hgn.Frame) { f.Q[3] = math.NaN() }, ": step 0: a number of the frame is not finite"},
		{"a.xyz", func(f *hgn.Frame) { f.Q[3] = math.Inf(1) }, ": step 0: a number of the frame is not finite"},
		{"a.xyz", func(f *hgn.Frame) { f.Stress[3], f.HasStress = math.NaN(), true }, ": step 0: a number of the frame is not finite"},
		{"a.xyz", func(f *hgn.Frame) { f.Energy, f.HasEnergy = math.NaN(), true }, ": step 0: a number of the frame is not finite"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteFrame(frame()); err != nil {
			t.Fatal(err)
		}
		f := frame()
		c.change(f)
		if err := w.WriteFrame(f); err == nil || err.Error() != path+c.want {
			t.Errorf("%v\nwant %s%s", err, path, c.want)
		}
		if err := w.WriteFrame(frame()); err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if got := mustCollect(t, open(t, path)); len(got) != 2 {
			t.Errorf("%s: %d frames", c.name, len(got))
		}
	}
	for _, name := range []string{"a.npy", "a.npz.gz", "a.zip", "a", "aq.npy"} {
		if err := CheckName(name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Create(filepath.Join(t.TempDir(), "a.npy")); err == nil {
		t.Error("a.npy: no error")
	}
	if _, err := Create(filepath.Join(t.TempDir(), "nowhere", "a.npz")); err == nil {
		t.Error("no folder: no error")
	}
}
