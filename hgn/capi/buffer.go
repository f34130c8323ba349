package main

// #include <stdint.h>
import "C"

import (
	"math"
	"unicode/utf8"
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
)

// maxElements bounds what an array spans, so that its bytes are an int.
const maxElements = math.MaxInt / 16

// slice returns the n elements of an array of the caller.
func slice[T float64 | int64](name string, p unsafe.Pointer, n int64) ([]T, error) {
	switch {
	case n < 0 || n > maxElements:
		return nil, invalid("%s: an array of %d elements", name, n)
	case n == 0:
		return nil, nil
	case p == nil:
		return nil, invalid("%s is null", name)
	case uintptr(p)%8 != 0:
		return nil, invalid("%s is not aligned to 8 bytes", name)
	}
	return unsafe.Slice((*T)(p), n), nil
}

// matrix returns a matrix of the caller.
func matrix(name string, p *C.double, rows, cols, stride C.int64_t) (blas64.General, error) {
	switch {
	case rows < 0 || cols < 0 || rows > math.MaxInt32 || cols > math.MaxInt32:
		return blas64.General{}, invalid("%s is a matrix of %d x %d", name, rows, cols)
	case stride < cols:
		return blas64.General{}, invalid("%s: a stride of %d is too small for %d columns", name, stride, cols)
	case rows > 0 && int64(stride) > maxElements/int64(rows):
		return blas64.General{}, invalid("%s: a stride of %d for %d rows", name, stride, rows)
	}
	n := int64(0)
	if rows > 0 && cols > 0 {
		n = int64(rows-1)*int64(stride) + int64(cols)
	}
	data, err := slice[float64](name, unsafe.Pointer(p), n)
	return blas64.General{Rows: int(rows), Cols: int(cols), Stride: int(max(stride, 1)), Data: data}, err
}

// text returns a string of the caller, "" for null.
func text(name string, p *C.char) (string, error) {
	if p == nil {
		return "", nil
	}
	s := C.GoString(p)
	if !utf8.ValidString(s) {
		return "", invalid("%s is not UTF-8", name)
	}
	return s, nil
}

// output checks that there is a place for a result.
func output[T any](name string, p *T) error {
	switch {
	case p == nil:
		return invalid("%s is null", name)
	case uintptr(unsafe.Pointer(p))%unsafe.Alignof(*p) != 0:
		return invalid("%s is not aligned", name)
	}
	return nil
}
