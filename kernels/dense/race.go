//go:build race

package dense

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// underRace tells whether the race detector is on.
const underRace = true

// readsMatrix tells the race detector, which does not see assembly, that a is read.
func readsMatrix(a blas64.General) {
	for i := range a.Rows {
		simd.Reads(row(a, i))
	}
}

// writesMatrix tells the race detector, which does not see assembly, that a is written.
func writesMatrix(a blas64.General) {
	for i := range a.Rows {
		simd.Writes(row(a, i))
	}
}
