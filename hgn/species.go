package hgn

import "slices"

// pairIndex numbers the unordered pairs of s species: (0,0), (0,1), (1,1),
// (0,2), … for species numbers a and b.
func pairIndex(a, b int) int {
	if a > b {
		a, b = b, a
	}
	return b*(b+1)/2 + a
}

// pairCount is the number of unordered pairs of s species.
func pairCount(s int) int { return s * (s + 1) / 2 }

// A speciesTable numbers the species that a model knows.
type speciesTable struct {
	types []int // sorted
}

// number returns the position of species s, or −1.
func (t *speciesTable) number(s int) int {
	if i, ok := slices.BinarySearch(t.types, s); ok {
		return i
	}
	return -1
}

// numbers writes the species numbers of the bodies of f into dst.
func (t *speciesTable) numbers(dst []int32, f *Frame) ([]int32, error) {
	dst = grow(dst, f.Nodes())
	for i, s := range f.Species {
		n := t.number(s)
		if n < 0 {
			return nil, f.errorf("body %d is of species %d, which the model does not know (it knows %v)", i, s, t.types)
		}
		dst[i] = int32(n)
	}
	return dst, nil
}

// edgeGroups sorts edges by pair of species: those of pair p are
// order[start[p]:start[p+1]], ascending.
type edgeGroups struct {
	start, order []int32
}

// group takes over the edges between the bodies i[k] and j[k] of the given
// species numbers.
func (e *edgeGroups) group(i, j, species []int32) {
	pair := func(k int) int { return pairIndex(int(species[i[k]]), int(species[j[k]])) }
	last := 0
	for k := range i {
		last = max(last, pair(k))
	}
	e.start = grow(e.start, last+3)
	clear(e.start)
	for k := range i {
		e.start[pair(k)+2]++
	}
	for p := 2; p < len(e.start); p++ {
		e.start[p] += e.start[p-1]
	}
	e.order = grow(e.order, len(i))
	for k := range i {
		end := &e.start[pair(k)+1]
		e.order[*end] = int32(k)
		*end++
	}
}

// pairs returns the edges of pair p of species.
func (e *edgeGroups) pairs(p int) []int32 {
	if p+1 >= len(e.start) {
		return nil
	}
	return e.order[e.start[p]:e.start[p+1]]
}
