package dense

import (
	"sync"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// Blocking. Since every element is one chain of multiply-adds whatever the blocks are, none
// of these numbers shows in a result.
const (
	gemmDepth = 256  // steps of k that are packed at once
	gemmRows  = 48   // rows of c in a task, a multiple of every tile; with gemmDepth 100 KB of a, for L2
	gemmCols  = 2040 // columns of b that are packed at once; with gemmDepth 4 MB, for L3
	gemmHot   = 2560 // elements of b that one call of the tile goes through, for L1
	gemmShort = 64   // steps of k below which more rows make a task
	gemmPad   = 8    // elements after each packed row of a, so that rows do not share cache sets

	gemmDirectA = 128     // steps of k up to which rows of a that lie close together are not packed
	gemmDirectB = 4       // strips of rows up to which b is not packed if it need not be
	gemmStream  = 4 << 20 // elements from which on c, if only written, goes past the caches

	gemmParallel = 1 << 21 // multiply-adds from which on goroutines pay
	gemmTasks    = 8       // tasks that a parallel product is cut into, if it is large enough
	gemmGroup    = 8       // panels that one task packs
)

// run computes the product on at most workers goroutines, GOMAXPROCS if workers ≤ 0.
func (g *product) run(workers int) {
	if g.m == 0 || g.n == 0 {
		return
	}
	if g.alpha == 0 || g.k == 0 {
		g.scale()
		return
	}
	if g.m*g.n < gemmParallel/g.k {
		workers = 1
	}
	w := gemmWork.Get().(*gemmWorkspace)
	defer gemmWork.Put(w)
	mr, nr, lanes := gemmTileSize()
	depth, cols := evenly(g.k, gemmDepth, 1), evenly(g.n, gemmCols, nr)
	for j := 0; j < g.n; j += cols {
		for p := 0; p < g.k; p += depth {
			b := &w.block
			*b = gemmBlock{product: *g, w: w, mr: mr, nr: nr}
			b.cut(p, min(depth, g.k-p), j, min(cols, g.n-j))
			b.arrange(lanes)
			b.run(workers)
			*b = gemmBlock{} // keeps no operand alive
		}
	}
}

// scale sets c to beta·c.
func (g *product) scale() {
	if g.beta == 1 {
		return
	}
	for i := range g.m {
		row := g.c[i*g.ldc:][:g.n]
		if g.beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= g.beta
		}
	}
}

// evenly returns the size of the blocks, a multiple of unit, that n is cut into if none is
// to be larger than limit, itself a multiple of unit, and the last about as large as the others.
func evenly(n, limit, unit int) int {
	return blocksOf(blocksOf(n, blocksOf(n, limit)), unit) * unit
}

// gemmWorkspace is what a product needs beside its operands.
type gemmWorkspace struct {
	block gemmBlock
	b     []float64   // packed panels
	a     [][]float64 // packed rows, of each worker
}

var gemmWork = sync.Pool{New: func() any { return new(gemmWorkspace) }}

// gemmBlock is the part of a product that is computed with one packing of b: all rows of c,
// and so many columns and steps of k that the packing stays in cache.
type gemmBlock struct {
	product // of this block alone
	w       *gemmWorkspace

	mr, nr int // the tile
	rows   int // of c, that one task computes
	cols   int // of c, that one task computes
	hot    int // columns that one call of the tile goes through

	rowTasks int // tasks side by side have rows one below the other
	packA    bool
	packB    bool
	stream   bool // c goes past the caches
}

// cut restricts the product to k steps from p on and n columns from j on.
func (b *gemmBlock) cut(p, k, j, n int) {
	b.a = b.a[p*b.aks:]
	b.b = b.b[p*b.bks+j*b.bcs:]
	b.c = b.c[j:]
	b.k, b.n = k, n
	if p > 0 {
		b.beta = 1
	}
}

// arrange chooses how the block is computed. The tile reads b in vectors of some lanes.
func (b *gemmBlock) arrange(lanes int) {
	const line = 8 // elements
	b.rows, b.cols = evenly(b.m, gemmRows*max(1, gemmShort/b.k), b.mr), b.n
	b.packA = b.n > b.nr && (b.k > gemmDirectA || b.ars > 2*b.k || b.aks > line && b.m > b.mr)
	b.packB = b.bcs != 1 || b.alpha != 1 || b.n%lanes != 0 || b.m > gemmDirectB*b.mr
	pair := 2 * b.nr // whole lines
	b.stream = b.beta == 0 && b.k <= gemmHot/pair && b.m >= gemmStream/b.n &&
		b.n%line == 0 && b.ldc%line == 0 && uintptr(unsafe.Pointer(&b.c[0]))%(8*line) == 0
	if b.stream {
		b.hot = gemmHot / b.k / pair * pair
	} else {
		b.hot = max(gemmHot/b.k/b.nr, 1) * b.nr
	}
}

