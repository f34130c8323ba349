package hgn

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

var activations = []dense.Activation{dense.Tanh, dense.Softplus, dense.Gaussian, dense.Sin, dense.Sigmoid}

// world is a system of bodies near the points of a cubic grid, with a pair potential
// V(r) of the species and the weight of the ends.
type world struct {
	dim, side int // bodies per direction
	species   int // species 3, 5, 7, … in turn
	cutoff    float64
	periodic  bool
	weight    pairWeight
	potential func(a, b int, r float64) (v, v1 float64)
}

// spring is a soft anharmonic bond that depends on the species.
func spring(a, b int, r float64) (v, v1 float64) {
	k, x := float64(a+b)/6, r-1
	return k * x * x * (0.5 + 0.1*x), k * x * (1 + 0.3*x)
}

// screened is repulsive and vanishes, with two derivatives, at a distance of 2.
func screened(a, b int, r float64) (v, v1 float64) {
	k, s := float64(a*b)/9, 1-r*r/4
	if s <= 0 {
		return 0, 0
	}
	v = k * s * s * s / r
	return v, -v/r - 1.5*k*s*s
}

func coulomb(_, _ int, r float64) (v, v1 float64) { return 1 / r, -1 / (r * r) }

func gravity(_, _ int, r float64) (v, v1 float64) { return -1 / r, 1 / (r * r) }

// grid joins the neighbours on the grid.
func (w *world) grid(t testing.TB) *Graph {
	t.Helper()
	if w.cutoff > 0 {
		return nil
	}
	var pairs [][2]int
	n, stride := w.nodes(), 1
	for range w.dim {
		for i := range n {
			if x := i / stride % w.side; x+1 < w.side {
				pairs = append(pairs, [2]int{i + stride, i})
			} else if w.periodic && w.side > 2 {
				pairs = append(pairs, [2]int{i, i - x*stride})
			}
		}
		stride *= w.side
	}
	g, err := NewGraph(n, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (w *world) nodes() int {
	n := 1
	for range w.dim {
		n *= w.side
	}
	return n
}

// frame draws a state, with everything observed.
func (w *world) frame(t testing.TB, r *rand.Rand, jitter float64) *Frame {
	t.Helper()
	n := w.nodes()
	f := &Frame{Dim: w.dim}
	for a := range w.dim {
		f.Box.Lo[a], f.Box.Hi[a] = -0.25, float64(w.side)-0.25
		f.Box.Periodic[a] = true
	}
	for i := range n {
		f.Species = append(f.Species, 3+2*(i%w.species))
		f.Mass = append(f.Mass, 0.5+r.Float64()*2)
		f.Charge = append(f.Charge, r.Float64()+0.5-2*float64(r.IntN(2)))
		x := i
		for range w.dim {
			f.Q = append(f.Q, float64(x%w.side)+jitter*(2*r.Float64()-1))
			f.P = append(f.P, r.NormFloat64())
			x /= w.side
		}
	}
	if w.weight != byCharge {
		f.Charge = nil
	}
	w.observe(t, f)
	return f
}

// observe computes QDot, PDot and Energy of f, all pairs by all pairs.
func (w *world) observe(t testing.TB, f *Frame) {
	t.Helper()
	f.QDot, f.PDot = make([]float64, len(f.Q)), make([]float64, len(f.Q))
	f.Energy, f.HasEnergy = 0, true
	for k, p := range f.P {
		m := f.Mass[k/f.Dim]
		f.QDot[k] = p / m
		f.Energy += p * p / (2 * m)
	}
	bonded := map[[2]int]bool{}
	if g := w.grid(t); g != nil {
		for k, i := range g.Senders {
			bonded[[2]int{int(i), int(g.Receivers[k])}] = true
		}
	}
	weight, err := w.weight.of(f)
	if err != nil {
		t.Fatal(err)
	}
	for j := range f.Nodes() {
		for i := range j {
			var d [3]float64
			r := 0.0
			for a := range f.Dim {
				d[a] = f.Q[j*f.Dim+a] - f.Q[i*f.Dim+a]
				if w.periodic {
					d[a] = f.Box.Reduce(a, d[a])
				}
				r = math.Hypot(r, d[a])
			}
			if w.cutoff > 0 && r >= w.cutoff || w.cutoff == 0 && !bonded[[2]int{i, j}] {
				continue
			}
			v, v1 := w.potential(f.Species[i], f.Species[j], r)
			if weight != nil {
				v, v1 = v*weight[i]*weight[j], v1*weight[i]*weight[j]
			}
			f.Energy += v
			for a := range f.Dim {
				f.PDot[i*f.Dim+a] += v1 * d[a] / r
				f.PDot[j*f.Dim+a] -= v1 * d[a] / r
			}
		}
	}
}

// frames draws n states.
func (w *world) frames(t testing.TB, seed uint64, n int, jitter float64) Frames {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	var frames Frames
	for k := range n {
		f := w.frame(t, r, jitter)
		f.Step = int64(10 * k)
		frames = append(frames, f)
	}
	return frames
}

// options are those that go with w.
func (w *world) options(t testing.TB) Options {
	o := Options{Graph: w.grid(t), Cutoff: w.cutoff, Periodic: w.periodic}
	if w.weight != unweighted {
		o.Xi = LogDistance
	}
	return o
}

// train is Train, which must succeed.
func train(t testing.TB, src Source, o Options) (*Model, *Report) {
	t.Helper()
	m, r, err := Train(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return m, r
}

// pairsOf is m, which must be in the encoding Invariant.
func pairsOf(m *Model) *pairModel { return m.hamiltonian.(*pairModel) }

// evaluate is Model.Evaluate, which must succeed.
func evaluate(t testing.TB, m *Model, src Source, g *Graph) *Evaluation {
	t.Helper()
	e, err := m.Evaluate(context.Background(), src, EvaluateOptions{Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// energyOf and forcesOf must succeed.
func energyOf(t testing.TB, m *Model, f *Frame, g *Graph) float64 {
	t.Helper()
	h, err := m.Energy(f, g)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func forcesOf(t testing.TB, m *Model, f *Frame, g *Graph) []float64 {
	t.Helper()
	dst := make([]float64, len(f.Q))
	if _, err := m.Forces(dst, f, g); err != nil {
		t.Fatal(err)
	}
	return dst
}

func copyOf(f *Frame) *Frame {
	g := new(Frame)
	g.CopyFrom(f)
	return g
}

// farthest is the largest difference of x and y.
func farthest(t testing.TB, x, y []float64) (d float64) {
	t.Helper()
	if len(x) != len(y) {
		t.Fatalf("%d and %d numbers", len(x), len(y))
	}
	for i := range x {
		d = max(d, math.Abs(x[i]-y[i])) // NaN stays NaN
	}
	return d
}

// largest is the largest magnitude in x.
func largest(x []float64) (d float64) {
	for _, v := range x {
		d = max(d, math.Abs(v))
	}
	return d
}
