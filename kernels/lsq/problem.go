package lsq

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A problem is what the solutions for several ridges have in common.
type problem struct {
	*scaled           // of [A; Penalty]
	rows      *factor // of A alone, scaled alike
	threshold float64 // relative to σ₁
	q         spectrum
	penalised bool
	loss      float64
	w         *workspace
}

// newProblem returns the problem whose rows have the factor f.
func (a *Accumulator) newProblem(f *factor, opt Options, ridges []float64) (*problem, error) {
	p := &problem{w: a.workspace(0), loss: 1, penalised: opt.Penalty.Rows > 0, threshold: opt.RCond}
	switch {
	case p.threshold == 0:
		p.threshold = float64(a.cols) * 0x1p-52
	case p.threshold < 0:
		p.threshold = 0
	}
	all := f
	if p.penalised {
		all = a.takeCopy(f)
		defer a.release(all)
		a.penalise(all, opt.Penalty)
	}
	var err error
	if p.scaled, err = newScaled(all); err != nil {
		return nil, err
	}
	p.raise(opt.Floor)
	p.rows = p.f
	if p.penalised {
		p.rows = p.rescaled(f)
	}
	p.q, err = p.spectrum(p.threshold, opt, ridges)
	return p, err
}

// penalise folds rows with right-hand sides of zero into f.
func (a *Accumulator) penalise(f *factor, l blas64.General) {
	w := a.packing(1)
	zeros := blas64.General{Rows: l.Rows, Cols: a.rhs, Stride: 0, Data: make([]float64, a.rhs)}
	for at := 0; at < l.Rows; at += blockRows {
		n := min(blockRows, l.Rows-at)
		w.pack(input{l, zeros, nil}, at, n, 0)
		f.fold(w.rows(n), w)
	}
}

// root returns the root for the given ridge.
func (p *problem) root(mu float64) root {
	switch {
	case mu > 0:
		return root{f: p.ridged(mu * p.q.largest)}
	case p.q.rank == p.f.cols && p.nonsingular():
		return root{f: p.f}
	default:
		return root{s: p.scaled, d: p.q.decomposition, limit: p.threshold * p.q.largest}
	}
}

// ridged returns the factor of [R C; lambda·D 0].
func (p *problem) ridged(lambda float64) *factor {
	n := p.f.cols
	f, g := newFactor(n, p.f.rhs), newFactor(n, p.f.rhs)
	copy(f.rc, p.f.rc)
	for j, d := range p.norm {
		g.column(j)[j] = lambda * d
	}
	f.merge(g, p.w)
	return f
}

// solution returns the solution with the given ridge, of a problem with so many rows.
func (p *problem) solution(mu float64, rows int64) (*Solution, error) {
	m := p.root(mu)
	z := m.solve(p.f.rhs)
	sol := &Solution{
		Residual: p.residual(p.rows, z),
		Rank:     p.q.rank,
		Cond:     p.q.cond,
		Ridge:    mu,
		DOF:      p.dof(m, mu),
		Noise:    make([]float64, p.f.rhs),
		Loss:     p.loss,
		root:     m,
		exp:      p.exp[:p.f.cols],
	}
	var err error
	if sol.X, err = p.unscale(z); err != nil {
		return nil, err
	}
	for k, r := range sol.Residual {
		if r-r != 0 {
			return nil, ErrOverflow
		}
		sol.Noise[k] = math.NaN()
		if left := float64(rows) - sol.DOF; left > 0 {
			sol.Noise[k] = r / left * r
		}
	}
	return sol, nil
}

// dof returns the trace of A M (A M)ᵀ.
func (p *problem) dof(m root, mu float64) float64 {
	n, sum := p.f.cols, 0.0
	lambda := mu * p.q.largest
	switch {
	case p.penalised:
	case mu == 0:
		return float64(p.q.rank)
	case p.q.decomposition != nil:
		for _, s := range p.q.d {
			f := s / hypot(math.Abs(s), lambda)
			sum = math.FMA(f, f, sum)
		}
		return sum
	case float64(n)*math.Pow(mu*p.q.cond, 2) < 0x1p-53:
		return float64(n)
	}
	x, y := make([]float64, n), make([]float64, n)
	for i := range m.size() {
		clear(x)
		x[i] = 1
		m.apply(x)
		clear(y)
		for j, v := range x {
			dense.Axpy(v, p.rows.column(j)[:j+1], y[:j+1])
		}
		t := norm(y)
		sum = math.FMA(t, t, sum)
	}
	return sum
}
