package hgn

import (
	"fmt"
	"math"
	"math/bits"
)

// Limits of the cell list. Cell numbers stay below maxCells, so that a coordinate
// in units of cells is rounded by less than 2⁻¹², and cellMargin, by which a cell is
// wider than the cutoff, is more than that.
const (
	maxCells   = 1 << 40
	cellMargin = 0x1p-10
)

// cell is the number of a cell in each direction.
type cell [3]int64

// neighborList finds all pairs closer than a cutoff with cells as wide as the
// cutoff, numbered in the order in which bodies first appear in them and found
// again by hashing: memory is linear in the bodies however far apart they are. The
// zero value is ready; memory is kept from one build to the next. Not for
// concurrent use.
type neighborList struct {
	dim   int
	image image
	count [3]int64   // cells per direction, 0 where the direction does not repeat
	scale [3]float64 // cells per unit of length
	inner float64    // squares of the cutoff less and plus the rounding of wrapped
	outer float64    // positions: only between them do the given positions decide

	wrapped  [][3]float64 // per body, in [0, length] where periodic
	cellOf   []int32      // per body
	cells    []cell       // the occupied cells
	table    []int32      // hash table: index in cells plus 1, or 0
	start    []int32      // per cell, its first slot; one more at the end
	body     []int32      // per slot, ascending in each cell
	position [][3]float64 // per slot, wrapped

	reach      []reach // the cells around each that come no later in cells
	reachStart []int   // per cell, its first element of reach; one more at the end

	slots   []int32    // candidates in one cell
	squares []float64  // and their squared distances
	ends    [2][]int32 // the pairs found, lower and higher number, in no order
	halfway bool       // whether one may have come as two images
	sorted  [2][]int32 // the pairs by higher number
	next    []int      // per body, where its next pair goes
}

// reach is a cell near another one, and the number of its image.
type reach struct {
	cell  int32
	image int32 // (1+a) + 3(1+b) + 9(1+c) for the image a, b, c lengths away
}

// build makes g the graph of all pairs with |reduce(q_j − q_i)| < cutoff, reusing
// the memory of g. An error says what is wrong without saying in which frame, and
// leaves g as it was. The length of q must be a multiple of dim.
func (l *neighborList) build(g *Graph, q []float64, dim int, box *Box, periodic bool, cutoff float64) error {
	nodes := len(q) / dim
	if err := l.prepare(nodes, dim, box, periodic, cutoff); err != nil {
		return err
	}
	if err := l.wrap(q, box, cutoff); err != nil {
		return err
	}
	l.sortIntoCells()
	l.findReach()
	l.collect(q, cutoff)
	l.writeGraph(g, nodes)
	return nil
}

// prepare checks what does not depend on positions and resets l.
func (l *neighborList) prepare(nodes, dim int, box *Box, periodic bool, cutoff float64) error {
	if err := checkReach(cutoff); err != nil {
		return err
	}
	if nodes >= math.MaxInt32 {
		return fmt.Errorf("%d bodies are more than a graph can hold", nodes)
	}
	l.dim, l.image = dim, image{}
	l.count, l.scale = [3]int64{}, [3]float64{}
	if periodic {
		if err := box.check(dim, cutoff); err != nil {
			return err
		}
		l.image = box.image(true)
	}
	l.wrapped = grow(l.wrapped, nodes)
	clear(l.wrapped) // coordinates beyond dim are 0
	l.cellOf = grow(l.cellOf, nodes)
	l.body = grow(l.body, nodes)
	l.position = grow(l.position, nodes)
	l.slots = grow(l.slots, nodes)
	l.squares = grow(l.squares, nodes)
	l.next = grow(l.next, nodes)
	return nil
}

// checkReach returns an error unless bodies can be closer than cutoff.
func checkReach(cutoff float64) error {
	if !(cutoff > 0) {
		return fmt.Errorf("cutoff %v is not positive", cutoff)
	}
	if square := cutoff * cutoff; !(square >= 0x1p-1022) || math.IsInf(square, 1) {
		return fmt.Errorf("the square of cutoff %v cannot be represented", cutoff)
	}
	return nil
}

