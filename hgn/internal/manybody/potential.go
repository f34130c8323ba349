package manybody

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A Potential is an energy with its coefficients.
type Potential struct {
	Basis   *Basis
	Scaling *Scaling

	// Theta holds, in the order of the columns of a row, one set of coefficients after the
	// other, each of Basis.Width numbers. The first is the potential; others may stand for
	// what else agrees with the data.
	Theta []float64
}

// Sets is the number of sets of coefficients.
func (p *Potential) Sets() int { return len(p.Theta) / p.Basis.Width() }

// An Evaluator computes energies and their derivatives for one potential. It must not be
// used by several goroutines at once.
type Evaluator struct {
	node
	p         *Potential
	list      neighbors
	z         []float64
	invariant []float64 // ∂E/∂s
	pulled    []float64 // ∂E/∂M

	Energies []float64 // of the atoms
	Gradient []float64 // ∂E/∂x, N×3
	Virial   [virialRows]float64
}

// NewEvaluator returns an evaluator of p.
func NewEvaluator(p *Potential) *Evaluator {
	n := len(p.Basis.invariants)
	e := &Evaluator{node: *newNode(p.Basis), p: p, z: make([]float64, n), invariant: make([]float64, n)}
	e.pulled = make([]float64, len(e.message))
	return e
}

// Find prepares e for the structure s: it finds the neighbours. The error says what is wrong
// with s.
func (e *Evaluator) Find(s *Structure) error { return e.list.search(s, &e.b.spec) }

// Edges is the number of neighbours of all atoms together, each pair counted from both ends,
// and how many of them are closer than any that the potential was made for.
func (e *Evaluator) Edges() (edges, closer int) {
	for _, v := range e.list.vec {
		if norm3(v) < e.b.spec.Min {
			closer++
		}
	}
	return len(e.list.vec), closer
}

// Evaluate fills Energies, Gradient and Virial, the derivative by a strain in the order xx
// yy zz yz xz xy, for a set of coefficients and the structure that Find was called with. It
// returns the sum of the energies.
func (e *Evaluator) Evaluate(s *Structure, set int) float64 {
	n := s.Atoms()
	e.Energies, e.Gradient = grow(e.Energies, n), grow(e.Gradient, 3*n)
	clear(e.Gradient)
	e.Virial = [virialRows]float64{}
	theta := e.p.Theta[set*e.b.Width():][:e.b.Width()]
	total := 0.0
	for i := range n {
		e.sum(&e.list, s.Species, i)
		e.Energies[i] = e.energy(s.Species[i], theta)
		total += e.Energies[i]
		clear(e.pulled)
		e.b.pull(e.pulled, e.invariant, e.message)
		e.scatter(s.Species, i)
	}
	return total
}

// energy returns the energy of an atom of the given species and its derivative with respect
// to the invariants.
func (e *Evaluator) energy(species int, theta []float64) float64 {
	inv := len(e.z)
	mean := e.p.Scaling.Mean[species*inv:][:inv]
	inverse := e.p.Scaling.Inverse[species*inv:][:inv]
	e.b.values(e.z, e.message)
	for k := range e.z {
		e.z[k] = (e.z[k] - mean[k]) * inverse[k]
	}
	clear(e.invariant)
	coefficients := theta[species*e.b.columns:]
	total := theta[e.b.spec.Species*e.b.columns+species]
	for k := range e.b.runs {
		u := &e.b.runs[k]
		c := coefficients[u.column:][:u.n]
		product := u.product(e.z)
		sum := dense.Dot(c, e.z[u.first:][:u.n])
		total = math.FMA(product, sum, total)
		dense.Axpy(product, c, e.invariant[u.first:][:u.n])
		for i, f := range u.factors {
			others := sum
			for j, g := range u.factors {
				if i != j {
					others *= e.z[g]
				}
			}
			e.invariant[f] += others
		}
	}
	for k, s := range inverse {
		e.invariant[k] *= s
	}
	return total
}

// scatter adds what the energy of atom i does to its neighbours and itself.
func (e *Evaluator) scatter(species []int, i int) {
	for k := e.list.start[i]; k < e.list.start[i+1]; k++ {
		j := e.list.atom[k]
		v := e.list.vec[k]
		r, u := e.direct(v)
		d := e.gradientOf(e.pulled[species[j]*e.b.size:], r, u)
		for a := range 3 {
			e.Gradient[3*j+a] += d[a]
			e.Gradient[3*i+a] -= d[a]
			e.Virial[a] = math.FMA(v[a], d[a], e.Virial[a])
		}
		e.Virial[3] = math.FMA(v[1], d[2], e.Virial[3])
		e.Virial[4] = math.FMA(v[0], d[2], e.Virial[4])
		e.Virial[5] = math.FMA(v[0], d[1], e.Virial[5])
	}
}
