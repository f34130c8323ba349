package trajectory

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// checkBox returns what is wrong with a box of dim dimensions, or "".
func checkBox(b *hgn.Box, dim int) string {
	if b.Tilted() {
		if v := volume(b, dim); !(v > 0 && finite(v)) {
			return fmt.Sprintf("a tilted box of volume %v", v)
		}
		return ""
	}
	for a := range dim {
		if lo, hi := b.Lo[a], b.Hi[a]; hi < lo || hi == lo && b.Periodic[a] || !finite(hi-lo) {
			return fmt.Sprintf("the box from %v to %v has no length", lo, hi)
		}
	}
	return ""
}

// volume is that of a box of dim dimensions.
func volume(b *hgn.Box, dim int) float64 {
	if !b.Tilted() {
		v := 1.0
		for a := range dim {
			v *= b.Length(a)
		}
		return v
	}
	m := b.Vectors
	for a := dim; a < 3; a++ {
		m[a][a] = 1
	}
	det := 0.0
	for a := range 3 {
		b, c := (a+1)%3, (a+2)%3
		det += m[0][a] * (m[1][b]*m[2][c] - m[1][c]*m[2][b])
	}
	return math.Abs(det)
}
