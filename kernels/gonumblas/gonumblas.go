// Package gonumblas puts the kernels of package dense behind gonum's BLAS:
//
//	blas64.Use(gonumblas.Implementation{})
//
// and everything in gonum that multiplies float64 matrices through its blas64 is faster from
// then on, mat.Dense.Mul for one.
//
// Routines that are not listed are gonum's own. Each that is has its meaning, argument checks
// and panics, and beta = 0 overwrites NaN:
//
//	Dgemm Dsymm Dsyrk Dsyr2k Dtrmm Dtrsm
//	Dgemv Dger Dtrmv Dtrsv, of vectors without gaps
//	Ddot Daxpy Dscal Dnrm2 Dasum Idamax Drot Dswap, likewise
//
// Dcopy stays gonum's, which is the runtime's copy. Sizes so small that gonum is faster go to
// gonum, which costs a nanosecond or two to find out; the smallest are computed on the spot.
//
// They differ from gonum in rounding, as sums are fused and ordered otherwise; and in that a
// zero in one operand does not hide a NaN or an infinity in the other, as IEEE 754 has it.
// A result that shares elements with an operand is undefined, as in the BLAS; products of
// matrices that are not left to gonum refuse it by a panic before anything is written.
//
// At level generic on amd64 everything but the smallest sizes is gonum's, whose assembly for
// any amd64 is faster there than portable Go. Results therefore depend on the level, unlike
// those of package dense, but not on the number of workers.
package gonumblas

import (
	"runtime"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// Implementation is a blas.Float64, and by what it embeds every other BLAS of gonum. Its zero
// value is ready for use, by several goroutines at once.
type Implementation struct {
	gonum.Implementation
}

// fused tells whether the compiler makes one instruction of math.FMA without asking what
// the processor can do.
const fused = runtime.GOARCH == "arm64" || runtime.GOARCH == "loong64" || runtime.GOARCH == "ppc64" ||
	runtime.GOARCH == "ppc64le" || runtime.GOARCH == "riscv64" || runtime.GOARCH == "s390x"

// faster tells whether package dense is faster than gonum.
func faster() bool { return fused || simd.Active() != simd.Generic }
