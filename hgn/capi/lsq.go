package main

// #include "rapidhgn.h"
import "C"

import (
	"math"
	"sync"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// An accumulator is an lsq.Accumulator that calls use one after the other.
type accumulator struct {
	sync.Mutex
	*lsq.Accumulator
}

// maxColumns bounds the columns and right-hand sides together, of whose square memory is a
// multiple.
const maxColumns = 1<<15 - 1

const accumulatorKind = "a least-squares accumulator"

//export goLsqNew
func goLsqNew(cols, rhs C.int64_t, out *C.int64_t) C.int32_t {
	return call(func() error {
		if err := output("out", out); err != nil {
			return err
		}
		if cols < 1 || rhs < 0 || cols > maxColumns || rhs > maxColumns-cols {
			return invalid("a least-squares problem of %d columns and %d right-hand sides: together at most %d are possible", cols, rhs, maxColumns)
		}
		*out = newHandle(&accumulator{Accumulator: lsq.New(int(cols), int(rhs))})
		return nil
	})
}

//export goLsqAppend
func goLsqAppend(handle, rows C.int64_t, a *C.double, aStride C.int64_t, b *C.double, bStride C.int64_t, w *C.double) C.int32_t {
	return call(func() error {
		acc, err := object[*accumulator](accumulatorKind, handle)
		if err != nil {
			return err
		}
		left, err := matrix("a", a, rows, C.int64_t(acc.Cols()), aStride)
		if err != nil {
			return err
		}
		right, err := matrix("b", b, rows, C.int64_t(acc.RHS()), bStride)
		if err != nil {
			return err
		}
		var weights []float64
		if w != nil {
			if weights, err = slice[float64]("w", unsafe.Pointer(w), int64(rows)); err != nil {
				return err
			}
		}
		acc.Lock()
		defer acc.Unlock()
		if w != nil {
			return acc.AppendWeighted(left, right, weights)
		}
		return acc.Append(left, right)
	})
}

//export goLsqMerge
func goLsqMerge(handle, other C.int64_t) C.int32_t {
	return call(func() error {
		acc, err := object[*accumulator](accumulatorKind, handle)
		if err != nil {
			return err
		}
		more, err := object[*accumulator](accumulatorKind, other)
		switch {
		case err != nil:
			return err
		case acc == more:
			return invalid("an accumulator cannot be merged with itself")
		}
		first, second := acc, more // the same order in all threads
		if handle > other {
			first, second = more, acc
		}
		first.Lock()
		defer first.Unlock()
		second.Lock()
		defer second.Unlock()
		return acc.Merge(more.Accumulator)
	})
}

//export goLsqSolve
func goLsqSolve(handle C.int64_t, rcond, ridge C.double, x *C.double, xStride C.int64_t, residual *C.double, report *C.rhgn_lsq_report) C.int32_t {
	return call(func() error {
		acc, err := object[*accumulator](accumulatorKind, handle)
		if err != nil {
			return err
		}
		if !(rcond < 1) || !(ridge >= 0 && ridge <= math.MaxFloat64) {
			return invalid("rcond %v, ridge %v: want rcond below 1 and a finite ridge of at least 0", rcond, ridge)
		}
		acc.Lock()
		defer acc.Unlock()
		result, err := matrix("x", x, C.int64_t(acc.Cols()), C.int64_t(acc.RHS()), xStride)
		if err != nil {
			return err
		}
		var norms []float64
		if residual != nil {
			if norms, err = slice[float64]("residual", unsafe.Pointer(residual), int64(acc.RHS())); err != nil {
				return err
			}
		}
		solution, err := acc.Solve(lsq.Options{RCond: float64(rcond), Ridge: float64(ridge)})
		if err != nil {
			return err
		}
		for i := 0; i < result.Rows && result.Cols > 0; i++ {
			copy(result.Data[i*result.Stride:][:result.Cols], solution.X.Data[i*solution.X.Stride:])
		}
		copy(norms, solution.Residual)
		if report != nil {
			*report = C.rhgn_lsq_report{rows: C.int64_t(acc.Rows()), rank: C.int64_t(solution.Rank), cond: C.double(solution.Cond)}
		}
		return nil
	})
}

//export goLsqMarshal
func goLsqMarshal(handle C.int64_t, buffer unsafe.Pointer, capacity C.int64_t, size *C.int64_t) C.int32_t {
	return call(func() error {
		acc, err := object[*accumulator](accumulatorKind, handle)
		if err != nil {
			return err
		}
		if err := output("size", size); err != nil {
			return err
		}
		acc.Lock()
		defer acc.Unlock()
		data, err := acc.MarshalBinary()
		if err != nil {
			return err
		}
		*size = C.int64_t(len(data))
		switch {
		case capacity == 0:
			return nil
		case buffer == nil:
			return invalid("buffer is null")
		case capacity < C.int64_t(len(data)):
			return invalid("a buffer of %d bytes for %d", capacity, len(data))
		}
		copy(unsafe.Slice((*byte)(buffer), len(data)), data)
		return nil
	})
}

//export goLsqUnmarshal
func goLsqUnmarshal(buffer unsafe.Pointer, size C.int64_t, out *C.int64_t) C.int32_t {
	return call(func() error {
		if err := output("out", out); err != nil {
			return err
		}
		if buffer == nil || size < 0 {
			return invalid("buffer is null, or its size below 0")
		}
		acc := &accumulator{Accumulator: new(lsq.Accumulator)}
		if err := acc.UnmarshalBinary(unsafe.Slice((*byte)(buffer), size)); err != nil {
			return err
		}
		*out = newHandle(acc)
		return nil
	})
}

//export goLsqFree
func goLsqFree(handle C.int64_t) C.int32_t {
	return call(func() error { return free[*accumulator](accumulatorKind, handle) })
}