// wrap checks the positions, brings them into the box and sets the width of cells.
func (l *neighborList) wrap(q []float64, box *Box, cutoff float64) error {
	slack := 0x1p-50 * cutoff // covers the rounding of the squared distances in collect
	for a := range l.dim {
		length := l.image.length[a]
		farthest := length
		for i := range l.wrapped {
			x := q[i*l.dim+a]
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("coordinate %s of body %d is %v", directionNames[a], i, x)
			}
			if length > 0 {
				x -= box.Lo[a]
				images := math.Floor(x * l.image.inverse[a])
				if !(math.Abs(images) < farImages) {
					return fmt.Errorf("coordinate %s of body %d, %v, is too far outside the box", directionNames[a], i, q[i*l.dim+a])
				}
				farthest = max(farthest, math.Abs(x))
				x = min(max(math.FMA(-length, images, x), 0), length)
			}
			l.wrapped[i][a] = x
		}
		if length > 0 {
			// A wrapped difference and the reduced one are each rounded three times.
			slack = max(slack, 8*0x1p-53*farthest)
		}
	}
	for a := range l.dim {
		width := float64(cutoff*(1+cellMargin)) + slack
		l.scale[a] = 1 / width
		if length := l.image.length[a]; length > 0 {
			n := max(1, math.Floor(min(length/width, maxCells)))
			l.count[a], l.scale[a] = int64(n), n/length
		}
	}
	inner, outer := max(cutoff-2*slack, 0), cutoff+2*slack
	l.inner, l.outer = inner*inner, outer*outer
	return nil
}

// sortIntoCells numbers the occupied cells and sorts the bodies by cell.
func (l *neighborList) sortIntoCells() {
	l.cells = l.cells[:0]
	l.table = grow(l.table, 1<<bits.Len(uint(2*len(l.wrapped))))
	clear(l.table)
	for i := range l.wrapped {
		var c cell
		for a := range l.dim {
			x := math.Floor(l.wrapped[i][a] * l.scale[a])
			if n := l.count[a]; n > 0 {
				c[a] = min(int64(x), n-1)
			} else {
				c[a] = int64(min(max(x, -maxCells), maxCells))
			}
		}
		slot := l.find(c)
		if l.table[slot] == 0 {
			l.cells = append(l.cells, c)
			l.table[slot] = int32(len(l.cells))
		}
		l.cellOf[i] = l.table[slot] - 1
	}
	l.start = grow(l.start, len(l.cells)+1)
	clear(l.start)
	for _, c := range l.cellOf {
		l.start[c+1]++
	}
	for c := range l.cells {
		l.start[c+1] += l.start[c]
	}
	for i, c := range l.cellOf { // start[c] moves to the end of c, and back below
		slot := l.start[c]
		l.start[c]++
		l.body[slot], l.position[slot] = int32(i), l.wrapped[i]
	}
	copy(l.start[1:], l.start[:len(l.cells)])
	l.start[0] = 0
}

// find returns where c is in the hash table, or the empty place where it belongs.
func (l *neighborList) find(c cell) int {
	h := uint64(c[0])*0x9e3779b97f4a7c15 + uint64(c[1])*0xc2b2ae3d27d4eb4f + uint64(c[2])*0x165667b19e3779f9
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	mask := len(l.table) - 1
	for slot := int(h>>32) & mask; ; slot = (slot + 1) & mask {
		if id := l.table[slot]; id == 0 || l.cells[id-1] == c {
			return slot
		}
	}
}

// findReach lists the cells around every occupied one, of two cells the earlier one
// around the later one. With one or two cells in a direction a cell comes there as
// several images.
func (l *neighborList) findReach() {
	l.reach = l.reach[:0]
	l.reachStart = append(l.reachStart[:0], 0)
	var span [3]int64
	for a := range l.dim {
		span[a] = 1
	}
	for k, c := range l.cells {
		for z := -span[2]; z <= span[2]; z++ {
			for y := -span[1]; y <= span[1]; y++ {
				for x := -span[0]; x <= span[0]; x++ {
					other, images := cell{c[0] + x, c[1] + y, c[2] + z}, [3]int32{}
					for a, n := range l.count {
						switch {
						case n == 0:
						case other[a] < 0:
							other[a], images[a] = other[a]+n, -1
						case other[a] >= n:
							other[a], images[a] = other[a]-n, 1
						}
					}
					if id := l.table[l.find(other)]; id > 0 && int(id) <= k+1 {
						l.reach = append(l.reach, reach{id - 1, 13 + images[0] + 3*images[1] + 9*images[2]})
					}
				}
			}
		}
		l.reachStart = append(l.reachStart, len(l.reach))
	}
}

