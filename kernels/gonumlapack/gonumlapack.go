package gonumlapack

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// Implementation is a lapack.Float64, and by what it embeds every other routine of gonum's
// LAPACK. Its zero value is ready for use, by several goroutines at once.
type Implementation struct {
	gonum.Implementation

	always bool // whether every valid problem is ours, as tests have it
}

// fused tells whether the compiler makes one instruction of math.FMA without asking what
// the processor can do.
const fused = runtime.GOARCH == "arm64" || runtime.GOARCH == "loong64" || runtime.GOARCH == "ppc64" ||
	runtime.GOARCH == "ppc64le" || runtime.GOARCH == "riscv64" || runtime.GOARCH == "s390x"

// faster tells whether package dense is faster than gonum's BLAS.
func faster() bool { return fused || simd.Active() != simd.Generic }

// Problems of less work are left to gonum, where it is about as fast or faster. Work is a
// product of three sizes: those of the matrix and the number of reflectors or solutions.
const (
	leastReflected = 3 << 18 // QR and LQ factorizations, and what applies their reflectors
	leastReduced   = 1 << 22 // reductions to bidiagonal form without vectors
	leastSVD       = 1 << 17 // with vectors
	leastEigen     = 1 << 17 // symmetric eigenvalue problems with vectors
	leastCholesky  = 3 << 18
	leastSolved    = 1 << 12 // triangular systems
)

// fewest is the number of reflectors up to which they are left to gonum, however long they are.
const fewest = 7

// reflects tells whether making k reflectors from an m×n matrix, or applying them to one, is
// worth ours.
func (impl Implementation) reflects(m, n, k int) bool {
	return impl.always || k > fewest && impl.ours(leastReflected, m, n, k)
}

// ours tells whether work of the sizes m, n and k is worth ours.
func (impl Implementation) ours(least, m, n, k int) bool {
	return impl.always || faster() && m*n >= least/max(k, 1)
}

// scratch is memory of a call. Routines take what the caller's work could not give: gonum's
// size of it is for its own block sizes.
type scratch struct{ free []float64 }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// newScratch returns n elements of any value, and what to give back when they are not used
// any more.
func newScratch(n int) ([]float64, *scratch) {
	s := scratches.Get().(*scratch)
	if cap(s.free) < n {
		s.free = make([]float64, n)
	}
	return s.free[:n], s
}

func (s *scratch) release() { scratches.Put(s) }

// holds reports whether a matrix of the given shape lies within its data, as all of gonum's
// argument checks demand.
func holds(rows, cols int, a []float64, ld int) bool {
	return rows >= 0 && cols >= 0 && ld >= max(1, cols) && len(a) >= (rows-1)*ld+cols
}
