package system

import "fmt"

// Displacements returns s, whose pairs a graph holds, in coordinates relative to where
// bodies rest: Rest is 0, and the box is gone. Bonds are then V of the difference of
// two displacements, which rests at the length 0 and pulls alike in every direction, so
// that V is to have its minimum at 0: Harmonic and FPUT with R0 = 0. A lattice of
// them is the harmonic crystal of textbooks, and the systems that graph networks on
// squared distances ([hgn.DistanceSquared]) describe.
//
// The graph and the masses are shared with s.
func Displacements(s *System) (*System, error) {
	if s.Graph == nil {
		return nil, fmt.Errorf("system: displacements need pairs in a graph, not within a cutoff")
	}
	if d := s.Potential.Derivative(0); d != 0 {
		return nil, fmt.Errorf("system: V′(0) is %v, not 0", d)
	}
	return &System{
		Dim: s.Dim, Mass: s.Mass, Species: s.Species, Rest: make([]float64, len(s.Rest)),
		Potential: s.Potential, Graph: s.Graph,
	}, nil
}
