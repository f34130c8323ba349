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
)

var encodingNames = [...]string{"invariant"}

// encodings are what the encodings do, by number.
var encodings = [...]struct {
	train func(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error)
	load  func(file safetensors.File) (hamiltonian, error)
}{
	Invariant: {trainPairs, loadPairs},
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
	return 0, fmt.Errorf("unknown encoding %q (want invariant)", name)
}
