// Package roof holds the bounds that kernels are measured against: the rate of multiply-adds
// of one core, and the bandwidths of reading and of copying.
package roof

import "math"

// FMA does n rounds of independent multiply-adds at the active level and returns how many
// floating-point operations those were, two for each multiply-add. A round takes some
// nanoseconds.
func FMA(n int) (flops float64) { return fma(max(n, 1)) }

// Copy copies src to dst, of the same length, and returns how many bytes had to move:
// each element is read once and written once.
func Copy(dst, src []float64) (bytes float64) { return 16 * float64(copy(dst, src)) }

// Read reads each element of x once, at the active level, and returns how many bytes those
// are.
func Read(x []float64) (bytes float64) {
	const call = 1 << 14 // elements, some microseconds: the runtime cannot stop a goroutine there
	rest := x
	for len(rest) >= readBlock {
		n := min(len(rest)/readBlock*readBlock, call)
		read(rest[:n])
		rest = rest[n:]
	}
	readGeneric(rest)
	return 8 * float64(len(x))
}

// readBlock divides what read is called with.
const readBlock = 64

func fmaGeneric(n int) (flops float64) {
	var a, b, c, d, e, f, g, h float64
	x := 0 * float64(n)
	for range n {
		a, b, c, d = math.FMA(x, x, a), math.FMA(x, x, b), math.FMA(x, x, c), math.FMA(x, x, d)
		e, f, g, h = math.FMA(x, x, e), math.FMA(x, x, f), math.FMA(x, x, g), math.FMA(x, x, h)
	}
	return 2*8*float64(n) + (a + b + c + d + e + f + g + h) // which is 0, but has to be computed
}

// readGeneric returns what a compiler could not know without reading x. Were it inlined, it
// would not be computed.
//
//go:noinline
func readGeneric(x []float64) (bits uint64) {
	for ; len(x) >= 4; x = x[4:] {
		bits |= math.Float64bits(x[0]) | math.Float64bits(x[1]) | math.Float64bits(x[2]) | math.Float64bits(x[3])
	}
	for _, v := range x {
		bits |= math.Float64bits(v)
	}
	return bits
}
