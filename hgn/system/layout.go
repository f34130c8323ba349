package system

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A Boundary says how a lattice ends.
type Boundary int

const (
	Free   Boundary = iota // with the bodies themselves
	Walled                 // with walls, bonded to the outermost bodies
	Closed                 // not at all: periodic in every direction
)

// WallMass is the mass of a wall.
const WallMass = 1e30

// maxBodies bounds the size of what is laid out, so that its edges can be counted.
const maxBodies = math.MaxInt32 / 16

// Lattice returns a simple cubic lattice of as many dimensions as there are sizes:
// one size gives a chain, two a rectangle, three a block. Neighbours along the
// directions of the lattice are bonded by v and rest at the distance spacing. Masses
// and species are 1.
//
// The body at (x, y, z), counted from 0, has the number (x·ny + y)·nz + z and rests
// at spacing·(x, y, z). Walls have the numbers after those of the bodies. Closed
// lattices have at least 3 bodies in each direction, as fewer would be bonded twice;
// their box reaches half a spacing beyond the outermost bodies.
func Lattice(v Potential, boundary Boundary, spacing float64, sizes ...int) (*System, error) {
	dim := len(sizes)
	if dim < 1 || dim > 3 {
		return nil, fmt.Errorf("system: a lattice of %d dimensions", dim)
	}
	if boundary < Free || boundary > Closed {
		return nil, fmt.Errorf("system: there is no boundary %d", boundary)
	}
	least := 1
	if boundary == Closed {
		least = 3
	}
	bodies := 1
	for _, n := range sizes {
		if n < least {
			return nil, fmt.Errorf("system: a lattice of %v bodies, not at least %d in each direction", sizes, least)
		}
		if n > maxBodies/bodies {
			return nil, fmt.Errorf("system: a lattice of %v bodies is too large", sizes)
		}
		bodies *= n
	}
	if err := checkSpacing(spacing); err != nil {
		return nil, err
	}
	s := &System{Dim: dim, Potential: v, Mass: ones(bodies), Rest: make([]float64, 0, bodies*dim)}
	var pairs [][2]int
	at := make([]int, dim)
	for i := range bodies {
		stride := bodies
		for a, n := range sizes {
			stride /= n
			at[a] = i / stride % n
			switch {
			case at[a]+1 < n:
				pairs = append(pairs, [2]int{i, i + stride})
			case boundary == Closed:
				pairs = append(pairs, [2]int{i - (n-1)*stride, i})
			}
		}
		for _, x := range at {
			s.Rest = append(s.Rest, spacing*float64(x))
		}
	}
	switch boundary {
	case Walled:
		pairs = s.addWalls(pairs, spacing, sizes)
	case Closed:
		s.Periodic = true
		for a, n := range sizes {
			s.Box.Lo[a], s.Box.Hi[a] = -spacing/2, spacing*(float64(n)-0.5)
			s.Box.Periodic[a] = true
		}
	}
	return s, s.bond(pairs)
}

// addWalls adds a wall before the first and behind the last body of every row of the
// lattice, and returns pairs with their bonds.
func (s *System) addWalls(pairs [][2]int, spacing float64, sizes []int) [][2]int {
	bodies := len(s.Mass)
	stride := bodies
	for a, n := range sizes {
		stride /= n
		for i := range bodies {
			x := i / stride % n
			for _, side := range []int{-1, 1} {
				if next := x + side; next >= 0 && next < n {
					continue
				}
				pairs = append(pairs, [2]int{i, len(s.Mass)})
				s.Mass = append(s.Mass, WallMass)
				s.Rest = append(s.Rest, s.Rest[i*s.Dim:(i+1)*s.Dim]...)
				s.Rest[len(s.Rest)-s.Dim+a] = spacing * float64(x+side)
			}
		}
	}
	return pairs
}

// Ring returns n bodies on a circle in the plane, each bonded by v to the two next to
// it at the distance spacing: n is at least 3. Body i is at the angle 2πi/n. Masses
// and species are 1.
func Ring(v Potential, spacing float64, n int) (*System, error) {
	if n < 3 || n > maxBodies {
		return nil, fmt.Errorf("system: a ring of %d bodies", n)
	}
	if err := checkSpacing(spacing); err != nil {
		return nil, err
	}
	s := &System{Dim: 2, Potential: v, Mass: ones(n), Rest: make([]float64, 0, 2*n)}
	radius := spacing / (2 * math.Sin(math.Pi/float64(n)))
	pairs := make([][2]int, n)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		s.Rest = append(s.Rest, radius*cos, radius*sin)
		pairs[i] = [2]int{i, (i + 1) % n}
	}
	return s, s.bond(pairs)
}

// FCC returns a face-centred cubic crystal of cells³ cells with 4 bodies each, at a
// number density, in a periodic box from the origin. All pairs below v.Cutoff, which
// is at most half the box, interact. Masses and species are 1.
//
// Cells are numbered like the bodies of a Lattice, bodies by cell.
func FCC(v LennardJones, density float64, cells int) (*System, error) {
	if n := float64(cells); n < 1 || 4*n*n*n > maxBodies {
		return nil, fmt.Errorf("system: a crystal of %d³ cells", cells)
	}
	edge := math.Cbrt(4 / density)
	if !(density > 0) || !(edge > 0) || math.IsInf(edge*float64(cells), 1) {
		return nil, fmt.Errorf("system: a crystal of density %v", density)
	}
	if !(v.Cutoff > 0) || v.Cutoff > edge*float64(cells)/2 {
		return nil, fmt.Errorf("system: cutoff %v is not between 0 and half the box, %.6g", v.Cutoff, edge*float64(cells)/2)
	}
	bodies := 4 * cells * cells * cells
	s := &System{Dim: 3, Potential: v, Mass: ones(bodies), Cutoff: v.Cutoff, Periodic: true}
	for a := range 3 {
		s.Box.Hi[a], s.Box.Periodic[a] = edge*float64(cells), true
	}
	for x := range cells {
		for y := range cells {
			for z := range cells {
				for _, corner := range [][3]float64{{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}} {
					s.Rest = append(s.Rest, edge*(float64(x)+corner[0]), edge*(float64(y)+corner[1]), edge*(float64(z)+corner[2]))
				}
			}
		}
	}
	return s, nil
}

// bond makes pairs the graph of s.
func (s *System) bond(pairs [][2]int) (err error) {
	s.Graph, err = hgn.NewGraph(len(s.Mass), pairs)
	return err
}

func checkSpacing(spacing float64) error {
	if !(spacing > 0) || math.IsInf(spacing, 1) {
		return fmt.Errorf("system: spacing %v is not positive and finite", spacing)
	}
	return nil
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}
