package system

import (
	"context"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A referenceFrame is a state as another program has it; momenta are velocities, as
// all masses are 1.
type referenceFrame struct {
	box     hgn.Box
	q, p, f []float64
}

// readDump reads a LAMMPS text dump with the columns that testdata/README.md names,
// sorted by id.
func readDump(t *testing.T, name string) (frames []referenceFrame) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	section, side := "", 0
	for line := range strings.Lines(string(raw)) {
		if after, ok := strings.CutPrefix(line, "ITEM: "); ok {
			section, side = after, 0
			if section == "TIMESTEP\n" {
				frames = append(frames, referenceFrame{})
			}
			continue
		}
		var values []float64
		for _, field := range strings.Fields(line) {
			values = append(values, number(t, field))
		}
		f := &frames[len(frames)-1]
		switch {
		case strings.HasPrefix(section, "BOX"):
			f.box.Lo[side], f.box.Hi[side] = values[0], values[1]
			f.box.Periodic[side] = strings.Contains(section, "pp")
			side++
		case strings.HasPrefix(section, "ATOMS"):
			f.q = append(f.q, values[2:5]...)
			f.p = append(f.p, values[5:8]...)
			f.f = append(f.f, values[8:11]...)
		}
	}
	return frames
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// farthest is the largest difference of x and y.
func farthest(t *testing.T, x, y []float64) (d float64) {
	t.Helper()
	if len(x) != len(y) || len(x) == 0 {
		t.Fatalf("%d and %d numbers", len(x), len(y))
	}
	for i := range x {
		d = math.Max(d, math.Abs(x[i]-y[i])) // NaN stays NaN
	}
	return d
}

// Forces, and 20 steps of Verlet, are those of LAMMPS up to the 15 digits of its dump.
func TestLatticeAgainstLAMMPS(t *testing.T) {
	frames := readDump(t, "testdata/lattice2x2x2.dump")
	s, err := Lattice(Harmonic{K: 1, R0: 1}, Free, 1, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Trajectory(context.Background(), frames[0].q, frames[0].p, 0.01, 20, 20)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d frames, %v", len(got), err)
	}
	for k, f := range got {
		for name, d := range map[string]float64{
			"positions":  farthest(t, f.Q, frames[k].q),
			"velocities": farthest(t, f.QDot, frames[k].p),
			"forces":     farthest(t, f.PDot, frames[k].f),
		} {
			if !(d <= 2e-14) { // 2e-15 from the digits, carried over 20 steps
				t.Errorf("frame %d: %s differ by %v", k, name, d)
			}
		}
	}
	energy, err := s.Energy(frames[0].q, frames[0].p)
	if want := 0.294862085733675; err != nil || !(math.Abs(energy-want) <= 1e-14) {
		t.Errorf("energy %v, want %v (error %v)", energy, want, err)
	}
}

// Forces and energy of a Lennard-Jones liquid are those of LAMMPS. Positions of 15
// digits leave an error of 5e-15·|V″| ≈ 1e-11 in a force.
func TestLennardJonesAgainstLAMMPS(t *testing.T) {
	frame := readDump(t, "testdata/lj108.dump")[0]
	s, err := FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, 3)
	if err != nil {
		t.Fatal(err)
	}
	s.Box = frame.box
	f := make([]float64, len(frame.q))
	if err := s.Forces(f, frame.q); err != nil {
		t.Fatal(err)
	}
	if d := farthest(t, f, frame.f); !(d <= 2e-11) {
		t.Errorf("forces differ by %v", d)
	}
	energy, err := s.Energy(frame.q, frame.p)
	if want := -383.757236529028; err != nil || !(math.Abs(energy-want) <= 1e-11) {
		t.Errorf("energy %v, want %v (error %v)", energy, want, err)
	}
}

// Forces of the five-spring benchmark, and Verlet towards its next state, whose
// error is that of Verlet.
func TestRingAgainstFiveSprings(t *testing.T) {
	raw, err := os.ReadFile("testdata/spring5.csv")
	if err != nil {
		t.Fatal(err)
	}
	var frames [2]referenceFrame
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n")[1:] {
		f, v := &frames[i/5], strings.Split(line, ",")
		for a := range 2 {
			f.q = append(f.q, number(t, v[a]))
			f.p = append(f.p, number(t, v[2+a]))
			f.f = append(f.f, number(t, v[4+a]))
		}
	}
	s, err := Ring(quartic{}, 1, 5)
	if err != nil {
		t.Fatal(err)
	}
	force := make([]float64, 10)
	for k, f := range frames {
		if err := s.Forces(force, f.q); err != nil {
			t.Fatal(err)
		}
		if d := farthest(t, force, f.f); !(d <= 2e-14) {
			t.Errorf("state %d: forces differ by %v", k, d)
		}
	}
	var last float64
	for _, steps := range []int{100, 200, 400} {
		dt := 0.1000100010001 / float64(steps)
		got, err := s.Trajectory(context.Background(), frames[0].q, frames[0].p, dt, steps, steps)
		if err != nil {
			t.Fatal(err)
		}
		d := farthest(t, got[1].Q, frames[1].q)
		if last > 0 && !(math.Abs(last/d-4) < 0.02) {
			t.Errorf("%d steps: error %v, %v times less than with half as many", steps, d, last/d)
		}
		last = d
	}
}
