package lsq

import (
	"errors"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// negligible is the norm up to which a row that is left of R D⁻¹, whose largest singular
// value is at least 1, counts as zero. Above it squares do not underflow.
const negligible = 0x1p-500

// maxSweeps is far above what one-sided Jacobi after a pivoted factorization needs.
const maxSweeps = 60

var errSweeps = errors.New("lsq: singular values did not converge")

// A decomposition is the singular value decomposition of S = R D⁻¹ as a solution needs it,
//
//	S P = W Σ Uᵀ,
//
// P a permutation, U Σ in the columns of x, and y = Wᵀ C. Singular values are in no
// particular order. W is not formed.
type decomposition struct {
	cols  int
	perm  []int     // column i of S P is column perm[i] of S
	x     []float64 // columns σᵢ uᵢ of length cols
	y     []float64 // rows of Wᵀ C
	sigma []float64
}

// above returns the indices of the singular values above tol·σ₁.
func (d *decomposition) above(tol float64) []int {
	var kept []int
	limit := tol * d.largest()
	for i, s := range d.sigma {
		if s > limit {
			kept = append(kept, i)
		}
	}
	return kept
}

func (d *decomposition) largest() float64 { return maxAbs(d.sigma) }

// cond returns σ₁/σₙ.
func (d *decomposition) cond() float64 {
	if len(d.sigma) < d.cols {
		return math.Inf(1)
	}
	least := d.sigma[0]
	for _, s := range d.sigma {
		least = min(least, s)
	}
	return d.largest() / least
}

// decompose finds the singular values of S = R D⁻¹ to high relative accuracy as far as R
// determines them: S P = Q L with pivoting, then one-sided Jacobi on the columns of Lᵀ,
// which are nearly orthogonal from the start (Drmač and Veselić 2008). Rotating them,
// Lᵀ V = U Σ, gives P U for the right singular vectors of S; the rows of Qᵀ C are rotated
// with them, so that neither V nor Q is needed.
func (s *scaled) decompose() (*decomposition, error) {
	n, p := s.f.cols, s.f.rhs
	q := newFactor(n, p)
	copy(q.rc, s.f.rc)
	for j, d := range s.norm {
		for i, v := range q.column(j)[:j+1] {
			q.column(j)[i] = v / d
		}
	}
	perm, rank := q.pivot()
	d := &decomposition{
		cols:  n,
		perm:  perm,
		x:     make([]float64, rank*n),
		y:     make([]float64, rank*p),
		sigma: make([]float64, rank),
	}
	for i := range rank {
		for j := i; j < n; j++ {
			d.x[i*n+j] = q.column(j)[i]
		}
		for k := range p {
			d.y[i*p+k] = q.column(n + k)[i]
		}
	}
	if err := d.rotate(p); err != nil {
		return nil, err
	}
	for i := range d.sigma {
		d.sigma[i] = norm(d.x[i*n:][:n])
	}
	return d, nil
}

// pivot replaces f = [S C] by [L Qᵀ C] with S P = Q L, L upper triangular with the diagonal
// in descending order, and returns P and the number of rows of L that are not negligible.
// Below the diagonal f then holds anything.
func (f *factor) pivot() (perm []int, rank int) {
	n := f.cols
	perm = make([]int, n)
	for j := range perm {
		perm[j] = j
	}
	for k := range n {
		best, most := k, -1.0
		for j := k; j < n; j++ {
			x := f.column(j)[k:]
			if s := dense.Dot(x, x); s > most {
				best, most = j, s
			}
		}
		if most <= negligible*negligible {
			return perm, k
		}
		x := f.column(k)
		if best != k {
			perm[k], perm[best] = perm[best], perm[k]
			other := f.column(best)
			for i, v := range x {
				x[i], other[i] = other[i], v
			}
		}
		beta, tau := reflector(x[k], x[k+1:])
		x[k] = beta
		if tau == 0 {
			continue
		}
		v := x[k+1:]
		for j := k + 1; j < n+f.rhs; j++ {
			y := f.column(j)
			w := tau * (y[k] + dense.Dot(v, y[k+1:]))
			y[k] -= float64(w)
			dense.Axpy(-w, v, y[k+1:])
		}
	}
	return perm, n
}

// rotate makes the columns of d.x orthogonal by rotations of pairs, in cyclic order, and
// applies the same to the rows of d.y, of length p. It stops after a sweep that finds all
// cosines within what rounding makes of 0.
func (d *decomposition) rotate(p int) error {
	n, rank := d.cols, len(d.sigma)
	tol := float64(n/32+7) * 0x1p-52 // twice the bound of Dot's own error
	square := make([]float64, rank)
	for range maxSweeps {
		for i := range square {
			x := d.x[i*n:][:n]
			square[i] = dense.Dot(x, x)
		}
		converged := true
		for i := range rank {
			for j := i + 1; j < rank; j++ {
				x, y := d.x[i*n:][:n], d.x[j*n:][:n]
				xy := dense.Dot(x, y)
				if math.Abs(xy) <= tol*math.Sqrt(square[i])*math.Sqrt(square[j]) {
					continue
				}
				converged = false
				t := tangent(square[i], square[j], xy)
				r := newRotation(t)
				r.apply(x, y)
				r.apply(d.y[i*p:][:p], d.y[j*p:][:p])
				square[i] = updated(square[i], -t*xy, x)
				square[j] = updated(square[j], t*xy, y)
			}
		}
		if converged {
			return nil
		}
	}
	return errSweeps
}

// updated returns the square of the norm of x, which was old before a rotation changed it
// by change; it is computed afresh if the sum cancels.
func updated(old, change float64, x []float64) float64 {
	s := old + float64(change)
	if s < old/2 {
		return dense.Dot(x, x)
	}
	return s
}

// tangent returns tan θ, |θ| ≤ π/4, of the rotation that makes columns x and y orthogonal.
func tangent(xx, yy, xy float64) float64 {
	zeta := (yy - xx) / (2 * xy)
	if math.Abs(zeta) > 0x1p100 { // its square does not count, and may overflow
		return 0.5 / zeta
	}
	return math.Copysign(1/(math.Abs(zeta)+math.Sqrt(math.FMA(zeta, zeta, 1))), zeta)
}

// A rotation by θ is done as three shears, each one Axpy: x −= tan(θ/2) y, y += sin θ x,
// x −= tan(θ/2) y.
type rotation struct{ half, sin float64 }

func newRotation(t float64) rotation {
	c := 1 / math.Sqrt(math.FMA(t, t, 1))
	s := t * c
	return rotation{half: s / (1 + c), sin: s}
}

// apply replaces x, y by cos θ x − sin θ y, sin θ x + cos θ y.
func (r rotation) apply(x, y []float64) {
	dense.Axpy(-r.half, y, x)
	dense.Axpy(r.sin, x, y)
	dense.Axpy(-r.half, y, x)
}
