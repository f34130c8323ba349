package hgn

import (
	"context"
	"fmt"

	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// An Encoding says what the energy of a [Model] is a sum of.
type Encoding uint8

// The encodings.
const (
	// Invariant is a sum over bodies and pairs, smooth and exactly invariant,
	//
	//	H(q, p) = b + Σ_(ij) V(|q_j − q_i|) + Σ_i T(|p_i|²/m_i)
	//
	// with one V per unordered pair of species and one T per species, each a sum of
	// random features of its argument, T being 0 at rest. Between the shortest and the
	// longest distance seen in training (under a cutoff: from a little less up to the
	// cutoff) V is that sum; outside it continues as a parabola, V′ as a straight line,
	// with a slope at the short end that never lets V turn attractive.
	//
	// The constant of V is arbitrary on fixed edges. Where masses or charges multiply
	// V, energies of states that differ in these have no common zero.
	Invariant Encoding = iota

	// LocalFrame is the graph network of arXiv 2506.06558 on coordinates in a frame that
	// moves with the bodies,
	//
	//	h_i  = σ(W_V x_i + b_V),  x_i = (q_i, p_i)
	//	g_ij = σ(W_E e_ij + b_E), e_ij = q_j − q_i
	//	m_ij = σ(W_M [h_i, h_j, g_ij] + b_M)
	//	H    = b + θ_h·Σ_i h_i + θ_m·Σ_ij m_ij
	//
	// and, with Options.EdgeReadout, + θ_g·Σ_ij g_ij, sums over ij running over both
	// directions of every edge.
	//
	// The frame has its origin at the mean position. Its first axis points to the body
	// nearest the origin, in three dimensions the second is the part of the position of
	// the second nearest body orthogonal to the first; further axes complete a
	// right-handed system. Of bodies at equal distance the one of lower number counts
	// as nearer: where two are equally near, the frame and H jump. A nearest body at
	// the origin gives no direction, and two in line with the origin but one; coordinate
	// axes take their place, so that H has a value and derivatives everywhere.
	LocalFrame

	// InvariantNetwork is the same network with x_i = |p_i|²/m_i and e_ij = |q_j − q_i|.
	InvariantNetwork

	// ManyBody is for atoms in the field of their neighbours within a cutoff,
	//
	//	H(q, p) = Σ_i |p_i|²/2m_i + Σ_i E(surroundings of i)
	//
	// where E is a polynomial in smooth, exactly invariant functions of the positions
	// of the neighbours, with coefficients for each species: sums over pairs, triplets
	// and quadruplets of atoms, and products of them. [Options.Features] is the number
	// of terms, over all species; what it is fitted to say [Materials]. Distances
	// shorter than any in training continue each function as a straight line.
	ManyBody
)

var encodingNames = [...]string{"invariant", "frame", "invariant-network", "many-body"}

// encodings are what the encodings do, by number.
var encodings = [...]struct {
	train func(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error)
	load  func(file safetensors.File) (hamiltonian, error)
}{
	Invariant:        {trainPairs, loadPairs},
	LocalFrame:       {trainFrame, loadNetwork},
	InvariantNetwork: {trainInvariantNetwork, loadNetwork},
	ManyBody:         {trainManyBody, loadManyBody},
}

func (e Encoding) String() string {
	if int(e) < len(encodingNames) {
		return encodingNames[e]
	}
	return fmt.Sprintf("Encoding(%d)", uint8(e))
}

// ParseEncoding is the inverse of [Encoding.String].
func ParseEncoding(name string) (Encoding, error) {
	for e, n := range encodingNames {
		if n == name {
			return Encoding(e), nil
		}
	}
	return 0, fmt.Errorf("unknown encoding %q (want invariant, frame, invariant-network or many-body)", name)
}
