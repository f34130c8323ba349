//go:build !purego

package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// panelRows is the number of elements of each row that a panel is worked on at once, so that
// they stay in L2.
const panelRows = 256

func (b *reflectors) dots(v0, v1, a0, a1, from int) (w blas64.General, free []float64) {
	if simd.Active() == simd.Generic {
		return b.dotsGeneric(v0, v1, a0, a1, from)
	}
	nv, na, h := v1-v0, a1-a0, padded(b.v.Cols)-from
	clear(b.w[0][:na*nv])
	if n := sharers(nv, na, h); n > 1 {
		parallel.Blocks(n, n, func(_, i int) { b.dotRows(v0, v1, a0, na*i/n, na*(i+1)/n, from) })
	} else {
		b.dotRows(v0, v1, a0, 0, na, from)
	}
	last := (h + panelRows - 1) / panelRows % 2
	return blas64.General{Rows: na, Cols: nv, Stride: nv, Data: b.w[last]}, b.w[1-last]
}

// dotRows does what dots does for rows lo … hi−1 of those from a0 on. Sums over panelRows
// more elements go from one w to the other.
func (b *reflectors) dotRows(v0, v1, a0, lo, hi, from int) {
	nv, ld, end := v1-v0, b.v.Stride, padded(b.v.Cols)
	sum, next := b.w[0][lo*nv:hi*nv], b.w[1][lo*nv:hi*nv]
	for ; from < end; from += panelRows {
		h := min(panelRows, end-from)
		v, a := b.v.Data[v0*ld+from:], b.v.Data[(a0+lo)*ld+from:]
		switch simd.Active() {
		case simd.AVX512:
			asm.QRDotAVX512(h, &v[0], ld, nv, &a[0], ld, hi-lo, &ones[0], &sum[0], nv, &next[0], nv, &v[0], 0)
		case simd.AVX2:
			asm.QRDotAVX2(h, &v[0], ld, nv, &a[0], ld, hi-lo, &ones[0], &sum[0], nv, &next[0], nv, &v[0], 0)
		}
		sum, next = next, sum
	}
}

func (b *reflectors) update(v0, v1, a0, a1 int, w blas64.General) {
	if simd.Active() == simd.Generic {
		b.updateGeneric(v0, v1, a0, a1, w)
		return
	}
	na := a1 - a0
	if n := sharers(v1-v0, na, padded(b.v.Cols)-v0); n > 1 {
		parallel.Blocks(n, n, func(_, i int) { b.updateRows(v0, v1, a0, na*i/n, na*(i+1)/n, w) })
	} else {
		b.updateRows(v0, v1, a0, 0, na, w)
	}
}

// updateRows does what update does for rows lo … hi−1 of those from a0 on.
func (b *reflectors) updateRows(v0, v1, a0, lo, hi int, w blas64.General) {
	nv, ld, end := v1-v0, b.v.Stride, padded(b.v.Cols)
	for from := v0; from < end; from += panelRows {
		h := min(panelRows, end-from)
		v, a := b.v.Data[v0*ld+from:], b.v.Data[(a0+lo)*ld+from:]
		switch simd.Active() {
		case simd.AVX512:
			asm.QRUpdateAVX512(h, &v[0], ld, nv, &w.Data[lo*w.Stride], w.Stride, &a[0], ld, hi-lo)
		case simd.AVX2:
			asm.QRUpdateAVX2(h, &v[0], ld, nv, &w.Data[lo*w.Stride], w.Stride, &a[0], ld, hi-lo)
		}
	}
}

// leastShared is the number of multiply-adds from which goroutines share them.
const leastShared = 1 << 21

// sharers returns the number of goroutines among which na rows are divided, where the work
// is that of nv rows of length h with each of them.
func sharers(nv, na, h int) int {
	if nv*na*h < leastShared {
		return 1
	}
	return parallel.Workers(na/leafSize, 0)
}

// ones are the factors of inner products that have none.
var ones = func() (x [tallBlock]float64) {
	for i := range x {
		x[i] = 1
	}
	return x
}()

// leaf makes reflectors of rows lo … hi−1 of v as factorRows does, and returns how many: all,
// or those before the first that needs more care, or none if the leaf is not a whole one. Each
// takes one pass over what is behind the first leafSize columns, the body: it applies the
// reflectors before and finds the inner products with this one. Those of rows to which the ones
// before are not applied yet are corrected for that. Until the end bodies lack the factors that
// make of them reflectors.
func (b *reflectors) leaf(lo, hi int, l []float64, ldl int) int {
	ld := b.v.Stride
	h := padded(b.v.Cols) - lo - leafSize
	if hi-lo < leafSize || h <= 0 || simd.Active() == simd.Generic {
		return 0
	}
	body := b.v.Data[lo*ld+lo+leafSize:]
	var top [leafSize][leafSize]float64
	for c := range top {
		copy(top[c][:], b.v.Data[(lo+c)*ld+lo:])
	}
	var scale, dots [leafSize]float64
	var w [leafSize][leafSize]float64 // w[c][p] times body p is to be added to body c
	made := leafSize
	for p := range leafSize {
		switch simd.Active() {
		case simd.AVX512:
			asm.QRLeafAVX512(p, h, &body[0], ld, &w[p][0], &dots[0])
		case simd.AVX2:
			asm.QRLeafAVX2(p, h, &body[0], ld, &w[p][0], &dots[0])
		}
		v := &top[p]
		square := dots[p]
		for _, x := range v[p+1:] {
			square = math.FMA(x, x, square)
		}
		alpha := v[p]
		if !harmless(alpha, square) {
			made = p
			for c := p + 1; c < leafSize; c++ {
				for j, f := range w[c][:p] {
					dense.Axpy(f, body[j*ld:][:h], body[c*ld:][:h])
				}
			}
			break
		}
		beta := -math.Copysign(math.Sqrt(math.FMA(alpha, alpha, square)), alpha)
		tau, s := (beta-alpha)/beta, 1/(alpha-beta)
		b.tau[lo+p], scale[p] = tau, s
		copy(l[(lo+p)*ldl:], row(b.v, lo+p)[:lo])
		copy(l[(lo+p)*ldl+lo:], v[:p])
		l[(lo+p)*ldl+lo+p] = beta
		clear(v[:p])
		v[p] = 1
		for r := p + 1; r < leafSize; r++ {
			v[r] *= s
		}
		for c := p + 1; c < leafSize; c++ {
			dot := dots[c]
			for j, f := range w[c][:p] {
				dot = math.FMA(f, dots[j], dot)
			}
			f := tau * math.FMA(s, dot, dotFrom(p, v, &top[c]))
			w[c][p] = -f * s
			for r := p; r < leafSize; r++ {
				top[c][r] = math.FMA(-f, v[r], top[c][r])
			}
		}
		for j := range p {
			dots[j] = math.FMA(scale[j]*s, dots[j], dotFrom(p, v, &top[j]))
		}
		b.couple(lo, lo+p, &dots)
	}
	for c := range leafSize {
		x := row(b.v, lo+c)
		if c < made {
			clear(x[:lo])
			gonum.Implementation{}.Dscal(len(x)-lo-leafSize, scale[c], x[lo+leafSize:], 1)
		}
		copy(x[lo:], top[c][:])
	}
	return made
}

// dotFrom returns the inner product of x and y from element p on.
func dotFrom(p int, x, y *[leafSize]float64) float64 {
	sum := 0.0
	for r := p; r < leafSize; r++ {
		sum = math.FMA(x[r], y[r], sum)
	}
	return sum
}
