package network

import (
	"fmt"
	"math"
)

// Inputs says what the layers see.
type Inputs uint8

const (
	// Frame are coordinates in a frame that moves with the bodies, see [Encoder]:
	// x_i = (q_i, p_i), e_ij = q_j − q_i.
	Frame Inputs = iota
	// Invariant are scalars: x_i = |p_i|²/m_i, e_ij = |q_j − q_i|.
	Invariant
)

// widths returns the numbers of inputs per node and per edge.
func (in Inputs) widths(dim int) (node, edge int) {
	if in == Invariant {
		return 1, 1
	}
	return 2 * dim, dim
}

// directions is the number of directed edges that have one row of inputs in common:
// a distance is that of both directions.
func (in Inputs) directions() int {
	if in == Invariant {
		return 2
	}
	return 1
}

// An Encoder turns states of one system into inputs of a network, and derivatives
// back. Directed edge 2k is that from the sender to the receiver of edge k, 2k+1
// the other one. [Frame] has a row of inputs for each, [Invariant] one for both.
//
// The frame of [Frame] has its origin at the mean position. Its first axis points
// to the body nearest the origin, in three dimensions the second is that part of
// the position of the second nearest body that is orthogonal to it; further axes
// complete a right-handed system. Of bodies at equal distance the one of lower
// number counts as nearer, so that the frame, and H with it, may jump where two
// are equally near. A nearest body at the origin gives no direction: the first
// axis is then that of the coordinates; and where the two nearest bodies are in
// line with the origin, the second axis is made from the coordinate axis that is
// least in line. H is then the same for states that are moved, but not for states that
// are turned.
type Encoder struct {
	Inputs             Inputs
	Dim                int
	Senders, Receivers []int32
	Mass               []float64
	Shift              []float64 // Invariant: what is added to q_receiver − q_sender for the nearest periodic image, a row per edge; nil: nothing

	q, p []float64 // the state, q relative to the origin
	axes [3][3]float64
	// near are the bodies that the axes follow, −1 for none; a, b and c are
	// |q| of the first, and the components of the second along the first axis
	// and orthogonal to it.
	near    [2]int
	a, b, c float64
	u       []float64 // Invariant: direction of each edge
}

// Nodes is the number of bodies.
func (e *Encoder) Nodes() int { return len(e.Mass) }

// EdgeRows is the number of rows of inputs of edges.
func (e *Encoder) EdgeRows() int { return 2 * len(e.Senders) / e.Inputs.directions() }

// A LengthError says that two joined bodies are at one point, where the distance
// has no derivative.
type LengthError struct{ I, J int32 }

func (e *LengthError) Error() string {
	return fmt.Sprintf("bodies %d and %d are at one point", e.I, e.J)
}

// Encode writes the inputs of the state (q, p) into x, one row per node, and ed,
// EdgeRows() rows, and keeps what the other methods need. The error is a
// [*LengthError].
func (e *Encoder) Encode(x, ed, q, p []float64) error {
	e.p = append(e.p[:0], p...)
	e.q = append(e.q[:0], q...)
	if e.Inputs == Invariant {
		return e.encodeInvariant(x, ed)
	}
	e.encodeFrame(x, ed)
	return nil
}

// Pull adds Jᵀ(dx, de) to z, J being the derivative of the inputs with respect to
// (q, p), for cols quantities at once: row r of z, with elements z[r·stride:][:cols],
// belongs to coordinate r of q or, from len(q) on, of p; row i of dx to input i of
// x, row i of de to input i of ed, both of stride cols. Either may be nil.
func (e *Encoder) Pull(z []float64, stride int, dx, de []float64, cols int) {
	if e.Inputs == Invariant {
		e.pullInvariant(z, stride, dx, de, cols)
		return
	}
	e.pullFrame(z, stride, dx, de, cols)
}

// Push writes J(dq, dp) into dx and de.
func (e *Encoder) Push(dx, de, dq, dp []float64) {
	if e.Inputs == Invariant {
		e.pushInvariant(dx, de, dq, dp)
		return
	}
	e.pushFrame(dx, de, dq, dp)
}

// EachLength calls visit with the length of every edge at the positions q.
func (e *Encoder) EachLength(q []float64, visit func(r float64)) {
	for k := range e.Senders {
		s := 0.0
		for c := range e.Dim {
			d := e.difference(q, k, c)
			s = math.FMA(d, d, s)
		}
		visit(math.Sqrt(s))
	}
}

// difference is component c of the position of the receiver of edge k relative to its
// sender.
func (e *Encoder) difference(q []float64, k, c int) float64 {
	d := q[int(e.Receivers[k])*e.Dim+c] - q[int(e.Senders[k])*e.Dim+c]
	if e.Shift != nil {
		d += e.Shift[k*e.Dim+c]
	}
	return d
}
