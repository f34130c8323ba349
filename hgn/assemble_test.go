package hgn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// untrained returns a model of w with drawn layers and no coefficients.
func untrained(t *testing.T, w *world, src Source, o Options) (*pairModel, *statistics, Options) {
	t.Helper()
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	st, err := o.gather(context.Background(), newDataset(src, 0), new(pairWork))
	if err != nil {
		t.Fatal(err)
	}
	return newPairModel(st, &o), st, o
}

func newAssembler(m *pairModel, o *Options) *assembler {
	one := *o
	one.Workers = 1
	work := new(pairWork)
	blocks, q, _ := work.columns(m, nil, 0)
	p := 0
	for i := range m.kinetics {
		p += 1 + len(m.kinetics[i].w)
	}
	return work.assemblers(m, &one, blocks, q, p)[0]
}

// The rows are the derivatives of the energy of one feature alone, taken by
// differences; those of a momentum are collapsed to one per body.
func TestRows(t *testing.T) {
	for name, w := range worlds {
		for _, act := range []dense.Activation{dense.Gaussian, dense.Softplus} {
			t.Run(fmt.Sprintf("%s/%v", name, act), func(t *testing.T) {
				frames := w.frames(t, 1, 2, 0.1)
				o := w.options(t)
				o.Activation, o.Features, o.NodeFeatures, o.Omega = act, 3, 2, 0.5
				m, _, o := untrained(t, w, frames, o)
				a := newAssembler(m, &o)
				if err := a.rows(&unit{frames: frames}); err != nil {
					t.Fatal(err)
				}
				columnsQ, columnsP := a.q.Cols(), a.p.Cols()
				n, dim := frames[0].Nodes(), w.dim
				if len(a.uq) != 2*n*dim || len(a.up) != 2*n || len(a.zq) != columnsQ*len(a.uq) || len(a.zp) != columnsP*len(a.up) {
					t.Fatalf("%d and %d rows", len(a.uq), len(a.up))
				}
				const h = 1e-4
				r := rand.New(rand.NewPCG(2, 2))
				setUnit := func(k int) { // the model whose only coefficient is number k of q, or of p
					for i := range m.radials {
						c := make([]float64, len(m.radials[i].w))
						if k >= 0 && k < len(c) {
							c[k] = 1
						}
						k -= len(c)
						m.radials[i].setCoefficients(c)
					}
					for i := range m.kinetics {
						c := make([]float64, 1+len(m.kinetics[i].w))
						if k >= 0 && k < len(c) {
							c[k] = 1
						}
						k -= len(c)
						m.kinetics[i].setCoefficients(c)
					}
				}
				f := copyOf(frames[1])
				difference := func(x *float64) float64 {
					old, d := *x, 0.0
					for _, point := range []struct{ at, weight float64 }{{-2, 1}, {-1, -8}, {1, 8}, {2, -1}} {
						*x = old + point.at*h
						d += point.weight * energyOf(t, &Model{m}, f, o.Graph)
					}
					*x = old
					return d / (12 * h)
				}
				for column := range columnsQ {
					setUnit(column)
					for range 8 {
						k := r.IntN(n * dim)
						if atJoint(&Model{m}, f, k/dim, 3*h) {
							continue
						}
						got, want := a.zq[(n*dim+k)*columnsQ+column], difference(&f.Q[k])
						if !(math.Abs(got-want) <= 1e-8*(1+math.Abs(want))) {
							t.Errorf("row %d, column %d of q is %v, differences give %v", k, column, got, want)
						}
					}
				}
				for column := range columnsP {
					setUnit(columnsQ + column)
					for range 4 {
						i := r.IntN(n)
						want, speed := 0.0, 0.0 // ∂/∂p in the direction of p
						for k := i * dim; k < (i+1)*dim; k++ {
							want += difference(&f.P[k]) * f.P[k]
							speed += f.P[k] * f.P[k]
						}
						want /= math.Sqrt(speed)
						got := a.zp[(n+i)*columnsP+column]
						if !(math.Abs(got-want) <= 1e-8*(1+math.Abs(want))) {
							t.Errorf("row %d, column %d of p is %v, differences give %v", i, column, got, want)
						}
					}
				}
				for k, x := range frames[1].PDot {
					if a.uq[n*dim+k] != -x {
						t.Errorf("right-hand side %d of q is %v, want %v", k, a.uq[n*dim+k], -x)
					}
				}
				for i := range n { // q̇ = p/m has the projection |p|/m
					speed := math.Sqrt(squaredMomentum(f, i)) / f.Mass[i]
					if got := a.up[n+i]; !(math.Abs(got-speed) <= 1e-15*(1+speed)) {
						t.Errorf("right-hand side %d of p is %v, want %v", i, got, speed)
					}
				}
			})
		}
	}
}

