//go:build race

package gonumlapack

import "github.com/rapidhgn/rapidhgn/internal/simd"

// touchRows tells the race detector, which does not see assembly, that m rows of n elements
// are written.
func touchRows(a []float64, ld, m, n int) {
	for i := range m {
		simd.Writes(a[i*ld:][:n])
	}
}

// underRace tells whether the race detector is on.
const underRace = true
