package dense

import (
	"math"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// eachLevel calls f at each level, for benchmarks.
func eachLevel(f func(l simd.Level)) {
	for _, l := range simd.Available() {
		old := simd.SetActive(l)
		f(l)
		simd.SetActive(old)
	}
}

// mustPanic fails the test unless f panics with want.
func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("panic value %v, want %q", got, want)
		}
	}()
	f()
}

// floatsOf makes n numbers of the raw bits, over and over.
func floatsOf(bits []byte, n int) []float64 {
	x := make([]float64, n)
	if len(bits) == 0 {
		return x
	}
	next := 0
	for i := range x {
		var b uint64
		for range 8 {
			b = b<<8 | uint64(bits[next%len(bits)])
			next++
		}
		x[i] = math.Float64frombits(b)
	}
	return x
}
