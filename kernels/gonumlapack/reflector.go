package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const (
	blockSize = 64 // reflectors that are applied at once
	leafSize  = 8  // reflectors that are made one by one
	linePad   = 8  // elements after each reflector, so that they do not share cache sets
)

// reflectors is a product of elementary reflectors in compact form,
//
//	H₀ H₁ … = I − Vᵀ T V,  Hᵢ = I − tau[i] vᵢ vᵢᵀ,
//
// with vᵢ, of length h, in row i of V: 0 before element i, 1 there. T is upper triangular,
// and all of it is stored.
type reflectors struct {
	v, t, w blas64.General // w is scratch, as large as t
	tau     []float64
	mem     *scratch
}

// newReflectors returns room for k reflectors of length h, and t cleared.
func newReflectors(k, h int, tau []float64) *reflectors {
	ld := (h+7)&^7 + linePad
	x, mem := newScratch(k*ld + 2*k*k)
	b := &reflectors{
		v:   blas64.General{Rows: k, Cols: h, Stride: ld, Data: x[:k*ld]},
		t:   blas64.General{Rows: k, Cols: k, Stride: k, Data: x[k*ld : k*ld+k*k]},
		w:   blas64.General{Rows: k, Cols: k, Stride: k, Data: x[k*ld+k*k:]},
		tau: tau,
		mem: mem,
	}
	clear(b.t.Data)
	return b
}

func (b *reflectors) release() { b.mem.release() }

// factor replaces the rows of v, general ones, by reflectors whose product makes v lower
// triangular from the right; element i,j ≤ i of that goes to l. It sets tau and t.
func (b *reflectors) factor(l []float64, ld int) { b.factorRows(0, b.v.Rows, l, ld) }

func (b *reflectors) factorRows(lo, hi int, l []float64, ld int) {
	if hi-lo > leafSize {
		mid := lo + half(hi-lo)
		b.factorRows(lo, mid, l, ld)
		b.reflectRows(lo, mid, hi)
		b.factorRows(mid, hi, l, ld)
		b.join(lo, mid, hi)
		return
	}
	h := b.v.Cols
	for i := lo; i < hi; i++ {
		row := b.v.Data[i*b.v.Stride:][:h]
		x := row[i:]
		beta, tau := reflector(x)
		b.tau[i] = tau
		copy(l[i*ld:], row[:i])
		l[i*ld+i] = beta
		clear(row[:i])
		x[0] = 1
		if tau != 0 {
			for j := i + 1; j < hi; j++ {
				y := b.v.Data[j*b.v.Stride:][i:h]
				dense.Axpy(-tau*dense.Dot(x, y), x, y)
			}
		}
		b.joinOne(lo, i)
	}
}

// form sets t from v and tau.
func (b *reflectors) form() { b.formRows(0, b.v.Rows) }

func (b *reflectors) formRows(lo, hi int) {
	if hi-lo > leafSize {
		mid := lo + half(hi-lo)
		b.formRows(lo, mid)
		b.formRows(mid, hi)
		b.join(lo, mid, hi)
		return
	}
	for i := lo; i < hi; i++ {
		b.joinOne(lo, i)
	}
}

// half returns where to cut n reflectors: at a multiple of leafSize, not before the middle.
func half(n int) int { return (n + 2*leafSize - 1) / (2 * leafSize) * leafSize }

// reflectRows applies reflectors lo … mid−1 to the rows mid … hi−1 of v.
func (b *reflectors) reflectRows(lo, mid, hi int) {
	v, rest := part(b.v, lo, lo, mid, b.v.Cols), part(b.v, mid, lo, hi, b.v.Cols)
	w := part(b.w, 0, 0, hi-mid, mid-lo)
	wt := part(b.w, hi-mid, 0, 2*(hi-mid), mid-lo)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, rest, v, 0, w)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w, part(b.t, lo, lo, mid, mid), 0, wt)
	dense.Gemm(blas.NoTrans, blas.NoTrans, -1, wt, v, 1, rest)
}

