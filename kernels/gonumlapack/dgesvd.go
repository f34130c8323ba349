package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Dgesvd computes the singular value decomposition of an m×n matrix A as gonum's Dgesvd does.
func (impl Implementation) Dgesvd(jobU, jobVT lapack.SVDJob, m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) (ok bool) {
	k := min(m, n)
	cols, okU := wanted(jobU, m, k)
	rows, okVT := wanted(jobVT, n, k)
	valid := okU && okVT && k > 0 && holds(m, n, a, lda) && len(s) >= k &&
		ldu >= 1 && (cols == 0 || holds(m, cols, u, ldu)) && ldvt >= 1 && (rows == 0 || holds(rows, n, vt, ldvt)) &&
		lwork >= max(3*k+max(m, n), 5*k) && len(work) >= lwork
	least := leastReduced
	if cols > 0 || rows > 0 {
		least = leastSVD
	}
	if !valid || !impl.ours(least, m, n, k) {
		return impl.Implementation.Dgesvd(jobU, jobVT, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork)
	}

	x := blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}
	norm := largestElement(x)
	if !(norm <= math.MaxFloat64) {
		return impl.Implementation.Dgesvd(jobU, jobVT, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork)
	}
	scaled := scaleElements(x, norm, 0x1p-458) // √least normal / roundoff
	f := singular{
		impl: impl.Implementation,
		a:    x,
		u:    blas64.General{Rows: m, Cols: cols, Stride: ldu, Data: u},
		vt:   blas64.General{Rows: rows, Cols: n, Stride: ldvt, Data: vt},
		s:    s[:k], e: make([]float64, k-1),
	}
	threshold := impl.Ilaenv(6, "DGESVD", string(jobU)+string(jobVT), m, n, 0, 0)
	switch {
	case m >= n && m >= threshold:
		ok = f.tall()
	case m < n && n >= threshold:
		ok = f.wide()
	default:
		ok = f.direct()
	}
	if scaled != 0 {
		impl.Dlascl(lapack.General, 0, 0, scaled, norm, 1, k, s, k)
		if !ok && k > 1 {
			impl.Dlascl(lapack.General, 0, 0, scaled, norm, 1, k-1, f.e, k-1)
		}
	}
	impl.Implementation.Dgesvd(jobU, jobVT, m, n, a, lda, s, u, ldu, vt, ldvt, work, -1)
	if !ok {
		copy(work[1:], f.e)
	}
	return ok
}

// wanted returns how many vectors of length n, of which k are singular ones, a job asks for,
// and whether it is one that is not refused.
func wanted(job lapack.SVDJob, n, k int) (count int, ok bool) {
	switch job {
	case lapack.SVDAll:
		return n, true
	case lapack.SVDStore:
		return k, true
	case lapack.SVDNone:
		return 0, true
	}
	return 0, false
}

// singular is a singular value decomposition a = u diag(s) vt. Of u as many columns are
// wanted as it has, of vt as many rows.
type singular struct {
	impl     gonum.Implementation
	a, u, vt blas64.General
	s, e     []float64
}

// direct decomposes a as it is.
func (f *singular) direct() bool {
	c, ok := f.decompose(f.a, f.u.Cols, f.vt.Rows)
	defer c.release()
	if f.u.Cols > 0 {
		transpose(f.u, c.ut)
	}
	copyRows(f.vt, c.vt)
	return ok
}

// tall decomposes R of a = QR.
func (f *singular) tall() bool {
	m, n := f.a.Rows, f.a.Cols
	q := factored{a: f.a, tau: make([]float64, n), columns: true}
	qr(f.a, q.tau)
	r, mem := newRows(n, n)
	defer mem.release()
	for i := range n {
		copy(row(r, i)[i:], row(f.a, i)[i:])
	}
	c, ok := f.decompose(r, min(n, f.u.Cols), min(n, f.vt.Rows))
	defer c.release()
	copyRows(f.vt, c.vt)
	if f.u.Cols == n {
		q.generate()
		dense.Gemm(blas.NoTrans, blas.Trans, 1, f.a, c.ut, 0, f.u)
	} else if f.u.Cols > n {
		first := part(f.u, 0, 0, m, n)
		copyRows(first, f.a)
		q.a = f.u
		q.generate()
		dense.Gemm(blas.NoTrans, blas.Trans, 1, first, c.ut, 0, f.a)
		copyRows(first, f.a)
	}
	return ok
}

