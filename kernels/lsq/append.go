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
	if err := a.validate(in); err != nil {
		return err
	}
	n := in.rows()
	a.rows += int64(n)
	a.appended += int64(n)

	at := 0
	if a.openRows() > 0 {
		at = a.fill(in)
	}
	if whole := (n - at) / ChunkRows(a.cols); whole > 0 {
		a.factorChunks(in.from(at), whole)
		at += whole * ChunkRows(a.cols)
	}
	if at < n {
		a.fill(in.from(at))
	}
	return nil
}

// fill appends rows of in to the open chunk until it or in is exhausted, and returns the
// number of rows it took.
func (a *Accumulator) fill(in input) int {
	at := 0
	for at < in.rows() {
		k := min(blockRows-a.filled, in.rows()-at)
		in.pack(a.workspace(0).block[a.filled:], at, k)
		a.filled += k
		at += k
		if a.filled == blockRows {
			a.foldBlock()
			if a.blocks == chunkBlocks(a.cols) {
				a.closeChunk()
				break
			}
		}
	}
	return at
}

// factorChunks appends the first chunks·ChunkRows rows of in. The open chunk has no rows.
func (a *Accumulator) factorChunks(in input, chunks int) {
	size := ChunkRows(a.cols)
	a.workspace(parallel.Workers(chunks, a.Workers) - 1)
	var mu sync.Mutex // guards the tree and a.free
	parallel.Blocks(chunks, a.Workers, func(worker, chunk int) {
		mu.Lock()
		f := a.take()
		mu.Unlock()
		f.clear()
		w := a.work[worker]
		for at := chunk * size; at < (chunk+1)*size; at += blockRows {
			in.pack(w.block, at, blockRows)
			f.fold(w.rows(blockRows), w)
		}
		mu.Lock()
		defer mu.Unlock()
		a.insert(node{index: a.chunk + int64(chunk), f: f}, w)
	})
	a.chunk += int64(chunks)
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

// pack writes the rows at … at+n−1 of in, weighted, to the columns of a block.
func (in input) pack(block []float64, at, n int) {
	transpose(block, in.a, at, n)
	if in.b.Cols > 0 {
		transpose(block[padded(in.a.Cols)*blockStride:], in.b, at, n)
	}
	if in.w == nil {
		return
	}
	w := in.w[at:][:n]
	for j := range padded(in.a.Cols) + in.b.Cols {
		column := block[j*blockStride:][:n]
		for i, v := range w {
			column[i] *= v
		}
	}
}

// transpose copies the rows at … at+n−1 of m to columns with stride blockStride, four rows
// at a time, so that what it writes of a column lies together.
func transpose(dst []float64, m blas64.General, at, n int) {
	row := func(i int) []float64 { return m.Data[(at+i)*m.Stride:][:m.Cols] }
	i := 0
	for ; i+4 <= n; i += 4 {
		r0, r1, r2, r3 := row(i), row(i+1), row(i+2), row(i+3)
		for j := range r0 {
			d := (*[4]float64)(dst[j*blockStride+i:])
			d[0], d[1], d[2], d[3] = r0[j], r1[j], r2[j], r3[j]
		}
	}
	for ; i < n; i++ {
		for j, v := range row(i) {
			dst[j*blockStride+i] = v
		}
	}
}
