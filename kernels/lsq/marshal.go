package lsq

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
)

// ErrFormat is the error of UnmarshalBinary for data that are not those of an accumulator,
// or not all of them, or not as they were written.
var ErrFormat = errors.New("lsq: not a marshalled accumulator, or a damaged one")

// The format, version 1; integers and floats have 8 bytes, little-endian:
//
//	magic; version; cols, rhs; rows, appended; chunk, blocks, filled; flags; nodes
//	flags: 1 for a rest, 2 for NewGram
//	for each node: level, index
//	for each node, then the open chunk if blocks > 0, then the rest if there is one:
//		the columns of R down to the diagonal, those of C, the tail
//	for each column of [A B]: its entries in the open block
//	SHA-256 of all that precedes
const (
	magic       = "rapidlsq"
	version     = 1
	headerWords = 11 // magic to nodes
	maxDim      = 1 << 28

	flagRest, flagGram = 1, 2
)

// MarshalBinary returns all that a holds, Workers apart, in a format that does not depend
// on the machine. The error is always nil. MarshalBinary panics if a was not made by New.
func (a *Accumulator) MarshalBinary() ([]byte, error) {
	if a.cols == 0 {
		panic(zeroValue)
	}
	factors := a.held()
	words := headerWords + 2*len(a.nodes) + len(factors)*factorWords(a.cols, a.rhs) +
		a.filled*(a.cols+a.rhs)
	data := append(make([]byte, 0, 8*words+sha256.Size), magic...)
	put := func(v uint64) { data = binary.LittleEndian.AppendUint64(data, v) }
	put(version)
	put(uint64(a.cols))
	put(uint64(a.rhs))
	put(uint64(a.rows))
	put(uint64(a.appended))
	put(uint64(a.chunk))
	put(uint64(a.blocks))
	put(uint64(a.filled))
	flags := uint64(0)
	if a.rest != nil {
		flags |= flagRest
	}
	if a.gram {
		flags |= flagGram
	}
	put(flags)
	put(uint64(len(a.nodes)))
	for _, n := range a.nodes {
		put(uint64(n.level))
		put(uint64(n.index))
	}
	for _, x := range a.floats(factors) {
		for _, v := range x {
			put(math.Float64bits(v))
		}
	}
	sum := sha256.Sum256(data)
	return append(data, sum[:]...), nil
}

// UnmarshalBinary replaces a, Workers apart, by the accumulator that data were made from.
// It goes on to the same bits. Memory is allocated only after the lengths that data name
// were found to agree with that of data.
//
// UnmarshalBinary returns ErrFormat, and leaves a as it was, if data are cut, altered or of
// another version.
func (a *Accumulator) UnmarshalBinary(data []byte) error {
	n := len(data) - sha256.Size
	if n < 8*headerWords || n%8 != 0 || string(data[:len(magic)]) != magic {
		return ErrFormat
	}
	if sum := sha256.Sum256(data[:n]); string(sum[:]) != string(data[n:]) {
		return ErrFormat
	}
	words := n/8 - headerWords
	next := len(magic)
	get := func() uint64 {
		next += 8
		return binary.LittleEndian.Uint64(data[next-8:])
	}
	var h [headerWords - 1]uint64
	for i := range h {
		h[i] = get()
	}
	nodes := h[9]
	if h[0] != version || h[1] < 1 || h[1] > maxDim || h[2] > maxDim ||
		h[3] > math.MaxInt64 || h[4] > h[3] || h[5] > 2*maxChunk || h[8] > flagRest|flagGram ||
		nodes > uint64(words)/2 {
		return ErrFormat
	}
	words -= 2 * int(nodes)
	rest := h[8]&flagRest != 0
	b := &Accumulator{cols: int(h[1]), rhs: int(h[2]), rows: int64(h[3]), appended: int64(h[4]), gram: h[8]&flagGram != 0}
	if h[6] >= uint64(chunkBlocks(b.cols)) || h[7] >= blockRows {
		return ErrFormat
	}
	b.chunk, b.blocks, b.filled = int64(h[5]), int(h[6]), int(h[7])
	factors := int(nodes) + min(b.blocks, 1) + int(h[8]&flagRest)
	size := factorWords(b.cols, b.rhs)
	if factors > words/size || words-factors*size != b.filled*(b.cols+b.rhs) {
		return ErrFormat
	}

	b.nodes = make([]node, nodes)
	for i := range b.nodes {
		level, index := get(), get()
		if level > 60 || index > 2*maxChunk>>level {
			return ErrFormat
		}
		b.nodes[i] = node{level: uint(level), index: int64(index)}
	}
	if !b.consistent(rest) {
		return ErrFormat
	}
	for i := range b.nodes {
		b.nodes[i].f = b.take()
	}
	if b.blocks > 0 {
		b.open = b.take()
	}
	if rest {
		b.rest = b.take()
	}
	if b.filled > 0 {
		b.packing(0)
	}
	for _, x := range b.floats(b.held()) {
		for i := range x {
			x[i] = math.Float64frombits(get())
		}
	}
	if b.filled > 0 {
		b.work[0].measure(b.filled)
	}
	b.Workers = a.Workers
	*a = *b
	return nil
}

// factorWords returns the number of floats that a factor is written as.
func factorWords(cols, rhs int) int { return cols*(cols+1)/2 + cols*rhs + rhs }

// held returns the factors of a in the order in which they are written.
func (a *Accumulator) held() []*factor {
	var f []*factor
	for _, n := range a.nodes {
		f = append(f, n.f)
	}
	if a.blocks > 0 {
		f = append(f, a.open)
	}
	if a.rest != nil {
		f = append(f, a.rest)
	}
	return f
}

// floats returns the vectors of the factors and of the open block, in order.
func (a *Accumulator) floats(factors []*factor) [][]float64 {
	var x [][]float64
	for _, f := range factors {
		for j := range f.cols + f.rhs {
			x = append(x, f.column(j)[:min(j+1, f.cols)])
		}
		x = append(x, f.tail)
	}
	if a.filled > 0 {
		for j := range a.cols + a.rhs {
			x = append(x, a.work[0].block[place(a.cols, j)*blockStride:][:a.filled])
		}
	}
	return x
}

// consistent reports whether the numbers of a can be those of an accumulator: nodes in
// order, apart, and merged where they can be; the open chunk in none of them, above all of
// them if it has no rows; rows if and only if there is something to hold them.
func (a *Accumulator) consistent(rest bool) bool {
	open := int64(a.openRows())
	for i, n := range a.nodes {
		if i > 0 && (a.nodes[i-1].end() > n.first() || siblings(a.nodes[i-1], n)) {
			return false
		}
		if n.end() > a.chunk && (open == 0 || n.first() <= a.chunk) {
			return false
		}
	}
	holds := open > 0 || rest || len(a.nodes) > 0
	return a.rows >= open && holds == (a.rows > 0)
}
