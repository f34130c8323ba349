package lsq

import (
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

const (
	badA      = "lsq: bad shape of a"
	badB      = "lsq: bad shape of b"
	badRows   = "lsq: a and b have different numbers of rows"
	badW      = "lsq: len(w) is not the number of rows"
	zeroValue = "lsq: accumulator was not made by New"
)

// Append adds rows to the problem: A gains the rows of a, B those of b.
//
// Shapes: a is k×cols, b is k×rhs, k ≥ 0; row-major, any stride; with rhs = 0, b may be the
// zero value. They may overlap, and are neither changed nor kept.
//
// The result depends on the sequence of rows, not on how it is cut into calls. Chunks that
// lie wholly in one call are factored on Workers goroutines, so calls with several times
// ChunkRows rows are the fastest.
//
// If an entry is NaN or infinite, Append returns a *RowError that names the first such row,
// and the accumulator is as it was. Append panics, before changing anything, if a shape
// does not match.
func (acc *Accumulator) Append(a, b blas64.General) error {
	return acc.append(input{a, b, nil})
}

// AppendWeighted is like Append with row i of a and of b multiplied by w[i], so that the
// square of its residual counts w[i]² times. A weight of 0 adds a row of zeros, which
// counts in Rows.
//
// It returns a *RowError also where a weight is negative or not finite, and where a product
// overflows. It panics also if len(w) is not the number of rows.
func (acc *Accumulator) AppendWeighted(a, b blas64.General, w []float64) error {
	if len(w) != a.Rows {
		panic(badW)
	}
	return acc.append(input{a, b, w})
}

func (a *Accumulator) append(in input) error {
	if a.cols == 0 {
		panic(zeroValue)
	}
	in.check(a.cols, a.rhs)
	// The open chunk and whole chunks come from rows 0 … head−1 and head … tail−1. Nothing
	// that a holds is changed before all rows are known to be good.
	size, n := ChunkRows(a.cols), in.rows()
	head := 0
	if open := a.openRows(); open > 0 {
		head = min(n, size-open)
	}
	whole := (n - head) / size
	tail := head + whole*size
	if err := a.validate(in, 0, head); err != nil {
		return err
	}
	first := a.chunk
	if head > 0 { // it ends the open chunk, if there are more
		first = max(first+1, a.end())
	}
	var nodes []node
	var err error
	if whole > 0 {
		nodes, err = a.factorChunks(in, head, first, whole)
	}
	if err == nil {
		err = a.validate(in, tail, n)
	}
	if err != nil {
		for _, x := range nodes {
			a.release(x.f)
		}
		return err
	}
	a.rows += int64(n)
	a.appended += int64(n)
	a.fill(in, 0, head)
	for _, x := range nodes {
		a.insert(x, a.workspace(0))
	}
	if whole > 0 {
		a.chunk = first + int64(whole)
	}
	a.fill(in, tail, n)
	return nil
}

// fill appends the rows at … end−1 of in to the open chunk, which has room for them.
func (a *Accumulator) fill(in input, at, end int) {
	for at < end {
		k := min(blockRows-a.filled, end-at)
		w := a.packing(0)
		w.pack(in, at, k, a.filled)
		a.filled += k
		at += k
		if a.filled == blockRows {
			w.ahead.expect(in.a, at, min(blockRows, end-at))
			a.foldBlock()
			w.ahead = nil
			if a.blocks == chunkBlocks(a.cols) {
				a.closeChunk()
			}
		}
	}
}

// factorChunks returns the nodes that the rows of in from at on make, which are chunks
// first … first+chunks−1, or the *RowError of the first row that is not acceptable.
func (a *Accumulator) factorChunks(in input, at int, first int64, chunks int) ([]node, error) {
	size := ChunkRows(a.cols)
	from := 0
	if a.filled > 0 { // workspace 0 has the open block
		from = 1
	}
	workers := parallel.Workers(chunks, a.Workers)
	for worker := range workers {
		a.packing(from + worker)
	}
	var (
		mu    sync.Mutex // guards the rest, and a.free
		nodes []node
		err   error
		bad   = chunks // the chunk that err is of
	)
	parallel.Blocks(chunks, a.Workers, func(worker, chunk int) {
		mu.Lock()
		if chunk > bad {
			mu.Unlock()
			return
		}
		f := a.take()
		mu.Unlock()
		f.clear()
		w := a.work[from+worker]
		var e error
		for i := at + chunk*size; i < at+(chunk+1)*size && e == nil; i += blockRows {
			w.pack(in, i, blockRows, 0)
			if !w.finite() || !in.plainWeights(i, i+blockRows) {
				e = a.validate(in, i, i+blockRows)
			}
			if e == nil {
				next := i + blockRows
				if next == at+(chunk+1)*size {
					next += (workers - 1) * size // the next chunk of this worker, if they keep step
				}
				w.ahead.expect(in.a, next, blockRows)
				f.fold(w.rows(blockRows), w)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case e == nil:
			nodes = a.insertInto(nodes, node{index: first + int64(chunk), f: f}, w)
		case chunk < bad:
			err, bad = e, chunk
			fallthrough
		default:
			a.release(f)
		}
	})
	for worker := range workers {
		a.work[from+worker].ahead = nil
	}
	return nodes, err
}

// input is the rows of one call.
type input struct {
	a, b blas64.General
	w    []float64 // nil: all 1
}

func (in input) rows() int { return in.a.Rows }

// check panics if in does not have the given shape.
func (in input) check(cols, rhs int) {
	if !hasShape(in.a, cols) {
		panic(badA)
	}
	if rhs == 0 && in.b.Cols == 0 {
		return
	}
	if !hasShape(in.b, rhs) {
		panic(badB)
	}
	if in.a.Rows != in.b.Rows {
		panic(badRows)
	}
}

// hasShape reports whether m has cols columns, and all of its data.
func hasShape(m blas64.General, cols int) bool {
	return m.Rows >= 0 && m.Cols == cols && m.Stride >= cols &&
		(m.Rows == 0 || len(m.Data)-cols >= 0 && (len(m.Data)-cols)/max(1, m.Stride) >= m.Rows-1)
}

// from returns the rows of in from number at on.
func (in input) from(at int) input {
	if in.w != nil {
		in.w = in.w[at:]
	}
	return input{rowsFrom(in.a, at), rowsFrom(in.b, at), in.w}
}

func rowsFrom(m blas64.General, at int) blas64.General {
	if m.Cols > 0 {
		m.Data = m.Data[min(at*m.Stride, len(m.Data)):]
	}
	m.Rows -= at
	return m
}
