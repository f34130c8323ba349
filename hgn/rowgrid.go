package hgn

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// Cells of a rowGrid per reach, along rows and across.
const (
	cellsAlong  = 8
	cellsAcross = 1
)

// A rowGrid sorts bodies into rows of cells along x. Its memory is linear in the cells,
// of which there are not many more than bodies.
type rowGrid struct {
	sparse bool // bodies are too far apart for a grid

	length  [3]float64   // of periodic directions, 0 for others
	count   [3]int       // cells
	scale   [3]float64   // cells per unit of length
	slack   float64      // rounding of coordinates
	limit   float64      // square of the reach, and rounding
	wrapped [][3]float64 // by body, from the corner of the grid
	cell    []int32      // by body
	start   []int32      // by cell, its first place; one more at the end
}

// place checks positions, brings them into the box and chooses the cells.
func (g *rowGrid) place(q []float64, dim int, box *Box, periodic bool, reach float64) error {
	n := len(q) / dim
	g.sparse = false
	g.wrapped = grow(g.wrapped, n)
	clear(g.wrapped)
	if periodic {
		if err := box.check(dim, reach); err != nil {
			return err
		}
	}
	im := box.image(periodic)
	g.length = im.length
	cells, slack := 1.0, 0x1p-50*reach
	for a := range 3 {
		g.count[a], g.scale[a] = 1, 0
		if a >= dim {
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range n {
			x := q[i*dim+a]
			if x-x != 0 {
				return fmt.Errorf("coordinate %s of body %d is %v", directionNames[a], i, x)
			}
			if length := im.length[a]; length > 0 {
				y := x - box.Lo[a]
				images := math.Floor(y * im.inverse[a])
				if !(math.Abs(images) < farImages) {
					return fmt.Errorf("coordinate %s of body %d, %v, is too far outside the box", directionNames[a], i, x)
				}
				slack = max(slack, 8*0x1p-53*math.Abs(y))
				x = min(max(math.FMA(-length, images, y), 0), length)
			}
			g.wrapped[i][a] = x
			lo, hi = min(lo, x), max(hi, x)
		}
		extent, per := im.length[a], float64(cellsAcross)
		if a == 0 {
			per = cellsAlong
		}
		if extent == 0 { // from the lowest body to the highest
			extent = hi - lo
			for i := range n {
				g.wrapped[i][a] -= lo
			}
			slack = max(slack, 8*0x1p-53*max(math.Abs(lo), math.Abs(hi)))
		}
		count := max(1, math.Floor(extent*per/(reach*(1+0x1p-20))))
		if cells *= count; !(cells < 64*float64(n)+4096) {
			g.sparse = true
			return nil
		}
		g.count[a] = int(count)
		if extent > 0 {
			g.scale[a] = count / extent
		}
	}
	g.slack = slack
	outer := float64(reach*(1+0x1p-40)) + slack
	g.limit = outer * outer
	return nil
}

// index is the cell of coordinate x in direction a, within the grid.
func (g *rowGrid) index(a int, x float64) int {
	return min(max(int(x*g.scale[a]), 0), g.count[a]-1)
}

// sort writes the bodies by cell, ascending in each, into order.
func (g *rowGrid) sort(order []int32) {
	g.cell = grow(g.cell, len(order))
	g.start = grow(g.start, g.count[0]*g.count[1]*g.count[2]+1)
	clear(g.start)
	for i := range order {
		x := &g.wrapped[i]
		c := int32((g.index(2, x[2])*g.count[1]+g.index(1, x[1]))*g.count[0] + g.index(0, x[0]))
		g.cell[i] = c
		g.start[c+1]++
	}
	for c := range len(g.start) - 1 {
		g.start[c+1] += g.start[c]
	}
	for i, c := range g.cell { // start[c] moves to the end of c, and back below
		order[g.start[c]] = int32(i)
		g.start[c]++
	}
	copy(g.start[1:], g.start[:len(g.start)-1])
	g.start[0] = 0
}

// rowsAround is how many rows on each side of one are within reach.
const rowsAround = cellsAcross

// windows writes where all bodies within reach of some of one row are into dst, reusing its
// memory: of those whose coordinates in x lie between from and to. X, Y and Z are what is
// to be added to the coordinates of a body to see it from there.
func (g *rowGrid) windows(dst []pair.Window, row int, from, to float64) []pair.Window {
	dst = dst[:0]
	var around [2][2*rowsAround + 1]lane // y and z
	var lanes [2]int
	for a, own := range [2]int{row % g.count[1], row / g.count[1]} {
		lanes[a] = g.lanes(&around[a], a+1, own)
	}
	half := math.Sqrt(g.limit) + g.slack
	first, last := int(math.Floor((from-half)*g.scale[0])), int(math.Floor((to+half)*g.scale[0]))
	if g.length[0] == 0 {
		first, last = max(first, 0), min(last, g.count[0]-1)
	}
	for _, z := range around[1][:lanes[1]] {
		for _, y := range around[0][:lanes[0]] {
			row := (z.index*g.count[1] + y.index) * g.count[0]
			for c := first; c <= last; {
				image, index := divide(c, g.count[0])
				end := min(index+last-c, g.count[0]-1)
				w := pair.Window{
					First: int(g.start[row+index]), Last: int(g.start[row+end+1]),
					X: -float64(image) * g.length[0], Y: y.shift, Z: z.shift,
				}
				if w.First < w.Last {
					dst = append(dst, w)
				}
				c += end - index + 1
			}
		}
	}
	return dst
}

// A lane is the place of rows in one direction, and what bodies are moved by to be seen
// from there.
type lane struct {
	index int
	shift float64
}

// lanes writes those around one in direction a and returns their number.
func (g *rowGrid) lanes(dst *[2*rowsAround + 1]lane, a, own int) (n int) {
	if g.scale[a] == 0 {
		dst[0] = lane{}
		return 1
	}
	for c := own - rowsAround; c <= own+rowsAround; c++ {
		image, index := divide(c, g.count[a])
		if image != 0 && g.length[a] == 0 {
			continue
		}
		dst[n] = lane{index, -float64(image) * g.length[a]}
		n++
	}
	return n
}

// divide returns the quotient of i and n, rounded down, and the rest.
func divide(i, n int) (quotient, rest int) {
	quotient, rest = i/n, i%n
	if rest < 0 {
		quotient, rest = quotient-1, rest+n
	}
	return quotient, rest
}
