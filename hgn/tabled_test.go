package hgn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Tables give the motion of the features, for every kind of system and any number of
// workers, which change no bit; momentum is conserved to rounding.
func TestTabled(t *testing.T) {
	for name, w := range worlds {
		o := w.options(t)
		o.Features, o.NodeFeatures, o.Ridge = 16, 4, 1e-8
		m, _ := train(t, w.frames(t, 1, 20, 0.15), o)
		start := w.frames(t, 2, 1, 0.1)[0]
		const steps = 40
		_, want := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.005, Steps: steps})
		report, got := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.005, Steps: steps, Table: DefaultTable, Workers: 1})
		_, other := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.005, Steps: steps, Table: DefaultTable, Workers: 3})
		if d := farthest(t, got.at[steps].Q, want.at[steps].Q); !(d <= 1e-9) {
			t.Errorf("%s: positions differ by %v", name, d)
		}
		if d := farthest(t, got.at[steps].Q, other.at[steps].Q); d != 0 {
			t.Errorf("%s: the number of workers changes positions by %v", name, d)
		}
		if d := farthest(t, got.at[0].PDot, want.at[0].PDot); !(d <= 1e-8) {
			t.Errorf("%s: forces differ by %v", name, d)
		}
		for a := range w.dim {
			sum, size := 0.0, 0.0
			for i := a; i < len(start.P); i += w.dim {
				sum += got.at[steps].P[i] - start.P[i]
				size += math.Abs(start.P[i])
			}
			if !(math.Abs(sum) <= 1e-13*size) {
				t.Errorf("%s: momentum changes by %v of %v", name, sum, size)
			}
		}
		if report.Steps != steps || report.Made != steps {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

// A list has all pairs within reach, each twice, in every dimension and box, also where
// bodies are too far apart for a grid.
func TestPairList(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	var l pairList
	pairs, grids := 0, 0
	for trial := range 250 {
		dim, kinds := 1+trial%3, 1+trial%2
		f, reach := neighborCase(r, dim, []int{1, 2, 10, 60, 300}[r.IntN(5)])
		periodic := trial%4 > 0
		species := make([]int32, f.Nodes())
		for i := range species {
			species[i] = int32(i % kinds)
		}
		if err := l.build(f.Q, dim, species, kinds, &f.Box, periodic, reach, 1+trial%3); err != nil {
			t.Fatalf("trial %d: %v", trial, err)
		}
		var want, got []string
		g := allPairs(f, reach, periodic)
		for k, i := range g.Senders {
			want = append(want, fmt.Sprint(i, g.Receivers[k]), fmt.Sprint(g.Receivers[k], i))
		}
		im := f.Box.image(periodic)
		for b := range l.blocks {
			for s := range l.blocks[b] {
				list := &l.blocks[b][s]
				if err := list.Check(f.Nodes()); err != nil {
					t.Fatal(err)
				}
				for k, first := range list.Start[:len(list.Start)-1] {
					i := l.order[list.First+k]
					for _, at := range list.Neighbors[first:list.Start[k+1]] {
						if int(at) == 4*f.Nodes() {
							continue
						}
						j := l.order[at/4]
						if int(species[j]) != s || l.species[at/4] != species[j] {
							t.Fatalf("trial %d: body %d is in the list of species %d", trial, j, s)
						}
						square := 0.0
						for a := range dim {
							d := im.reduce(a, f.Q[int(j)*dim+a]-f.Q[int(i)*dim+a])
							square += float64(d * d)
						}
						if square < reach*reach { // others are there for rounding
							got = append(got, fmt.Sprint(i, j))
						} else if square > reach*reach*(1+1e-9) && !(math.Abs(square) > 1e10*reach*reach) && l.grid.slack < 1e-6*reach {
							t.Fatalf("trial %d: bodies %d and %d are too far apart", trial, i, j)
						}
					}
				}
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(slices.Compact(got), want) {
			t.Fatalf("trial %d: dim %d, %d bodies, reach %v, box %v: %d pairs, want %d", trial, dim, f.Nodes(), reach, f.Box, len(got), len(want))
		}
		pairs += len(want)
		if !l.grid.sparse {
			grids++
		}
	}
	if pairs < 10000 || grids < 50 || grids > 245 {
		t.Errorf("%d pairs, %d grids: the cases test nothing", pairs, grids)
	}
}

// largeLiquid returns a model of the world "liquid" and side³ bodies of it.
func largeLiquid(b *testing.B, side int) (*Model, *Frame) {
	w := worlds["liquid"]
	m, _ := train(b, w.frames(b, 1, 20, 0.15), w.options(b))
	r := rand.New(rand.NewPCG(3, 4))
	f := &Frame{Dim: 3}
	for a := range 3 {
		f.Box.Hi[a], f.Box.Periodic[a] = float64(side), true
	}
	for i := range side * side * side {
		f.Species, f.Mass = append(f.Species, 3), append(f.Mass, 1)
		for _, x := range []int{i % side, i / side % side, i / side / side} {
			f.Q = append(f.Q, float64(x)+0.1*(2*r.Float64()-1))
			f.P = append(f.P, 0.3*r.NormFloat64())
		}
	}
	return m, f
}

// BenchmarkRollout moves a liquid by tables, from 10⁴ to 10⁶ bodies.
func BenchmarkRollout(b *testing.B) {
	for _, side := range []int{22, 46, 100} {
		m, start := largeLiquid(b, side)
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("bodies=%d/workers=%d", start.Nodes(), workers), func(b *testing.B) {
				seconds := 0.0
				const steps = 20
				for b.Loop() {
					r, err := m.Rollout(context.Background(), start, RolloutOptions{DT: 0.01, Steps: steps, Table: DefaultTable, Workers: workers})
					if err != nil {
						b.Fatal(err)
					}
					seconds += r.Seconds
				}
				b.ReportMetric(steps*float64(start.Nodes())*float64(b.N)/seconds/1e6, "Msteps/s")
			})
		}
	}
}

// BenchmarkDrift reports the energy drift of 10⁵ steps of a small lattice, learned and
// tabulated, over that with the true force.
func BenchmarkDrift(b *testing.B) {
	w := world{dim: 3, side: 2, species: 1, potential: func(_, _ int, r float64) (v, v1 float64) { return 0.5 * (r - 1) * (r - 1), r - 1 }}
	o := w.options(b)
	m, _ := train(b, w.frames(b, 1, 100, 0.15), o)
	start := w.frames(b, 2, 1, 0.05)[0]
	const dt, steps = 0.01, 100000
	for b.Loop() {
		learned, err := m.Rollout(context.Background(), start, RolloutOptions{Graph: o.Graph, DT: dt, Steps: steps, Table: DefaultTable, Workers: 1})
		if err != nil {
			b.Fatal(err)
		}
		truth := &springs{w: &w, f: copyOf(start), g: o.Graph}
		kinetic, worst := 0.0, 0.0
		for i, p := range start.P {
			kinetic += p * p / (2 * start.Mass[i/3])
		}
		q, p := truth.f.Q, truth.f.P
		h0 := truth.energy(q) + kinetic
		err = Verlet(context.Background(), truth, q, p, dt, steps, func(int) error {
			h := truth.energy(q)
			for i, p := range p {
				h += p * p / (2 * start.Mass[i/3])
			}
			worst = max(worst, math.Abs(h-h0))
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(learned.EnergyDrift/(worst/kinetic), "drift/true")
	}
}

// springs is the true system of BenchmarkDrift.
type springs struct {
	w *world
	f *Frame
	g *Graph
}

func (s *springs) Velocities(dst, p []float64) {
	for i, x := range p {
		dst[i] = x / s.f.Mass[i/3]
	}
}

func (s *springs) Forces(dst, q []float64) error {
	clear(dst)
	s.each(q, func(i, j int, d [3]float64, r, _, v1 float64) {
		for a, x := range d {
			dst[3*i+a] += v1 * x / r
			dst[3*j+a] -= v1 * x / r
		}
	})
	return nil
}

func (s *springs) energy(q []float64) (sum float64) {
	s.each(q, func(_, _ int, _ [3]float64, _, v, _ float64) { sum += v })
	return sum
}

func (s *springs) each(q []float64, f func(i, j int, d [3]float64, r, v, v1 float64)) {
	for k, i := range s.g.Senders {
		j := s.g.Receivers[k]
		var d [3]float64
		r := 0.0
		for a := range d {
			d[a] = q[3*int(j)+a] - q[3*int(i)+a]
			r += d[a] * d[a]
		}
		r = math.Sqrt(r)
		v, v1 := s.w.potential(0, 0, r)
		f(int(i), int(j), d, r, v, v1)
	}
}
