//go:build !purego

package lsq

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func qrDot(h int, v []float64, ldv, nv int, a []float64, lda, na int, scale, top []float64, ldt int, w []float64, ldw int, ahead []float64) {
	simd.Reads(a[:(na-1)*lda+h])
	simd.Writes(w[:(na-1)*ldw+nv])
	next, step := &v[0], 0 // has been fetched
	if len(ahead) > 0 {
		next, step = &ahead[0], line
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.QRDotAVX512(h, &v[0], ldv, nv, &a[0], lda, na, &scale[0], &top[0], ldt, &w[0], ldw, next, step)
	case simd.AVX2:
		asm.QRDotAVX2(h, &v[0], ldv, nv, &a[0], lda, na, &scale[0], &top[0], ldt, &w[0], ldw, next, step)
	default:
		qrDotGeneric(h, v, ldv, nv, a, lda, na, scale, top, ldt, w, ldw)
	}
}

func qrUpdate(h int, v []float64, ldv, nv int, w []float64, ldw int, a []float64, lda, na int) {
	simd.Reads(w[:(na-1)*ldw+nv])
	simd.Writes(a[:(na-1)*lda+h])
	switch simd.Active() {
	case simd.AVX512:
		asm.QRUpdateAVX512(h, &v[0], ldv, nv, &w[0], ldw, &a[0], lda, na)
	case simd.AVX2:
		asm.QRUpdateAVX2(h, &v[0], ldv, nv, &w[0], ldw, &a[0], lda, na)
	default:
		qrUpdateGeneric(h, v, ldv, nv, w, ldw, a, lda, na)
	}
}

func qrPack(h, cols int, src []float64, lds int, dst []float64, ldd int, squares []float64, ldq int) {
	simd.Reads(src[:(h-1)*lds+cols])
	simd.Writes(dst[:(cols-1)*ldd+h])
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.QRPackAVX2(h, cols, &src[0], lds, &dst[0], ldd, &squares[0], ldq)
	default:
		qrPackGeneric(h, cols, src, lds, dst, ldd, squares, ldq)
	}
}

func qrLeaf(pass, h int, x []float64, ldx int, w, dots *[leafCols]float64) {
	simd.Writes(x[:(leafCols-1)*ldx+h])
	switch simd.Active() {
	case simd.AVX512:
		asm.QRLeafAVX512(pass, h, &x[0], ldx, &w[0], &dots[0])
	case simd.AVX2:
		asm.QRLeafAVX2(pass, h, &x[0], ldx, &w[0], &dots[0])
	default:
		qrLeafGeneric(pass, h, x, ldx, w, dots)
	}
}
