//go:build !amd64 || purego

package sparse

import "gonum.org/v1/gonum/blas/blas64"

func gather(dst, u blas64.General, iu []int32) { gatherGeneric(dst, u, iu) }

func gatherAdd(dst, u blas64.General, iu []int32, v blas64.General, iv []int32) {
	gatherAddGeneric(dst, u, iu, v, iv)
}

func gatherAdd3(dst, u blas64.General, iu []int32, v blas64.General, iv []int32, w blas64.General, iw []int32) {
	gatherAdd3Generic(dst, u, iu, v, iv, w, iw)
}

func gatherMul(dst, u blas64.General, iu []int32) { gatherMulGeneric(dst, u, iu) }

func segmentAdd(dst, x blas64.General, edge, offset []int32) { segmentAddGeneric(dst, x, edge, offset) }

func segmentOuter(dst, x blas64.General, edge, offset []int32, u []float64, dim int) {
	segmentOuterGeneric(dst, x, edge, offset, u, dim)
}

func chebyshev(dst blas64.General, x, c []float64) { chebyshevGeneric(dst, x, c) }

func combine(dst, slope blas64.General, w, c0, c1 []float64) { combineGeneric(dst, slope, w, c0, c1) }

func prefetchRows(blas64.General, []int32) {}
