package trajectory

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// save writes frames into a new file and returns its name.
func save(t testing.TB, name string, frames ...*hgn.Frame) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
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
	return path
}

// TestWriterRoundTrip reads what LAMMPS wrote, writes it, and reads it again.
func TestWriterRoundTrip(t *testing.T) {
	for _, name := range []string{"lattice2x2x2", "lattice3x3", "lj108"} {
		want := mustCollect(t, open(t, "testdata/"+name+".dump.gz"))
		var plain []byte
		for _, file := range []string{"a.dump", "a.dump.gz"} {
			path := save(t, file, want...)
			got := mustCollect(t, open(t, path))
			if len(got) != len(want) {
				t.Fatalf("%s: %d frames, want %d", name, len(got), len(want))
			}
			for k := range got {
				sameState(t, got[k], want[k])
			}
			if text := unpack(t, path); plain == nil {
				plain = text
			} else if !bytes.Equal(text, plain) {
				t.Errorf("%s: other text where compressed", name)
			}
		}
	}
}

// TestWriterBits writes numbers of any bits in 1 to 3 dimensions.
func TestWriterBits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	any := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			for x[i] = math.NaN(); !finite(x[i]); {
				x[i] = math.Float64frombits(r.Uint64())
			}
		}
		return x
	}
	const n = 20
	for dim := 1; dim <= 3; dim++ {
		var frames hgn.Frames
		mass, charge := any(n), any(n)
		for i := range mass {
			mass[i] = math.Abs(mass[i])
		}
		for k := range 3 {
			f := &hgn.Frame{Step: int64(k) - 1, Dim: dim, Species: make([]int, n), Mass: mass, Charge: charge,
				Q: any(n * dim), P: make([]float64, n*dim), QDot: any(n * dim), PDot: any(n * dim)}
			for i, v := range f.QDot {
				f.P[i] = mass[i/dim] * v
			}
			for a := range dim {
				f.Box.Lo[a], f.Box.Hi[a], f.Box.Periodic[a] = -r.Float64(), r.Float64(), a%2 == 0
			}
			f.Species[k] = 7
			frames = append(frames, f)
			frames[k].Species = frames[0].Species
		}
		for k, f := range mustCollect(t, open(t, save(t, "a.dump.gz", frames...))) {
			sameState(t, f, frames[k])
		}
	}
}

// TestWriterMomenta has frames without velocities and forces.
func TestWriterMomenta(t *testing.T) {
	f := &hgn.Frame{Dim: 2, Species: []int{1, 2}, Mass: []float64{2, 4}, Q: []float64{0, 1, 2, 3}, P: []float64{1, 2, 3, 4}}
	path := save(t, "a.dump", f)
	want := `ITEM: TIMESTEP
0
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS ss ss pp
0 0
0 0
-0.5 0.5
ITEM: ATOMS id type mass xu yu zu vx vy vz
1 1 2 0 1 0 0.5 1 0
2 2 4 2 3 0 0.75 1 0
`
	if got := string(unpack(t, path)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	g := mustCollect(t, open(t, path))[0]
	f.QDot = []float64{0.5, 1, 0.75, 1}
	sameState(t, g, f)
}

// TestWriterUnfinished reads the file before it is closed, and after its last frame
// was cut.
func TestWriterUnfinished(t *testing.T) {
	frames := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))
	for _, name := range []string{"a.dump", "a.dump.gz"} {
		path := filepath.Join(t.TempDir(), name)
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		for k, f := range frames {
			if err := w.WriteFrame(f); err != nil {
				t.Fatal(err)
			}
			got := mustCollect(t, open(t, path))
			if len(got) != k+1 {
				t.Fatalf("%s: %d frames, want %d", name, len(got), k+1)
			}
			sameState(t, got[k], f)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data[:len(data)-100], 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := collect(open(t, path))
		if err == nil || len(got) != len(frames)-1 {
			t.Fatalf("%s: %d frames, %v", name, len(got), err)
		}
	}
}

func TestWriterErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir); err == nil || !strings.HasPrefix(err.Error(), dir+": ") {
		t.Errorf("%v", err)
	}
	nowhere := filepath.Join(dir, "nowhere", "a.dump")
	if _, err := Create(nowhere); err == nil || err.Error() != nowhere+": no such folder" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	f := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))[0]
	path := filepath.Join(dir, "a.dump")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		if err := w.WriteFrame(f); err == nil || err.Error() != path+want {
			t.Errorf("%v\nwant %s%s", err, path, want)
		}
	}
	for _, x := range []*float64{&f.Q[0], &f.QDot[3], &f.PDot[23], &f.Mass[7], &f.Box.Lo[1], &f.Box.Hi[2]} {
		old := *x
		*x = math.NaN()
		expect(": step 0: a number of the frame is not finite")
		*x = old
	}
	if err := w.WriteFrame(f); err != nil {
		t.Fatal(err)
	}
	expect(": step 0 does not come after 0")
	f.Step, f.Box.Vectors[1][0] = 4, 0.5
	expect(": step 4: a LAMMPS dump cannot hold the tilted box of the frame")
	f.Box.Vectors = [3][3]float64{}
	f.Step = 5
	if err := w.WriteFrame(f); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := mustCollect(t, open(t, path)); len(got) != 2 {
		t.Errorf("%d frames, want 2", len(got))
	}
	f.Step = 6
	expect(": file already closed")
	if err := w.Close(); err == nil || err.Error() != path+": file already closed" {
		t.Errorf("%v", err)
	}
}

func TestWriterFull(t *testing.T) {
	const path = "/dev/full"
	if _, err := os.Stat(path); err != nil || runtime.GOOS != "linux" {
		t.Skip("no /dev/full here")
	}
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	f := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))[0]
	for range 2 {
		if err := w.WriteFrame(f); err == nil || err.Error() != path+": no space left on device" {
			t.Errorf("%v", err)
		}
		f.Step++
	}
}

func TestWriterPanics(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "a.dump"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, spoil := range []func(f *hgn.Frame){
		func(f *hgn.Frame) { f.Dim = 4 },
		func(f *hgn.Frame) { f.Dim = 0 },
		func(f *hgn.Frame) { f.Mass = nil },
		func(f *hgn.Frame) { f.Q = f.Q[:23] },
		func(f *hgn.Frame) { f.P = nil },
		func(f *hgn.Frame) { f.QDot = f.QDot[:0] },
		func(f *hgn.Frame) { f.Charge = make([]float64, 9) },
		func(f *hgn.Frame) { f.Species = nil },
	} {
		f := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))[0]
		spoil(f)
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "trajectory: ") {
					t.Errorf("panic %q", s)
				}
			}()
			w.WriteFrame(f)
			t.Error("no panic")
		}()
	}
	if data, err := os.ReadFile(w.path); len(data) != 0 || err != nil {
		t.Errorf("%d bytes were written, %v", len(data), err)
	}
}

// TestDumpWithoutVelocities writes bodies at rest without columns of velocities, and refuses
// what a dump has no place for.
func TestDumpWithoutVelocities(t *testing.T) {
	f := &hgn.Frame{Dim: 3, Species: []int{1}, Mass: []float64{2}, Q: []float64{1, 2, 3}, P: make([]float64, 3), PDot: []float64{4, 5, 6}}
	path := save(t, "rest.dump", f)
	if text := unpack(t, path); bytes.Contains(text, []byte("vx")) {
		t.Errorf("velocities in %q", text)
	}
	if got := mustCollect(t, open(t, path)); got[0].QDot != nil || got[0].PDot == nil {
		t.Errorf("velocities %v, forces %v", got[0].QDot, got[0].PDot)
	}
	energy, stress := *f, *f
	energy.HasEnergy, stress.HasStress = true, true
	for _, f := range []*hgn.Frame{&energy, &stress} {
		w, err := Create(filepath.Join(t.TempDir(), "a.dump"))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteFrame(f); err == nil || !strings.Contains(err.Error(), "cannot hold the energy or stress") {
			t.Errorf("error %v", err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
