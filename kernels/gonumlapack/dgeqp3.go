package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Dgeqp3 computes the QR factorization of an m×n matrix A with column pivoting as gonum's
// Dgeqp3 does. Columns that are to stay in front are ours, those that pivot are gonum's.
func (impl Implementation) Dgeqp3(m, n int, a []float64, lda int, jpvt []int, tau, work []float64, lwork int) {
	k := min(m, n)
	ok := k > 0 && holds(m, n, a, lda) && len(jpvt) == n && len(tau) >= k && lwork >= 3*n+1 && len(work) >= lwork
	fixed := 0
	for _, j := range jpvt {
		ok = ok && -1 <= j && j < n
		if j != -1 {
			fixed++
		}
	}
	if !ok || fixed == 0 || !impl.reflects(m, n, min(m, fixed)) {
		impl.Implementation.Dgeqp3(m, n, a, lda, jpvt, tau, work, lwork)
		return
	}
	x := blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}
	front := 0
	for j := range n {
		if jpvt[j] == -1 {
			jpvt[j] = j
			continue
		}
		if jpvt[j] = j; j != front {
			blas64.Swap(blas64.Vector{N: m, Data: a[j:], Inc: lda}, blas64.Vector{N: m, Data: a[front:], Inc: lda})
			jpvt[j], jpvt[front] = jpvt[front], j
		}
		front++
	}
	made := min(m, fixed)
	q := factored{a: part(x, 0, 0, m, made), tau: tau[:made], columns: true}
	qr(q.a, q.tau)
	if rest := part(x, 0, made, m, n); rest.Cols > 0 {
		q.multiply(blas.Left, blas.Trans, rest)
	}
	if fixed < k {
		order := make([]int, n-fixed)
		for j := range order {
			order[j] = -1
		}
		free := part(x, fixed, fixed, m, n)
		impl.Implementation.Dgeqp3(free.Rows, free.Cols, free.Data, lda, order, tau[fixed:], work, lwork)
		moved := make([]int, len(order))
		for j, from := range order {
			moved[j] = jpvt[fixed+from]
		}
		copy(jpvt[fixed:], moved)
		impl.Dlapmt(true, fixed, n-fixed, a[fixed:], lda, order)
	}
	work[0] = float64(2*n + (n+1)*gonumBlock)
}