// Units hold every body once, in order, and never more rows than a chunk, whatever
// the sizes and dimensions of the frames are.
func TestUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		rowsQ, rowsP := 1+r.IntN(60), 1+r.IntN(60)
		rowsQ = max(rowsQ, 3)
		var frames []*Frame
		for k := range r.IntN(12) {
			n, dim := 1+r.IntN(40), 1+r.IntN(3)
			f := &Frame{Step: int64(k), Dim: dim, Mass: make([]float64, n), Q: make([]float64, n*dim)}
			for i := range f.Q {
				f.Q[i] = 100 * r.Float64()
			}
			frames = append(frames, f)
		}
		m := &pairModel{interaction: interaction{cutoff: 30}}
		units, err := m.units(frames, 0, &assembler{find: pairFinder{cutoff: 30}}, rowsQ, rowsP)
		if err != nil {
			t.Fatal(err)
		}
		next, body := 0, 0
		for _, u := range units {
			q, p := 0, 0
			for _, f := range u.frames {
				lo, hi := 0, f.Nodes()
				if u.ends != nil {
					lo, hi = u.lo, u.hi
				}
				if frames[next] != f || body != lo {
					t.Fatalf("frame %d from body %d, want frame %d from body %d", f.Step, lo, next, body)
				}
				q, p = q+(hi-lo)*f.Dim, p+hi-lo
				if body = hi; hi == f.Nodes() {
					next, body = next+1, 0
				}
			}
			if q > rowsQ || p > rowsP || p == 0 {
				t.Errorf("%d and %d rows, %d and %d are allowed", q, p, rowsQ, rowsP)
			}
		}
		if next != len(frames) || body != 0 {
			t.Errorf("units end at frame %d of %d", next, len(frames))
		}
	}
}

// The rows of a frame do not depend, but for rounding, on how its bodies are divided.
func TestRowsOfPartOfFrame(t *testing.T) {
	for _, name := range []string{"closed", "plane, cutoff", "charges, sieve"} {
		w := worlds[name]
		frames := w.frames(t, 1, 1, 0.1)
		o := w.options(t)
		o.Features, o.NodeFeatures = 4, 3
		m, _, o := untrained(t, w, frames, o)
		whole, part := newAssembler(m, &o), newAssembler(m, &o)
		if err := whole.rows(&unit{frames: frames}); err != nil {
			t.Fatal(err)
		}
		units, err := m.units(frames, 0, part, 10, 7)
		if err != nil || len(units) < 3 {
			t.Fatalf("%d units, %v", len(units), err)
		}
		var zq, zp, uq, up []float64
		for i := range units {
			if err := part.rows(&units[i]); err != nil {
				t.Fatal(err)
			}
			zq, zp = append(zq, part.zq...), append(zp, part.zp...)
			uq, up = append(uq, part.uq...), append(up, part.up...)
		}
		for _, d := range []float64{
			farthest(t, zq, whole.zq) / largest(whole.zq), farthest(t, zp, whole.zp),
			farthest(t, uq, whole.uq), farthest(t, up, whole.up),
		} {
			if !(d <= 1e-15) {
				t.Errorf("%s: rows differ by %v", name, d)
			}
		}
	}
}

// Each body has its edges, and its neighbours in ascending order.
func TestIncidence(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var adjacent adjacency
	for range 50 {
		n := 1 + r.IntN(12)
		var pairs [][2]int
		want := make([][]int32, n) // neighbours
		for j := range n {
			for i := range j {
				if r.IntN(3) == 0 {
					pairs = append(pairs, [2]int{i, j})
					want[i], want[j] = append(want[i], int32(j)), append(want[j], int32(i))
				}
			}
		}
		g, err := NewGraph(n, pairs)
		if err != nil {
			t.Fatal(err)
		}
		ends := newIncidence(g)
		adjacent.build(g)
		for i := range n {
			slices.Sort(want[i])
			if got := adjacent.other[adjacent.start[i]:adjacent.start[i+1]]; !slices.Equal(got, want[i]) {
				t.Errorf("body %d has the neighbours %v, want %v", i, got, want[i])
			}
			var others []int32
			for _, k := range ends.edges[ends.start[i]:ends.start[i+1]] {
				others = append(others, g.Senders[k]+g.Receivers[k]-int32(i))
			}
			if !slices.Equal(others, want[i]) {
				t.Errorf("edges of body %d lead to %v, want %v", i, others, want[i])
			}
		}
	}
}
