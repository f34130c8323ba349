package network

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A Shape is what a network is before it has parameters.
type Shape struct {
	Inputs      Inputs
	Dim         int // dimensions of space
	Node        int // features of the node encoder
	Edge        int // features of the edge encoder
	Message     int // features of a message
	EdgeReadout bool
	Activation  dense.Activation
}

// Columns is the number of features that the last layer reads.
func (s *Shape) Columns() int {
	n := s.Node + s.Message
	if s.EdgeReadout {
		n += s.Edge
	}
	return n
}

// A Network is a Shape with parameters.
type Network struct {
	Shape
	WV, WE  blas64.General // Node × node inputs, Edge × edge inputs
	A, B, C blas64.General // Message×Node, Message×Node, Message×Edge
	AB      blas64.General // A above B
	BV, BE  []float64
	BM      []float64
	Theta   []float64 // of Σ h, of Σ m and, if they are read out, of Σ g
	Offset  float64   // b

	params []float64
}

// New returns a network of the given shape whose parameters are 0.
func New(s Shape) *Network {
	nodeIn, edgeIn := s.Inputs.widths(s.Dim)
	n := &Network{Shape: s}
	return n.views(make([]float64, s.Node*(nodeIn+1)+s.Edge*(edgeIn+1)+s.Message*(2*s.Node+s.Edge+1)+s.Columns()))
}

// views returns a network of the shape of n with the given parameters, which it
// does not copy.
func (n *Network) views(params []float64) *Network {
	v := &Network{Shape: n.Shape, params: params}
	nodeIn, edgeIn := n.Inputs.widths(n.Dim)
	take := func(k int) []float64 {
		x := params[:k:k]
		params = params[k:]
		return x
	}
	matrix := func(rows, cols int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: take(rows * cols)}
	}
	v.WV, v.BV = matrix(n.Node, nodeIn), take(n.Node)
	v.WE, v.BE = matrix(n.Edge, edgeIn), take(n.Edge)
	v.AB, v.C = matrix(2*n.Message, n.Node), matrix(n.Message, n.Edge)
	v.A, v.B = rows(v.AB, 0, n.Message), rows(v.AB, n.Message, 2*n.Message)
	v.BM = take(n.Message)
	v.Theta = take(n.Columns())
	return v
}

// Params returns all parameters but Offset, which n reads from it: W_V, b_V, W_E,
// b_E, A, B, C, b_M, θ.
func (n *Network) Params() []float64 { return n.params }

// thetas returns the parts of Theta; the last is nil if edges are not read out.
func (n *Network) thetas() (h, m, g []float64) {
	h, m = n.Theta[:n.Node], n.Theta[n.Node:n.Node+n.Message]
	if n.EdgeReadout {
		g = n.Theta[n.Node+n.Message:]
	}
	return h, m, g
}

// A Block is a matrix or, with one row, a vector among the parameters.
type Block struct{ Start, Rows, Cols int }

// Blocks returns where the parts of [Network.Params] are.
func (n *Network) Blocks() []Block {
	nodeIn, edgeIn := n.Inputs.widths(n.Dim)
	var blocks []Block
	start := 0
	for _, b := range [][2]int{
		{n.Node, nodeIn}, {1, n.Node}, {n.Edge, edgeIn}, {1, n.Edge},
		{n.Message, n.Node}, {n.Message, n.Node}, {n.Message, n.Edge}, {1, n.Message}, {1, n.Columns()},
	} {
		blocks = append(blocks, Block{start, b[0], b[1]})
		start += b[0] * b[1]
	}
	return blocks
}
