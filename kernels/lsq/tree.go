package lsq

import (
	"cmp"
	"slices"
)

// A node is the factor of the chunks index·2^level … (index+1)·2^level−1, all of them given.
type node struct {
	level uint
	index int64
	f     *factor
}

// first and end bound the chunks of n: first ≤ chunk < end.
func (n node) first() int64 { return n.index << n.level }
func (n node) end() int64   { return (n.index + 1) << n.level }

// insert adds n, whose chunks no other node has, and merges siblings while there are any.
// What nodes a then has, and their bits, depend only on the chunks that were inserted, not
// on their order.
func (a *Accumulator) insert(n node, w *workspace) { a.nodes = a.insertInto(a.nodes, n, w) }

// insertInto is insert for nodes that are not, or not yet, those of a.
func (a *Accumulator) insertInto(nodes []node, n node, w *workspace) []node {
	i, _ := slices.BinarySearchFunc(nodes, n, func(x, y node) int {
		return cmp.Compare(x.first(), y.first())
	})
	nodes = slices.Insert(nodes, i, n)
	for {
		i -= int(nodes[i].index & 1) // the lower sibling, if it is there
		if i < 0 || i+1 == len(nodes) || !siblings(nodes[i], nodes[i+1]) {
			return nodes
		}
		lower, upper := &nodes[i], nodes[i+1]
		lower.f.merge(upper.f, w)
		lower.level++
		lower.index >>= 1
		a.release(upper.f)
		nodes = slices.Delete(nodes, i+1, i+2)
	}
}

// siblings reports whether x and y are the two children of one node, x the lower.
func siblings(x, y node) bool { return x.level == y.level && x.index^1 == y.index && x.index < y.index }

// end returns the first chunk number above those of all nodes.
func (a *Accumulator) end() int64 {
	if n := len(a.nodes); n > 0 {
		return a.nodes[n-1].end()
	}
	return 0
}

// total returns the factor of all rows of o, which it does not change; a, which may be o,
// lends the scratch. Nodes and the open chunk are merged from the highest chunk down, as
// insert would if the open chunk ended now, and the rest comes last.
func (a *Accumulator) total(o *Accumulator) *factor {
	var t *factor
	add := func(f *factor) { // f is a copy
		if t != nil {
			f.merge(t, a.workspace(0))
			a.release(t)
		}
		t = f
	}
	i := len(o.nodes) - 1
	for ; i >= 0 && o.nodes[i].first() > o.chunk; i-- {
		add(a.takeCopy(o.nodes[i].f))
	}
	add(a.openFactor(o))
	for ; i >= 0; i-- {
		add(a.takeCopy(o.nodes[i].f))
	}
	if o.rest != nil {
		c := a.takeCopy(o.rest)
		t.merge(c, a.workspace(0))
		a.release(c)
	}
	return t
}

// openFactor returns what would be the factor of the open chunk of o if it ended now.
func (a *Accumulator) openFactor(o *Accumulator) *factor {
	f := a.take()
	f.clear()
	if o.blocks > 0 {
		f.assign(o.open)
	}
	if o.filled > 0 {
		w := a.packing(1)
		o.copyBlock(w)
		f.fold(w.rows(o.filled), w)
	}
	return f
}

// copyBlock copies the rows of the open block to w.
func (a *Accumulator) copyBlock(w *workspace) {
	copy(w.squares, a.work[0].squares)
	block := a.work[0].block
	for at := 0; at < len(block); at += blockStride {
		copy(w.block[at:at+a.filled], block[at:])
	}
}
