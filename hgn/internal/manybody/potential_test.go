package manybody

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var testSpecs = []Spec{
	{Species: 1, Cutoff: 2.5, Min: 0.8, Columns: 300},
	{Species: 2, Cutoff: 2.5, Min: 0.97, Columns: 90}, // some distances are below Min
}

// TestForces compares forces with differences of the energy.
func TestForces(t *testing.T) {
	for _, spec := range testSpecs {
		r := rand.New(rand.NewPCG(9, uint64(spec.Species)))
		s := cluster(r, 14, spec.Species, 3.4, [3]bool{true, true, false})
		p := random(t, r, s, spec, 1)
		e, _ := evaluated(t, p, s)
		scale := largest(e.Gradient)
		for range 12 {
			k := r.IntN(len(s.Positions))
			got := difference(func(h float64) float64 {
				moved := *s
				moved.Positions = slices.Clone(s.Positions)
				moved.Positions[k] += h
				_, energy := evaluated(t, p, &moved)
				return energy
			})
			if want := e.Gradient[k]; math.Abs(got-want) > 1e-7*scale {
				t.Errorf("%d species: ∂E/∂x = %v, differences say %v", spec.Species, want, got)
			}
		}
	}
}

// TestVirial compares the virial with differences of the energy under strain.
func TestVirial(t *testing.T) {
	for _, spec := range testSpecs {
		r := rand.New(rand.NewPCG(10, uint64(spec.Species)))
		s := cluster(r, 12, spec.Species, 3.2, [3]bool{true, true, true})
		p := random(t, r, s, spec, 1)
		e, _ := evaluated(t, p, s)
		scale := largest(e.Virial[:])
		for k, ab := range [virialRows][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}} {
			a, b := ab[0], ab[1]
			got := difference(func(h float64) float64 {
				moved := *s
				moved.Positions = slices.Clone(s.Positions)
				for i := range s.Species {
					moved.Positions[3*i+a] += h * s.Positions[3*i+b]
				}
				for c := range 3 {
					moved.Cell[c][a] += h * s.Cell[c][b]
				}
				_, energy := evaluated(t, p, &moved)
				return energy
			})
			if want := e.Virial[k]; math.Abs(got-want) > 1e-7*scale {
				t.Errorf("%d species: virial %d = %v, differences say %v", spec.Species, k, want, got)
			}
		}
	}
}

// difference returns the derivative of f at 0, by central differences of fourth order.
func difference(f func(h float64) float64) float64 {
	const h = 4e-6 // small, as the second derivative jumps at the cutoff and at Min
	return (8*(f(h)-f(-h)) - (f(2*h) - f(-2*h))) / (12 * h)
}

// TestInvariance rotates, reflects, moves and renumbers a structure.
func TestInvariance(t *testing.T) {
	for _, spec := range testSpecs {
		r := rand.New(rand.NewPCG(11, uint64(spec.Species)))
		s := cluster(r, 15, spec.Species, 3.5, [3]bool{true, true, true})
		p := random(t, r, s, spec, 1)
		e, energy := evaluated(t, p, s)
		turn, shift := rotation(r), [3]float64{r.Float64(), r.Float64(), r.Float64()}
		order := r.Perm(s.Atoms())
		moved := Structure{Periodic: s.Periodic}
		for k := range 3 {
			moved.Cell[k] = rotated(turn, s.Cell[k])
		}
		for _, i := range order {
			x := add(rotated(turn, [3]float64(s.Positions[3*i:])), shift)
			moved.Positions = append(moved.Positions, x[:]...)
			moved.Species = append(moved.Species, s.Species[i])
		}
		f, other := evaluated(t, p, &moved)
		if size := largest(e.Energies) * float64(s.Atoms()); math.Abs(energy-other) > 1e-12*size {
			t.Errorf("%d species: energy %v, then %v", spec.Species, energy, other)
		}
		scale := largest(e.Gradient)
		for k, i := range order {
			want := rotated(turn, [3]float64(e.Gradient[3*i:]))
			for a := range 3 {
				if got := f.Gradient[3*k+a]; math.Abs(got-want[a]) > 1e-11*scale {
					t.Errorf("%d species: gradient %v, then %v", spec.Species, want[a], got)
				}
			}
		}
	}
}

// TestRows compares rows times coefficients with what the evaluator gives.
func TestRows(t *testing.T) {
	for _, spec := range testSpecs {
		for _, edge := range []float64{2.2, 3.6} { // the smaller one holds images of itself
			r := rand.New(rand.NewPCG(12, uint64(spec.Species)))
			s := cluster(r, int(edge*edge), spec.Species, edge, [3]bool{true, true, true})
			p := random(t, r, s, spec, 1)
			e, energy := evaluated(t, p, s)
			rows, err := NewBuilder(p.Basis, p.Scaling).Rows(s)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Concat(e.Gradient, e.Virial[:], []float64{energy})
			if rows.Rows != len(want) || rows.Cols != p.Basis.Width() {
				t.Fatalf("%d×%d rows, want %d×%d", rows.Rows, rows.Cols, len(want), p.Basis.Width())
			}
			for i := range want {
				sum, size := 0.0, 0.0
				for k, x := range rows.Data[i*rows.Stride:][:rows.Cols] {
					sum += x * p.Theta[k]
					size += math.Abs(x * p.Theta[k])
				}
				if math.Abs(sum-want[i]) > 1e-12*size {
					t.Errorf("%d species, edge %v, row %d: %v, want %v", spec.Species, edge, i, sum, want[i])
				}
			}
		}
	}
}

