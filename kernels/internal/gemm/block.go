package gemm

import (
	"sync"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// Blocking. None of these numbers shows in a result.
const (
	line = 8 // elements of a cache line

	rowsLimit  = 48   // rows of C in a task; with 512 steps of k 200 KB of A, for L2
	colsLimit  = 1032 // columns of B that are packed at once; with 512 steps of k 4 MB, for L3
	hotLimit   = 2560 // elements of B that one call of the tile goes through, for L1
	shortDepth = 64   // steps of k below which more rows make a task
	rowPad     = 8    // elements after each packed row of A, so that rows do not share cache sets

	small        = 64      // size up to which a product is computed where it lies
	directB      = 4       // strips of rows up to which B is not packed if it need not be
	rowsTogether = 4       // panels of rows of a triangle that a task computes at most: 400 KB, for L2
	directStride = 256     // distance of rows up to which a triangle packs nothing, if panels are whole lines
	streamFrom   = 4 << 20 // elements from which on C, if only written, goes past the caches

	parallelFrom = 1 << 21 // multiply-adds from which on goroutines pay
	tasksWanted  = 8       // tasks that a parallel product is cut into, if it is large enough
	panelsPacked = 8       // panels that one task packs
)

// runBlocks computes the product block by block.
func (g *Product) runBlocks(workers int) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	mr, nr, depth := tileSize()
	depth = evenly(g.K, depth, 1)
	cols := evenly(g.N, colsLimit, nr)
	for j := 0; j < g.N; j += cols {
		for p := 0; p < g.K; p += depth {
			b := &w.block
			*b = block{Product: *g, w: w, mr: mr, nr: nr}
			b.cut(p, min(depth, g.K-p), j, min(cols, g.N-j))
			b.arrange()
			b.run(workers)
			*b = block{} // keeps no operand alive
		}
	}
}

// workspace is what a product needs beside its operands.
type workspace struct {
	block    block
	triangle triangle
	b        []float64   // packed panels of B
	a        []float64   // packed panels of A, for a triangle
	workers  [][]float64 // packed rows of A, or a tile
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// reserve makes room for workers.
func (w *workspace) reserve(workers int) {
	for len(w.workers) < workers {
		w.workers = append(w.workers, nil)
	}
}

// block is the part of a product that is computed with one packing of B: all rows of C, and
// so many columns and steps of k that the packing stays in cache.
type block struct {
	Product // of this block alone
	w       *workspace

	mr, nr int // the tile
	rows   int // of C, that one task computes
	cols   int // of C, that one task computes
	hot    int // columns that one call of the tile goes through

	rowTasks     int // tasks in a column, which have successive numbers
	packA, packB bool
	stream       bool // C goes past the caches
}

// cut restricts the product to k steps from p on and n columns from j on.
func (g *Product) cut(p, k, j, n int) {
	g.A = g.A[p*g.AKS:]
	g.B = g.B[p*g.BKS+j*g.BCS:]
	g.C = g.C[j:]
	g.K, g.N = k, n
	if p > 0 {
		g.Beta = 1
	}
}

// arrange chooses how the block is computed.
func (b *block) arrange() {
	b.rows, b.cols = evenly(b.M, rowsLimit*max(1, shortDepth/b.K), b.mr), b.N
	b.packA = b.N > b.nr && (b.ARS > 2*b.K || b.AKS > line && b.M > b.mr)
	b.packB = b.BCS != 1 || b.Alpha != 1 || b.M > directB*b.mr
	pair := 2 * b.nr // whole lines
	b.stream = b.Beta == 0 && b.K <= hotLimit/pair && b.M >= streamFrom/b.N &&
		b.N%line == 0 && b.LDC%line == 0 && uintptr(unsafe.Pointer(&b.C[0]))%(8*line) == 0
	if b.stream {
		b.hot = hotLimit / b.K / pair * pair
	} else {
		b.hot = max(hotLimit/b.K/b.nr, 1) * b.nr
	}
}

// run computes the block.
func (b *block) run(workers int) {
	b.rowTasks = blocksOf(b.M, b.rows)
	if workers != 1 && b.rowTasks < tasksWanted {
		b.cols = evenly(b.N, blocksOf(b.N, blocksOf(tasksWanted, b.rowTasks)), 2*b.nr)
	}
	tasks := b.rowTasks * blocksOf(b.N, b.cols)
	workers = parallel.Workers(tasks, workers)
	b.w.reserve(workers)
	packs := 0
	if b.packB {
		panels := blocksOf(b.N, b.nr)
		b.w.b = grow(b.w.b, panels*b.K*b.nr)
		packs = blocksOf(panels, panelsPacked)
	}
	if workers == 1 { // and no closure to allocate
		for t := range packs {
			b.pack(0, t)
		}
		for t := range tasks {
			b.task(0, t)
		}
		return
	}
	parallel.Blocks(packs, workers, b.pack)
	parallel.Blocks(tasks, workers, b.task)
}

// pack packs some panels of B.
func (b *block) pack(_, t int) { b.packPanelsOfB(b.w.b, b.nr, t) }

// task computes the rows and columns of C that have this number.
func (b *block) task(worker, t int) {
	i, j := t%b.rowTasks*b.rows, t/b.rowTasks*b.cols
	m, n := min(b.rows, b.M-i), min(b.cols, b.N-j)
	p := panels{a: b.A[i*b.ARS:], ars: b.ARS, aks: b.AKS, ats: b.mr * b.ARS, b: b.B, bks: b.BKS, bts: b.nr}
	if b.packA {
		b.packRows(&p, &b.w.workers[worker], m)
	}
	if b.packB {
		p.b, p.bks, p.bts = b.w.b, b.nr, b.K*b.nr
	}
	p.b = p.b[j/b.nr*p.bts:]
	for h := 0; h < n; h += b.hot {
		tile(m, min(b.hot, n-h), b.K, &p, b.C[i*b.LDC+j+h:], b.LDC, b.Beta, b.stream)
		if h+b.hot < n {
			p.b = p.b[b.hot/b.nr*p.bts:]
		}
	}
}

// packRows packs m rows of p.a: as they lie if steps of k are adjacent, else strip by strip
// as panels of B are.
func (b *block) packRows(p *panels, buffer *[]float64, m int) {
	if b.AKS == 1 {
		ld := b.K + rowPad
		*buffer = grow(*buffer, m*ld)
		for i := range m {
			copy((*buffer)[i*ld:], p.a[i*p.ars:][:b.K])
		}
		p.a, p.ars, p.ats = *buffer, ld, b.mr*ld
		return
	}
	size := b.K * b.mr
	*buffer = grow(*buffer, blocksOf(m, b.mr)*size)
	packRows(*buffer, p.a, b.AKS, b.K, m, b.mr, size, 1)
	p.a, p.ars, p.aks, p.ats = *buffer, 1, b.mr, size
}

// evenly returns the size of the blocks, a multiple of unit, that n is cut into if none is
// to be larger than limit by a unit, and the last about as large as the others.
func evenly(n, limit, unit int) int {
	return blocksOf(blocksOf(n, blocksOf(n, limit)), unit) * unit
}

// blocksOf returns the number of blocks that n is cut into.
func blocksOf(n, size int) int { return (n + size - 1) / size }

// grow returns a slice of n elements, x if it is large enough.
func grow(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}
