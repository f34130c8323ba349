package pair

import (
	"errors"
	"fmt"
	"math"
)

// A Tail continues a potential beyond r = At as a parabola with this value and slope there.
type Tail struct{ At, Value, Slope, Curvature float64 }

// eval returns V and V′/(2r), its derivative by r².
func (t *Tail) eval(s float64) (v, v1 float64) {
	r := math.Sqrt(s)
	x := r - t.At
	slope := math.FMA(t.Curvature, x, t.Slope)
	v = math.FMA(0.5*(slope+t.Slope), x, t.Value)
	return v, 0.5 * slope / r
}

// A Potential is a pair potential V(s), s = r²: a [Piecewise], Below and Above outside of
// its range, and nothing from Cutoff² on.
type Potential struct {
	Inner        *Piecewise
	Below, Above Tail    // for s below and above the range of Inner
	Cutoff2      float64 // +Inf for none
	Least, Most  float64 // s outside of them counts as outside; they lie in the range of Inner
	Weighted     bool    // V is multiplied by the weights of the bodies
}

// constants are what the kernels read: single numbers first, those of a piecewise function
// from shiftConstant on, then its coefficients, by power for a look-up of whole vectors and
// by piece: the middle, then c[Degree] … c₀. They are so many that they begin at a line of
// the cache.
type constants struct {
	single  [24]float64
	columns [Degree + 2][Pieces]float64
	rows    [Pieces]row
}

const shiftConstant = 11

// A Kernel is a [Potential] in a box, prepared for use.
type Kernel struct {
	p        Potential
	length   [3]float64 // of periodic directions, 0 for others
	inverse  [3]float64
	lo, hi   float64 // range of p.Inner
	periodic bool

	packed *constants
}

// NewKernel prepares p for a box with these lengths, 0 in directions that do not repeat.
// The error says that p has no Inner, that its numbers do not go together, that Least is not
// positive, or that a length is not one.
func NewKernel(p Potential, length [3]float64) (*Kernel, error) {
	if p.Inner == nil {
		return nil, errors.New("pair: a potential without Inner")
	}
	k := &Kernel{p: p, length: length}
	k.lo, k.hi = p.Inner.Range()
	if !(p.Least > 0 && k.lo <= p.Least && p.Most <= k.hi && p.Cutoff2 >= 0) {
		return nil, fmt.Errorf("pair: squared distances from %v to %v below a cutoff of %v, for a function from %v to %v",
			p.Least, p.Most, p.Cutoff2, k.lo, k.hi)
	}
	for a, l := range length {
		if !(l == 0 || l > 0 && l < math.Inf(1) && 1/l < math.Inf(1)) {
			return nil, fmt.Errorf("pair: a box of length %v", l)
		}
		if l > 0 {
			k.inverse[a] = 1 / l
			k.periodic = true
		}
	}
	k.packed = new(constants)
	*k.packed = *p.Inner.packed
	copy(k.packed.single[:], []float64{
		p.Cutoff2, p.Least, p.Most, k.lo, k.hi,
		length[0], length[1], length[2], k.inverse[0], k.inverse[1], k.inverse[2],
	})
	copy(k.packed.single[shiftConstant+3:], []float64{
		p.Below.At, p.Below.Value, p.Below.Slope, p.Below.Curvature,
		p.Above.At, p.Above.Value, p.Above.Slope, p.Above.Curvature,
		0.5, 2,
	})
	return k, nil
}
