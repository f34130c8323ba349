package trajectory

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// TestNumPy reads what NumPy wrote; see testdata/make.py.
func TestNumPy(t *testing.T) {
	f := open(t, "testdata/numpy.npz")
	frames := mustCollect(t, f)
	if len(frames) != 6 {
		t.Fatalf("%d frames", len(frames))
	}
	box := hgn.Box{Hi: [3]float64{5, 6}, Periodic: [3]bool{true, true}}
	for k, group := range []string{"a", "b", "cé", "", "e", "f"} {
		tr, s := float64(k/3), float64(k%3)
		q, p, v := make([]float64, 4), make([]float64, 4), make([]float64, 4)
		for i := range q {
			n, d := float64(i/2), float64(i%2)
			q[i] = 1000*tr + 100*s + 10*n + d
			p[i] = 2*tr + s + n + d
			v[i] = p[i] / []float64{1, 4}[i/2]
		}
		sameState(t, frames[k], &hgn.Frame{Step: int64(10 * s), Dim: 2, Box: box, Species: []int{1, 1}, Mass: []float64{1, 4},
			Q: q, P: p, QDot: v, PDot: make([]float64, 4), Group: group})
	}
	g, err := ReadEdges("testdata/numpy.npz", 2)
	if err != nil || g.Edges() != 1 || g.Nodes != 2 || g.Senders[0] != 0 || g.Receivers[0] != 1 {
		t.Errorf("edges %+v, %v", g, err)
	}
}

// An entry is an array of a test.
type entry struct {
	name   string
	header npy.Header
	values []float64
}

