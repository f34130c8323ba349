package hgn

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// jointRows makes the rows of the joint problem, body by body: those of the coordinates of
// −ṗ = ∂H/∂q + γ q̇, then those of q̇ = ∂H/∂p. One per worker.
type jointRows struct {
	m      *pairModel
	opt    *Options
	layout jointLayout
	acc    *lsq.Accumulator
	z, u   []float64 // the equations

	// The rows of the frames that the equations at hand span, frame k at k modulo their
	// number, with that of the frame, −1 if there is none.
	ring [][]float64
	of   []int

	pending []pendingEdges // by pair of species
	kineticScratch
	couplingScratch
	t      [edgeBlock]float64
	bodies [edgeBlock]int
	moved  []float64 // since the first frame of an equation, as positions
}

// A jointFrame is a frame with what the rows of all its bodies need.
type jointFrame struct {
	*Frame
	numbers []int32    // of the species
	weight  []float64  // of the bodies; nil: none
	ends    *adjacency // by its edges
}

// prepare fills in all but ends, and those unless they are there.
func (f *jointFrame) prepare(m *pairModel, find *pairFinder) (err error) {
	if f.numbers, err = m.numbers(nil, f.Frame); err != nil {
		return err
	}
	if err := m.friction.check(f.Frame); err != nil {
		return err
	}
	if f.weight, err = m.weight.of(f.Frame); err != nil {
		return err
	}
	g, err := find.edges(f.Frame)
	if err != nil || f.ends != nil {
		return err
	}
	f.ends = new(adjacency)
	f.ends.build(g)
	return nil
}

// pendingEdges are edges of one pair of species whose features are due, each at one of its
// ends.
type pendingEdges struct {
	n         int
	r, factor [edgeBlock]float64
	u         [edgeBlock][3]float64 // from own to other
	own, of   [edgeBlock]int32
}

// begin prepares w.
func (w *jointRows) begin(fit *jointFit) {
	n := fit.opt.frames()
	*w = jointRows{
		m: fit.m, opt: fit.opt, layout: fit.layout,
		acc:     lsq.NewShard(fit.layout.width, 1, 0),
		pending: make([]pendingEdges, len(fit.m.radials)),
		ring:    make([][]float64, n),
		of:      make([]int, n),
	}
}

// equations fills w.z and w.u with those of u.
func (w *jointRows) equations(frames []jointFrame, u *jointUnit) error {
	width, dim := w.layout.width, frames[u.starts[0]].Dim
	bodies := u.hi - u.lo
	rows := 2 * dim * bodies
	w.z, w.u = grow(w.z, len(u.starts)*rows*width), grow(w.u, len(u.starts)*rows)
	for k := range w.of {
		w.of[k] = -1
	}
	form := &formulas[w.opt.Series]
	for number, start := range u.starts {
		z := w.z[number*rows*width:][:rows*width]
		clear(z)
		for m, beta := range form.beta {
			if beta == 0 {
				continue
			}
			slot := (start + m) % len(w.ring)
			if w.of[slot] != start+m {
				w.ring[slot] = grow(w.ring[slot], rows*width)
				if err := w.frame(w.ring[slot], &frames[start+m], u.lo, u.hi); err != nil {
					return err
				}
				w.of[slot] = start + m
			}
			dense.Axpy(beta, w.ring[slot], z)
		}
		w.right(w.u[number*rows:][:rows], z, frames[start:start+len(form.beta)], form, u.lo, u.hi)
	}
	return nil
}

// right fills the right-hand sides of the equations of the bodies lo … hi−1 that span
// frames, and completes their rows z where velocities were not observed.
func (w *jointRows) right(rhs, z []float64, frames []jointFrame, form *formula, lo, hi int) {
	first := frames[0]
	dim := first.Dim
	observed := true // velocities, in all frames
	for _, f := range frames {
		observed = observed && f.QDot != nil
	}
	perTime := 0.0
	if len(frames) > 1 {
		perTime = float64(len(frames)-1) / w.opt.elapsed(first.Frame, frames[len(frames)-1].Frame)
	}
	clear(rhs)
	w.moved = grow(w.moved, (hi-lo)*dim)
	clear(w.moved)
	for m, f := range frames {
		image := f.Box.image(w.m.periodic)
		alpha, beta := form.alpha[m]*perTime, form.beta[m]
		for k := range w.moved {
			at := lo*dim + k
			row := k/dim*2*dim + k%dim
			if m > 0 {
				w.moved[k] += image.reduce(k%dim, f.Q[at]-frames[m-1].Q[at])
			}
			if w.opt.Series == NoSeries {
				rhs[row] = -f.PDot[at]
			} else {
				rhs[row] -= float64(alpha * f.P[at])
			}
			if observed {
				rhs[row+dim] += float64(beta * f.QDot[at])
			} else {
				rhs[row+dim] += float64(alpha * w.moved[k])
			}
		}
	}
	if of := w.opt.Damping; of != NoDamping && !observed {
		for k := range w.moved {
			row := k/dim*2*dim + k%dim
			z[row*w.layout.width+w.layout.damping+of.index(lo+k/dim, first.numbers)] = rhs[row+dim]
		}
	}
}

