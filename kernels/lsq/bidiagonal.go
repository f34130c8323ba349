package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A bidiagonal is the form to which reflectors from both sides take the scaled triangle
// S = R D⁻¹, columns of zeros left out:
//
//	S = U B Vᵀ
//
// with B upper bidiagonal. U is not formed, but Uᵀ C is; V is a product of reflectors.
type bidiagonal struct {
	cols []int // the columns of R that are not zero
	d, e []float64
	y    []float64 // rows of Uᵀ C, rhs long
	rhs  int
	v    [][]float64 // row j: the reflector I − tau (1; v)(1; v)ᵀ of columns j+1 … of S, 1 left out
	tau  []float64
}

// bidiagonalize takes S = R D⁻¹ to bidiagonal form, Householder's way: column j gives a
// reflector from the left, what that makes of row j one from the right, and both together
// are an update of rank 2.
func (s *scaled) bidiagonalize() *bidiagonal {
	m, p := s.f.cols, s.f.rhs
	b := &bidiagonal{rhs: p, y: make([]float64, m*p)}
	for j := range s.norm {
		if maxAbs(s.f.column(j)) > 0 {
			b.cols = append(b.cols, j)
		}
	}
	n := len(b.cols)
	b.d, b.e, b.tau = make([]float64, n), make([]float64, max(n, 1)-1), make([]float64, n)
	b.v = make([][]float64, n)
	stride := s.f.stride
	a := make([]float64, stride*(n+lanes)) // with columns of zeros at the end, for qrDot
	column := func(j int) []float64 { return a[j*stride:][:m] }
	for i, j := range b.cols {
		x := column(i)
		for k, v := range s.f.column(j)[:j+1] {
			x[k] = v / s.norm[j]
		}
	}
	c := make([]float64, m*p)
	for k := range p {
		copy(c[k*m:][:m], s.f.column(m+k))
	}
	w := newBidiagonalWork(stride, n)
	for j := range n {
		x := column(j)
		var tau float64
		b.d[j], tau = reflector(x[j], x[j+1:])
		for k := range p {
			reflect(tau, x[j+1:], c[k*m+j:][:m-j])
		}
		if j+1 == n {
			break
		}
		// z = τ Sᵀu, and row j of S − u zᵀ
		first := j / lanes * lanes // rows from there on that are done with are zero in u and w
		u, aw := w.u[first:m], w.w[first:m]
		clear(u[:j-first])
		u[j-first] = 1
		copy(u[j+1-first:], x[j+1:])
		left := n - 1 - j
		rest, h := a[(j+1)*stride+first:], (m-first+lanes-1)/lanes*lanes
		qrDot(h, rest, stride, (left+lanes-1)/lanes*lanes, w.u[first:], stride, 1, w.ones, w.zeros, 0, w.z, len(w.z), nil)
		row := make([]float64, left)
		z := w.z[:left]
		for i := range z {
			z[i] *= tau
			row[i] = column(j + 1 + i)[j] - float64(z[i])
		}
		b.e[j], b.tau[j] = reflector(row[0], row[1:])
		b.v[j] = row[1:]
		// w = (S − u zᵀ) v, then S −= u zᵀ + w (τ′v)ᵀ
		row[0] = 1
		clear(aw)
		for i, v := range row {
			dense.Axpy(v, column(j + 1 + i)[first:], aw)
		}
		dense.Axpy(-dense.Dot(z, row), u, aw)
		for i, v := range row {
			w.factors[2*i], w.factors[2*i+1] = -z[i], -b.tau[j]*v
		}
		qrUpdate(h, w.uw[first:], stride, 2, w.factors, 2, rest, stride, left)
	}
	for k := range p {
		for i := range m {
			b.y[i*p+k] = c[k*m+i]
		}
	}
	return b
}

// bidiagonalWork is scratch of bidiagonalize.
type bidiagonalWork struct {
	uw          []float64 // two columns, of the reflector and of S times the other
	u, w        []float64
	z           []float64
	factors     []float64
	ones, zeros []float64
}

func newBidiagonalWork(stride, n int) *bidiagonalWork {
	full := (n + lanes - 1) / lanes * lanes
	uw := make([]float64, 2*stride)
	w := &bidiagonalWork{
		uw: uw, u: uw[:stride], w: uw[stride:],
		z: make([]float64, full), factors: make([]float64, 2*n),
		ones: make([]float64, full), zeros: make([]float64, full),
	}
	for i := range w.ones {
		w.ones[i] = 1
	}
	return w
}

// reflect applies I − tau (1; v)(1; v)ᵀ to x.
func reflect(tau float64, v, x []float64) {
	w := tau * (x[0] + dense.Dot(v, x[1:]))
	x[0] -= float64(w)
	dense.Axpy(-w, v, x[1:])
}

// right returns V x in x, which has an element for each column of S.
func (b *bidiagonal) right(x []float64) {
	for j := len(b.v) - 2; j >= 0; j-- {
		reflect(b.tau[j], b.v[j], x[j+1:])
	}
}

// rightTransposed returns Vᵀ x in x.
func (b *bidiagonal) rightTransposed(x []float64) {
	for j := range max(len(b.v), 1) - 1 {
		reflect(b.tau[j], b.v[j], x[j+1:])
	}
}

// norm returns a bound of the 2-norm of B, too large by √3 at most.
func (b *bidiagonal) norm() float64 {
	most := maxAbs(b.d)
	for j, e := range b.e {
		most = math.Max(most, math.Max(math.Abs(b.d[j]), math.Abs(b.d[j+1]))+math.Abs(e))
	}
	return most
}