// archive makes an .npz file, or .npy files if the name says so.
func archive(t *testing.T, name string, entries ...entry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		a := &array{header: e.header, numbers: func(*hgn.Frame) []float64 { return e.values }}
		if err := a.open(path); err != nil {
			t.Fatal(err)
		}
		defer a.remove()
		var one bytes.Buffer
		if err := a.put(nil); err != nil {
			t.Fatal(err)
		}
		if err := a.save(&one, true); err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(e.name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		w.Write(one.Bytes())
		if strings.HasSuffix(name, ".npy") {
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), e.name+".npy"), one.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".npz") {
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func f8(name string, values []float64, shape ...int) entry {
	return entry{name, npy.Float64(shape...), values}
}

func i8(name string, values []float64, shape ...int) entry {
	return entry{name, npy.Int64(shape...), values}
}

func TestArraysNames(t *testing.T) {
	q := f8("positions", []float64{1, 2, 3, 4}, 2, 2, 1)
	frames := mustCollect(t, open(t, archive(t, "a.npz", q, f8("qdot", []float64{1, 2, 3, 4}, 2, 2, 1), f8("pdot", []float64{5, 6, 7, 8}, 2, 2, 1),
		f8("energy", []float64{10, 20}, 2), i8("step", []float64{5, 7}, 2), f8("masses", []float64{2}), i8("numbers", []float64{6, 8}, 2),
		f8("box", []float64{3, 4}, 2, 1, 1), f8("origin", []float64{-1}, 1), i8("pbc", []float64{0}, 1), f8("dt", []float64{0.5}))))
	if len(frames) != 2 {
		t.Fatalf("%d frames", len(frames))
	}
	if !frames[1].HasTime || frames[1].Time != 3.5 {
		t.Errorf("time %v, %v", frames[1].Time, frames[1].HasTime)
	}
	sameState(t, frames[1], &hgn.Frame{Step: 7, Dim: 1, Species: []int{6, 8}, Mass: []float64{2, 2}, Q: []float64{3, 4}, QDot: []float64{3, 4},
		P: []float64{6, 8}, PDot: []float64{7, 8}, Energy: 20 + 36.0/4 + 64.0/4, HasEnergy: true, Box: hgn.Box{Lo: [3]float64{-1}, Hi: [3]float64{3}}})

	path := archive(t, "run-positions.npy", entry{"run-positions", q.header, q.values}, f8("run-mass", []float64{3}), f8("other", nil, 0))
	frames = mustCollect(t, open(t, path))
	sameState(t, frames[0], &hgn.Frame{Dim: 1, Species: []int{1, 1}, Mass: []float64{3, 3}, Q: []float64{1, 2}, P: []float64{0, 0}})
}

func TestArraysErrors(t *testing.T) {
	q := f8("q", make([]float64, 12), 2, 3, 2)
	for _, c := range []struct {
		entries []entry
		want    string
	}{
		{[]entry{q, f8("speed", nil, 0), f8("colour", nil, 0)}, "unknown arrays colour, speed; the known names are q, position, positions, p, "},
		{[]entry{f8("p", make([]float64, 12), 2, 3, 2)}, "there is no array q of positions"},
		{[]entry{q, f8("position", nil, 0)}, "q and position mean the same"},
		{[]entry{f8("q", make([]float64, 12), 2, 6)}, "q is <f8 (2, 6), which is not frames×N×d"},
		{[]entry{f8("q", make([]float64, 12), 1, 3, 4)}, "q is <f8 (1, 3, 4), which is not frames×N×d"},
		{[]entry{f8("q", nil, 0, 3, 2)}, "q is <f8 (0, 3, 2), which is not frames×N×d"},
		{[]entry{q, f8("momenta", make([]float64, 12), 2, 2, 3)}, "momenta is <f8 (2, 2, 3), which is not frames×N×d"},
		{[]entry{q, f8("mass", make([]float64, 2), 2)}, "mass is <f8 (2,), which is not N"},
		{[]entry{q, f8("mass", make([]float64, 3), 3)}, "mass: mass 0 is not above 0"},
		{[]entry{q, f8("species", []float64{1, 2, 2.5}, 3)}, "species holds 2.5, which is no species"},
		{[]entry{q, f8("box", make([]float64, 6), 2, 3)}, "box is <f8 (2, 3), which is not d, d×d or frames×d×d"},
		{[]entry{q, f8("box", []float64{1, 0}, 2)}, "frame 0: box: the box from 0 to 0 has no length"},
		{[]entry{q, i8("pbc", []float64{1, 0}, 2)}, "frame 0: box: periodic directions or corners without a box"},
		{[]entry{q, f8("energy", []float64{1}, 1)}, "energy is <f8 (1,), which is not frames"},
		{[]entry{q, f8("group", []float64{1, 2}, 2)}, "group is <f8 (2,), which is not frames"},
		{[]entry{f8("q", []float64{0, 0, 0, 0, 0, math.NaN()}, 3, 2, 1)}, "q: frame 2 holds NaN"},
	} {
		path := archive(t, "a.npz", c.entries...)
		_, err := collect(open(t, path))
		if err == nil || !strings.HasPrefix(err.Error(), path+": "+c.want) {
			t.Errorf("%v\nwant %s: %s", err, path, c.want)
			continue
		}
		checkError(t, err, path)
	}
	for _, c := range []struct {
		entries []entry
		want    string
	}{
		{[]entry{i8("edges", []float64{0, 1, 1, 3}, 2, 2)}, "edge 1 joins 1 and 3 of 3 bodies"},
		{[]entry{i8("edges", []float64{0, 1, 1, 1}, 2, 2)}, "edge 1 joins body 1 to itself"},
		{[]entry{i8("edges", []float64{0, 1, 1, 0, 0, 1}, 3, 2)}, "edge 2, from 0 to 1, repeats"},
		{[]entry{i8("edges", []float64{0, 1, 2}, 3)}, "edges is <i8 (3,), which is not E×2"},
		{[]entry{f8("edges", []float64{0, 1}, 1, 2)}, "edges is <f8 (1, 2): want integers"},
		{[]entry{i8("edges", nil, 0, 2)}, "there are no edges"},
		{nil, "there are no edges"},
		{[]entry{i8("senders", []float64{0}, 1)}, "one of senders and receivers is missing"},
		{[]entry{i8("senders", []float64{0}, 1), i8("receivers", []float64{0, 1}, 2)}, "senders are <i8 (1,) and receivers <i8 (2,): want two lists as long as each other"},
		{[]entry{i8("edges", nil, 0, 2), i8("senders", []float64{0}, 1)}, "edges beside senders and receivers"},
	} {
		path := archive(t, "a.npz", append(c.entries, q)...)
		if _, err := ReadEdges(path, 3); err == nil || err.Error() != path+": "+c.want {
			t.Errorf("%v\nwant %s: %s", err, path, c.want)
		}
	}
}

// Whatever is cut off an archive or changed in it is found.
func TestArraysDamaged(t *testing.T) {
	frames := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))
	data, err := os.ReadFile(save(t, "a.npz", frames...))
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(data); cut += 997 {
		path := write(t, "a.npz", data[:cut])
		_, err := collect(open(t, path))
		if err == nil {
			t.Fatalf("cut to %d bytes: no error", cut)
		}
		checkError(t, err, path)
	}
	for at := bytes.Index(data, []byte("NUMPY")) + 600; at < len(data)/2; at += 1009 {
		changed := bytes.Clone(data)
		changed[at] ^= 0x10
		path := write(t, "a.npz", changed)
		if got, err := collect(open(t, path)); err == nil {
			for k := range got { // padding
				sameState(t, got[k], frames[k])
			}
		}
	}
	path := write(t, "q.npy", data[100:])
	if _, err := collect(open(t, path)); err == nil || err.Error() != path+": q: not an array of NumPy" {
		t.Errorf("%v", err)
	}
	path = write(t, "b.npy", data)
	if _, err := collect(open(t, path)); err == nil || !strings.Contains(err.Error(), "must end in q.npy") {
		t.Errorf("%v", err)
	}
}
