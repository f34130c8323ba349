package network

import (
	"gonum.org/v1/gonum/blas/blas64"
)

// A Sample is a state with its inputs.
type Sample struct {
	Encoder *Encoder
	X, E    []float64 // inputs of nodes and of edges
	Target  []float64 // ∂H/∂q = −ṗ, then ∂H/∂p = q̇; nil where it is not known
}

// NewSample returns a sample of the system of e, of no state yet.
func NewSample(e *Encoder) *Sample {
	nodeIn, edgeIn := e.Inputs.widths(e.Dim)
	return &Sample{Encoder: e, X: make([]float64, e.Nodes()*nodeIn), E: make([]float64, e.EdgeRows()*edgeIn)}
}

// Encode makes s the state (q, p). The error is that of [Encoder.Encode].
func (s *Sample) Encode(q, p []float64) error { return s.Encoder.Encode(s.X, s.E, q, p) }

// coordinates is the number of rows that s contributes.
func (s *Sample) coordinates() int { return 2 * s.Encoder.Nodes() * s.Encoder.Dim }

// A batch is the union of several states, as one graph.
type batch struct {
	x, e               blas64.General
	senders, receivers []int32 // of directed edges
	directions         int     // of these, that a row of e stands for
}

// load makes b the union of samples.
func (b *batch) load(n *Network, samples []*Sample) {
	nodeIn, edgeIn := n.Inputs.widths(n.Dim)
	b.directions = n.Inputs.directions()
	b.senders, b.receivers = b.senders[:0], b.receivers[:0]
	x, e := b.x.Data[:0], b.e.Data[:0]
	first := int32(0)
	for _, s := range samples {
		x = append(x, s.X...)
		e = append(e, s.E...)
		for k, i := range s.Encoder.Senders {
			i, j := first+i, first+s.Encoder.Receivers[k]
			b.senders = append(b.senders, i, j)
			b.receivers = append(b.receivers, j, i)
		}
		first += int32(s.Encoder.Nodes())
	}
	b.x = blas64.General{Rows: len(x) / nodeIn, Cols: nodeIn, Stride: nodeIn, Data: x}
	b.e = blas64.General{Rows: len(e) / edgeIn, Cols: edgeIn, Stride: edgeIn, Data: e}
}

// rows are rows lo … hi−1 of x.
func rows(x blas64.General, lo, hi int) blas64.General {
	x.Data = x.Data[lo*x.Stride : hi*x.Stride]
	x.Rows = hi - lo
	return x
}

// resize makes x a matrix of the given shape with arbitrary elements.
func resize(x *blas64.General, r, c int) {
	*x = blas64.General{Rows: r, Cols: c, Stride: c, Data: grow(x.Data, r*c)}
}

// row is row i of x.
func row(x blas64.General, i int) []float64 { return x.Data[i*x.Stride:][:x.Cols] }
