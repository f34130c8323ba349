package trajectory

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

func TestDump(t *testing.T) {
	for _, c := range []struct {
		name               string
		frames, nodes, dim int
		periodic           bool
		lo, hi             float64 // of the first frame, in x
		q0, qdot0, pdot0   float64 // the same, of the first body
		lastStep           int64
		lastLine           int
		third              bool // the box has a third direction
	}{
		{name: "lattice2x2x2", frames: 5, nodes: 8, dim: 3, lo: -2.1292864450846847e+00, hi: 3.1533785728681449e+00,
			q0: -0.122407267571397, qdot0: 0.0280155793058264, pdot0: 0.290344345864157, lastStep: 80, lastLine: 69, third: true},
		{name: "lattice3x3", frames: 4, nodes: 9, dim: 2, lo: -2.1445187689613237e+00, hi: 4.1723565049295210e+00,
			q0: -0.144518768961324, qdot0: 0.0702669395911236, pdot0: 0.118824015769648, lastStep: 60, lastLine: 55},
		{name: "lj108", frames: 3, nodes: 108, dim: 3, periodic: true, lo: 0, hi: 5.0387885741475218e+00,
			q0: -0.761684496602535, qdot0: -0.289717440070122, pdot0: -1.78367234620259, lastStep: 40, lastLine: 235, third: true},
	} {
		path := "testdata/" + c.name + ".dump.gz"
		frames := mustCollect(t, open(t, path))
		if len(frames) != c.frames {
			t.Fatalf("%s: %d frames, want %d", c.name, len(frames), c.frames)
		}
		f, last := frames[0], frames[c.frames-1]
		n := c.nodes * c.dim
		switch {
		case f.Nodes() != c.nodes, f.Dim != c.dim, len(f.Q) != n, len(f.P) != n, len(f.QDot) != n, len(f.PDot) != n:
			t.Errorf("%s: %d bodies in %d dimensions", c.name, f.Nodes(), f.Dim)
		case f.Box.Lo[0] != c.lo, f.Box.Hi[0] != c.hi, f.Box.Periodic[0] != c.periodic:
			t.Errorf("%s: box %v", c.name, f.Box)
		case (f.Box.Hi[2] != f.Box.Lo[2]) != c.third, f.Box.Periodic[2] != c.periodic:
			t.Errorf("%s: box %v", c.name, f.Box)
		case f.Q[0] != c.q0, f.QDot[0] != c.qdot0, f.P[0] != c.qdot0, f.PDot[0] != c.pdot0, f.Mass[0] != 1, f.Species[0] != 1:
			t.Errorf("%s: %+v", c.name, f)
		case f.Charge != nil, f.Step != 0, f.File != path, f.Line != 1:
			t.Errorf("%s: %+v", c.name, f)
		case last.Step != c.lastStep, last.Line != c.lastLine:
			t.Errorf("%s: step %d on line %d, want %d on line %d", c.name, last.Step, last.Line, c.lastStep, c.lastLine)
		}
	}
}

// TestDumpOrder shuffles the lines of atoms and the columns.
func TestDumpOrder(t *testing.T) {
	text := string(unpack(t, "testdata/lattice2x2x2.dump.gz"))
	want := mustCollect(t, open(t, "testdata/lattice2x2x2.dump.gz"))
	r := rand.New(rand.NewPCG(1, 2))
	order := r.Perm(11)
	shuffleFields := func(line string, names int) string {
		fields := strings.Fields(line)
		var shuffled []string
		for _, k := range order {
			shuffled = append(shuffled, fields[names+k])
		}
		return strings.Join(fields[:names], " ") + " " + strings.Join(shuffled, " \t ")
	}
	var got []string
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for begin := 0; begin < len(lines); begin += 9 + 8 {
		frame := lines[begin : begin+9+8]
		frame[8] = shuffleFields(frame[8], 2)
		for k, line := range frame[9:] {
			frame[9+k] = " " + shuffleFields(line, 0) + " "
		}
		r.Shuffle(8, func(i, j int) { frame[9+i], frame[9+j] = frame[9+j], frame[9+i] })
		got = append(got, frame...)
	}
	path := write(t, "shuffled.dump", []byte(strings.Join(got, "\r\n")+"\r\n\r\n \n"))
	for k, f := range mustCollect(t, open(t, path)) {
		sameState(t, f, want[k])
	}
}

