package trajectory

import (
	"math"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// TestASE reads what ASE wrote; see testdata/make.py.
func TestASE(t *testing.T) {
	frames := mustCollect(t, open(t, "testdata/ase.xyz"))
	if len(frames) != 2 {
		t.Fatalf("%d frames", len(frames))
	}
	const silicon = 28.085
	p := []float64{1.5, -2.25, 0.125, -1.5, 2.25, 0.0625}
	v, kinetic := make([]float64, 6), 0.0
	for i := range p {
		v[i] = p[i] / silicon
		kinetic += p[i] * p[i] / (2 * silicon)
	}
	sameState(t, frames[0], &hgn.Frame{
		Dim: 3, Species: []int{14, 14}, Mass: []float64{silicon, silicon},
		Q: []float64{0, 0, 0, 1.3575, 1.3575, 1.3575}, P: p, QDot: v,
		PDot: []float64{0.1, 0.2, 0.3, -0.1, -0.2, -0.3},
		Box: hgn.Box{Hi: [3]float64{5.43, 5.43, 5.43}, Periodic: [3]bool{true, true, true},
			Vectors: [3][3]float64{{0, 2.715, 2.715}, {2.715, 0, 2.715}, {2.715, 2.715, 0}}},
		Energy: -10.5 + kinetic, HasEnergy: true,
		Stress: [6]float64{1, 2, 3, 4, 5, 6}, HasStress: true,
		Group: `two "atoms"`,
	})
	sameState(t, frames[1], &hgn.Frame{
		Step: 1, Dim: 3, Species: []int{8, 1}, Mass: []float64{15.999, 1.008}, Charge: []float64{-1, 1},
		Q: []float64{0, 0, 0, 0, 0, 0.96}, P: make([]float64, 6), PDot: []float64{0, 0, 1, 0, 0, -1},
		Energy: -7.25, HasEnergy: true,
	})
}

// readXYZ reads the frames of a text.
func readXYZ(t *testing.T, text string) (hgn.Frames, error) {
	t.Helper()
	return collect(open(t, write(t, "a.xyz", []byte(text))))
}

// TestXYZComment has the spellings that are around.
func TestXYZComment(t *testing.T) {
	atom := "H 1 2 3 4 5 6\n"
	mustRead := func(comment string) *hgn.Frame {
		t.Helper()
		frames, err := readXYZ(t, "1\n"+comment+"\n"+atom)
		if err != nil {
			t.Fatalf("%s: %v", comment, err)
		}
		return frames[0]
	}
	const forces = " Properties=species:S:1:pos:R:3:forces:R:3 "
	cube := hgn.Box{Hi: [3]float64{2, 2, 2}, Periodic: [3]bool{true, true, true}}
	for _, lattice := range []string{
		`Lattice="2 0 0 0 2 0 0 0 2"`, `Lattice = "2.0 0.0 0.0 0.0 2.0 0.0 0.0 0.0 2.0"`, `Lattice={2 0 0 0 2 0 0 0 2}`,
		`Lattice=[2,0,0,0,2,0,0,0,2]`, `Lattice=[[2, 0, 0], [0, 2, 0], [0, 0, 2]]`, `'Lattice'='2 0 0 0 2 0 0 0 2'`,
		`flag Lattice="2 0 0 0 2 0 0 0 2" pbc=[T, True, 1]`, `comment="a = \"b\"" x={{1}} Lattice="2 0 0 0 2 0 0 0 2"`,
	} {
		if f := mustRead(lattice + forces); f.Box != cube {
			t.Errorf("%s: box %+v", lattice, f.Box)
		}
	}
	want := hgn.Box{Lo: [3]float64{-1, 0, 0}, Hi: [3]float64{1, 2, 4}, Periodic: [3]bool{false, true, false}}
	if f := mustRead(`pbc="F T F" Origin="-1 0 0" Lattice="2 0 0 0 2 0 0 0 4"` + forces); f.Box != want {
		t.Errorf("box %+v", f.Box)
	}
	volume := 2.0 * 2 * 2
	for comment, want := range map[string][6]float64{
		`stress="1 6 5 6 2 4 5 4 3"`:        {1, 2, 3, 4, 5, 6},
		`stress=[1, 2, 3, 4, 5, 6]`:         {1, 2, 3, 4, 5, 6},
		`virial_stress="1 2 3 6 4 5"`:       {1, 2, 3, 4, 5, 6},
		`virial="-8 0 0 0 -16 0 0 0 -24"`:   {8 / volume, 16 / volume, 24 / volume},
		`virial_stress="1 0 0 0 2 0 0 0 3"`: {1, 2, 3},
	} {
		if f := mustRead(`Lattice="2 0 0 0 2 0 0 0 2" ` + comment + forces); !f.HasStress || f.Stress != want {
			t.Errorf("%s: %v", comment, f.Stress)
		}
	}
	f := mustRead(`Timestep=300 config_type=liquid total_energy=-3.5 energy=-4` + forces)
	if f.Step != 300 || f.Group != "liquid" || f.Energy != -3.5 || f.Dim != 3 || f.PDot[2] != 6 || f.QDot != nil {
		t.Errorf("%+v", f)
	}
}

// TestXYZProperties has the columns that are around.
func TestXYZProperties(t *testing.T) {
	for _, c := range []struct{ properties, atom string }{
		{"species:S:1:pos:R:3:velo:R:3", "Fe 1 2 3 4 2 8"},
		{"Z:I:1:species:S:1:positions:R:3:vel:R:3:momenta:R:3", "26 H 1 2 3 4 2 8 223.38 111.69 446.76"},
		{"x:R:2:species:S:1:pos:R:3:velocities:R:3:move_mask:L:1", "nan inf FE 1 2 3 4 2 8 T"},
		{"pos:R:3:mass:R:1:species:S:1:momentum:R:3", "1 2 3 55.845 26 223.38 111.69 446.76"},
	} {
		frames, err := readXYZ(t, "1\nProperties="+c.properties+"\n"+c.atom+"\n")
		if err != nil {
			t.Fatalf("%s: %v", c.properties, err)
		}
		sameState(t, frames[0], &hgn.Frame{Dim: 3, Species: []int{26}, Mass: []float64{55.845},
			Q: []float64{1, 2, 3}, QDot: []float64{4, 2, 8}, P: []float64{223.38, 111.69, 446.76}})
	}

	frames, err := readXYZ(t, "\n2\n\nH 0 0 0\r\nX 1 2 3\n1\nplain text, it's\nhe 4 5 6\n\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) != 2 || frames[1].Nodes() != 1 || frames[1].Species[0] != 2 || frames[0].Mass[1] != 1 {
		t.Errorf("%+v", frames)
	}

	frames, err = readXYZ(t, "1\nProperties=species:S:1:pos:R:3:energies:R:1 dimension=2\nH 1 2 0 7\n2\nProperties=species:S:1:pos:R:2\nH 1 2\nH 3 4\n")
	if err != nil {
		t.Fatal(err)
	}
	if f := frames[0]; f.Dim != 2 || f.Energy != 7 || !f.HasEnergy || frames[1].HasEnergy || frames[1].Q[3] != 4 {
		t.Errorf("%+v", f)
	}
}

func TestXYZErrors(t *testing.T) {
	const good = "2\nLattice=\"2 0 0 0 2 0 0 0 2\" Properties=species:S:1:pos:R:3:forces:R:3 energy=1\nH 1 2 3 4 5 6\nH 1 2 3 4 5 6\n"
	for _, c := range []struct{ old, new, want string }{
		{good, "\n\n", ": no frames"},
		{good, "ITEM: TIMESTEP\n", `:1: expected the number of atoms of a frame, found "ITEM: TIMESTEP"`},
		{"2\nL", "0\nL", ":1: no atoms"},
		{"2\nL", "3\nL", ":4: truncated file: it ends inside a frame"},
		{"2\nL", "1\nL", `:4: expected the number of atoms of a frame, found "H 1 2 3 4 5 6"`},
		{"6\nH 1 2 3 4 5 6\n", "6\nH 1 2 3 4 5 6", ":4: truncated file: it ends inside a frame"},
		{"0 2\" P", "2\" P", `:2: Lattice: "2 0 0 0 2 0 0 2" is not 9 numbers`},
		{"0 2\" P", "0 2 P", `:2: Lattice: "\"2 0 0 0 2 0 0 0 2 Properties=species:S:"… has no closing "`},
		{"0 2\" P", "0 0\" P", ":2: the box from 0 to 0 has no length"},
		{"2 0 0 0 2 0 0 0 2", "2 0 0 2 0 0 0 0 2", ":2: a tilted box of volume 0"},
		{"2 0 0 0 2 0 0 0 2", "2 0 0 0 2 0 0 0 x", `:2: Lattice: "x" is not a finite number`},
		{"Lattice=\"2 0 0 0 2 0 0 0 2\"", "pbc=\"T F F\"", ":2: periodic directions or corners without a box"},
		{"energy=1", "pbc=\"T F\"", `:2: pbc: "T F" is not three of T and F`},
		{"energy=1", "energy=nan", `:2: energy: "nan" is not a finite number`},
		{"energy=1", "energy=1 energy=2", `:2: energy comes twice`},
		{"energy=1", "step=1.5", `:2: step: "1.5" is not a whole number`},
		{"energy=1", "dimension=4", `:2: dimension: 4 is not 1, 2 or 3`},
		{"energy=1", "dimension=2", ":3: a vector has the component 3 outside of the 2 dimensions of the frame"},
		{"energy=1", "stress=\"1 2 3\"", `:2: stress: "1 2 3" is neither 9 numbers nor 6`},
		{"energy=1", "stress=\"1 x 3\"", `:2: stress: "x" is not a finite number`},
		{"pos:R:3", "x:R:3", ":2: Properties: pos is missing"},
		{"species", "name", ":2: Properties: species is missing"},
		{"forces:R:3", "pos:R:3", `:2: property "pos" repeats`},
		{"forces:R:3", "forces:R:2", `:2: property forces:R:2: want forces:R:3`},
		{"forces:R:3", "forces:R", `:2: Properties: "species:S:1:pos:R:3:forces:R" is not a list of NAME:TYPE:COLUMNS`},
		{"forces:R:3", "forces:Q:3", `:2: Properties: "forces:Q:3" is not NAME:TYPE:COLUMNS with a type of S, R, I or L`},
		{"H 1 2 3 4 5 6", "Hh 1 2 3 4 5 6", `:3: species: "Hh" is neither a chemical symbol nor a number`},
		{"H 1 2 3 4 5 6", "H 1 2 3 4 5", ":3: 6 fields, where Properties name 7"},
		{"H 1 2 3 4 5 6", "H 1 2 3 4 5 6 7 8", ":3: 9 fields, where Properties name 7"},
		{"H 1 2 3 4 5 6", "H 1 2 3 4 5 x", `:3: forces: "x" is not a number`},
		{"H 1 2 3 4 5 6", "H 1 2 inf 4 5 6", `:3: pos is not finite: "inf"`},
		{"forces:R:3", "mass:R:1:x:R:2", ""},
		{"Properties=species:S:1:pos:R:3:forces:R:3", "", ":3: 7 fields, where a file without Properties has 4: symbol x y z"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		path := write(t, "a.xyz", []byte(text))
		_, err := collect(open(t, path))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.new, err)
			}
			continue
		}
		if err == nil || err.Error() != path+c.want {
			t.Errorf("%s: %v\nwant %s%s", c.new, err, path, c.want)
			continue
		}
		checkError(t, err, path)
	}
	_, err := readXYZ(t, good+"1\nProperties=species:S:1:pos:R:2\nH 1 2\n")
	if err == nil || !strings.HasSuffix(err.Error(), ":6: 2 dimensions, where the first frame has 3") {
		t.Errorf("%v", err)
	}
	_, err = readXYZ(t, "1\nProperties=species:S:1:pos:R:3:mass:R:1\nH 1 2 3 -1\n")
	if err == nil || !strings.HasSuffix(err.Error(), ":3: mass -1 is not above 0") {
		t.Errorf("%v", err)
	}
}

// Masses of the options win over atomic weights, those of the file over both.
func TestXYZMasses(t *testing.T) {
	path := write(t, "a.xyz", []byte("2\n\nH 0 0 0\nO 1 1 1\n"))
	f, err := Open(path, Options{Masses: map[int]float64{1: 2.014}})
	if err != nil {
		t.Fatal(err)
	}
	frames := mustCollect(t, f)
	if m := frames[0].Mass; m[0] != 2.014 || m[1] != 15.999 {
		t.Errorf("masses %v", m)
	}
	for z, symbol := range symbols {
		if n, ok := speciesOf([]byte(symbol)); n != z || !ok || symbolOf(z) != symbol || !(weights[z] > 0) {
			t.Errorf("%s: %d", symbol, n)
		}
	}
	for _, n := range []int{-1, 119, math.MaxInt32} {
		if m, ok := speciesOf([]byte(symbolOf(n))); m != n || !ok {
			t.Errorf("%d: %d", n, m)
		}
	}
}
