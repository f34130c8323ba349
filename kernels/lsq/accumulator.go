package lsq

// blockRows is the number of rows that are folded into a factor at once: a block of up to
// about 128 columns stays in the second-level cache.
const blockRows = 384

// blockStride is the distance between the columns of a block. It is an odd number of cache
// lines, so that columns spread over all sets of a cache.
const blockStride = blockRows + 8

// maxChunk is above every chunk number that NewShard and Reset take. It leaves room for
// 2⁶⁰ more chunks, and for the arithmetic of the tree.
const maxChunk = 1 << 60

// ChunkRows returns the number of rows of a chunk of a problem with the given number of
// columns: about 24 times the number of columns, a multiple of 384 and at least 768. Shards
// that end where chunks end can be merged without changing a bit of the result.
//
// ChunkRows panics if cols < 1.
func ChunkRows(cols int) int {
	if cols < 1 {
		panic(badCols)
	}
	return blockRows * chunkBlocks(cols)
}

// chunkBlocks is the number of blocks of a chunk. Merging its factor with another costs
// 2n³/3 operations, 1.4 % of the chunk's own 2·24n·n², and 2 to 4 % of its time.
func chunkBlocks(cols int) int { return max(2, (24*cols+blockRows-1)/blockRows) }

const (
	badCols  = "lsq: cols < 1"
	badRHS   = "lsq: rhs < 0"
	badChunk = "lsq: chunk number out of range"
)

// An Accumulator holds what is needed of the rows of a least-squares problem to solve it:
// triangular factors, and the rows of a block that is not yet full.
//
// An Accumulator is made by New or NewShard; the zero value is for UnmarshalBinary only.
// It must not be used by several goroutines at once: give each its own and merge them.
type Accumulator struct {
	// Workers is the number of goroutines on which Append factors whole chunks;
	// GOMAXPROCS if it is not positive. It changes no bit of any result.
	Workers int

	cols, rhs int
	gram      bool
	rows      int64 // rows held, merged ones included
	appended  int64 // rows appended: the number of the next one in errors

	nodes []node  // finished chunks, in ascending order
	rest  *factor // what could not be kept by chunk number; nil if nothing

	// The open chunk. Where it has no rows, its number is above those of all nodes.
	chunk  int64
	open   *factor // of its full blocks; has meaning if blocks > 0
	blocks int
	filled int // rows in work[0].block, fewer than blockRows

	work []*workspace // [0] has the open block if filled > 0
	free []*factor    // to be used again
}

// New returns an empty accumulator for problems with the given numbers of columns and
// right-hand sides.
//
// New panics if cols < 1 or rhs < 0.
func New(cols, rhs int) *Accumulator { return NewShard(cols, rhs, 0) }

// NewShard is like New for rows that begin with the given chunk of a longer sequence, row
// firstChunk·ChunkRows(cols). If every accumulator but the last ends where a chunk ends,
// then Merge of all, in any order, gives to the bit what one accumulator that is given all
// rows holds. Chunks that were closed early by EndChunk count as well.
//
// NewShard panics if cols < 1, rhs < 0 or firstChunk is not in 0 … 2⁶⁰.
func NewShard(cols, rhs int, firstChunk int64) *Accumulator {
	if cols < 1 {
		panic(badCols)
	}
	if rhs < 0 {
		panic(badRHS)
	}
	a := &Accumulator{cols: cols, rhs: rhs}
	a.Reset(firstChunk)
	return a
}

// Reset empties a and makes firstChunk its first chunk, as NewShard does, but keeps its
// memory for further use.
//
// Reset panics if firstChunk is not in 0 … 2⁶⁰.
func (a *Accumulator) Reset(firstChunk int64) {
	if firstChunk < 0 || firstChunk > maxChunk {
		panic(badChunk)
	}
	for _, n := range a.nodes {
		a.release(n.f)
	}
	if a.rest != nil {
		a.release(a.rest)
	}
	a.nodes, a.rest = a.nodes[:0], nil
	a.chunk, a.blocks, a.filled = firstChunk, 0, 0
	a.rows, a.appended = 0, 0
}

// Cols returns the number of columns of A.
func (a *Accumulator) Cols() int { return a.cols }

// RHS returns the number of right-hand sides, the columns of B.
func (a *Accumulator) RHS() int { return a.rhs }

// Rows returns the number of rows that a holds, those of merged accumulators included.
func (a *Accumulator) Rows() int64 { return a.rows }

// EndChunk ends the open chunk before it is full, as if the rows that it lacks were zero:
// the next row begins the next chunk. It does nothing if no row was appended since the last
// chunk ended. The number of rows does not change.
//
// Work that comes in units can so be factored by unit, each in an accumulator begun by
// Reset(number of the unit), and merged in any order, with a result that depends on the
// units alone. A unit must then have at most ChunkRows rows.
func (a *Accumulator) EndChunk() {
	if a.openRows() > 0 {
		a.foldBlock()
		a.closeChunk()
	}
}

// openRows returns the number of rows of the open chunk.
func (a *Accumulator) openRows() int { return a.blocks*blockRows + a.filled }

// foldBlock folds the rows of the open block into the factor of the open chunk.
func (a *Accumulator) foldBlock() {
	if a.filled == 0 {
		return
	}
	if a.blocks == 0 {
		if a.open == nil {
			a.open = a.take()
		}
		a.open.clear()
	}
	w := a.workspace(0)
	a.open.fold(w.rows(a.filled), w)
	a.filled = 0
	a.blocks++
}

// closeChunk makes the open chunk, all of whose rows are folded, a node of the tree.
func (a *Accumulator) closeChunk() {
	f := a.open
	a.open, a.blocks = nil, 0
	a.insert(node{index: a.chunk, f: f}, a.workspace(0))
	a.chunk = max(a.chunk+1, a.end())
}

// workspace returns scratch number i, making it and those below it if need be. It may have
// no block.
func (a *Accumulator) workspace(i int) *workspace {
	for len(a.work) <= i {
		a.work = append(a.work, new(workspace))
	}
	return a.work[i]
}

// packing returns scratch number i with a block.
func (a *Accumulator) packing(i int) *workspace {
	w := a.workspace(i)
	if w.block == nil {
		places := padded(a.cols) + a.rhs
		w.block = make([]float64, blockStride*places)
		w.squares = make([]float64, squareLanes*places)
	}
	return w
}

// take returns a factor with any contents.
func (a *Accumulator) take() *factor {
	var f *factor
	if n := len(a.free); n > 0 {
		f, a.free = a.free[n-1], a.free[:n-1]
	} else {
		f = newFactor(a.cols, a.rhs)
	}
	f.gram = a.gram
	return f
}

// takeCopy returns a copy of f.
func (a *Accumulator) takeCopy(f *factor) *factor {
	c := a.take()
	c.assign(f)
	return c
}

// release gives f back for take.
func (a *Accumulator) release(f *factor) { a.free = append(a.free, f) }
