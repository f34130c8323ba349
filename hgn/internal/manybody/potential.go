package manybody

import (
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
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

	Reference *Reference // added to every set of coefficients; nil: none
}

// Sets is the number of sets of coefficients.
func (p *Potential) Sets() int { return len(p.Theta) / p.Basis.Width() }

// theta returns a set of coefficients.
func (p *Potential) theta(set int) []float64 { return p.Theta[set*p.Basis.Width():][:p.Basis.Width()] }

// An Evaluator computes energies and their derivatives for one potential. It must not be
// used by several goroutines at once.
type Evaluator struct {
	p       *Potential
	list    neighbors
	workers []*site
	sets    int
	along   [][3]float64 // ∂E_i/∂v for each edge v of each atom i, one set after the other

	Energies []float64 // of the atoms
	Gradient []float64 // ∂E/∂x, N×3
	Virial   [virialRows]float64
}

// NewEvaluator returns an evaluator of p that uses the given number of goroutines, on which
// no result depends.
func NewEvaluator(p *Potential, workers int) *Evaluator {
	e := &Evaluator{p: p}
	for range workers {
		e.workers = append(e.workers, newSite(p))
	}
	return e
}

// Find prepares e for the structure s: it finds the neighbours. The error says what is wrong
// with s.
func (e *Evaluator) Find(s *Structure) error { return e.list.search(s, &e.p.Basis.spec) }

// Edges is the number of neighbours of all atoms together, each pair counted from both ends,
// and how many of them are closer than any that the potential was made for.
func (e *Evaluator) Edges() (closer, edges int) {
	least := e.p.Basis.spec.Min
	for _, v := range e.list.vec {
		if dot3(v, v) < least*least {
			closer++
		}
	}
	return closer, len(e.list.vec)
}

// atomBlock is the number of atoms that a worker takes at a time.
const atomBlock = 16

// Evaluate computes the first sets sets of coefficients for the structure that Find was
// called with; Read then gives the results of each.
func (e *Evaluator) Evaluate(s *Structure, sets int) {
	n, edges := s.Atoms(), len(e.list.vec)
	e.sets = sets
	e.Energies, e.along = grow(e.Energies, n*sets), grow(e.along, edges*sets)
	parallel.Blocks((n+atomBlock-1)/atomBlock, len(e.workers), func(worker, block int) {
		w := e.workers[worker]
		for i := block * atomBlock; i < min((block+1)*atomBlock, n); i++ {
			w.sum(&e.list, s.Species, i)
			w.standardise(s.Species[i])
			for set := range sets {
				e.Energies[set*n+i] = w.energy(s.Species[i], set)
			}
			for k := e.list.start[i]; k < e.list.start[i+1]; k++ {
				r, u := w.direct(e.list.vec[k])
				from := s.Species[e.list.atom[k]] * w.b.size
				for set := range sets {
					e.along[set*edges+k] = w.gradientOf(w.pulled[set*len(w.message)+from:], r, u)
				}
			}
			e.refer(s, i)
		}
	})
}

// Read fills Gradient and Virial, the derivative by a strain in the order xx yy zz yz xz xy,
// for a set of coefficients that Evaluate was told to compute, and returns the energy of
// each atom and their sum. What it returns is valid until the next call of Evaluate.
func (e *Evaluator) Read(set int) (energies []float64, total float64) {
	n := len(e.Energies) / e.sets
	energies = e.Energies[set*n:][:n]
	e.Gradient = grow(e.Gradient, 3*n)
	clear(e.Gradient)
	e.Virial = [virialRows]float64{}
	along := e.along[set*len(e.list.vec):]
	for i, energy := range energies {
		total += energy
		own := (*[3]float64)(e.Gradient[3*i:])
		for k := e.list.start[i]; k < e.list.start[i+1]; k++ {
			v, d := &e.list.vec[k], &along[k]
			other := (*[3]float64)(e.Gradient[3*e.list.atom[k]:])
			for a := range 3 {
				other[a] += d[a]
				own[a] -= d[a]
				e.Virial[a] = math.FMA(v[a], d[a], e.Virial[a])
			}
			e.Virial[3] = math.FMA(v[1], d[2], e.Virial[3])
			e.Virial[4] = math.FMA(v[0], d[2], e.Virial[4])
			e.Virial[5] = math.FMA(v[0], d[1], e.Virial[5])
		}
	}
	return energies, total
}

// A site evaluates one atom at a time.
type site struct {
	node
	p         *Potential
	z         []float64
	inverse   []float64 // of the standard deviations of the species at hand
	invariant []float64 // ∂E/∂s
	pulled    []float64 // ∂E/∂M, one set after the other
}

func newSite(p *Potential) *site {
	n := len(p.Basis.invariants)
	w := &site{node: *newNode(p.Basis), p: p, z: make([]float64, n), invariant: make([]float64, n)}
	w.pulled = make([]float64, p.Sets()*len(w.message))
	return w
}

// standardise finds the invariants of an atom of the given species.
func (w *site) standardise(species int) {
	var mean []float64
	mean, w.inverse = w.p.Scaling.of(species, len(w.z))
	w.b.values(w.z, w.message)
	for k := range w.z {
		w.z[k] = (w.z[k] - mean[k]) * w.inverse[k]
	}
}

// energy returns the energy of the atom at hand, and finds its derivative with respect to
// the messages.
func (w *site) energy(species, set int) float64 {
	theta := w.p.theta(set)
	coefficients := theta[species*w.b.columns:]
	total := theta[w.b.spec.Species*w.b.columns+species]
	clear(w.invariant)
	for k := range w.b.runs {
		u := &w.b.runs[k]
		c := coefficients[u.column:][:u.n]
		product := u.product(w.z)
		sum := dense.Dot(c, w.z[u.first:][:u.n])
		total = math.FMA(product, sum, total)
		dense.Axpy(product, c, w.invariant[u.first:][:u.n])
		for i, f := range u.factors {
			others := sum
			for j, g := range u.factors {
				if i != j {
					others *= w.z[g]
				}
			}
			w.invariant[f] += others
		}
	}
	for k, s := range w.inverse {
		w.invariant[k] *= s
	}
	pulled := w.pulled[set*len(w.message):][:len(w.message)]
	clear(pulled)
	w.b.pull(pulled, w.invariant, w.message)
	return total
}
