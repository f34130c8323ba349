//go:build !race

package dense

import "gonum.org/v1/gonum/blas/blas64"

// underRace tells whether the race detector is on.
const underRace = false

// readsMatrix tells the race detector, which does not see assembly, that a is read.
// Without the detector it is nothing.
func readsMatrix(blas64.General) {}

// writesMatrix tells the race detector, which does not see assembly, that a is written.
// Without the detector it is nothing.
func writesMatrix(blas64.General) {}