// run computes the block.
func (b *gemmBlock) run(workers int) {
	b.rowTasks = blocksOf(b.m, b.rows)
	if workers != 1 && b.rowTasks < gemmTasks {
		b.cols = evenly(b.n, blocksOf(b.n, blocksOf(gemmTasks, b.rowTasks)), 2*b.nr)
	}
	tasks := b.rowTasks * blocksOf(b.n, b.cols)
	workers = parallel.Workers(tasks, workers)
	for len(b.w.a) < workers {
		b.w.a = append(b.w.a, nil)
	}
	groups := 0
	if b.packB {
		panels := blocksOf(b.n, b.nr)
		groups = blocksOf(panels, gemmGroup)
		b.w.b = grow(b.w.b, panels*b.k*b.nr)
	}
	if workers == 1 { // and without a closure to allocate
		for t := range groups {
			b.pack(0, t)
		}
		for t := range tasks {
			b.task(0, t)
		}
		return
	}
	parallel.Blocks(groups, workers, b.pack)
	parallel.Blocks(tasks, workers, b.task)
}

// pack packs a group of panels of b, times alpha.
func (b *gemmBlock) pack(_, group int) {
	size := b.k * b.nr
	first := group * gemmGroup
	for panel := first; panel < min(first+gemmGroup, blocksOf(b.n, b.nr)); panel++ {
		j := panel * b.nr
		w := min(b.nr, b.n-j)
		dst := b.w.b[panel*size:][:size]
		if b.bcs == 1 {
			gemmPack(dst, b.b[j:], b.bks, b.k, w, b.nr, b.alpha)
		} else {
			gemmPackTrans(dst, b.b[j*b.bcs:], b.bcs, b.k, w, b.nr, b.alpha)
		}
	}
}

// task computes the rows and columns of c that have this number.
func (b *gemmBlock) task(worker, t int) {
	i, j := t%b.rowTasks*b.rows, t/b.rowTasks*b.cols
	m, n := min(b.rows, b.m-i), min(b.cols, b.n-j)
	p := gemmPanels{a: b.a[i*b.ars:], ars: b.ars, aks: b.aks, ats: b.mr * b.ars, b: b.b, bks: b.bks, bts: b.nr}
	if b.packA {
		b.packRows(&p, &b.w.a[worker], m)
	}
	if b.packB {
		p.b, p.bks, p.bts = b.w.b, b.nr, b.k*b.nr
	}
	p.b = p.b[j/b.nr*p.bts:]
	for h := 0; h < n; h += b.hot {
		gemmTile(m, min(b.hot, n-h), b.k, &p, b.c[i*b.ldc+j+h:], b.ldc, b.beta, b.stream)
		if h+b.hot < n {
			p.b = p.b[b.hot/b.nr*p.bts:]
		}
	}
}

// packRows packs m rows of p.a: as they lie if steps of k are adjacent, else strip by strip
// as panels of b are.
func (b *gemmBlock) packRows(p *gemmPanels, buffer *[]float64, m int) {
	if b.aks == 1 {
		ld := b.k + gemmPad
		*buffer = grow(*buffer, m*ld)
		for i := range m {
			copy((*buffer)[i*ld:], p.a[i*p.ars:][:b.k])
		}
		p.a, p.ars, p.ats = *buffer, ld, b.mr*ld
		return
	}
	size := b.k * b.mr
	*buffer = grow(*buffer, blocksOf(m, b.mr)*size)
	for s := range blocksOf(m, b.mr) {
		gemmPack((*buffer)[s*size:][:size], p.a[s*b.mr:], b.aks, b.k, min(b.mr, m-s*b.mr), b.mr, 1)
	}
	p.a, p.ars, p.aks, p.ats = *buffer, 1, b.mr, size
}

// gemmPanels are the operands of the tile: row i of a starts i%mr·ars elements into strip
// i/mr, strips are ats apart, steps of k aks; column j of b starts j%nr elements into panel
// j/nr, panels are bts apart, steps of k bks.
type gemmPanels struct {
	a             []float64
	ars, aks, ats int
	b             []float64
	bks, bts      int
}

// grow returns a slice of n elements, x if it is large enough.
func grow(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// blocksOf returns the number of blocks that n is cut into.
func blocksOf(n, size int) int { return (n + size - 1) / size }
