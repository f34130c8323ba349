package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A coupling is the learned coupling of the momenta of one pair of species,
//
//	C(q_i, q_j, p_i, p_j) = f(r) p_i·p_j + g(r) (p_i·u)(p_j·u),  u = (q_j − q_i)/r
//	f(r) = c(r) (f₀ + Σₖ fₖ σ(wₖ ξ(r) + bₖ)),  g alike
//
// with the features of the potential V of the pair. Outside of the range where these hold
// f and g are constant.
type coupling struct {
	*radial
	f, g []float64 // coefficients, the constant first
}

// A couplingScratch is the workspace of [coupling.eval].
type couplingScratch struct{ value, slope []float64 }

// basis writes c and c σₖ at the distances r, at most edgeBlock of them, into the rows of
// value, and their derivatives by r into those of slope, 1 + K of each; times factor unless
// that is empty.
func (v *radial) basis(r, factor []float64, s *couplingScratch) (value, slope blas64.General) {
	n, k := len(r), len(v.w)+1
	s.value, s.slope = grow(s.value, edgeBlock*k), grow(s.slope, edgeBlock*k)
	value = blas64.General{Rows: n, Cols: k, Stride: k, Data: s.value}
	slope = blas64.General{Rows: n, Cols: k, Stride: k, Data: s.slope}
	var xi [edgeBlock]float64
	for i, ri := range r {
		xi[i], _, _ = v.xi.derivatives(min(max(ri, v.from), v.hi))
	}
	features := func(x blas64.General) blas64.General { x.Cols, x.Data = k-1, x.Data[1:]; return x }
	v.features(features(value), features(slope), xi[:n])
	for i, ri := range r {
		inside := min(max(ri, v.from), v.hi)
		_, xi1, _ := v.xi.derivatives(inside)
		c, c1, _ := envelope(inside, v.cutoff)
		if inside != ri {
			xi1, c1 = 0, 0
		}
		if len(factor) > 0 {
			c, c1 = c*factor[i], c1*factor[i]
		}
		row, row1 := value.Data[i*k:][:k], slope.Data[i*k:][:k]
		row[0], row1[0] = c, c1
		for j := 1; j < k; j++ {
			row1[j] = math.FMA(c*xi1*v.w[j-1], row1[j], float64(c1*row[j]))
			row[j] *= c
		}
	}
	return value, slope
}

// A coupledEdge is f, f′, g and g′ of an edge, and its length.
type coupledEdge struct{ f, f1, g, g1, r float64 }

// couple adds the coupling of momenta at (q, p), q being that of the last call of
// potential, to the derivatives unless they are nil, and returns its energy. Each body sums
// over its edges in their order.
func (e *evaluator) couple(pdot, qdot, q, p []float64) float64 {
	dim, nodes := e.f.Dim, e.f.Nodes()
	e.coupled = grow(e.coupled, e.graph.Edges())
	tasks := (len(e.blocks) + edgesPerTask - 1) / edgesPerTask
	e.sums = grow(e.sums, tasks)
	parallel.Blocks(tasks, e.workers, func(worker, t int) {
		e.sums[t] = blockSums{}
		for _, block := range e.blocks[t*edgesPerTask : min((t+1)*edgesPerTask, len(e.blocks))] {
			e.sums[t].energy += e.coupleBlock(block, q, p, &e.scratch[worker])
		}
	})
	energy := 0.0
	for t := range e.sums {
		energy += e.sums[t].energy
	}
	if pdot == nil && qdot == nil {
		return energy
	}
	parallel.Blocks((nodes+bodyBlock-1)/bodyBlock, e.workers, func(_, b int) {
		for i := b * bodyBlock; i < min((b+1)*bodyBlock, nodes); i++ {
			own := p[i*dim:][:dim]
			for _, k := range e.ends.edges[e.ends.start[i]:e.ends.start[i+1]] {
				c, u, j := &e.coupled[k], e.u[k], int(e.graph.Receivers[k])
				if j == i {
					j = int(e.graph.Senders[k])
					u = [3]float64{-u[0], -u[1], -u[2]}
				}
				var w pairMomenta
				w.set(own, p[j*dim:][:dim], u)
				for a := range dim {
					if pdot != nil {
						across := 0.0
						if c.r > 0 {
							across = c.g * w.across(a) / c.r
						}
						pdot[i*dim+a] += math.FMA(u[a], math.FMA(c.f1, w.dot, float64(c.g1*w.along)), across)
					}
					if qdot != nil {
						qdot[i*dim+a] += math.FMA(c.f, w.pj[a], float64(c.g*w.ju*u[a]))
					}
				}
			}
		}
	})
	return energy
}

// coupleBlock fills e.coupled for a block of edges and returns their energy.
func (e *evaluator) coupleBlock(block edgeRange, q, p []float64, s *evaluatorScratch) float64 {
	c, dim := &e.m.couplings[block.pair], e.f.Dim
	n := 0
	for _, k := range block.edges {
		i, j := e.graph.Senders[k], e.graph.Receivers[k]
		r := separation(&e.u[k], q, dim, i, j, &e.image)
		e.coupled[k] = coupledEdge{r: r}
		if c.cutoff > 0 && r >= c.cutoff {
			continue
		}
		s.r[n], s.kept[n] = r, k
		n++
	}
	energy := 0.0
	value, slope := c.basis(s.r[:n], nil, &s.couplingScratch)
	for x, k := range s.kept[:n] {
		i, j := int(e.graph.Senders[k]), int(e.graph.Receivers[k])
		weight := 1.0
		if e.weight != nil {
			weight = e.weight[i] * e.weight[j]
		}
		row, row1 := value.Data[x*value.Stride:][:value.Cols], slope.Data[x*slope.Stride:][:slope.Cols]
		edge := &e.coupled[k]
		edge.f, edge.f1 = weight*dense.Dot(c.f, row), weight*dense.Dot(c.f, row1)
		edge.g, edge.g1 = weight*dense.Dot(c.g, row), weight*dense.Dot(c.g, row1)
		var w pairMomenta
		w.set(p[i*dim:][:dim], p[j*dim:][:dim], e.u[k])
		energy = math.FMA(edge.f, w.dot, math.FMA(edge.g, w.along, energy))
	}
	return energy
}

// pairMomenta are the products of the momenta of two bodies and the direction u from the
// first to the second.
type pairMomenta struct {
	pi, pj []float64
	u      [3]float64
	dot    float64 // p_i·p_j
	iu, ju float64 // p_i·u, p_j·u
	along  float64 // their product
}

func (w *pairMomenta) set(pi, pj []float64, u [3]float64) {
	*w = pairMomenta{pi: pi, pj: pj, u: u}
	for a, x := range pi {
		w.dot = math.FMA(x, pj[a], w.dot)
		w.iu = math.FMA(x, u[a], w.iu)
		w.ju = math.FMA(pj[a], u[a], w.ju)
	}
	w.along = w.iu * w.ju
}

// across is coordinate a of r ∂(p_i·u)(p_j·u)/∂q_j.
func (w *pairMomenta) across(a int) float64 {
	return math.FMA(w.iu, w.pj[a], float64(w.ju*w.pi[a])) - float64(2*w.along*w.u[a])
}
