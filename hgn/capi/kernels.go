package main

// #include "rapidhgn.h"
import "C"

import (
	"math"
	"runtime"
	"unsafe"

	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

//export goLevel
func goLevel() C.int32_t { return C.int32_t(simd.Active()) }

//export goSetThreads
func goSetThreads(n C.int32_t) C.int32_t {
	return call(func() error {
		switch {
		case n < 0:
			return invalid("%d threads", n)
		case n == 0:
			n = C.int32_t(runtime.NumCPU())
		}
		runtime.GOMAXPROCS(int(min(n, 1024)))
		return nil
	})
}

//export goDgemm
func goDgemm(transA, transB C.int32_t, m, n, k C.int64_t, alpha C.double, a *C.double, aStride C.int64_t,
	b *C.double, bStride C.int64_t, beta C.double, c *C.double, cStride C.int64_t) C.int32_t {
	return call(func() error {
		op := func(trans C.int32_t, rows, cols C.int64_t) (blas.Transpose, C.int64_t, C.int64_t) {
			if trans != 0 {
				return blas.Trans, cols, rows
			}
			return blas.NoTrans, rows, cols
		}
		tA, aRows, aCols := op(transA, m, k)
		tB, bRows, bCols := op(transB, k, n)
		left, err := matrix("a", a, aRows, aCols, aStride)
		if err != nil {
			return err
		}
		right, err := matrix("b", b, bRows, bCols, bStride)
		if err != nil {
			return err
		}
		product, err := matrix("c", c, m, n, cStride)
		if err != nil {
			return err
		}
		dense.Gemm(tA, tB, float64(alpha), left, right, float64(beta), product)
		return nil
	})
}

//export goFeatures
func goFeatures(act *C.char, n, d, m C.int64_t, x *C.double, xStride C.int64_t, w *C.double, wStride C.int64_t, bias *C.double,
	out *C.double, outStride C.int64_t, grad *C.double, gradStride C.int64_t) C.int32_t {
	return call(func() error {
		name, err := text("act", act)
		if err != nil {
			return err
		}
		activation, err := dense.ParseActivation(name)
		if err != nil {
			return invalid("act: %v", err)
		}
		inputs, err := matrix("x", x, n, d, xStride)
		if err != nil {
			return err
		}
		weights, err := matrix("w", w, m, d, wStride)
		if err != nil {
			return err
		}
		biases, err := slice[float64]("bias", unsafe.Pointer(bias), int64(m))
		if err != nil {
			return err
		}
		result, err := matrix("out", out, n, m, outStride)
		if err != nil {
			return err
		}
		if grad == nil {
			dense.Features(result, inputs, weights, biases, activation)
			return nil
		}
		slope, err := matrix("grad", grad, n, m, gradStride)
		if err != nil {
			return err
		}
		dense.FeaturesGrad(result, slope, inputs, weights, biases, activation)
		return nil
	})
}

//export goSegmentSum
func goSegmentSum(edges, nodes, width C.int64_t, receivers *C.int64_t, x *C.double, xStride C.int64_t, out *C.double, outStride C.int64_t) C.int32_t {
	return call(func() error {
		list, err := slice[int64]("receivers", unsafe.Pointer(receivers), int64(edges))
		if err != nil {
			return err
		}
		messages, err := matrix("x", x, edges, width, xStride)
		if err != nil {
			return err
		}
		sums, err := matrix("out", out, nodes, width, outStride)
		if err != nil {
			return err
		}
		short := make([]int32, len(list))
		for e, i := range list {
			if i < 0 || i > math.MaxInt32 {
				return faultf(C.RHGN_DATA, "edge %d belongs to node %d, of %d nodes", e, i, nodes)
			}
			short[e] = int32(i)
		}
		index, err := sparse.NewIndex(short, int(nodes))
		if err != nil {
			return err
		}
		sparse.SegmentSum(sums, messages, index)
		return nil
	})
}