// collect finds the pairs. Wrapped positions decide where rounding cannot change
// the answer, the reduced difference of the given ones where it could.
func (l *neighborList) collect(q []float64, cutoff float64) {
	var shift [27][3]float64
	for s := range shift {
		for a, code := 0, s; a < l.dim; a, code = a+1, code/3 {
			shift[s][a] = float64(code%3-1) * l.image.length[a]
		}
	}
	lower, higher := l.ends[0][:0], l.ends[1][:0]
	l.halfway = false
	for c := range l.cells {
		around := l.reach[l.reachStart[c]:l.reachStart[c+1]]
		for slot := l.start[c]; slot < l.start[c+1]; slot++ {
			for _, near := range around {
				first, last := l.start[near.cell], l.start[near.cell+1]
				if int(near.cell) == c {
					last = slot
				}
				n := l.candidates(first, last, l.position[slot], shift[near.image])
				for k, other := range l.slots[:n] {
					i, j := l.body[other], l.body[slot]
					if !(l.squares[k] < l.inner) {
						if !l.closer(q, i, j, cutoff*cutoff) {
							continue
						}
						l.halfway = true
					}
					lower, higher = append(lower, min(i, j)), append(higher, max(i, j))
				}
			}
		}
	}
	l.ends = [2][]int32{lower, higher}
}

// candidates writes the slots from first to last whose image, shift away, is not
// farther from x than the cutoff and rounding, and returns their number.
func (l *neighborList) candidates(first, last int32, x, shift [3]float64) (n int) {
	x0, x1, x2 := x[0]-shift[0], x[1]-shift[1], x[2]-shift[2]
	positions := l.position[first:last]
	slots, squares, outer := l.slots[:len(positions)], l.squares[:len(positions)], l.outer
	for k := range positions {
		p := &positions[k]
		dx, dy, dz := x0-p[0], x1-p[1], x2-p[2]
		square := dx*dx + dy*dy + dz*dz
		slots[n], squares[n] = first+int32(k), square
		if square <= outer {
			n++
		}
	}
	return n
}

// closer reports whether the squared distance of the bodies i and j is below square.
func (l *neighborList) closer(q []float64, i, j int32, square float64) bool {
	sum := 0.0
	for a := range l.dim {
		d := l.image.reduce(a, q[int(j)*l.dim+a]-q[int(i)*l.dim+a])
		sum += float64(d * d)
	}
	return sum < square
}

// writeGraph sorts the pairs into g, by two counting sorts.
func (l *neighborList) writeGraph(g *Graph, nodes int) {
	edges := len(l.ends[0])
	for k := range l.sorted {
		l.sorted[k] = grow(l.sorted[k], edges)
	}
	g.Nodes = nodes
	g.Senders = grow(g.Senders, edges)
	g.Receivers = grow(g.Receivers, edges)
	l.sortPairs(l.sorted[0], l.sorted[1], l.ends[0], l.ends[1], l.ends[1])
	l.sortPairs(g.Senders, g.Receivers, l.sorted[0], l.sorted[1], l.sorted[0])
	if !l.halfway {
		return
	}
	n := 0
	for k, i := range g.Senders {
		if j := g.Receivers[k]; n == 0 || g.Senders[n-1] != i || g.Receivers[n-1] != j {
			g.Senders[n], g.Receivers[n] = i, j
			n++
		}
	}
	g.Senders, g.Receivers = g.Senders[:n], g.Receivers[:n]
}

// sortPairs writes the pairs (senders, receivers) in the order of keys, of which
// there is one per pair, equal ones in the order they have.
func (l *neighborList) sortPairs(toSenders, toReceivers, senders, receivers, keys []int32) {
	next := l.next
	clear(next)
	for _, i := range keys {
		next[i]++
	}
	sum := 0
	for i, n := range next {
		next[i] = sum
		sum += n
	}
	for k, i := range keys {
		e := next[i]
		next[i]++
		toSenders[e], toReceivers[e] = senders[k], receivers[k]
	}
}
