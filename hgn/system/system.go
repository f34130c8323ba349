package system

import (
	"errors"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A System is a set of bodies that interact in pairs. Arrays of vectors hold one row
// of Dim coordinates per body. The fields may be changed between calls; [Lattice],
// [Ring] and [FCC] fill them. A System is not for concurrent use: it keeps scratch.
//
// It is an [hgn.Separable] unless momenta are coupled or bodies damped.
type System struct {
	Dim       int
	Mass      []float64  // per body, positive
	Species   []int      // per body, or nil: all 1
	Rest      []float64  // positions around which Start draws
	Potential Potential  // of each interacting pair
	Graph     *hgn.Graph // the interacting pairs, or nil: those closer than Cutoff
	Cutoff    float64    // of no effect with a Graph
	Box       hgn.Box
	Periodic  bool // whether differences are reduced to nearest images in Box

	Coupling Coupling  // of the momenta of each interacting pair
	Damping  []float64 // γ of each body, in ṗ = −∂H/∂q − γ q̇, a mass per time; nil: none

	near neighbors
}

// neighbors are the pairs that were closer than the cutoff and a skin at some
// positions. They come sorted, and pairs beyond the cutoff add nothing, so that no
// bit of a force depends on when they were found.
type neighbors struct {
	graph *hgn.Graph
	q     []float64
	of    frameKey
	skin  float64
}

// frameKey is what pairs depend on besides positions.
type frameKey struct {
	dim      int
	cutoff   float64
	box      hgn.Box
	periodic bool
}

// skinFraction is the width of the skin in units of the cutoff.
const skinFraction = 0.12

// Forces writes −∂V/∂q at q into dst; both have one row per body. The sum at a body
// runs over its edges in their order in the graph.
//
// There is an error, and dst is undefined, if two interacting bodies are at one point,
// unless V′(0) = 0, or at a distance that is not finite, and if pairs cannot be found (see
// [hgn.CutoffGraph]).
func (s *System) Forces(dst, q []float64) error {
	if len(dst) != len(q) {
		panic("system: len(dst) != len(q)")
	}
	clear(dst)
	return s.eachPair(q, func(i, j int, d *[3]float64, r float64) {
		if r == 0 { // no force, see eachPair
			return
		}
		scale := s.Potential.Derivative(r) / r
		for a := range s.Dim {
			f := float64(scale * d[a])
			dst[i*s.Dim+a] += f
			dst[j*s.Dim+a] -= f
		}
	})
}

// Velocities writes ∂T/∂p = p/m at p into dst; both have one row per body.
func (s *System) Velocities(dst, p []float64) {
	if len(dst) != len(p) || len(p) != len(s.Mass)*s.Dim {
		panic("system: bad length of dst or p")
	}
	for i, m := range s.Mass {
		for a := i * s.Dim; a < (i+1)*s.Dim; a++ {
			dst[a] = p[a] / m
		}
	}
}

// Energy is H(q, p). Errors are those of Forces.
func (s *System) Energy(q, p []float64) (float64, error) {
	if len(p) != len(s.Mass)*s.Dim {
		panic("system: bad length of p")
	}
	energy := 0.0
	for i, m := range s.Mass {
		square := 0.0
		for _, x := range p[i*s.Dim : (i+1)*s.Dim] {
			square += float64(x * x)
		}
		energy += float64(square / (2 * m))
	}
	err := s.eachPair(q, func(_, _ int, _ *[3]float64, r float64) { energy += float64(s.Potential.Energy(r)) })
	if err != nil {
		return 0, err
	}
	coupled, err := s.couplingEnergy(q, p)
	return energy + coupled, err
}

// eachPair calls f with each interacting pair i < j, in the order of the graph, with
// d = q_j − q_i and r = |d|, which is 0 only where V′(0) is.
func (s *System) eachPair(q []float64, f func(i, j int, d *[3]float64, r float64)) error {
	if len(q) != len(s.Mass)*s.Dim {
		panic("system: bad length of q")
	}
	graph := s.Graph
	if graph == nil {
		if err := s.findPairs(q); err != nil {
			return err
		}
		graph = s.near.graph
	}
	var d [3]float64
	for k, sender := range graph.Senders {
		i, j := int(sender), int(graph.Receivers[k])
		sum := 0.0
		for a := range s.Dim {
			x := q[j*s.Dim+a] - q[i*s.Dim+a]
			if s.Periodic {
				x = s.Box.Reduce(a, x)
			}
			d[a] = x
			sum += float64(x * x)
		}
		r := math.Sqrt(sum)
		if s.Graph == nil && r >= s.Cutoff {
			continue
		}
		if r == 0 && s.Potential.Derivative(0) != 0 {
			return fmt.Errorf("bodies %d and %d are at one point", i, j)
		}
		if math.IsNaN(r) || math.IsInf(r, 1) {
			return fmt.Errorf("bodies %d and %d are at a distance of %v", i, j, r)
		}
		f(i, j, &d, r)
	}
	return nil
}

// findPairs makes s.near good for the positions q.
func (s *System) findPairs(q []float64) error {
	key := frameKey{s.Dim, s.Cutoff, s.Box, s.Periodic}
	if s.near.graph != nil && s.near.of == key && len(s.near.q) == len(q) && s.near.reaches(q, s.Dim) {
		return nil
	}
	reach := s.Cutoff * (1 + skinFraction)
	if s.Periodic {
		for a := range s.Dim {
			if s.Box.Periodic[a] {
				reach = max(s.Cutoff, min(reach, s.Box.Length(a)/2))
			}
		}
	}
	frame := &hgn.Frame{Dim: s.Dim, Box: s.Box, Mass: s.Mass, Q: q}
	graph, err := hgn.CutoffGraph(frame, reach, s.Periodic)
	if err != nil {
		var fault *hgn.FrameError
		if errors.As(err, &fault) {
			return errors.New(fault.Cause)
		}
		return err
	}
	s.near = neighbors{graph, append(s.near.q[:0], q...), key, reach - s.Cutoff}
	return nil
}

// reaches reports whether no two bodies can have come closer than the cutoff without
// being among the pairs: each has moved less than half the skin.
func (n *neighbors) reaches(q []float64, dim int) bool {
	limit := n.skin / 2 * (1 - 0x1p-20) // less the rounding of what is compared
	for i := 0; i < len(q); i += dim {
		sum := 0.0
		for a := i; a < i+dim; a++ {
			x := q[a] - n.q[a]
			sum += float64(x * x)
		}
		if !(sum < limit*limit) {
			return false
		}
	}
	return true
}