// TestSets compares sets of coefficients that are evaluated together with each alone, with
// any number of workers, to the bit.
func TestSets(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 3))
	s := cluster(r, 40, 2, 5, [3]bool{true, true, true})
	p := random(t, r, s, testSpecs[1], 3)
	e, _ := evaluated(t, p, s)
	for set := range p.Sets() {
		_, energy := e.Read(set)
		alone := &Potential{Basis: p.Basis, Scaling: p.Scaling, Theta: p.theta(set)}
		f := NewEvaluator(alone, 1)
		f.Find(s)
		f.Evaluate(s, 1)
		if _, want := f.Read(0); energy != want || !slices.Equal(e.Gradient, f.Gradient) || e.Virial != f.Virial {
			t.Errorf("set %d differs from itself alone", set)
		}
	}
}

// TestIsolated evaluates an atom without neighbours.
func TestIsolated(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	p := random(t, r, cluster(r, 8, 1, 3, [3]bool{true, true, true}), testSpecs[0], 1)
	e, energy := evaluated(t, p, &Structure{Positions: make([]float64, 3), Species: make([]int, 1)})
	if math.IsNaN(energy) || largest(e.Gradient) != 0 {
		t.Errorf("energy %v, gradient %v", energy, e.Gradient)
	}
}

// TestBasis counts features and checks that they are all different.
func TestBasis(t *testing.T) {
	for _, n := range []int{1, 2, 37, 200, 900} {
		b := NewBasis(Spec{Species: 2, Cutoff: 3, Min: 1, Columns: n})
		seen := map[string]bool{}
		for _, u := range b.runs {
			for k := range u.n {
				seen[fmt.Sprint(append(slices.Clone(u.factors), u.first+k))] = true
				if u.first+k >= len(b.invariants) {
					t.Fatalf("%d columns: a run ends beyond the invariants", n)
				}
			}
		}
		if len(seen) != n || b.columns != n {
			t.Errorf("%d columns: %d different ones of %d", n, len(seen), b.columns)
		}
	}
}

// TestSubset compares a basis of some features with the one that has the others, too, with
// coefficients of 0.
func TestSubset(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 1))
	spec := testSpecs[1]
	s := cluster(r, 12, 2, 3.2, [3]bool{true, true, true})
	p := random(t, r, s, spec, 1)
	var features []int
	for k := range spec.Columns {
		if r.IntN(3) == 0 {
			features = append(features, k)
		}
	}
	b, invariants := p.Basis.Subset(features)
	small := &Potential{Basis: b, Scaling: p.Scaling.Subset(invariants, p.Basis.Invariants())}
	large := &Potential{Basis: p.Basis, Scaling: p.Scaling, Theta: make([]float64, len(p.Theta))}
	for k := range 2 {
		for _, j := range features {
			large.Theta[k*spec.Columns+j] = p.Theta[k*spec.Columns+j]
			small.Theta = append(small.Theta, p.Theta[k*spec.Columns+j])
		}
	}
	small.Theta = append(small.Theta, 1, 2)
	copy(large.Theta[2*spec.Columns:], []float64{1, 2})
	e, got := evaluated(t, small, s)
	f, want := evaluated(t, large, s)
	if size := largest(f.Energies); math.Abs(got-want) > 1e-11*size*12 {
		t.Errorf("energy %v, want %v", got, want)
	}
	for k, x := range f.Gradient {
		if math.Abs(e.Gradient[k]-x) > 1e-11*largest(f.Gradient) {
			t.Errorf("gradient %v, want %v", e.Gradient[k], x)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	for _, columns := range []int{200, 900} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			r := rand.New(rand.NewPCG(14, 1))
			spec := Spec{Species: 1, Cutoff: 1.75, Min: 0.7, Columns: columns}
			s := cluster(r, 54, 1, 3.8, [3]bool{true, true, true})
			p := random(b, r, s, spec, 1)
			w := NewBuilder(p.Basis, p.Scaling)
			for b.Loop() {
				if _, err := w.Rows(s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*s.Atoms()), "µs/atom")
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, columns := range []int{200, 900} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			r := rand.New(rand.NewPCG(15, 1))
			spec := Spec{Species: 1, Cutoff: 1.75, Min: 0.7, Columns: columns}
			s := cluster(r, 54, 1, 3.8, [3]bool{true, true, true})
			e := NewEvaluator(random(b, r, s, spec, 1), 1)
			for b.Loop() {
				e.Find(s)
				e.Evaluate(s, 1)
				e.Read(0)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*s.Atoms()), "µs/atom")
		})
	}
}
