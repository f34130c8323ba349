package hgn

import (
	"errors"
	"fmt"
	"math"
)

// A Box is a box of up to three dimensions. Its edges are along the axes, from Lo to
// Hi, unless it is tilted.
type Box struct {
	Lo, Hi   [3]float64 // opposite corners
	Periodic [3]bool    // whether the box repeats in each direction, in that of each edge if it is tilted

	// Vectors are the edges of a tilted box, which begin at Lo and sum up to Hi − Lo.
	// They are 0 for a box along the axes. Models refuse tilted boxes that they would
	// have to repeat.
	Vectors [3][3]float64
}

// Tilted says whether the box has edges that are not along the axes.
func (b *Box) Tilted() bool { return b.Vectors != [3][3]float64{} }

// Length is the edge in direction a of a box that is not tilted.
func (b *Box) Length(a int) float64 { return b.Hi[a] - b.Lo[a] }

// Reduce returns the periodic image of the difference x in direction a that is
// nearest to 0; x itself where the box does not repeat. The length must be positive.
// It is exact up to one rounding; of two images equally near it is either. The box
// must not be tilted.
func (b *Box) Reduce(a int, x float64) float64 {
	if !b.Periodic[a] {
		return x
	}
	var im image
	im.length[a] = b.Length(a)
	im.inverse[a] = 1 / im.length[a]
	return im.reduce(a, x)
}

// directionNames are the names of the directions in messages.
var directionNames = [3]string{"x", "y", "z"}

// check returns an error unless the periodic ones of the first dim directions have
// lengths that can be divided by, and at least twice cutoff if that is not 0, in a box
// that is not tilted.
func (b *Box) check(dim int, cutoff float64) error {
	if b.Tilted() {
		return errors.New("the box is tilted, which is not supported")
	}
	for a := range dim {
		if !b.Periodic[a] {
			continue
		}
		length := b.Length(a)
		if !(length >= 0x1p-1022) || math.IsInf(length, 1) {
			return fmt.Errorf("the box has a length of %v in %s", length, directionNames[a])
		}
		if cutoff > length/2 {
			return fmt.Errorf("cutoff %v is larger than half the box, %.6g, in %s", cutoff, length/2, directionNames[a])
		}
	}
	return nil
}

// image holds what the reduction of a difference to its nearest periodic image
// needs, per direction; zero where the direction is not periodic.
type image struct {
	length  [3]float64
	inverse [3]float64
}

// image returns the reduction for b, the identity unless periodic. Lengths must
// have passed check.
func (b *Box) image(periodic bool) (im image) {
	if !periodic {
		return im
	}
	for a := range 3 {
		if b.Periodic[a] {
			im.length[a] = b.Length(a)
			im.inverse[a] = 1 / im.length[a]
		}
	}
	return im
}

// farImages is the number of box lengths up to which a difference is reduced by one
// multiplication: below it the rounding of the quotient moves a tie by less than
// 2⁻²⁰ lengths.
const farImages = 1 << 30

// reduce returns the image of the difference x in direction a that is nearest to 0.
// It is exact up to one rounding; of two images equally near, within the rounding
// of x/length, it is either. A difference that is not finite gives NaN.
func (im *image) reduce(a int, x float64) float64 {
	if im.length[a] == 0 {
		return x
	}
	n := math.RoundToEven(x * im.inverse[a])
	if !(math.Abs(n) < farImages) {
		return math.Remainder(x, im.length[a])
	}
	return math.FMA(-im.length[a], n, x)
}
