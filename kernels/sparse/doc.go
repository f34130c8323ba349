// Package sparse holds the kernels that carry rows between the edges of a graph and
// its nodes.
//
// A graph has nodes and edges. Each edge has a receiver, and a sender; a list of
// either, one node per edge, becomes an [Index], which is checked once and trusted
// from then on. Read as a matrix, an Index has one row per edge with a single 1 in
// the column of its node: [Gather] multiplies by that matrix, from nodes to edges,
// and [SegmentSum] by its transpose, from edges to nodes. Each is the derivative of
// the other, and neither scatters: every row of a result is written by one loop.
// [Messages] does both and a layer of a network between them, block by block in cache;
// [Contract] evaluates a function of one variable per edge, such as its potential, and
// [Chebyshev] the polynomials that such functions are series of.
//
// # Shapes
//
// Matrices are row-major [blas64.General] of any stride from max(1, Cols) on, one row
// per node or per edge. Mismatched shapes, data too short for its shape, and a
// destination that shares elements with a source are mistakes of the caller and panic
// before anything is written. Wrong nodes are a fault of the data and give an error.
//
// # Accuracy and determinism
//
// Sums run over the edges of a node in ascending order of edge, one after the other.
// The bits of a result, those of a NaN apart, are the same at every level and in
// every run. A NaN reaches only the rows that depend on it, and there only its column.
//
// Unless they say otherwise, the kernels do not allocate and run on the calling goroutine.
// Quantities have the unit of the source.
package sparse
