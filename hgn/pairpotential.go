package hgn

import "fmt"

// A PairPotential is the learned potential V of two bodies at a distance.
type PairPotential struct {
	Species [2]int // of the bodies, in ascending order

	// Training saw distances in [Lo, Hi]. From is where the features begin to hold, at
	// most Lo; below From and above Hi V continues as a parabola, to which a reference, if
	// there is one, is added as everywhere. Under a cutoff Hi is that, and V is 0 beyond it.
	From, Lo, Hi float64

	radial *radial
}

// PairPotentials returns the potentials of the pairs of species that training has seen,
// in the order of Species[1], then Species[0]; friction is not part of them. The error says
// why m is no sum of functions of distances.
func (m *Model) PairPotentials() ([]PairPotential, error) {
	p, ok := m.hamiltonian.(*pairModel)
	switch {
	case !ok:
		return nil, fmt.Errorf("hgn: the energy is not a sum over pairs of bodies")
	case p.couplings != nil:
		return nil, fmt.Errorf("hgn: the energy of a pair depends on momenta, too")
	case p.weight != unweighted:
		return nil, fmt.Errorf("hgn: the potentials are multiplied by masses or charges")
	}
	var all []PairPotential
	for b, tb := range p.types {
		for a, ta := range p.types[:b+1] {
			v := &p.radials[pairIndex(a, b)]
			if v.seen() {
				all = append(all, PairPotential{[2]int{ta, tb}, v.from, v.lo, v.hi, v})
			}
		}
	}
	return all, nil
}

// Eval returns V, with the reference, and its derivative V′ at the distance r, above 0.
func (v *PairPotential) Eval(r float64) (value, slope float64) {
	if v.radial.cutoff > 0 && r >= v.radial.cutoff {
		return 0, 0
	}
	var s radialScratch
	var x, x1 [1]float64
	v.radial.eval(x[:], x1[:], []float64{r}, &s)
	return x[0], x1[0]
}
