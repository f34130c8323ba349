package sparse

import (
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

const (
	bufferFloats  = 1 << 11 // elements of a buffer: 16 KiB, which with as much of derivatives fits in L1
	messageFloats = 1 << 10 // of one of messages, beside which the rows that come next have room
	blockEdges    = 1 << 12 // edges that one worker takes at a time, on average
)

// A messageBuffer is the workspace of one worker: the messages of some edges, which follow
// each other in an index, and where they go.
type messageBuffer struct {
	z, slope blas64.General // σ(z) and σ′(z), or z itself
	edges    []int32        // the edge of each row
	iu, iv   []int32        // and its ends
	ju, jv   []int32        // the ends of the edges that come next
	list     []int32        // 0, 1, 2, …
	nodes    int            // nodes that the rows go to
	offset   []int32        // the rows of node i are offset[i] … offset[i+1]−1

	offsets             []int32
	values, derivatives []float64
}

var messageBuffers = sync.Pool{New: func() any { return new(messageBuffer) }}

// inBlocks calls f for fixed blocks of the nodes of ix, on m.Workers goroutines.
func (m *Messages) inBlocks(ix Index, f func(b *messageBuffer, lo, hi int)) {
	nodes, edges := ix.Nodes(), ix.Edges()
	if nodes == 0 || m.U.Cols == 0 {
		return
	}
	size := min(nodes, max(1, int(int64(blockEdges)*int64(nodes)/int64(max(1, edges)))))
	blocks := (nodes + size - 1) / size
	run := func(_, block int) {
		b := messageBuffers.Get().(*messageBuffer)
		defer messageBuffers.Put(b)
		f(b, block*size, min((block+1)*size, nodes))
	}
	if parallel.Workers(blocks, m.Workers) == 1 {
		for block := range blocks {
			run(0, block)
		}
		return
	}
	parallel.Blocks(blocks, m.Workers, run)
}

// each gathers z of the edges of the nodes lo … hi−1 of ix, as many at a time as the
// buffer takes, and calls f with the first node that the rows in it go to.
func (b *messageBuffer) each(m *Messages, ix Index, lo, hi int, f func(at int)) {
	cols := m.U.Cols
	most := max(1, messageFloats/cols)
	b.resize(most, cols, hi-lo)
	first, last := int(ix.offset[lo]), int(ix.offset[hi])
	at := lo
	b.look(m, ix.edge[first:min(first+most, last)])
	for ; first < last; first += most {
		n := min(most, last-first)
		b.iu, b.iv, b.ju, b.jv = b.ju, b.jv, b.iu, b.iv
		b.look(m, ix.edge[first+n:min(first+n+most, last)])
		for int(ix.offset[at+1]) <= first {
			at++
		}
		b.offset = append(b.offsets[:0], 0)
		for i := at; ; i++ {
			end := min(int(ix.offset[i+1])-first, n)
			b.offset = append(b.offset, int32(end))
			if end == n {
				break
			}
		}
		b.nodes = len(b.offset) - 1
		b.edges = ix.edge[first : first+n]
		b.z = blas64.General{Rows: n, Cols: cols, Stride: cols, Data: b.values[:n*cols]}
		b.slope = b.z
		b.slope.Data = b.derivatives[:n*cols]
		m.gather(b.z, b.iu, b.iv, 0, b.edges)
		f(at)
	}
}

// look makes b.ju and b.jv the ends of edges.
func (b *messageBuffer) look(m *Messages, edges []int32) {
	b.ju, b.jv = b.ju[:len(edges)], b.jv[:len(edges)]
	for k, e := range edges {
		b.ju[k], b.jv[k] = m.Receivers.node[e], m.Senders.node[e]
	}
}

// resize makes room for rows×cols messages to so many nodes.
func (b *messageBuffer) resize(rows, cols, nodes int) {
	if size := rows * cols; cap(b.values) < size {
		b.values, b.derivatives = make([]float64, size), make([]float64, size)
	}
	b.values, b.derivatives = b.values[:cap(b.values)], b.derivatives[:cap(b.derivatives)]
	if cap(b.offsets) < nodes+1 {
		b.offsets = make([]int32, 0, nodes+1)
	}
	if len(b.list) < rows {
		for _, ends := range [4]*[]int32{&b.iu, &b.iv, &b.ju, &b.jv} {
			*ends = make([]int32, rows)
		}
		b.list = make([]int32, rows)
		for k := range b.list {
			b.list[k] = int32(k)
		}
	}
}

// partFloats is the number of elements that are activated while the rows of U and V for as
// many of the next ones are on their way from memory.
const partFloats = 192

// activate turns z into σ(z) and, if grad is set, writes σ′(z) beside it.
func (b *messageBuffer) activate(m *Messages, grad bool) {
	cols := b.z.Cols
	part := max(1, partFloats/cols)
	for k := 0; k < b.z.Rows; k += part {
		if end := min(k+part, len(b.ju)); k < end {
			prefetchRows(m.U, b.ju[k:end])
			prefetchRows(m.V, b.jv[k:end])
		}
		at, end := k*cols, min(k+part, b.z.Rows)*cols
		if z := b.z.Data[at:end]; grad {
			m.Act.ApplyGrad(z, b.slope.Data[at:end], z)
		} else {
			m.Act.Apply(z, z)
		}
	}
}
