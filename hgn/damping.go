package hgn

import "fmt"

// Damping says which bodies share a coefficient γ of the friction in
//
//	ṗ = −∂H/∂q − γ q̇
//
// γ is a mass per time, and solved for together with H.
type Damping uint8

const (
	NoDamping      Damping = iota
	SpeciesDamping         // one γ per species
	BodyDamping            // one γ per body; the model is then for systems of as many bodies
)

var dampingNames = [...]string{"none", "species", "body"}

func (d Damping) String() string {
	if int(d) < len(dampingNames) {
		return dampingNames[d]
	}
	return fmt.Sprintf("Damping(%d)", uint8(d))
}

// ParseDamping is the inverse of [Damping.String].
func ParseDamping(name string) (Damping, error) {
	for d, n := range dampingNames {
		if n == name {
			return Damping(d), nil
		}
	}
	return 0, fmt.Errorf("unknown damping %q (want none, species or body)", name)
}

// A friction is the learned damping of a model.
type friction struct {
	of    Damping
	gamma []float64 // per species, or per body
}

// count is the number of coefficients for so many species and bodies.
func (d Damping) count(species, bodies int) int {
	switch d {
	case SpeciesDamping:
		return species
	case BodyDamping:
		return bodies
	}
	return 0
}

// index is the number of the coefficient of body i, of the given species number.
func (d Damping) index(i int, species []int32) int {
	if d == BodyDamping {
		return i
	}
	return int(species[i])
}

// check returns an error of f unless there is a coefficient for each of its bodies.
func (d *friction) check(f *Frame) error {
	if d.of == BodyDamping && f.Nodes() != len(d.gamma) {
		return f.errorf("%d bodies, but the damping of the model is that of %d", f.Nodes(), len(d.gamma))
	}
	return nil
}

// add subtracts γ q̇ from ṗ.
func (d *friction) add(pdot, qdot []float64, species []int32, dim int) {
	if d.of == NoDamping {
		return
	}
	for a := range pdot {
		pdot[a] -= float64(d.gamma[d.of.index(a/dim, species)] * qdot[a])
	}
}

// Damping returns the friction coefficients γ of m, one for each species in ascending order
// or one for each body, and which of the two; nil and [NoDamping] if it has none.
func (m *Model) Damping() (gamma []float64, of Damping) {
	if p, ok := m.hamiltonian.(*pairModel); ok {
		return append([]float64(nil), p.friction.gamma...), p.friction.of
	}
	return nil, NoDamping
}
