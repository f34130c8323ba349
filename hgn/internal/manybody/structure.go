package manybody

import (
	"errors"
	"fmt"
	"math"
)

// A Structure is a set of atoms in three dimensions.
type Structure struct {
	Positions []float64     // N×3, row-major
	Species   []int         // of each atom, in 0 … Spec.Species−1
	Cell      [3][3]float64 // rows are the lattice vectors
	Periodic  [3]bool       // directions along which the structure repeats
}

// Atoms is the number of atoms.
func (s *Structure) Atoms() int { return len(s.Species) }

// lattice returns the vectors of the cell, with unit vectors in place of those of
// directions that do not repeat, and the inverse: fraction k of x is x·inverse[k].
func (s *Structure) lattice() (cell, inverse [3][3]float64, err error) {
	cell = s.Cell
	for k := range 3 {
		if !s.Periodic[k] {
			cell[k] = [3]float64{}
		}
	}
	for k := range 3 {
		if !s.Periodic[k] {
			cell[k] = complement(cell, k)
		}
	}
	volume := dot3(cell[0], cross(cell[1], cell[2]))
	size := 1.0
	for k := range 3 {
		size *= norm3(cell[k])
	}
	if !(math.Abs(volume) > 1e-9*size) || math.IsInf(size, 0) {
		return cell, inverse, errors.New("the lattice vectors span no volume")
	}
	for k := range 3 {
		c := cross(cell[(k+1)%3], cell[(k+2)%3])
		for a := range 3 {
			inverse[k][a] = c[a] / volume
		}
	}
	return cell, inverse, nil
}

// complement returns a unit vector orthogonal to the other two rows of cell, of which
// one or both may be zero.
func complement(cell [3][3]float64, k int) [3]float64 {
	a, b := cell[(k+1)%3], cell[(k+2)%3]
	if c := cross(a, b); norm3(c) > 0 {
		return scaled(1/norm3(c), c)
	}
	if norm3(a) == 0 {
		a = b
	}
	if norm3(a) == 0 {
		var e [3]float64
		e[k] = 1
		return e
	}
	least := 0
	for i := range 3 {
		if math.Abs(a[i]) < math.Abs(a[least]) {
			least = i
		}
	}
	var e [3]float64
	e[least] = 1
	c := cross(a, e)
	return scaled(1/norm3(c), c)
}

// check returns what is wrong with s for a model of the given number of species.
func (s *Structure) check(species int) error {
	if len(s.Positions) != 3*len(s.Species) {
		return fmt.Errorf("%d coordinates for %d atoms", len(s.Positions), len(s.Species))
	}
	for i, x := range s.Positions {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("a coordinate of atom %d is not finite", i/3)
		}
	}
	for i, k := range s.Species {
		if k < 0 || k >= species {
			return fmt.Errorf("atom %d has an unknown species", i)
		}
	}
	return nil
}

func dot3(a, b [3]float64) float64 {
	return math.FMA(a[2], b[2], math.FMA(a[1], b[1], float64(a[0]*b[0])))
}

func norm3(a [3]float64) float64 { return math.Sqrt(dot3(a, a)) }

func scaled(x float64, a [3]float64) [3]float64 { return [3]float64{x * a[0], x * a[1], x * a[2]} }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{
		float64(a[1]*b[2]) - float64(a[2]*b[1]),
		float64(a[2]*b[0]) - float64(a[0]*b[2]),
		float64(a[0]*b[1]) - float64(a[1]*b[0]),
	}
}

// Place sets the positions of the atoms of s, whose number is that of Species, from q, which
// has dim coordinates of each; those that it lacks are 0.
func (s *Structure) Place(q []float64, dim int) {
	s.Positions = grow(s.Positions, 3*len(s.Species))
	clear(s.Positions)
	for i, x := range q {
		s.Positions[i/dim*3+i%dim] = x
	}
}
