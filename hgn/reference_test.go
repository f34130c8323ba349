package hgn

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
)

// The slope of a reference is its derivative; at the cutoff V, V′ and, of ZBL, V″ vanish.
func TestReferenceDerivatives(t *testing.T) {
	zbl, err := NewZBL(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	table := PairTable{Species: [2]int{73, 42}}
	for i := range 101 {
		r := 0.5 + 0.015*float64(i)
		x := 2 - r
		table.R = append(table.R, r)
		table.Energy, table.Force = append(table.Energy, x*x*x), append(table.Force, 3*x*x)
	}
	tabulated, err := NewTabulated([]PairTable{table})
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Reference{"zbl": zbl, "table": tabulated} {
		if p.Cutoff() != 2 {
			t.Errorf("%s: cutoff %v", name, p.Cutoff())
		}
		const h = 1e-5
		for _, r := range []float64{0.1, 0.3, 0.499, 0.501, 0.9, 0.999, 1.001, 1.3, 1.7, 1.99, 1.9999, 2.5} {
			above, _ := p.Eval(42, 73, r+h)
			below, _ := p.Eval(73, 42, r-h)
			v, slope := p.Eval(42, 73, r)
			want := (above - below) / (2 * h)
			if tol := 1e-7 * (1 + math.Abs(slope) + math.Abs(v)); !(math.Abs(slope-want) <= tol) {
				t.Errorf("%s: V′(%v) = %v, difference quotient %v", name, r, slope, want)
			}
		}
		v, slope := p.Eval(42, 73, 2-1e-6)
		if math.Abs(v) > 1e-12 || math.Abs(slope) > 1e-8 {
			t.Errorf("%s: V = %v, V′ = %v at the cutoff", name, v, slope)
		}
	}
	z := newZBLPair(42, 73, 1, 2)
	// As pair_write of LAMMPS (29 Sep 2021) has it.
	for _, want := range [][3]float64{
		{0.05, 521178.838368754, 15074594.8532574},
		{0.54974358974359, 2883.11365569552, 17347.5229339259},
		{1.54923076923077, 13.8149278792151, 99.3983724674234},
		{1.84907692307692, 0.465855224569221, 9.35618467933904},
	} {
		if v, slope := z.eval(want[0]); !(math.Abs(v-want[1]) <= 1e-12*v) || !(math.Abs(slope+want[2]) <= 1e-12*-slope) {
			t.Errorf("ZBL at %v is %v with the force %v, LAMMPS has %v and %v", want[0], v, -slope, want[1], want[2])
		}
	}
	if _, slope := z.eval(2 - 1e-5); math.Abs(slope) > 1e-6 { // V″ = 0: V′ ~ 1e-10 V‴
		t.Errorf("V′ = %v at 1e-5 from the cutoff", slope)
	}
	for _, x := range []float64{1e-9, -1e-9} { // continuous at inner
		v, slope := z.eval(1 + x)
		v0, slope0 := z.eval(1)
		if math.Abs(v-v0) > 1e-5 || math.Abs(slope-slope0) > 1e-5 {
			t.Errorf("V and V′ jump by %v and %v at 1", v-v0, slope-slope0)
		}
	}
	// A cubic is reproduced exactly.
	for _, r := range []float64{0.51, 1.234, 1.999} {
		v, slope := tabulated.Eval(42, 73, r)
		if x := 2 - r; math.Abs(v-x*x*x) > 1e-14 || math.Abs(slope+3*x*x) > 1e-13 {
			t.Errorf("table: V = %v, V′ = %v at %v", v, slope, r)
		}
	}
	if v, slope := tabulated.Eval(42, 42, 1); v != 0 || slope != 0 {
		t.Errorf("species without a table interact: %v, %v", v, slope)
	}
}

// A model on top of a reference has the forces, energies and stresses of one without it, and
// those of the reference, also once it was saved.
func TestReferenceOfAtoms(t *testing.T) {
	zbl, err := NewZBL(0.6, 1.6)
	if err != nil {
		t.Fatal(err)
	}
	change := func(p *Reference) func(o *Options) {
		return func(o *Options) { o.Reference, o.Materials.StressUnit = p, ElectronVoltPerCubicAngstrom }
	}
	frames := alloy(1, 12, 3, 1, 2)
	plain, _ := trainAlloy(t, frames, change(nil))
	var raised Frames
	for _, f := range frames {
		raised = append(raised, raise(t, copyOf(f), zbl))
	}
	m, _ := trainAlloy(t, raised, change(zbl))
	m = saved(t, m)
	f := copyOf(frames[0])
	f.Q[0] = f.Q[3] + 0.3 // closer than any in training
	f.Q[1], f.Q[2] = f.Q[4], f.Q[5]
	for k, f := range []*Frame{frames[1], f} {
		want := copyOf(f)
		want.PDot = forcesOf(t, plain, f, nil)
		want.Energy = energyOf(t, plain, f, nil)
		raise(t, want, zbl)
		got := forcesOf(t, m, f, nil)
		if d := farthest(t, got, want.PDot); !(d <= 1e-7*largest(want.PDot)) {
			t.Errorf("frame %d: forces differ by %v of %v", k, d, largest(want.PDot))
		}
		if e := energyOf(t, m, f, nil); !(math.Abs(e-want.Energy) <= 1e-8*math.Abs(want.Energy)) {
			t.Errorf("frame %d: energy %v, want %v", k, e, want.Energy)
		}
	}
	const h = 1e-4
	force := forcesOf(t, m, f, nil)
	for _, k := range []int{0, 4, 20} {
		at := f.Q[k]
		f.Q[k] = at + h
		above := energyOf(t, m, f, nil)
		f.Q[k] = at - h
		below := energyOf(t, m, f, nil)
		f.Q[k] = at
		if want := (below - above) / (2 * h); !(math.Abs(force[k]-want) <= 1e-5*largest(force)) {
			t.Errorf("force %d is %v, differences give %v", k, force[k], want)
		}
	}
	table, err := m.Errors(context.Background(), raised, ErrorOptions{StressUnit: ElectronVoltPerCubicAngstrom})
	if err != nil {
		t.Fatal(err)
	}
	plainTable, _ := plain.Errors(context.Background(), frames, ErrorOptions{StressUnit: ElectronVoltPerCubicAngstrom})
	for _, x := range [][2]float64{
		{table[0].Force.RMSE, plainTable[0].Force.RMSE}, {table[0].Energy.RMSE, plainTable[0].Energy.RMSE}, {table[0].Stress.RMSE, plainTable[0].Stress.RMSE},
	} {
		if !(math.Abs(x[0]-x[1]) <= 1e-6*x[1]+1e-9) {
			t.Errorf("errors %+v, without a reference %+v", table[0], plainTable[0])
		}
	}
}

// raise adds what p says to f, pair by pair, of all images.
func raise(t *testing.T, f *Frame, p *Reference) *Frame {
	t.Helper()
	for i := range f.Nodes() {
		for j := range f.Nodes() {
			for image := range 125 {
				var d [3]float64
				for a, at := 0, image; a < 3; a, at = a+1, at/5 {
					d[a] = f.Q[3*j+a] - f.Q[3*i+a] + float64(at%5-2)*f.Box.Length(a)
				}
				r := math.Hypot(math.Hypot(d[0], d[1]), d[2])
				if r == 0 || r > p.Cutoff() {
					continue
				}
				v, v1 := p.Eval(f.Species[i], f.Species[j], r)
				f.Energy += v / 2
				for a := range 3 {
					f.PDot[3*i+a] += v1 * d[a] / r
					f.Stress[a] += v1 * d[a] * d[a] / (2 * r * f.volume())
				}
				f.Stress[3] += v1 * d[1] * d[2] / (2 * r * f.volume())
				f.Stress[4] += v1 * d[0] * d[2] / (2 * r * f.volume())
				f.Stress[5] += v1 * d[0] * d[1] / (2 * r * f.volume())
			}
		}
	}
	return f
}

// The same holds for pair potentials, of which a rollout uses all of it.
func TestReferenceOfPairs(t *testing.T) {
	w := world{dim: 3, side: 3, species: 1, cutoff: 2, potential: screened}
	table := PairTable{Species: [2]int{3, 3}}
	for i := range 61 {
		r := 0.3 + 0.02*float64(i)
		x := 1.5 - r
		table.R = append(table.R, r)
		table.Energy, table.Force = append(table.Energy, 50*x*x*x*x), append(table.Force, 200*x*x*x)
	}
	p, err := NewTabulated([]PairTable{table})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options(t)
	plain, _ := train(t, w.frames(t, 1, 20, 0.1), o)
	both := w
	both.potential = func(a, b int, r float64) (v, v1 float64) {
		v, v1 = screened(a, b, r)
		more, more1 := p.Eval(a, b, r)
		return v + more, v1 + more1
	}
	o.Reference = p
	m, _ := train(t, both.frames(t, 1, 20, 0.1), o)
	m = saved(t, m)
	f := w.frames(t, 2, 1, 0.1)[0]
	f.Q[0], f.Q[1], f.Q[2] = f.Q[3]+0.2, f.Q[4], f.Q[5]
	want := forcesOf(t, plain, f, nil)
	for j := 1; j < f.Nodes(); j++ {
		for i := range j {
			var d [3]float64
			r := 0.0
			for a := range 3 {
				d[a] = f.Q[3*j+a] - f.Q[3*i+a]
				r = math.Hypot(r, d[a])
			}
			_, v1 := p.Eval(3, 3, r)
			for a := range 3 {
				want[3*i+a] += v1 * d[a] / r
				want[3*j+a] -= v1 * d[a] / r
			}
		}
	}
	if d := farthest(t, forcesOf(t, m, f, nil), want); !(d <= 1e-9*largest(want)) {
		t.Errorf("forces differ by %v of %v", d, largest(want))
	}
	if _, err := m.Rollout(t.Context(), f, RolloutOptions{DT: 1e-4, Steps: 1, Table: 500}); err == nil || !strings.Contains(err.Error(), "reference") {
		t.Errorf("a rollout with a table of it: %v", err)
	}
	_, seen := roll(t, m, f, RolloutOptions{DT: 1e-4, Steps: 1, Table: DefaultTable})
	if d := farthest(t, seen.at[0].PDot, want); !(d <= 1e-9*largest(want)) {
		t.Errorf("forces of a rollout differ by %v of %v", d, largest(want))
	}
	pairs, err := m.PairPotentials()
	if err != nil {
		t.Fatal(err)
	}
	others, _ := plain.PairPotentials()
	rise := func(v *PairPotential) float64 {
		near, _ := v.Eval(0.7)
		far, _ := v.Eval(1.6)
		return near - far
	}
	more, _ := p.Eval(3, 3, 0.7)
	if got, want := rise(&pairs[0]), rise(&others[0])+more; !(math.Abs(got-want) <= 1e-8*want) {
		t.Errorf("V(0.7) − V(1.6) = %v, want %v", got, want)
	}
}

// tableLJ is the table of 4 (r⁻¹² − r⁻⁶) from 0.4 to 2.5 that shift has changed.
func tableLJ(species int, shift func(r, v, v1 float64) (float64, float64)) PairTable {
	t := PairTable{Species: [2]int{species, species}}
	for k := range 211 {
		r := 0.4 + 0.01*float64(k)
		s := math.Pow(r, -6)
		v, v1 := shift(r, 4*s*(s-1), -24*s*(2*s-1)/r)
		t.R, t.Energy, t.Force = append(t.R, r), append(t.Energy, v), append(t.Force, -v1)
	}
	return t
}

// shifted leaves no jump at 2.5.
func shifted(r, v, v1 float64) (float64, float64) {
	s := math.Pow(2.5, -6)
	slope := -24 * s * (2*s - 1) / 2.5
	return v - 4*s*(s-1) - (r-2.5)*slope, v1 - slope
}

// A table must end at 0 on the scale of its outer half, not of its hard core; and what
// becomes of the arrays that it was made of does not matter.
func TestTableEnds(t *testing.T) {
	s := math.Pow(2.5, -6)
	for name, shift := range map[string]func(r, v, v1 float64) (float64, float64){
		"truncated":   func(_, v, v1 float64) (float64, float64) { return v, v1 },
		"energy only": func(_, v, v1 float64) (float64, float64) { return v - 4*s*(s-1), v1 },
	} {
		if _, err := NewTabulated([]PairTable{tableLJ(1, shift)}); err == nil || !strings.Contains(err.Error(), "shift or smooth") {
			t.Errorf("%s: %v", name, err)
		}
	}
	tables := []PairTable{tableLJ(2, shifted), tableLJ(1, shifted)}
	tables[1].Species[1] = 0
	p, err := NewTabulated(tables)
	if err != nil {
		t.Fatal(err)
	}
	if tables[0].Species != [2]int{2, 2} || tables[1].Species != [2]int{1, 0} {
		t.Errorf("the tables are now of %v and %v", tables[0].Species, tables[1].Species)
	}
	v, slope := p.Eval(2, 2, 1.234)
	clear(tables[0].Energy)
	clear(tables[0].Force)
	if w, slope2 := p.Eval(2, 2, 1.234); w != v || slope2 != slope {
		t.Errorf("V = %v, V′ = %v after the arrays of a table were changed; %v, %v before", w, slope2, v, slope)
	}
}

// Tables of species that are not there are left out of models, and refused if none is left.
func TestTablesAmongSpecies(t *testing.T) {
	w := world{dim: 3, side: 3, species: 1, cutoff: 2.5, potential: screened} // of species 3
	pairs := w.options(t)
	bodies := Options{Cutoff: 2.5, Encoding: ManyBody, Features: 20, Materials: Materials{StressWeight: 0}}
	frames := w.frames(t, 1, 4, 0.1)
	for _, o := range []Options{pairs, bodies} {
		o.Reference, _ = NewTabulated([]PairTable{tableLJ(1, shifted), tableLJ(2, shifted)})
		if _, _, err := Train(t.Context(), frames, o); err == nil || !strings.Contains(err.Error(), "no table of the reference") {
			t.Errorf("%v: %v", o.Encoding, err)
		}
		o.Reference, _ = NewTabulated([]PairTable{tableLJ(1, shifted), tableLJ(3, shifted)})
		m, _ := train(t, frames, o)
		data := m.marshal()
		if again := saved(t, m).marshal(); !bytes.Equal(again, data) {
			t.Errorf("%v: a loaded model is written in other bytes", o.Encoding)
		}
	}
}

// saved is m written and read.
func saved(t *testing.T, m *Model) *Model {
	t.Helper()
	m, err := unmarshal(m.marshal())
	if err != nil {
		t.Fatal(err)
	}
	return m
}