func TestDumpColumns(t *testing.T) {
	head := "ITEM: UNITS\nlj\nITEM: TIME\n0.5\nITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n3\n"
	box := "ITEM: BOX BOUNDS pp fs mm\n-1 1\n-2 2e0\n-3 +3.\n"
	wantBox := hgn.Box{Lo: [3]float64{-1, -2, -3}, Hi: [3]float64{1, 2, 3}, Periodic: [3]bool{true, false, false}}
	plane := wantBox
	plane.Lo[2], plane.Hi[2] = 0, 0
	for _, c := range []struct {
		name, text string
		opt        Options
		want       hgn.Frame
	}{
		{
			name: "everything, ids with gaps",
			text: box + "ITEM: ATOMS element q mass type id fz fy fx vz vy vx zu yu xu x y z\n" +
				"Na -1 23 2 900 9 8 7 6 5 4 3 2 1 a b c\nH 1 1 1 3 0 0 0 0 0 0 0 0 0 - - -\nH 0 2 1 7 0 0 0 0 0 0.5 0 0 0 - - -\n",
			want: hgn.Frame{Dim: 3, Box: wantBox, Species: []int{1, 1, 2}, Mass: []float64{1, 2, 23}, Charge: []float64{1, 0, -1},
				Q: []float64{0, 0, 0, 0, 0, 0, 1, 2, 3}, QDot: []float64{0, 0, 0, 0.5, 0, 0, 4, 5, 6},
				P: []float64{0, 0, 0, 1, 0, 0, 92, 115, 138}, PDot: []float64{0, 0, 0, 0, 0, 0, 7, 8, 9}},
		},
		{
			name: "positions alone, masses by type",
			text: box + "ITEM: ATOMS id type x y z\n1 0 0 0 0\n2 1 0 0 1\n3 2 0 0 0\n",
			opt:  Options{Masses: map[int]float64{1: 4, 2: 0.5}},
			want: hgn.Frame{Dim: 3, Box: wantBox, Species: []int{0, 1, 2}, Mass: []float64{1, 4, 0.5},
				Q: []float64{0, 0, 0, 0, 0, 1, 0, 0, 0}, P: make([]float64, 9)},
		},
		{
			name: "mass column before option",
			text: box + "ITEM: ATOMS id type x y z mass\n1 1 0 0 1 2\n2 1 0 0 0 3\n3 1 0 0 0 4\n",
			opt:  Options{Masses: map[int]float64{1: 9}},
			want: hgn.Frame{Dim: 3, Box: wantBox, Species: []int{1, 1, 1}, Mass: []float64{2, 3, 4},
				Q: []float64{0, 0, 1, 0, 0, 0, 0, 0, 0}, P: make([]float64, 9)},
		},
		{
			name: "flat",
			text: box + "ITEM: ATOMS id type x y z vx vy vz\n1 1 1 2 0 1 2 0\n2 1 3 4 -0 0 0 0e5\n3 1 5 6 0.0 0 0 0\n",
			want: hgn.Frame{Dim: 2, Box: plane, Species: []int{1, 1, 1}, Mass: []float64{1, 1, 1},
				Q: []float64{1, 2, 3, 4, 5, 6}, QDot: []float64{1, 2, 0, 0, 0, 0}, P: []float64{1, 2, 0, 0, 0, 0}},
		},
		{
			name: "flat but for a force",
			text: box + "ITEM: ATOMS id type x y z fx fy fz\n1 1 1 2 0 0 0 0\n2 1 3 4 0 0 0 0\n3 1 5 6 0 0 0 1e-300\n",
			want: hgn.Frame{Dim: 3, Box: wantBox, Species: []int{1, 1, 1}, Mass: []float64{1, 1, 1},
				Q: []float64{1, 2, 0, 3, 4, 0, 5, 6, 0}, P: make([]float64, 9), PDot: []float64{0, 0, 0, 0, 0, 0, 0, 0, 1e-300}},
		},
		{
			name: "no z",
			text: box + "ITEM: ATOMS id type x y fx fy\n1 1 1 2 0 0\n2 1 3 4 1 0\n3 1 5 6 0 0\n",
			want: hgn.Frame{Dim: 2, Box: plane, Species: []int{1, 1, 1}, Mass: []float64{1, 1, 1},
				Q: []float64{1, 2, 3, 4, 5, 6}, P: make([]float64, 6), PDot: []float64{0, 0, 1, 0, 0, 0}},
		},
		{
			name: "one dimension, box without marks",
			text: "ITEM: BOX BOUNDS\n0 8\n0 0\n0 0\nITEM: ATOMS id type xu vx\n1 1 1 2\n2 1 3 4\n3 1 5 6\n",
			want: hgn.Frame{Dim: 1, Box: hgn.Box{Hi: [3]float64{8}, Periodic: [3]bool{true}}, Species: []int{1, 1, 1}, Mass: []float64{1, 1, 1},
				Q: []float64{1, 3, 5}, QDot: []float64{2, 4, 6}, P: []float64{2, 4, 6}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Open(write(t, "a.dump", []byte(head+c.text)), c.opt)
			if err != nil {
				t.Fatal(err)
			}
			frames := mustCollect(t, f)
			if len(frames) != 1 || frames[0].Line != 5 {
				t.Fatalf("%d frames, the first on line %d", len(frames), frames[0].Line)
			}
			c.want.Step = 7
			sameState(t, frames[0], &c.want)
			if !frames[0].HasTime || frames[0].Time != 0.5 {
				t.Errorf("time %v, %v", frames[0].Time, frames[0].HasTime)
			}
		})
	}
}

