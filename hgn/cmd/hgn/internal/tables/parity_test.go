package tables

import (
	"math"
	"testing"
)

// TestParityCount finds every finite pair in the cell that it belongs to.
func TestParityCount(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	p := Parity{Reference: []float64{-1, 1, 0.5, 0.5, nan, 0, inf}, Predicted: []float64{-1, 1, -0.5, -0.5, 0, nan, inf}}
	d := p.count(1)
	const last, low, high = cellsAcross - 1, cellsAcross / 4, 3 * cellsAcross / 4
	if d.cells[0][0] != 1 || d.cells[last][last] != 1 || d.cells[low][high] != 2 {
		t.Error("a pair is not in its cell")
	}
	sum := 0
	for _, row := range d.cells {
		for _, n := range row {
			sum += n
		}
	}
	if sum != 4 {
		t.Errorf("%d pairs, want 4", sum)
	}
}

// TestParityEmpty draws panels without pairs.
func TestParityEmpty(t *testing.T) {
	if svg, err := ParitySVG("x", []Parity{{Title: "none"}}); err != nil || len(svg) == 0 {
		t.Error(err)
	}
}
