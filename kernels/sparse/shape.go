package sparse

import (
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
)

// What the kernels panic with.
const (
	badSource      = "sparse: bad shape or length of x"
	badDestination = "sparse: bad shape or length of dst"
	badColumns     = "sparse: dst.Cols != x.Cols"
	overlap        = "sparse: dst overlaps x"
)

// check panics unless dst and x have the given numbers of rows, equal numbers of
// columns, enough data, and no element in common.
func check(dst, x blas64.General, dstRows, xRows int) {
	if !fits(x, xRows) {
		panic(badSource)
	}
	if !fits(dst, dstRows) {
		panic(badDestination)
	}
	if dst.Cols != x.Cols {
		panic(badColumns)
	}
	if overlaps(dst, x) {
		panic(overlap)
	}
}

// fits reports whether a is a matrix of that many rows.
func fits(a blas64.General, rows int) bool {
	return a.Rows == rows && a.Cols >= 0 && a.Stride >= a.Cols && len(a.Data) >= extent(a)
}

// extent is the number of elements from the first of a to its last.
func extent(a blas64.General) int {
	if a.Rows == 0 || a.Cols == 0 {
		return 0
	}
	return (a.Rows-1)*a.Stride + a.Cols
}

// overlaps reports whether a and b have elements in common. Matrices of different
// strides that lie across each other are taken to have some.
func overlaps(a, b blas64.General) bool {
	m, n := extent(a), extent(b)
	if m == 0 || n == 0 {
		return false
	}
	const size = unsafe.Sizeof(float64(0))
	p, q := uintptr(unsafe.Pointer(&a.Data[0])), uintptr(unsafe.Pointer(&b.Data[0]))
	if p > q {
		a, b, m, p, q = b, a, n, q, p
	}
	if q >= p+uintptr(m)*size {
		return false
	}
	if a.Stride != b.Stride {
		return true
	}
	// Column blocks of one matrix: b starts in column at of a's rows.
	at := int((q-p)/size) % a.Stride
	return at < a.Cols || at+b.Cols > a.Stride
}
