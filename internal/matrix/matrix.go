// Package matrix answers what every kernel asks of its operands: whether they are
// matrices, and whether two of them overlap.
package matrix

import (
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
)

// Valid reports whether a is a matrix that lies within its data: its dimensions are
// not negative, its stride is at least 1 and the number of its columns, and the data
// reach to its last element.
func Valid(a blas64.General) bool {
	if a.Rows < 0 || a.Cols < 0 || a.Stride < max(1, a.Cols) {
		return false
	}
	return empty(a) || len(a.Data) >= a.Cols && (len(a.Data)-a.Cols)/a.Stride >= a.Rows-1
}

// Overlap reports whether a and b, both valid, have an element in common. Column
// blocks of one matrix have none, and single rows are told apart exactly; matrices of
// different strides in one stretch of memory count as overlapping.
func Overlap(a, b blas64.General) bool {
	if empty(a) || empty(b) {
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

func empty(a blas64.General) bool { return a.Rows == 0 || a.Cols == 0 }
