package gonumblas

import (
	"math"
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// The functions below tell whether an argument is one that a routine here can work on. What
// fails goes to gonum, which panics in its own words, or has nothing to do.

func validTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

func validUplo(ul blas.Uplo) bool { return ul == blas.Upper || ul == blas.Lower }

func validSide(s blas.Side) bool { return s == blas.Left || s == blas.Right }

func validDiag(d blas.Diag) bool { return d == blas.NonUnit || d == blas.Unit }

// valid reports whether a holds rows × cols elements, at least one.
func valid(rows, cols int, a []float64, ld int) bool {
	return 0 < rows && rows <= math.MaxInt32 && 0 < cols && cols <= ld && ld <= math.MaxInt32 &&
		int64(rows-1)*int64(ld)+int64(cols) <= int64(len(a))
}

// validOp is valid for the matrix whose op is rows × cols.
func validOp(t blas.Transpose, rows, cols int, a []float64, lda int) bool {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	return valid(rows, cols, a, lda)
}

// The functions below tell of small matrices, without a call, what those above tell of all:
// that they are in order. What fails may be so nevertheless.

// tiny reports whether n is a size from 1 to 64.
func tiny(n int) bool { return uint(n-1) < 64 }

// tinyFits reports whether rows × cols elements, both tiny, lie within length elements.
func tinyFits(rows, cols, length, ld int) bool {
	return uint(ld-cols) < 1<<20 && (rows-1)*ld+cols <= length
}

// fits is tinyFits for sizes that need not be positive, but have a small product.
func fits(rows, cols, length, ld int) bool {
	return rows > 0 && cols > 0 && uint(ld-cols) < 1<<20 && (rows-1)*ld+cols <= length
}

// apart reports whether m elements from a on share nothing with n elements from c on.
func apart(a *float64, m int, c *float64, n int) bool {
	startA, startC := uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(c))
	return startA+8*uintptr(m) <= startC || startC+8*uintptr(n) <= startA
}

// matrix is where the elements of a matrix lie.
type matrix struct {
	start, end         uintptr
	rows, cols, stride int
}

// extent returns where the elements of a matrix with these strides lie, one of which is 1.
func extent(rows, cols, rs, cs int, a []float64) matrix {
	if cs != 1 {
		rows, cols, rs = cols, rows, cs
	}
	start := uintptr(unsafe.Pointer(&a[0]))
	return matrix{start, start + 8*uintptr((rows-1)*rs+cols), rows, cols, rs}
}

// refuse panics if the result c has an element in common with the operand a, which the BLAS
// leaves undefined. Blocks of one matrix are told apart.
func refuse(a, c matrix) {
	if a.start < c.end && c.start < a.end && meet(a, c) {
		panic("gonumblas: the result shares elements with an operand")
	}
}

// meet reports whether matrices whose extents overlap have an element in common.
func meet(a, c matrix) bool {
	if a.start > c.start {
		a, c = c, a
	}
	ahead := int(c.start-a.start) / 8
	if a.stride == c.stride {
		column := ahead % a.stride // of a's matrix, where rows of c start
		return column < a.cols || column+c.cols > a.stride
	}
	for i, j := 0, 0; i < a.rows && j < c.rows; { // rows in ascending order
		fromA, fromC := i*a.stride, ahead+j*c.stride
		switch {
		case fromA+a.cols <= fromC:
			i++
		case fromC+c.cols <= fromA:
			j++
		default:
			return true
		}
	}
	return false
}
