package dense

import (
	"math"
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
)

// checkMatrix panics if a is not a matrix that lies within its data.
func checkMatrix(a blas64.General) {
	if a.Rows < 0 || a.Cols < 0 {
		panic("dense: negative dimension")
	}
	if a.Stride < max(1, a.Cols) {
		panic("dense: stride below the number of columns")
	}
	if a.Rows == 0 || a.Cols == 0 {
		return
	}
	if !fits(a) {
		panic("dense: data shorter than the matrix")
	}
}

// fits reports whether a, which is not empty, lies within its data.
func fits(a blas64.General) bool {
	if a.Rows > math.MaxInt32 || a.Stride > math.MaxInt32 {
		return len(a.Data) >= a.Cols && (len(a.Data)-a.Cols)/a.Stride >= a.Rows-1
	}
	return int64(a.Rows-1)*int64(a.Stride)+int64(a.Cols) <= int64(len(a.Data)) // without a division
}

// overlap reports whether a and b, both checked, have an element in common. Column blocks
// of one matrix have none; matrices of different strides in one stretch of memory count as
// overlapping.
func overlap(a, b blas64.General) bool {
	if a.Rows == 0 || a.Cols == 0 || b.Rows == 0 || b.Cols == 0 {
		return false
	}
	const size = unsafe.Sizeof(float64(0))
	startA, startB := uintptr(unsafe.Pointer(&a.Data[0])), uintptr(unsafe.Pointer(&b.Data[0]))
	if startA > startB {
		a, b, startA, startB = b, a, startB, startA
	}
	ahead := int((startB - startA) / size)
	if ahead >= (a.Rows-1)*a.Stride+a.Cols {
		return false
	}
	if b.Rows == 1 {
		b.Stride = a.Stride
	}
	if a.Rows == 1 {
		a.Stride = b.Stride
	}
	if a.Stride != b.Stride {
		return true
	}
	column := ahead % a.Stride // of a's matrix, where b's rows start
	return column < a.Cols || column+b.Cols > a.Stride
}
