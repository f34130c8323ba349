package manybody

import "math"

// A Reference is a pair potential that is added to those of atoms.
type Reference struct {
	Cutoff float64 // beyond it the potentials are 0

	// Between gives the potential of two species a and b at [a·Species + b]: V and V′ at r > 0.
	// It is nil where they do not interact.
	Between []func(r float64) (v, v1 float64)
	Species int
}

// edge returns half the energy of an edge along v from an atom of species a to one of b, and
// half its derivative by v: the other half comes from the other end.
func (p *Reference) edge(a, b int, v [3]float64) (energy float64, gradient [3]float64) {
	f := p.Between[a*p.Species+b]
	r2 := dot3(v, v)
	if f == nil || !(r2 < p.Cutoff*p.Cutoff) {
		return 0, gradient
	}
	r := math.Sqrt(r2)
	value, slope := f(r)
	return value / 2, scaled(slope/(2*r), v)
}

// refer adds the reference, if there is one, to what was computed for atom i.
func (e *Evaluator) refer(s *Structure, i int) {
	p := e.p.Reference
	if p == nil {
		return
	}
	n, edges := s.Atoms(), len(e.list.vec)
	for k := e.list.start[i]; k < e.list.start[i+1]; k++ {
		energy, d := p.edge(s.Species[i], s.Species[e.list.atom[k]], e.list.vec[k])
		for set := range e.sets {
			e.Energies[set*n+i] += energy
			e.along[set*edges+k] = add(e.along[set*edges+k], d)
		}
	}
}

// Sum returns the energy of s and writes its derivatives by the positions and by a strain,
// the latter in the order xx yy zz yz xz xy. The error says what is wrong with s.
func (p *Reference) Sum(gradient []float64, virial *[6]float64, s *Structure) (energy float64, err error) {
	var list neighbors
	if err := list.search(s, &Spec{Species: p.Species, Cutoff: p.Cutoff}); err != nil {
		return 0, err
	}
	clear(gradient)
	*virial = [6]float64{}
	for i := range s.Atoms() {
		for k := list.start[i]; k < list.start[i+1]; k++ {
			j, v := list.atom[k], list.vec[k]
			half, d := p.edge(s.Species[i], s.Species[j], v)
			energy += half
			for a := range 3 {
				gradient[3*j+a] += d[a]
				gradient[3*i+a] -= d[a]
				virial[a] = math.FMA(v[a], d[a], virial[a])
			}
			virial[3] = math.FMA(v[1], d[2], virial[3])
			virial[4] = math.FMA(v[0], d[2], virial[4])
			virial[5] = math.FMA(v[0], d[1], virial[5])
		}
	}
	return energy, nil
}
