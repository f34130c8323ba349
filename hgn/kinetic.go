package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A kinetic is the learned kinetic energy of one species,
//
//	T(p) = c₀ t/2 + Σₖ cₖ (ψ(wₖ t + bₖ) − ψ(bₖ)),  t = |p|²/m
//	∂T/∂p = (p/m) (c₀ + Σₖ 2 cₖ wₖ ψ′(wₖ t + bₖ))
//
// The constants ψ(bₖ) make T vanish at rest: no equation of motion determines them,
// but energies are compared with the kinetic one.
type kinetic struct {
	hidden
	c    []float64 // c₀, then the coefficients of the features
	rest float64   // Σₖ cₖ ψ(bₖ)
}

// setCoefficients completes p once the linear problem is solved.
func (p *kinetic) setCoefficients(c []float64) {
	p.c, p.rest = c, 0
	var energy, factor [1]float64
	p.eval(energy[:], factor[:], []float64{0}, new(kineticScratch))
	p.rest = energy[0]
}

// A kineticScratch is the workspace of [kinetic.eval].
type kineticScratch struct{ value, slope []float64 }

// eval writes T and the factor of p/m in ∂T/∂p for the arguments t, at most
// edgeBlock of them, into energy and factor.
func (p *kinetic) eval(energy, factor, t []float64, s *kineticScratch) {
	n, k := len(t), len(p.w)
	s.value, s.slope = grow(s.value, edgeBlock*k), grow(s.slope, edgeBlock*k)
	value := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.value}
	slope := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.slope}
	p.features(value, slope, t)
	for i, ti := range t {
		energy[i] = math.FMA(p.c[0]*0.5, ti, dense.Dot(p.c[1:], s.value[i*k:][:k])-p.rest)
		sum := 0.0
		for j, f := range s.slope[i*k:][:k] {
			sum = math.FMA(p.c[1+j]*p.w[j], f, sum)
		}
		factor[i] = math.FMA(2, sum, p.c[0])
	}
}
