package hgn

import "errors"

// A mover holds the moving state of a rollout.
type mover interface {
	// place sets the state and computes its forces and energies, with the memory of an
	// earlier rollout, nil for a new one.
	place(q, p []float64, m *memory) error
	// advance makes a step that is composed of steps of these lengths.
	advance(lengths []float64) error
	// energies returns those of the present state.
	energies() (potential, kinetic float64)
	// counts returns how many edges advance, or place, evaluated, and how many of them
	// were outside the training range.
	counts() (outside, evaluated int64)
	// show writes the state, by body, into Q, P, QDot and PDot of f.
	show(f *Frame)
	// memory returns what place needs to go on from here, valid until the next call.
	memory() memory
}

// A memory is what the next steps depend on, to the last bit, beside positions and momenta.
type memory struct {
	// positions for which the list of neighbours was built, or derivatives from which an
	// implicit step starts; nil for movers that need neither
	reference []float64
	kinetic   float64 // range of tabulated kinetic energies, 0 for none
}

// errMemory says that a memory is of another mover.
var errMemory = errors.New("the checkpoint does not hold what the model needs")

// A doubtful mover knows how sure its forces are.
type doubtful interface {
	// sigma returns the largest standard deviation of a component of a force in the present
	// state, the body that it is of, and the highest extrapolation grade of a body.
	sigma() (body int, sigma, grade float64)
}