// join sets the block of t that couples reflectors lo … mid−1 with mid … hi−1:
// −T₁ (V₁ V₂ᵀ) T₂.
func (b *reflectors) join(lo, mid, hi int) {
	v1, v2 := part(b.v, lo, mid, mid, b.v.Cols), part(b.v, mid, mid, hi, b.v.Cols)
	w, t12 := part(b.w, 0, 0, mid-lo, hi-mid), part(b.t, lo, mid, mid, hi)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, v1, v2, 0, t12)
	dense.Gemm(blas.NoTrans, blas.NoTrans, -1, t12, part(b.t, mid, mid, hi, hi), 0, w)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, part(b.t, lo, lo, mid, mid), w, 0, t12)
}

// joinOne does what join does for the one reflector i, and sets its diagonal element.
func (b *reflectors) joinOne(lo, i int) {
	t, ld, h, tau := b.t.Data, b.t.Stride, b.v.Cols, b.tau[i]
	t[i*ld+i] = tau
	if tau == 0 {
		return
	}
	var w [leafSize]float64
	x := b.v.Data[i*b.v.Stride:][i:h]
	for j := lo; j < i; j++ {
		w[j-lo] = -tau * dense.Dot(b.v.Data[j*b.v.Stride:][i:h], x)
	}
	for j := lo; j < i; j++ {
		sum := 0.0
		for p := j; p < i; p++ {
			sum = math.FMA(t[j*ld+p], w[p-lo], sum)
		}
		t[j*ld+i] = sum
	}
}

// applyLeft replaces c by H c, or by Hᵀ c.
func (b *reflectors) applyLeft(trans blas.Transpose, c blas64.General) {
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * c.Cols)
	defer mem.release()
	w := blas64.General{Rows: k, Cols: c.Cols, Stride: c.Cols, Data: x[:k*c.Cols]}
	tw := blas64.General{Rows: k, Cols: c.Cols, Stride: c.Cols, Data: x[k*c.Cols:]}
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, b.v, c, 0, w)
	dense.Gemm(trans, blas.NoTrans, 1, b.t, w, 0, tw)
	dense.Gemm(blas.Trans, blas.NoTrans, -1, b.v, tw, 1, c)
}

// applyRight replaces c by c H, or by c Hᵀ.
func (b *reflectors) applyRight(trans blas.Transpose, c blas64.General) {
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * c.Rows)
	defer mem.release()
	w := blas64.General{Rows: c.Rows, Cols: k, Stride: k, Data: x[:k*c.Rows]}
	wt := blas64.General{Rows: c.Rows, Cols: k, Stride: k, Data: x[k*c.Rows:]}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, c, b.v, 0, w)
	dense.Gemm(blas.NoTrans, trans, 1, w, b.t, 0, wt)
	dense.Gemm(blas.NoTrans, blas.NoTrans, -1, wt, b.v, 1, c)
}

// Sums of squares between these have lost nothing to underflow or overflow.
const (
	leastSquare = 0x1p-900
	mostSquare  = 0x1p900
)

// reflector returns beta and tau for which H = I − tau v vᵀ makes (beta, 0, …) of x, and
// puts v into x, except for its first element, 1.
func reflector(x []float64) (beta, tau float64) {
	alpha, tail := x[0], x[1:]
	square := dense.Dot(tail, tail)
	if !(square >= leastSquare && square <= mostSquare && math.Abs(alpha) <= 0x1p450) {
		return gonum.Implementation{}.Dlarfg(len(x), alpha, tail, 1)
	}
	beta = -math.Copysign(math.Sqrt(math.FMA(alpha, alpha, square)), alpha)
	scale := 1 / (alpha - beta)
	for i := range tail {
		tail[i] *= scale
	}
	return beta, (beta - alpha) / beta
}

// part returns rows i … m−1 and columns j … n−1 of a.
func part(a blas64.General, i, j, m, n int) blas64.General {
	p := blas64.General{Rows: m - i, Cols: n - j, Stride: a.Stride}
	if p.Rows > 0 && p.Cols > 0 {
		p.Data = a.Data[i*a.Stride+j:]
	}
	return p
}
