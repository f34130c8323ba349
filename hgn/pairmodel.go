package hgn

// A pairModel is a learned Hamiltonian in the encoding [Invariant].
type pairModel struct {
	interaction
	speciesTable
	radials  []radial  // by pairIndex
	kinetics []kinetic // by species
	offset   float64   // b
	settings settings
}

// reach is that of [hamiltonian].
func (m *pairModel) reach() (cutoff float64, periodic bool) { return m.cutoff, m.periodic }

// evaluation is that of [hamiltonian].
func (m *pairModel) evaluation() evaluation { return &evaluator{m: m} }

// velocities is that of [hamiltonian]; it does not need edges.
func (m *pairModel) velocities(dst []float64, f *Frame, _ *Graph) error {
	e := evaluator{m: m}
	if err := e.bodies(f, 1); err != nil {
		return err
	}
	e.kinetic(dst, f.P)
	return nil
}

// at is that of [evaluation].
func (e *evaluator) at(pdot, qdot, q, p []float64) (float64, error) {
	potential, err := e.potential(q)
	if err != nil {
		return 0, err
	}
	if pdot != nil {
		e.forces(pdot)
	}
	return potential + e.kinetic(qdot, p) + e.m.offset, nil
}

// counts is that of [evaluation].
func (e *evaluator) counts() (outside, evaluated int64) { return e.outside, e.evaluated }
