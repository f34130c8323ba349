package gemm

import "github.com/rapidhgn/rapidhgn/internal/parallel"

// RunTriangle computes those elements of the product, whose C is square, that lie on the
// diagonal and above, or below if upper is false, with the bits of Run. It neither reads nor
// writes the others. same tells that A is the transpose of B.
func (g *Product) RunTriangle(upper, same bool, workers int) {
	if g.N <= 0 {
		return
	}
	g.annotateTriangle(upper)
	if g.Alpha == 0 || g.K <= 0 {
		g.scaleTriangle(upper)
		return
	}
	if g.M*g.N < 2*parallelFrom/g.K {
		workers = 1
	}
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	mr, nr, depth := tileSize()
	if nr%line != 0 {
		depth /= 2 // L1 is to hold a panel of rows, as wide as one of columns, beside it
	}
	depth = evenly(g.K, depth, 1)
	for p := 0; p < g.K; p += depth {
		b := &w.triangle
		*b = triangle{Product: *g, w: w, mr: mr, nr: nr, upper: upper, shared: same && g.Alpha == 1}
		b.cut(p, min(depth, g.K-p), 0, g.N)
		b.direct = b.ARS == 1 && b.BCS == 1 && b.Alpha == 1 && nr%line == 0 && max(b.AKS, b.BKS) <= directStride
		b.run(workers)
		*b = triangle{} // keeps no operand alive
	}
}

func (g *Product) scaleTriangle(upper bool) {
	for i := range g.N {
		row := Product{M: 1, N: i + 1, Beta: g.Beta, C: g.C[i*g.LDC:], LDC: g.LDC}
		if upper {
			row.N, row.C = g.N-i, row.C[i:]
		}
		row.scale()
	}
}

// triangle is the part of a product that is computed with one packing: all rows and columns,
// and some steps of k. Rows of A are packed as columns of B are, so that panels of both have
// the diagonal in common.
type triangle struct {
	Product
	w      *workspace
	mr, nr int
	upper  bool
	shared bool // the panels of A are those of B
	direct bool // both lie well enough to be used as they are

	together int // panels of rows that a task computes
}

func (b *triangle) run(workers int) {
	count := blocksOf(b.N, b.nr)
	b.together = rowsTogether
	if workers != 1 {
		b.together = min(b.together, max(1, count/tasksWanted))
	}
	tasks := blocksOf(count, b.together)
	packs := 0
	workers = parallel.Workers(tasks, workers)
	b.w.reserve(workers)
	if !b.direct {
		packs = blocksOf(count, panelsPacked)
		b.w.b = grow(b.w.b, count*b.K*b.nr)
		if !b.shared {
			b.w.a = grow(b.w.a, count*b.K*b.nr)
		}
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

// pack packs some panels of both operands.
func (b *triangle) pack(_, t int) {
	b.packPanelsOfB(b.w.b, b.nr, t)
	if !b.shared {
		b.packPanelsOfA(b.w.a, b.nr, t)
	}
}

// task computes some panels of rows, those with the longest rows first: panel of columns by
// panel of columns, so that one that has come to L2 serves them all.
func (b *triangle) task(worker, t int) {
	count := blocksOf(b.N, b.nr)
	first, last := t*b.together, min((t+1)*b.together, count)
	from, to := first, count
	if !b.upper {
		first, last = count-last, count-first
		from, to = 0, last
	}
	for col := from; col < to; col++ {
		for row := first; row < last; row++ {
			if row == col || (row < col) == b.upper {
				b.tile(worker, row, col)
			}
		}
	}
}

// tile computes the elements where a panel of rows and one of columns meet.
func (b *triangle) tile(worker, row, col int) {
	p := b.panels(row, col)
	m, n := min(b.nr, b.N-row*b.nr), min(b.nr, b.N-col*b.nr)
	c := b.C[row*b.nr*b.LDC+col*b.nr:]
	if row != col {
		tile(m, n, b.K, &p, c, b.LDC, b.Beta, false)
		return
	}
	square := &b.w.workers[worker]
	*square = grow(*square, b.nr*b.nr)
	for i := range n {
		from, to := b.within(i, n)
		copy((*square)[i*b.nr+from:][:to-from], c[i*b.LDC+from:])
	}
	for i := 0; i < n; i += b.mr { // what lies beyond the diagonal by a strip is not computed
		strip, from, to := p, i, n
		if !b.upper {
			from, to = 0, min(n, i+b.mr)
		}
		strip.a, strip.b = p.a[i:], p.b[from:]
		tile(min(b.mr, n-i), to-from, b.K, &strip, (*square)[i*b.nr+from:], b.nr, b.Beta, false)
	}
	for i := range n {
		from, to := b.within(i, n)
		copy(c[i*b.LDC+from:][:to-from], (*square)[i*b.nr+from:])
	}
}

// panels returns where a panel of rows and one of columns lie.
func (b *triangle) panels(row, col int) panels {
	if b.direct {
		return panels{a: b.A[row*b.nr:], ars: 1, aks: b.AKS, ats: b.mr, b: b.B[col*b.nr:], bks: b.BKS, bts: b.nr}
	}
	size := b.K * b.nr
	p := panels{a: b.w.b[row*size:], ars: 1, aks: b.nr, ats: b.mr, b: b.w.b[col*size:], bks: b.nr, bts: size}
	if !b.shared {
		p.a = b.w.a[row*size:]
	}
	return p
}

// within returns the columns of row i of n that are in the triangle.
func (b *triangle) within(i, n int) (from, to int) {
	if b.upper {
		return i, n
	}
	return 0, i + 1
}