// wide decomposes L of a = LQ.
func (f *singular) wide() bool {
	m, n := f.a.Rows, f.a.Cols
	q := factored{a: f.a, tau: make([]float64, m)}
	lq(f.a, q.tau)
	l, mem := newRows(m, m)
	defer mem.release()
	for i := range m {
		copy(row(l, i), row(f.a, i)[:i+1])
	}
	c, ok := f.decompose(l, min(m, f.u.Cols), min(m, f.vt.Rows))
	defer c.release()
	if f.u.Cols > 0 {
		transpose(f.u, c.ut)
	}
	if f.vt.Rows == m {
		q.generate()
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, c.vt, f.a, 0, f.vt)
	} else if f.vt.Rows > m {
		first := part(f.vt, 0, 0, m, n)
		copyRows(first, f.a)
		q.a = f.vt
		q.generate()
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, c.vt, first, 0, f.a)
		copyRows(first, f.a)
	}
	return ok
}

// core holds singular vectors, as rows: those of a vector's length that were asked for.
type core struct {
	ut, vt blas64.General
	mem    []*scratch
}

func (c *core) release() {
	for _, m := range c.mem {
		m.release()
	}
}

// decompose finds the singular values of a, which it destroys, and so many vectors.
func (f *singular) decompose(a blas64.General, left, right int) (*core, bool) {
	k := len(f.s)
	tauQ, tauP := make([]float64, k), make([]float64, k)
	bidiagonalize(a, f.s, f.e, tauQ, tauP)
	uplo := blas.Upper
	if a.Rows < a.Cols {
		uplo = blas.Lower
	}
	c := new(core)
	if left == 0 && right == 0 {
		work := make([]float64, 4*k)
		return c, f.impl.Dbdsqr(uplo, k, 0, 0, 0, f.s, f.e, nil, 1, nil, 1, nil, 1, work)
	}
	b := newBidiagonal(f.s, f.e)
	if left > 0 {
		c.ut = c.rows(left, a.Rows)
		if uplo == blas.Upper {
			transpose(part(c.ut, 0, 0, k, a.Rows), a)
			factored{a: c.ut, tau: tauQ}.generate()
		} else {
			transpose(afterFirst(c.ut), part(a, 1, 0, k, k-1))
			factored{a: afterFirst(c.ut), tau: tauQ[:k-1]}.generate()
		}
		b.left = append(b.left, &rotations{rows: c.ut})
	}
	if right > 0 {
		c.vt = c.rows(right, a.Cols)
		if uplo == blas.Lower {
			copyRows(c.vt, a)
			factored{a: c.vt, tau: tauP}.generate()
		} else {
			copyRows(afterFirst(c.vt), part(a, 0, 1, k-1, k))
			factored{a: afterFirst(c.vt), tau: tauP[:k-1]}.generate()
		}
		b.right = append(b.right, &rotations{rows: c.vt})
	}
	return c, b.decompose(uplo)
}

// rows returns an m×n matrix that lives as long as c.
func (c *core) rows(m, n int) blas64.General {
	a, mem := newRows(m, n)
	c.mem = append(c.mem, mem)
	return a
}

// afterFirst makes the first row and column of a those of the identity and returns the rest.
func afterFirst(a blas64.General) blas64.General {
	clear(row(a, 0))
	for i := range a.Rows {
		a.Data[i*a.Stride] = 0
	}
	a.Data[0] = 1
	return part(a, 1, 1, a.Rows, a.Cols)
}
