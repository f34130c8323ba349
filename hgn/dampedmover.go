package hgn

import "math"

// A damped moves the bodies of a [Model.Rollout] by T(p) + V(q) and friction: a step of
// length h is one of [Verlet] between two of ṗ = −γ ∂T/∂p alone of length h/2, which are
// symmetric in time, and exact where T = c|p|²/2m: p ← exp(−γch/2m) p. It is of second
// order, and composed as [Suzuki] has it of fourth.
type damped struct {
	*direct
	middle []float64 // momenta
}

// advance is that of [mover].
func (d *damped) advance(lengths []float64) error {
	d.outsideSum, d.evaluatedSum = 0, 0
	for k := range lengths {
		d.damp(lengths[k] / 2)
		if err := leap(d, d.q, d.p, d.force, d.velocity, lengths[k:k+1]); err != nil {
			return err
		}
		d.damp(lengths[k] / 2)
	}
	d.t = d.kinetic(nil, d.p)
	return nil
}

// damp moves the momenta by ṗ = −γ ∂T/∂p for a time h. Their directions stay, and
// |∂T/∂p|/|p| is taken in the middle of the way.
func (d *damped) damp(h float64) {
	d.middle = append(d.middle[:0], d.p...)
	for range 3 {
		d.decay(h / 2)
	}
	d.decay(h)
	copy(d.p, d.middle)
}

// decay sets d.middle to p exp(−γλt), λ being |∂T/∂p|/|p| at what d.middle was.
func (d *damped) decay(t float64) {
	dim, at := d.f.Dim, d.middle
	d.kinetic(d.velocity, at)
	for i := 0; i < len(at); i += dim {
		square, product := 0.0, 0.0
		for a := i; a < i+dim; a++ {
			square = math.FMA(at[a], at[a], square)
			product = math.FMA(at[a], d.velocity[a], product)
		}
		if square == 0 {
			continue
		}
		gamma := d.m.friction.gamma[d.m.friction.of.index(i/dim, d.species)]
		factor := math.Exp(-gamma * (product / square) * t)
		for a := i; a < i+dim; a++ {
			at[a] = factor * d.p[a]
		}
	}
}

// show is that of [mover].
func (d *damped) show(f *Frame) {
	d.direct.show(f)
	d.m.friction.add(f.PDot, f.QDot, d.species, f.Dim)
}

// A coupledEvaluation is that of a model with coupled momenta on the way of a rollout, on
// which bodies come within the cutoff.
type coupledEvaluation struct{ evaluator }

// at is that of [evaluation].
func (e *coupledEvaluation) at(pdot, qdot, q, p []float64) (float64, error) {
	if e.m.cutoff > 0 {
		if err := e.find.list.build(&e.find.found, q, e.f.Dim, &e.f.Box, e.m.periodic, e.m.cutoff); err != nil {
			return 0, e.f.errorf("%v", err)
		}
		if err := e.connect(&e.find.found); err != nil {
			return 0, err
		}
	}
	return e.evaluator.at(pdot, qdot, q, p)
}
