package sparse

import (
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

const (
	bufferFloats = 1 << 11 // elements of a buffer: 16 KiB, which with as much of derivatives fits in L1
	blockEdges   = 1 << 12 // edges that one worker takes at a time, on average
)

// A messageBuffer is the workspace of one worker: the messages of some edges, which follow
// each other in an index, and where they go.
type messageBuffer struct {
	z, slope blas64.General // σ(z) and σ′(z), or z itself
	edges    []int32        // the edge of each row
	iu, iv   []int32        // and its ends
	list     []int32        // 0, 1, 2, …
	nodes    int            // nodes that the rows go to
	offset   []int32        // the rows of node i are offset[i] … offset[i+1]−1

	ends, offsets       []int32
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
	most := max(1, bufferFloats/cols)
	b.resize(most, cols, hi-lo)
	first, last := int(ix.offset[lo]), int(ix.offset[hi])
	at := lo
	for ; first < last; first += most {
		n := min(most, last-first)
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
		b.iu, b.iv = b.ends[:n], b.ends[most:most+n]
		for k, e := range b.edges {
			b.iu[k], b.iv[k] = m.Receivers.node[e], m.Senders.node[e]
		}
		b.z = blas64.General{Rows: n, Cols: cols, Stride: cols, Data: b.values[:n*cols]}
		b.slope = b.z
		b.slope.Data = b.derivatives[:n*cols]
		m.gather(b.z, b.iu, b.iv, 0, b.edges)
		f(at)
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
		b.ends = make([]int32, 2*rows)
		b.list = make([]int32, rows)
		for k := range b.list {
			b.list[k] = int32(k)
		}
	}
}

// activate turns z into σ(z) and, if grad is set, writes σ′(z) beside it.
func (b *messageBuffer) activate(m *Messages, grad bool) {
	if grad {
		m.Act.ApplyGrad(b.z.Data, b.slope.Data, b.z.Data)
	} else {
		m.Act.Apply(b.z.Data, b.z.Data)
	}
}
