package sparse

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Messages are the rows σ(z[e,:]), one per edge, of a layer whose inputs are the states of
// the two ends of the edge and something of its own,
//
//	z[e,:] = (U[r(e),:] + V[s(e),:]) + W[e,:]
//
// with the receiver r(e) and the sender s(e) of edge e. A weight matrix that multiplies
// [h_r, h_s, g_e] is so applied per node, U = H Aᵀ + b and V = H Bᵀ, not per edge. U and V
// have one row per node, W one per edge, or is the zero value where there is none; all
// have the same number of columns, row-major, any stride.
//
// The methods gather z into a buffer that stays in L1, activate it there, while the rows that
// come next are fetched, and use it up: messages are not stored. Every method panics, before
// it writes, if a shape does not match, if Act is unknown, or if a result overlaps an input or
// another result. Results do not depend on Workers, and their bits, those of a NaN apart, are
// the same at every level and in every run. A call allocates a few words, and buffers until
// they have been made, which calls share.
type Messages struct {
	U, V, W            blas64.General
	Receivers, Senders Index
	Act                dense.Activation
	Workers            int // goroutines, GOMAXPROCS if it is not positive
}

// What the methods of Messages and GatherAdd panic with.
const (
	badU          = "sparse: bad shape or length of u"
	badV          = "sparse: bad shape or length of v"
	badW          = "sparse: bad shape or length of w"
	badEdges      = "sparse: indices with different numbers of edges"
	badG          = "sparse: bad shape or length of g"
	badRange      = "sparse: edges out of range"
	overlapInput  = "sparse: a result overlaps an input"
	overlapResult = "sparse: two results overlap"
)

// check panics unless the operands go together.
func (m *Messages) check() {
	edges, cols := m.Receivers.Edges(), m.U.Cols
	if m.Senders.Edges() != edges {
		panic(badEdges)
	}
	if m.U.Rows != m.Receivers.Nodes() || !matrix.Valid(m.U) {
		panic(badU)
	}
	if m.V.Rows != m.Senders.Nodes() || m.V.Cols != cols || !matrix.Valid(m.V) {
		panic(badV)
	}
	if !m.plain() && (m.W.Rows != edges || m.W.Cols != cols || !matrix.Valid(m.W)) {
		panic(badW)
	}
}

// plain reports whether there is no W.
func (m *Messages) plain() bool { return m.W.Data == nil && m.W.Rows == 0 && m.W.Cols == 0 }

// checkResult panics unless dst has the given number of rows, as many columns as U, and
// overlaps no input, save where it is own, to the element.
func (m *Messages) checkResult(dst blas64.General, rows int, own blas64.General) {
	if dst.Rows != rows || dst.Cols != m.U.Cols || !matrix.Valid(dst) {
		panic(badDestination)
	}
	w := m.W
	if len(dst.Data) > 0 && len(own.Data) > 0 && &dst.Data[0] == &own.Data[0] && dst.Stride == own.Stride {
		w = blas64.General{}
	}
	if matrix.Overlap(dst, m.U) || matrix.Overlap(dst, m.V) || matrix.Overlap(dst, w) {
		panic(overlapInput)
	}
}

// gather writes z into dst, of the edges that edges lists, or of those from first on if it
// is nil; iu and iv are their ends.
func (m *Messages) gather(dst blas64.General, iu, iv []int32, first int, edges []int32) {
	if m.plain() {
		gatherAdd(dst, m.U, iu, m.V, iv)
		return
	}
	w := m.W
	if edges != nil {
		gatherAdd3(dst, m.U, iu, m.V, iv, w, edges)
		return
	}
	for k := 0; k < dst.Rows; k += len(ascending) {
		n := min(k+len(ascending), dst.Rows)
		gatherAdd3(rowsFrom(dst, k, n), m.U, iu[k:], m.V, iv[k:], rowsFrom(w, first+k, first+n), ascending[:])
	}
}

// ascending are row numbers in order.
var ascending = func() (list [1024]int32) {
	for k := range list {
		list[k] = int32(k)
	}
	return list
}()

// Rows writes the messages of the edges first, first+1, … into the rows of dst and, unless
// it is the zero value, the derivatives σ′(z[e,:]) into those of grad:
//
//	dst[k,:] = σ(z[first+k,:]),  grad[k,:] = σ′(z[first+k,:])
//
// It runs on the calling goroutine.
func (m *Messages) Rows(dst, grad blas64.General, first int) {
	m.check()
	m.Act.Apply(nil, nil) // panics if it is unknown
	if first < 0 || dst.Rows < 0 || first > m.Receivers.Edges()-dst.Rows {
		panic(badRange)
	}
	m.checkResult(dst, dst.Rows, blas64.General{})
	withGrad := grad.Data != nil || grad.Rows != 0
	if withGrad {
		m.checkResult(grad, dst.Rows, blas64.General{})
		if matrix.Overlap(dst, grad) {
			panic(overlapResult)
		}
	}
	inPieces(dst, func(piece blas64.General, at int) {
		e := first + at
		m.gather(piece, m.Receivers.node[e:], m.Senders.node[e:], e, nil)
		for i := range piece.Rows {
			z := row(piece, i)
			if withGrad {
				m.Act.ApplyGrad(z, row(grad, at+i), z)
			} else {
				m.Act.Apply(z, z)
			}
		}
	})
}
