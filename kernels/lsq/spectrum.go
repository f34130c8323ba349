package lsq

import (
	"math"
	"slices"
)

const (
	// estimateCols is the number of columns from which on estimates are cheaper than the
	// singular values.
	estimateCols = 48
	// condTol is the relative gain of 8 steps at which the estimates for a condition stop.
	condTol = 1. / 64
)

// A spectrum is what Solve needs to know of the singular values of S.
type spectrum struct {
	largest, cond  float64
	rank           int
	*decomposition // nil if estimates told that the rank is full
}

// spectrum finds the largest singular value, the rank and the condition: by estimates in
// O(n²) operations if there are many columns and no doubt that the rank is full, else by the
// decomposition.
func (s *scaled) spectrum(threshold float64, opt Options, ridges []float64) (spectrum, error) {
	n := s.f.cols
	// The condition from which on the least singular value is in doubt, or may count as zero.
	doubt := min(1/(16*float64(n)*0x1p-52), 1/(8*threshold))
	nonsingular, least := s.nonsingular(), math.Inf(1)
	for j, d := range s.norm {
		least = min(least, math.Abs(s.f.column(j)[j])/d)
	}
	anyRidge := slices.Max(ridges) > 0
	if n >= estimateCols && opt.Criterion == Given && nonsingular && least > 1/doubt { // σₙ is no larger than least
		tol := condTol
		if anyRidge {
			tol = 0x1p-44 // it is part of what is asked for
		}
		q := spectrum{largest: largest(n, s.triangle(), tol), rank: n}
		if q.cond = q.largest * largest(n, s.inverse(), condTol); q.cond <= doubt {
			return q, nil
		}
	}
	substituted := slices.Min(ridges) > 0 || opt.RCond < 0 && nonsingular
	d, err := s.decompose(!substituted && opt.Criterion == Given)
	if err != nil {
		return spectrum{}, err
	}
	q := spectrum{d.largest(), d.cond(n), d.rank(threshold), d}
	if opt.RCond < 0 && nonsingular {
		q.rank = n // however small the singular values
	}
	return q, nil
}
