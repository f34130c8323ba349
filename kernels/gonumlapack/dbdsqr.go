package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Dbdsqr computes the singular value decomposition of a bidiagonal matrix as gonum's Dbdsqr
// does. Rotations are put off and done many at a time, on rows even where they are meant for
// columns.
func (impl Implementation) Dbdsqr(uplo blas.Uplo, n, ncvt, nru, ncc int, d, e, vt []float64, ldvt int, u []float64, ldu int, c []float64, ldc int, work []float64) (ok bool) {
	valid := (uplo == blas.Upper || uplo == blas.Lower) && n > 1 &&
		absentOr(n, ncvt, vt, ldvt) && (nru == 0 && ldu >= 1 || nru > 0 && holds(nru, n, u, ldu)) && absentOr(n, ncc, c, ldc) &&
		len(d) >= n && len(e) >= n-1 && len(work) >= 4*(n-1)
	if !valid || ncvt+nru+ncc == 0 || !impl.ours(leastSVD, n, n, ncvt+nru+ncc) {
		return impl.Implementation.Dbdsqr(uplo, n, ncvt, nru, ncc, d, e, vt, ldvt, u, ldu, c, ldc, work)
	}
	b := newBidiagonal(d[:n], e[:n-1])
	var rows [3]*rotations
	for i, cols := range []int{ncvt, nru, ncc} {
		if cols > 0 {
			x, mem := newRows(n, cols)
			defer mem.release()
			rows[i] = &rotations{rows: x}
		}
	}
	right, left, also := rows[0], rows[1], rows[2]
	if right != nil {
		copyRows(right.rows, blas64.General{Rows: n, Cols: ncvt, Stride: ldvt, Data: vt})
		b.right = append(b.right, right)
	}
	if left != nil {
		transpose(left.rows, blas64.General{Rows: nru, Cols: n, Stride: ldu, Data: u})
		b.left = append(b.left, left)
	}
	if also != nil {
		copyRows(also.rows, blas64.General{Rows: n, Cols: ncc, Stride: ldc, Data: c})
		b.left = append(b.left, also)
	}
	ok = b.decompose(uplo)
	if right != nil {
		copyRows(blas64.General{Rows: n, Cols: ncvt, Stride: ldvt, Data: vt}, right.rows)
	}
	if left != nil {
		transpose(blas64.General{Rows: nru, Cols: n, Stride: ldu, Data: u}, left.rows)
	}
	if also != nil {
		copyRows(blas64.General{Rows: n, Cols: ncc, Stride: ldc, Data: c}, also.rows)
	}
	return ok
}

// absentOr reports whether a has no columns, or lies within its data.
func absentOr(rows, cols int, a []float64, ld int) bool {
	return cols == 0 && ld >= 1 || cols > 0 && holds(rows, cols, a, ld)
}

// decompose brings b to singular values in descending order, with all that takes part, and
// reports whether it could. If not, the values are in no order and may be negative.
func (b *bidiagonal) decompose(uplo blas.Uplo) bool {
	if uplo == blas.Lower {
		b.fromLower()
	}
	ok := b.diagonalize()
	b.flush()
	if !ok {
		return false
	}
	perm, negative := b.order()
	for _, r := range b.right {
		for i, flip := range negative {
			if flip {
				row := r.rows.Data[i*r.rows.Stride:][:r.rows.Cols]
				for j := range row {
					row[j] = -row[j]
				}
			}
		}
		permute(r.rows, perm)
	}
	for _, r := range b.left {
		permute(r.rows, perm)
	}
	return true
}

// permute makes row perm[i] of a row i.
func permute(a blas64.General, perm []int) {
	x, mem := newScratch(a.Cols)
	defer mem.release()
	done := make([]bool, len(perm))
	for start := range perm {
		if done[start] || perm[start] == start {
			continue
		}
		copy(x, a.Data[start*a.Stride:][:a.Cols])
		i := start
		for ; perm[i] != start; i = perm[i] {
			copy(a.Data[i*a.Stride:][:a.Cols], a.Data[perm[i]*a.Stride:])
			done[i] = true
		}
		copy(a.Data[i*a.Stride:][:a.Cols], x)
		done[i] = true
	}
}
