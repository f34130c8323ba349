package manybody

import (
	"fmt"
	"math"
)

// neighbors is a full neighbour list: the edges of atom i are start[i] … start[i+1]−1,
// and every pair is there from both ends. Images of one atom are edges of their own, so
// that a cell may be smaller than the cutoff.
type neighbors struct {
	start []int
	atom  []int        // the neighbour
	vec   [][3]float64 // from the atom to the image of the neighbour

	bins   [3]int // cells of the search grid in each direction
	lo     [3]float64
	width  [3]float64 // of a cell, in fractions of the lattice vector
	frac   [][3]float64
	binOf  [][3]int
	head   []int // first atom of each bin, −1 if none
	next   []int
	shifts [][3]float64 // lattice translation that brings each atom into the cell
}

// maxBins bounds the search grid in each direction, maxImages the cells within the cutoff
// on each side of an atom.
const (
	maxBins   = 1 << 10
	maxImages = 32
)

// search finds all pairs of s within the cutoff of spec. The work is linear in the number
// of atoms where their density is bounded.
func (l *neighbors) search(s *Structure, spec *Spec) error {
	if err := s.check(spec.Species); err != nil {
		return err
	}
	cutoff := spec.Cutoff
	cell, inverse, err := s.lattice()
	if err != nil {
		return err
	}
	for k := range 3 {
		if height := 1 / norm3(inverse[k]); s.Periodic[k] && cutoff > maxImages*height {
			return fmt.Errorf("cutoff %v is more than %d times the box, %.6g between its faces", cutoff, maxImages, height)
		}
	}
	n := s.Atoms()
	l.frac, l.shifts = grow(l.frac, n), grow(l.shifts, n)
	for i := range n {
		x := [3]float64(s.Positions[3*i:])
		var shift [3]float64
		for k := range 3 {
			f := dot3(x, inverse[k])
			if s.Periodic[k] {
				whole := math.Floor(f)
				f -= whole
				shift = add(shift, scaled(-whole, cell[k]))
			}
			l.frac[i][k] = f
		}
		l.shifts[i] = shift
	}
	l.grid(s, inverse, cutoff)
	return l.visitAll(s, &cell, &inverse, cutoff)
}

// grid sorts the atoms into bins about as wide as the cutoff.
func (l *neighbors) grid(s *Structure, inverse [3][3]float64, cutoff float64) {
	n := s.Atoms()
	limit := 1 + int(math.Cbrt(float64(n)))
	for k := range 3 {
		height := 1 / norm3(inverse[k]) // between the faces of a cell
		l.lo[k], l.width[k] = 0, 1
		if !s.Periodic[k] {
			lo, hi := math.Inf(1), math.Inf(-1)
			for i := range n {
				lo, hi = min(lo, l.frac[i][k]), max(hi, l.frac[i][k])
			}
			l.lo[k], l.width[k] = lo, max(hi-lo, cutoff/height)
		}
		l.bins[k] = int(min(max(l.width[k]*height/cutoff, 1), float64(min(limit, maxBins))))
		l.width[k] /= float64(l.bins[k])
	}
	l.head = grow(l.head, l.bins[0]*l.bins[1]*l.bins[2])
	for b := range l.head {
		l.head[b] = -1
	}
	l.next, l.binOf = grow(l.next, n), grow(l.binOf, n)
	for i := n - 1; i >= 0; i-- {
		for k := range 3 {
			l.binOf[i][k] = min(max(int((l.frac[i][k]-l.lo[k])/l.width[k]), 0), l.bins[k]-1)
		}
		b := l.bin(l.binOf[i])
		l.next[i], l.head[b] = l.head[b], i
	}
}

func (l *neighbors) bin(at [3]int) int { return (at[0]*l.bins[1]+at[1])*l.bins[2] + at[2] }

// visitAll lists the edges, those of an atom in the order of the bins around it.
func (l *neighbors) visitAll(s *Structure, cell, inverse *[3][3]float64, cutoff float64) error {
	var reach [3]int // bins to look at on each side
	for k := range 3 {
		height := 1 / norm3(inverse[k])
		reach[k] = int(math.Ceil(cutoff / (l.width[k] * height)))
	}
	l.start, l.atom, l.vec = append(l.start[:0], 0), l.atom[:0], l.vec[:0]
	for i := range s.Atoms() {
		x := add([3]float64(s.Positions[3*i:]), l.shifts[i])
		var d [3]int
		for d[0] = -reach[0]; d[0] <= reach[0]; d[0]++ {
			for d[1] = -reach[1]; d[1] <= reach[1]; d[1]++ {
				for d[2] = -reach[2]; d[2] <= reach[2]; d[2]++ {
					if err := l.visit(s, cell, i, x, d, cutoff); err != nil {
						return err
					}
				}
			}
		}
		l.start = append(l.start, len(l.atom))
	}
	return nil
}

// visit lists the edges of atom i at x to the atoms of the bin that is d away from its own.
func (l *neighbors) visit(s *Structure, cell *[3][3]float64, i int, x [3]float64, d [3]int, cutoff float64) error {
	var at [3]int
	var image [3]float64
	for k := range 3 {
		b := l.binOf[i][k] + d[k]
		turns := 0
		if b < 0 || b >= l.bins[k] {
			if !s.Periodic[k] {
				return nil
			}
			turns = int(math.Floor(float64(b) / float64(l.bins[k])))
			b -= turns * l.bins[k]
			image = add(image, scaled(float64(turns), cell[k]))
		}
		at[k] = b
	}
	for j := l.head[l.bin(at)]; j >= 0; j = l.next[j] {
		y := add(add([3]float64(s.Positions[3*j:]), l.shifts[j]), image)
		v := [3]float64{y[0] - x[0], y[1] - x[1], y[2] - x[2]}
		r2 := dot3(v, v)
		if !(r2 < cutoff*cutoff) {
			continue
		}
		if r2 == 0 {
			if i == j {
				continue
			}
			return fmt.Errorf("atoms %d and %d are at the same place", min(i, j), max(i, j))
		}
		l.atom = append(l.atom, j)
		l.vec = append(l.vec, v)
	}
	return nil
}

func add(a, b [3]float64) [3]float64 { return [3]float64{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }

// grow returns a slice of length n, reusing s if it is large enough. The elements are
// arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Distances returns the number of pairs of atoms of s closer than cutoff, counted from both
// ends, and the shortest distance, +Inf if there is none. The error says what is wrong with
// s.
func Distances(s *Structure, cutoff float64) (edges int, shortest float64, err error) {
	var l neighbors
	if err := l.search(s, &Spec{Species: s.Atoms() + 1, Cutoff: cutoff}); err != nil {
		return 0, 0, err
	}
	shortest = math.Inf(1)
	for _, v := range l.vec {
		shortest = min(shortest, norm3(v))
	}
	return len(l.vec), shortest, nil
}
