package hgn

import (
	"errors"
	"math"
)

// An Uncertainty is how sure a many-body model is of a frame.
type Uncertainty struct {
	Energy float64   // standard deviation of the potential energy
	Force  []float64 // those of the components of the forces, an array like Frame.Q

	// Grade is the extrapolation grade of each body,
	//
	//	γ_i = s_i/s_max,  s_i² = (1/M) Σ_m (ε_i⁽ᵐ⁾ − ε_i)²
	//
	// with the energy ε_i of the body and those of the M members. s_i² estimates the noise
	// times φᵀ(AᵀA + …)⁻¹φ, the leverage of the features φ of its surroundings, their squared
	// Mahalanobis distance from the training data; s_max is the largest of up to 256
	// bodies of each training group. Above 1 the surroundings are farther off than those
	// of training.
	Grade []float64
}

// Uncertainty returns how sure m is of the energy and forces of f. m must be of the encoding
// [ManyBody] and have members, see [Materials.Members]. The error is as that of
// [Model.Energy].
func (m *Model) Uncertainty(f *Frame) (*Uncertainty, error) {
	many, ok := m.hamiltonian.(*manyBodyModel)
	if !ok || many.potential.Sets() < 2 {
		return nil, errNoMembers
	}
	var p prediction
	if err := p.of(many, f, many.potential.Sets()); err != nil {
		return nil, err
	}
	n := float64(f.Nodes())
	u := &Uncertainty{
		Energy: n * many.deviation.energy.sigma(p.energySpread2/(n*n)),
		Force:  make([]float64, len(f.Q)),
		Grade:  make([]float64, f.Nodes()),
	}
	for i, s2 := range p.forceSpread2 {
		u.Force[i] = many.deviation.force.sigma(s2)
	}
	for i, s2 := range p.bodySpread2 {
		u.Grade[i] = many.deviation.grade(s2)
	}
	return u, nil
}

var errNoMembers = errors.New("hgn: the model has no members that would give a standard deviation")

// grade is the extrapolation grade for a variance among the energies of a body.
func (d *deviation) grade(spread2 float64) float64 { return ratio(math.Sqrt(spread2), d.largest) }