// frame writes the rows of the bodies lo … hi−1 of f into z.
func (w *jointRows) frame(z []float64, f *jointFrame, lo, hi int) error {
	clear(z)
	image := f.Box.image(w.m.periodic)
	for i := lo; i < hi; i++ {
		for _, j := range f.ends.other[f.ends.start[i]:f.ends.start[i+1]] {
			pair := pairIndex(int(f.numbers[i]), int(f.numbers[j]))
			p := &w.pending[pair]
			r := separation(&p.u[p.n], f.Q, f.Dim, int32(i), j, &image)
			if err := w.m.xi.checkDistance(f.Frame, int32(i), j, r); err != nil {
				return err
			}
			p.r[p.n], p.own[p.n], p.of[p.n], p.factor[p.n] = r, int32(i), j, 1
			if f.weight != nil {
				p.factor[p.n] = f.weight[i] * f.weight[j]
			}
			if p.n++; p.n == edgeBlock {
				w.edges(z, f, pair, lo)
			}
		}
	}
	for pair := range w.pending {
		w.edges(z, f, pair, lo)
	}
	w.bodyRows(z, f, lo, hi)
	return nil
}

// edges adds what the pending edges of a pair of species contribute to the rows of their
// own bodies, the first of which is body lo.
func (w *jointRows) edges(z []float64, f *jointFrame, pair, lo int) {
	p := &w.pending[pair]
	if p.n == 0 {
		return
	}
	v := &w.m.radials[pair]
	value, slope := v.basis(p.r[:p.n], p.factor[:p.n], &w.couplingScratch)
	n, dim, width := len(v.w), f.Dim, w.layout.width
	potential, coupling := 0, w.layout.coupling
	for k := range pair {
		potential += len(w.m.radials[k].w)
		if w.m.couplings != nil {
			coupling += 2 * (1 + len(w.m.radials[k].w))
		}
	}
	for x := range p.n {
		row, row1 := value.Data[x*value.Stride:][:n+1], slope.Data[x*slope.Stride:][:n+1]
		u := &p.u[x]
		own := z[(int(p.own[x])-lo)*2*dim*width:]
		for a := range dim {
			dense.Axpy(-u[a], row1[1:], own[a*width+potential:][:n])
		}
		if w.m.couplings == nil {
			continue
		}
		var c pairMomenta
		c.set(f.P[int(p.own[x])*dim:][:dim], f.P[int(p.of[x])*dim:][:dim], *u)
		for a := range dim {
			force, velocity := own[a*width+coupling:][:2*(n+1)], own[(dim+a)*width+coupling:][:2*(n+1)]
			dense.Axpy(-u[a]*c.dot, row1, force[:n+1])
			dense.Axpy(-u[a]*c.along, row1, force[n+1:])
			if p.r[x] > 0 {
				dense.Axpy(-c.across(a)/p.r[x], row, force[n+1:])
			}
			dense.Axpy(c.pj[a], row, velocity[:n+1])
			dense.Axpy(c.ju*u[a], row, velocity[n+1:])
		}
	}
	p.n = 0
}

// bodyRows adds friction and kinetic energy to the rows of the bodies lo … hi−1.
func (w *jointRows) bodyRows(z []float64, f *jointFrame, lo, hi int) {
	dim, width := f.Dim, w.layout.width
	if of := w.opt.Damping; of != NoDamping && f.QDot != nil {
		for k, v := range f.QDot[lo*dim : hi*dim] {
			z[(k/dim*2*dim+k%dim)*width+w.layout.damping+of.index(lo+k/dim, f.numbers)] = v
		}
	}
	column := w.layout.kinetic
	for s := range w.m.kinetics {
		t := &w.m.kinetics[s]
		k, n := len(t.w), 0
		for i := lo; i < hi; i++ {
			if int(f.numbers[i]) == s {
				w.t[n], w.bodies[n] = squaredMomentum(f.Frame, i)/f.Mass[i], i
				n++
			}
			if n < edgeBlock && (n == 0 || i+1 < hi) {
				continue
			}
			w.kineticScratch.value, w.kineticScratch.slope = grow(w.kineticScratch.value, edgeBlock*k), grow(w.kineticScratch.slope, edgeBlock*k)
			t.features(blas64.General{Rows: n, Cols: k, Stride: k, Data: w.kineticScratch.value},
				blas64.General{Rows: n, Cols: k, Stride: k, Data: w.kineticScratch.slope}, w.t[:n])
			for j, body := range w.bodies[:n] {
				slope := w.kineticScratch.slope[j*k:][:k]
				for a := range dim {
					v := f.P[body*dim+a] / f.Mass[body]
					row := z[((body-lo)*2*dim+dim+a)*width+column:][:k+1]
					row[0] = v
					for c, d := range slope {
						row[1+c] = 2 * v * t.w[c] * d
					}
				}
			}
			n = 0
		}
		column += k + 1
	}
}
