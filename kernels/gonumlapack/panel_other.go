//go:build !amd64 || purego

package gonumlapack

import "gonum.org/v1/gonum/blas/blas64"

func (b *reflectors) dots(v0, v1, a0, a1, from int) (w blas64.General, free []float64) {
	return b.dotsGeneric(v0, v1, a0, a1, from)
}

func (b *reflectors) update(v0, v1, a0, a1 int, w blas64.General) {
	b.updateGeneric(v0, v1, a0, a1, w)
}

// leaf makes no reflectors: factorRows makes them one by one.
func (b *reflectors) leaf(lo, hi int, l []float64, ldl int) int { return 0 }
