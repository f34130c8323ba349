package lsq

import "math"

// A decomposition is the singular value decomposition of S = R D⁻¹, columns of zeros left
// out, as solutions need it: S = W Σ Vᵀ with y = Wᵀ C. Singular values are in no particular
// order, and may be negative. Neither W nor V is formed.
type decomposition struct {
	*bidiagonal
	sweeps []sweep
}

// decompose finds the singular values of S, and if vectors is set what truncated needs,
// with errors of a few n·eps of the largest.
func (s *scaled) decompose(vectors bool) (*decomposition, error) {
	b := s.bidiagonalize()
	sweeps, err := b.diagonalize(vectors)
	return &decomposition{b, sweeps}, err
}

func (d *decomposition) largest() float64 { return maxAbs(d.d) }

// rank returns the number of singular values above tol·σ₁.
func (d *decomposition) rank(tol float64) int {
	rank, limit := 0, tol*d.largest()
	for _, v := range d.d {
		if math.Abs(v) > limit {
			rank++
		}
	}
	return rank
}

// cond returns σ₁/σₙ for n columns.
func (d *decomposition) cond(n int) float64 {
	if len(d.d) < n {
		return math.Inf(1)
	}
	least := math.Inf(1)
	for _, v := range d.d {
		least = min(least, math.Abs(v))
	}
	if least <= negligible {
		return math.Inf(1)
	}
	return d.largest() / least
}

// negligible is the size up to which a singular value, the largest being at least 1, counts
// as zero in the condition.
const negligible = 0x1p-500
