package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const (
	blockSize = 64   // reflectors that are applied at once
	leafSize  = 8    // reflectors that are made one by one
	tall      = 2000 // length from which tallBlock of them are made before they are applied
	tallBlock = 256
)

// reflectors is a product of elementary reflectors in compact form,
//
//	H₀ H₁ … = I − Vᵀ T V,  Hᵢ = I − tau[i] vᵢ vᵢᵀ,
//
// with vᵢ, of length h, in row i of V: 0 before element i, 1 there. T is upper triangular,
// and all of it is stored. Rows of V go on with zeros up to a multiple of 8.
type reflectors struct {
	v, t blas64.General
	w    [2][]float64 // scratch, each as large as t
	tau  []float64
	mem  *scratch
}

// newReflectors returns room for k reflectors of length h, and t cleared.
func newReflectors(k, h int, tau []float64) *reflectors {
	full, ld := padded(h), stride(h)
	x, mem := newScratch(k*ld + 3*k*k)
	t, w := x[k*ld:k*ld+k*k], x[k*ld+k*k:]
	b := &reflectors{
		v:   blas64.General{Rows: k, Cols: h, Stride: ld, Data: x[:k*ld]},
		t:   blas64.General{Rows: k, Cols: k, Stride: k, Data: t},
		w:   [2][]float64{w[:k*k], w[k*k : 2*k*k]},
		tau: tau,
		mem: mem,
	}
	clear(t)
	for i := range k {
		clear(x[i*ld+h : i*ld+full])
	}
	return b
}

// panelSize returns the number of reflectors of length h that are made before they are
// applied to the rest. Where they are long, products of rows where they lie are faster than
// those of matrices, which have to be packed.
func panelSize(h int) int {
	if h >= tall {
		return tallBlock
	}
	return blockSize
}

func (b *reflectors) release() { b.mem.release() }

// factor replaces the rows of v, general ones, by reflectors whose product makes v lower
// triangular from the right; element i,j ≤ i of that goes to l. It sets tau, and t if that is
// needed.
func (b *reflectors) factor(l []float64, ld int, needT bool) {
	b.factorRows(0, b.v.Rows, l, ld, needT)
}

func (b *reflectors) factorRows(lo, hi int, l []float64, ld int, needT bool) {
	if hi-lo > leafSize {
		mid := lo + half(hi-lo)
		b.factorRows(lo, mid, l, ld, true)
		b.reflectRows(lo, mid, hi)
		b.factorRows(mid, hi, l, ld, needT)
		if needT {
			b.join(lo, mid, hi)
		}
		return
	}
	h := b.v.Cols
	for i := lo + b.leaf(lo, hi, l, ld); i < hi; i++ {
		x := row(b.v, i)[i:]
		beta, tau := reflector(x)
		b.tau[i] = tau
		copy(l[i*ld:], row(b.v, i)[:i])
		l[i*ld+i] = beta
		clear(row(b.v, i)[:i])
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
	w, free := b.dots(lo, mid, mid, hi, lo)
	wt := blas64.General{Rows: hi - mid, Cols: mid - lo, Stride: mid - lo, Data: free}
	dense.Gemm(blas.NoTrans, blas.NoTrans, -1, w, part(b.t, lo, lo, mid, mid), 0, wt)
	b.update(lo, mid, mid, hi, wt)
}

// join sets the block of t that couples reflectors lo … mid−1 with mid … hi−1:
// −T₁ (V₁ V₂ᵀ) T₂.
func (b *reflectors) join(lo, mid, hi int) {
	w, free := b.dots(lo, mid, mid, hi, mid)
	tw := blas64.General{Rows: mid - lo, Cols: hi - mid, Stride: hi - mid, Data: free}
	dense.Gemm(blas.NoTrans, blas.Trans, -1, part(b.t, lo, lo, mid, mid), w, 0, tw)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, tw, part(b.t, mid, mid, hi, hi), 0, part(b.t, lo, mid, mid, hi))
}

// dotsGeneric returns the inner products of rows v0 … v1−1 of v with rows a0 … a1−1 from
// element from on, one row for each of the latter, and scratch that is still free. from and
// v1−v0 are multiples of 8.
func (b *reflectors) dotsGeneric(v0, v1, a0, a1, from int) (w blas64.General, free []float64) {
	w = blas64.General{Rows: a1 - a0, Cols: v1 - v0, Stride: v1 - v0, Data: b.w[0]}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, part(b.v, a0, from, a1, b.v.Cols), part(b.v, v0, from, v1, b.v.Cols), 0, w)
	return w, b.w[1]
}

// updateGeneric adds w times rows v0 … v1−1 of v to rows a0 … a1−1, from element v0 on, a
// multiple of 8.
func (b *reflectors) updateGeneric(v0, v1, a0, a1 int, w blas64.General) {
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w, part(b.v, v0, v0, v1, b.v.Cols), 1, part(b.v, a0, v0, a1, b.v.Cols))
}

// joinOne does what join does for the one reflector i, and sets its diagonal element.
func (b *reflectors) joinOne(lo, i int) {
	var dots [leafSize]float64
	x := row(b.v, i)[i:]
	for j := lo; j < i && b.tau[i] != 0; j++ {
		dots[j-lo] = dense.Dot(row(b.v, j)[i:], x)
	}
	b.couple(lo, i, &dots)
}

// couple sets column i of t from row lo on, where reflector i has these inner products with
// those from lo on.
func (b *reflectors) couple(lo, i int, dots *[leafSize]float64) {
	t, ld, tau := b.t.Data, b.t.Stride, b.tau[i]
	t[i*ld+i] = tau
	if tau == 0 {
		return
	}
	for j := lo; j < i; j++ {
		sum := 0.0
		for p := j; p < i; p++ {
			sum = math.FMA(t[j*ld+p], dots[p-lo], sum)
		}
		t[j*ld+i] = -tau * sum
	}
}
