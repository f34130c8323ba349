//go:build race

package gonumlapack

import "github.com/rapidhgn/rapidhgn/internal/simd"

// readsRows tells the race detector, which does not see assembly, that m rows of n elements
// are read.
func readsRows(a []float64, ld, m, n int) {
	for i := range m {
		simd.Reads(a[i*ld:][:n])
	}
}

// writesRows tells it that they are written.
func writesRows(a []float64, ld, m, n int) {
	for i := range m {
		simd.Writes(a[i*ld:][:n])
	}
}

// underRace tells whether the race detector is on.
const underRace = true
