//go:build !purego

package sparse

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// reads and writes tell the race detector of all elements of a matrix.
func reads(a blas64.General)  { simd.Reads(a.Data[:(a.Rows-1)*a.Stride+a.Cols]) }
func writes(a blas64.General) { simd.Writes(a.Data[:(a.Rows-1)*a.Stride+a.Cols]) }

func gather(dst, u blas64.General, iu []int32) {
	if simd.Race {
		reads(u)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.GatherAVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0])
	case simd.AVX2:
		asm.GatherAVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0])
	default:
		gatherGeneric(dst, u, iu)
	}
}

func gatherAdd(dst, u blas64.General, iu []int32, v blas64.General, iv []int32) {
	if simd.Race {
		reads(u)
		reads(v)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.GatherAddAVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0], &v.Data[0], v.Stride, &iv[0])
	case simd.AVX2:
		asm.GatherAddAVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0], &v.Data[0], v.Stride, &iv[0])
	default:
		gatherAddGeneric(dst, u, iu, v, iv)
	}
}

func gatherAdd3(dst, u blas64.General, iu []int32, v blas64.General, iv []int32, w blas64.General, iw []int32) {
	if simd.Race {
		reads(u)
		reads(v)
		reads(w)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.GatherAdd3AVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0], &v.Data[0], v.Stride, &iv[0], &w.Data[0], w.Stride, &iw[0])
	case simd.AVX2:
		asm.GatherAdd3AVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0], &v.Data[0], v.Stride, &iv[0], &w.Data[0], w.Stride, &iw[0])
	default:
		gatherAdd3Generic(dst, u, iu, v, iv, w, iw)
	}
}

// prefetchRows has the rows of u that iu lists brought into the caches.
func prefetchRows(u blas64.General, iu []int32) {
	if simd.Active() != simd.Generic {
		asm.PrefetchRowsAVX2(len(iu), u.Cols, &u.Data[0], u.Stride, &iu[0])
	}
}

func gatherMul(dst, u blas64.General, iu []int32) {
	if simd.Race {
		reads(u)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.GatherMulAVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0])
	case simd.AVX2:
		asm.GatherMulAVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &u.Data[0], u.Stride, &iu[0])
	default:
		gatherMulGeneric(dst, u, iu)
	}
}

func segmentAdd(dst, x blas64.General, edge, offset []int32) {
	if simd.Race {
		reads(x)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.SegmentSumAVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0])
	case simd.AVX2:
		asm.SegmentSumAVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0])
	default:
		segmentAddGeneric(dst, x, edge, offset)
	}
}

func segmentOuter(dst, x blas64.General, edge, offset []int32, u []float64, dim int) {
	if simd.Race {
		reads(x)
		writes(dst)
	}
	nodes := len(offset) - 1
	switch simd.Active() {
	case simd.AVX512:
		switch dim {
		case 1:
			asm.SegmentOuter1AVX512(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		case 2:
			asm.SegmentOuter2AVX512(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		case 3:
			asm.SegmentOuter3AVX512(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		}
	case simd.AVX2:
		switch dim {
		case 1:
			asm.SegmentOuter1AVX2(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		case 2:
			asm.SegmentOuter2AVX2(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		case 3:
			asm.SegmentOuter3AVX2(nodes, dst.Cols, &dst.Data[0], dst.Stride, &x.Data[0], x.Stride, &edge[0], &offset[0], &u[0])
		}
	default:
		segmentOuterGeneric(dst, x, edge, offset, u, dim)
	}
}

func chebyshev(dst blas64.General, x, c []float64) {
	if simd.Race {
		simd.Reads(x)
		simd.Reads(c)
		writes(dst)
	}
	lanes := 8
	switch simd.Active() {
	case simd.AVX2:
		lanes = 4
	case simd.Generic:
		chebyshevGeneric(dst, x, c)
		return
	}
	whole, cols := dst.Rows/lanes*lanes, dst.Cols/lanes*lanes
	if whole == 0 || cols == 0 {
		chebyshevGeneric(dst, x, c)
		return
	}
	chebyshevVectors(dst, x, c, 0, whole, cols)
	if whole < dst.Rows { // some rows again, with the same bits
		chebyshevVectors(dst, x, c, dst.Rows-lanes, lanes, cols)
	}
	if cols < dst.Cols {
		chebyshevMore(dst, x, cols)
	}
}

// chebyshevVectors writes the first cols columns of rows rows from number first on.
func chebyshevVectors(dst blas64.General, x, c []float64, first, rows, cols int) {
	at := &dst.Data[first*dst.Stride]
	if simd.Active() == simd.AVX512 {
		asm.ChebyshevAVX512(rows, cols, at, dst.Stride, &x[first], &c[first])
	} else {
		asm.ChebyshevAVX2(rows, cols, at, dst.Stride, &x[first], &c[first])
	}
}

func combine(dst, slope blas64.General, w, c0, c1 []float64) {
	if simd.Race {
		reads(slope)
		writes(dst)
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.CombineAVX512(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &slope.Data[0], slope.Stride, &w[0], &c0[0], &c1[0])
	case simd.AVX2:
		asm.CombineAVX2(dst.Rows, dst.Cols, &dst.Data[0], dst.Stride, &slope.Data[0], slope.Stride, &w[0], &c0[0], &c1[0])
	default:
		combineGeneric(dst, slope, w, c0, c1)
	}
}