// TestDumpSearch reads a file whose frames have atoms in ever other orders, with ids
// that need a search.
func TestDumpSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n = 50
	ids := make([]int, n)
	for i := range ids {
		ids[i] = 3*i + r.IntN(3)
	}
	frames := make(hgn.Frames, 4)
	for k := range frames {
		f := &hgn.Frame{Step: int64(k), Dim: 1, Species: make([]int, n), Mass: make([]float64, n), Q: make([]float64, n), P: make([]float64, n)}
		for i := range n {
			f.Species[i], f.Mass[i], f.Q[i], f.P[i] = i%3, 1, r.Float64(), r.Float64()
		}
		frames[k] = f
	}
	var b strings.Builder
	for k, f := range frames {
		text, _ := appendDump(nil, f)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		for i, line := range lines[9:] {
			_, rest, _ := strings.Cut(line, " ")
			lines[9+i] = strconv.Itoa(ids[i]) + " " + rest
		}
		if k != 2 { // twice in the same order
			r.Shuffle(n, func(i, j int) { lines[9+i], lines[9+j] = lines[9+j], lines[9+i] })
		}
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	got := mustCollect(t, open(t, write(t, "a.dump", []byte(b.String()))))
	for k, f := range got {
		f.QDot = nil
		sameState(t, f, frames[k])
	}
}

// TestDumpHuge claims 2·10⁹ atoms: memory must follow the lines that are there.
func TestDumpHuge(t *testing.T) {
	path := write(t, "a.dump", []byte(strings.Replace(dump2(0), "ATOMS\n2\n", "ATOMS\n2000000000\n", 1)))
	_, err := collect(open(t, path))
	if want := path + ":11: truncated file: it ends inside a frame"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestDumpCut cuts a file after every byte. Unless a whole number of frames is left,
// reading gives the whole ones and an error, and counting an error, be it only that
// the end of the last line is missing: its last number may be missing digits too.
func TestDumpCut(t *testing.T) {
	text := dump2(0) + dump2(1)
	whole := len(dump2(0))
	path := write(t, "a.dump", nil)
	for cut := 1; cut < len(text); cut++ {
		if err := os.WriteFile(path, []byte(text[:cut]), 0o666); err != nil {
			t.Fatal(err)
		}
		frames, err := collect(open(t, path))
		if len(frames) != cut/whole {
			t.Errorf("cut after %d of %d bytes: %d frames", cut, whole, len(frames))
		}
		counted, _, countErr := open(t, path).Count()
		for _, err := range []error{err, countErr} {
			if cut == whole {
				if err != nil || counted != 1 {
					t.Errorf("one frame: counted %d, %v", counted, err)
				}
			} else if err == nil || !strings.HasSuffix(err.Error(), ": truncated file: it ends inside a frame") {
				t.Errorf("cut after %d of %d bytes: %v", cut, whole, err)
			}
		}
	}
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	for cut, want := range map[int]int{len(crlf): 2, len(crlf) - 1: 1, len(crlf) - 2: 1} {
		if err := os.WriteFile(path, []byte(crlf[:cut]), 0o666); err != nil {
			t.Fatal(err)
		}
		if frames, err := collect(open(t, path)); len(frames) != want || (err == nil) != (want == 2) {
			t.Errorf("lines that end in CR LF, cut after %d of %d bytes: %d frames, %v", cut, len(crlf), len(frames), err)
		}
	}
	packed := pack(t, []byte(text))
	zipped := write(t, "a.dump.gz", nil)
	for cut := 20; cut < len(packed); cut++ {
		if err := os.WriteFile(zipped, packed[:cut], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := collect(open(t, zipped)); err == nil || !strings.HasSuffix(err.Error(), ": truncated gzip file") {
			t.Fatalf("cut after %d of %d bytes: %v", cut, len(packed), err)
		}
	}
}
