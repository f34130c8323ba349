// Package kerneltest is what the tests of kernels share: every level in turn, lengths,
// values, guards around operands, and comparisons that NaN does not pass by accident.
// Only tests import it.
package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// RequireEnv names the environment variable that makes EachLevel fail where the level
// that it names cannot run.
const RequireEnv = "RAPIDHGN_REQUIRE"

// EachLevel runs f once at each level that the machine and build have, as the subtests
// level=generic, level=avx2, …, whatever RAPIDHGN_LEVEL says. It fails if the level that
// RAPIDHGN_REQUIRE names is not among them, or if f ran at another level than promised.
//
// The level belongs to the process: neither the caller nor f may be a parallel test.
func EachLevel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	levels := simd.Available()
	if err := required(os.Getenv(RequireEnv), levels[len(levels)-1]); err != nil {
		t.Fatal(err)
	}
	for _, l := range levels {
		t.Run(fmt.Sprintf("level=%v", l), func(t *testing.T) {
			defer simd.SetActive(simd.SetActive(l))
			check := func() {
				if got := simd.Active(); got != l {
					t.Fatalf("level %v is active, want %v", got, l)
				}
			}
			check()
			f(t)
			check()
		})
	}
}

// required returns an error if name names a level above highest, or none at all.
func required(name string, highest simd.Level) error {
	if name == "" {
		return nil
	}
	l, ok := simd.Parse(name)
	if !ok {
		return fmt.Errorf("%s=%s names no level", RequireEnv, name)
	}
	if l > highest {
		return fmt.Errorf("%s=%s: this machine or build has %v at most", RequireEnv, name, highest)
	}
	return nil
}

// Lengths returns lengths that reach every remainder of the unrolled loops and run them
// several times: 0…67, 127…129, 1000.
func Lengths() []int {
	var n []int
	for i := range 68 {
		n = append(n, i)
	}
	return append(n, 127, 128, 129, 1000)
}

// Rand returns n numbers of both signs whose magnitudes spread over 2⁻⁸…2⁸, so that the
// order of a sum shows in its bits.
func Rand(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Ldexp(2*r.Float64()-1, r.IntN(17)-8)
	}
	return x
}

// Special returns values that kernels get wrong: NaN, ±Inf, ±0, the least subnormals,
// the least normal and the largest numbers of both signs.
func Special() []float64 {
	return []float64{
		math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1),
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
		0x1p-1022, -0x1p-1022, math.MaxFloat64, -math.MaxFloat64,
	}
}

// Same reports whether x and y have the same bits, or are both NaN.
func Same(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
}

// FirstDifference returns the first index at which Same does not hold, −1 if there is
// none. Slices of different lengths differ at the end of the shorter.
func FirstDifference(x, y []float64) int {
	for i := range min(len(x), len(y)) {
		if !Same(x[i], y[i]) {
			return i
		}
	}
	if len(x) != len(y) {
		return min(len(x), len(y))
	}
	return -1
}

// Close reports whether got is within tol of want. NaN is close to NaN alone, an infinity
// to itself alone, and nothing is close if tol is NaN.
func Close(got, want, tol float64) bool {
	if math.IsNaN(tol) {
		return false
	}
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return Same(got, want)
	}
	return math.Abs(got-want) <= tol
}
