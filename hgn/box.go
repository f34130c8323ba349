package hgn

import "math"

// A Box is an orthogonal box of up to three dimensions.
type Box struct {
	Lo, Hi   [3]float64 // corners
	Periodic [3]bool    // whether the box repeats in each direction
}

// Length is the edge of the box in direction a.
func (b *Box) Length(a int) float64 { return b.Hi[a] - b.Lo[a] }

// image holds what the reduction of a difference to its nearest periodic image
// needs, per direction; zero where the direction is not periodic.
type image struct {
	length  [3]float64
	inverse [3]float64
}

// image returns the reduction for b, the identity unless periodic.
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

// reduce returns the image of the difference x in direction a that is nearest to 0.
func (im *image) reduce(a int, x float64) float64 {
	if im.length[a] == 0 {
		return x
	}
	return math.FMA(-im.length[a], math.RoundToEven(x*im.inverse[a]), x)
}
