package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
)

// A prediction is what a model with members says about a frame.
type prediction struct {
	energy        float64 // potential energy
	energySpread2 float64 // its variance among the members
	force         []float64
	forceSpread2  []float64  // of each component
	bodySpread2   []float64  // of the energy of each body
	virial        [6]float64 // derivative of the energy by a strain
	eval          *manyBodyEvaluation
}

// of fills p with what the first sets sets of coefficients of m say about f.
func (p *prediction) of(m *manyBodyModel, f *Frame, sets int) error {
	if p.eval == nil || p.eval.m != m {
		p.eval = &manyBodyEvaluation{m: m}
	}
	if err := p.eval.reset(f, nil, 1); err != nil {
		return err
	}
	if err := p.eval.evaluate(f.Q, sets); err != nil {
		return err
	}
	p.read(p.eval.eval, f, sets)
	return nil
}

// read collects the results of sets sets of coefficients.
func (p *prediction) read(e *manybody.Evaluator, f *Frame, sets int) {
	p.force, p.forceSpread2 = grow(p.force, len(f.Q)), grow(p.forceSpread2, len(f.Q))
	p.bodySpread2 = grow(p.bodySpread2, f.Nodes())
	clear(p.forceSpread2)
	clear(p.bodySpread2)
	p.energySpread2 = 0
	bodies, energy := e.Read(0)
	p.energy, p.virial = energy, e.Virial
	force(p.force, e.Gradient, f.Dim)
	share := 1 / float64(max(1, sets-1))
	for set := 1; set < sets; set++ {
		others, other := e.Read(set)
		p.energySpread2 = math.FMA(share*(other-energy), other-energy, p.energySpread2)
		for i, x := range others {
			d := x - bodies[i]
			p.bodySpread2[i] = math.FMA(share*d, d, p.bodySpread2[i])
		}
		for i := range f.Q {
			d := e.Gradient[i/f.Dim*3+i%f.Dim] + p.force[i]
			p.forceSpread2[i] = math.FMA(share*d, d, p.forceSpread2[i])
		}
	}
}
