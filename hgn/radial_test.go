package hgn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// someRadial draws a potential with moderate weights on [0.8, 1.9], or to a cutoff.
func someRadial(r *rand.Rand, act dense.Activation, xi Xi, cutoff float64) *radial {
	v := &radial{xi: xi, cutoff: cutoff, lo: 0.8, hi: 1.9, from: 0.8}
	if cutoff > 0 {
		v.hi, v.from = cutoff, 0.75
	}
	v.act = act
	var a []float64
	for range 6 {
		v.w = append(v.w, 2*r.NormFloat64())
		v.b = append(v.b, 2*r.NormFloat64())
		a = append(a, r.NormFloat64())
	}
	v.setCoefficients(a)
	return v
}

func eachRadial(t *testing.T, f func(t *testing.T, v *radial)) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, act := range activations {
		for xi, name := range xiNames {
			for _, cutoff := range []float64{0, 2.5} {
				v := someRadial(r, act, Xi(xi), cutoff)
				t.Run(act.String()+"/"+name, func(t *testing.T) { f(t, v) })
			}
		}
	}
}

func at(c curve, r float64) (v, v1 float64) {
	var dv, dv1 [1]float64
	c.eval(dv[:], dv1[:], []float64{r}, new(radialScratch))
	return dv[0], dv1[0]
}

// naive is V at r inside the training range, term by term with package math.
func naive(v *radial, r float64) float64 {
	sigma := map[dense.Activation]func(float64) float64{
		dense.Tanh:     math.Tanh,
		dense.Softplus: func(z float64) float64 { return math.Log1p(math.Exp(z)) },
		dense.Gaussian: func(z float64) float64 { return math.Exp(-z * z) },
		dense.Sin:      math.Sin,
		dense.Sigmoid:  func(z float64) float64 { return 1 / (1 + math.Exp(-z)) },
	}[v.act]
	xi := [...]float64{Distance: r, DistanceSquared: r * r, LogDistance: math.Log(r), InverseDistance: 1 / r}[v.xi]
	sum := 0.0
	for k, a := range v.a {
		sum += a * sigma(v.w[k]*xi+v.b[k])
	}
	if v.cutoff > 0 {
		sum *= math.Pow(1-math.Pow(r/v.cutoff, 2), 2)
	}
	return sum
}

func TestRadialValue(t *testing.T) {
	eachRadial(t, func(t *testing.T, v *radial) {
		for r := v.from; r < v.hi; r += 0.0173 {
			got, slope := at(v, r)
			if want := naive(v, r); !(math.Abs(got-want) <= 1e-13) {
				t.Errorf("V(%v) = %v, want %v", r, got, want)
			}
			const h = 1e-4
			want := (naive(v, r-2*h) - 8*naive(v, r-h) + 8*naive(v, r+h) - naive(v, r+2*h)) / (12 * h)
			if !(math.Abs(slope-want) <= 1e-9) {
				t.Errorf("V′(%v) = %v, want %v", r, slope, want)
			}
		}
	})
}

// At the ends of the training range V and V′ are continuous; beyond, V′ is linear with
// the slope it has there, but never turns attractive below.
func TestRadialContinues(t *testing.T) {
	eachRadial(t, func(t *testing.T, v *radial) {
		for _, end := range []float64{v.from, v.hi} {
			below, slopeBelow := at(v, math.Nextafter(end, 0))
			above, slopeAbove := at(v, math.Nextafter(end, 10))
			if !(math.Abs(below-above) <= 1e-13) || !(math.Abs(slopeBelow-slopeAbove) <= 1e-12) {
				t.Errorf("at %v: V from %v to %v, V′ from %v to %v", end, below, above, slopeBelow, slopeAbove)
			}
		}
		const h = 1e-4
		for _, c := range []struct {
			end, outward float64
			p            parabola
		}{{v.from, -1, v.below}, {v.hi, 1, v.above}} {
			_, inside1 := at(v, c.end-c.outward*h)
			_, inside2 := at(v, c.end-2*c.outward*h)
			_, inside0 := at(v, c.end)
			curvature := c.outward * (3*inside0 - 4*inside1 + inside2) / (2 * h)
			if c.outward < 0 && inside0 <= 0 {
				curvature = max(curvature, 0)
			}
			for _, x := range []float64{1e-3, 0.1, 0.7} {
				value, slope := at(v, c.end+c.outward*x)
				wantSlope := inside0 + curvature*c.outward*x
				if !(math.Abs(slope-wantSlope) <= 1e-4*(1+math.Abs(curvature))) {
					t.Errorf("V′ %v beyond %v is %v, want %v", x, c.end, slope, wantSlope)
				}
				value0, _ := at(v, c.end)
				if want := value0 + c.outward*x*(inside0+slope)/2; !(math.Abs(value-want) <= 1e-12*(1+math.Abs(value))) {
					t.Errorf("V %v beyond %v is %v, want the integral %v", x, c.end, value, want)
				}
				if c.outward < 0 && inside0 <= 0 && slope > inside0*(1-1e-14) {
					t.Errorf("V′ rises from %v to %v on approach", inside0, slope)
				}
			}
		}
		if v.cutoff > 0 {
			if value, slope := at(v, v.cutoff); value != 0 || slope != 0 {
				t.Errorf("at the cutoff V = %v, V′ = %v", value, slope)
			}
		}
	})
}

func TestRadialOutside(t *testing.T) {
	v := someRadial(rand.New(rand.NewPCG(1, 2)), dense.Tanh, Distance, 2.5)
	r := []float64{0.1, 0.76, math.Nextafter(0.8, 0), 0.8, 1.5, 2.4}
	var a, b [6]float64
	if n := v.eval(a[:], b[:], r, new(radialScratch)); n != 3 {
		t.Errorf("%d of %v are outside, want 3", n, r)
	}
	if n := newTable(v, 10).eval(a[:], b[:], r, nil); n != 3 {
		t.Errorf("table: %d of %v are outside, want 3", n, r)
	}
}

// The error of a table is within its bound and falls with h⁴; the force is the
// derivative of the energy to rounding, and both are continuous at the cells' ends and
// those of the range.
func TestTable(t *testing.T) {
	eachRadial(t, func(t *testing.T, v *radial) {
		last := 0.0
		for _, cells := range []int{20, 40, 80} {
			table := newTable(v, cells)
			h := (v.hi - v.from) / float64(cells)
			worst, fifth := 0.0, 0.0
			for i := range 250 {
				r := v.from + (v.hi-v.from)*(float64(i)+0.5)/250
				_, got := at(table, r)
				_, want := at(v, r)
				worst = max(worst, math.Abs(got-want))
				const d = 1e-2 // V⁽⁵⁾ by differences of V′
				if r-2*d > v.from && r+2*d < v.hi {
					_, a := at(v, r-2*d)
					_, b := at(v, r-d)
					_, c := at(v, r+d)
					_, e := at(v, r+2*d)
					fifth = max(fifth, math.Abs(a-4*b+6*want-4*c+e)/(d*d*d*d))
				}
			}
			// The ends, where differences do not reach, have their share.
			if bound := 2*h*h*h*h*fifth/384 + 1e-13; !(worst <= bound) {
				t.Errorf("%d cells: error %v, want at most %v", cells, worst, bound)
			}
			if last > 1e-10 && !(worst < last/10) {
				t.Errorf("%d cells: the error fell from %v to %v, want to a sixteenth", cells, last, worst)
			}
			last = worst
		}
		table := newTable(v, 23)
		step := table.step
		for i := range 23 {
			r := v.from + step*float64(i)
			below, slopeBelow := at(table, r-1e-12)
			above, slopeAbove := at(table, r+1e-12)
			if !(math.Abs(below-above) <= 1e-9) || !(math.Abs(slopeBelow-slopeAbove) <= 1e-8) {
				t.Errorf("at %v: V from %v to %v, V′ from %v to %v", r, below, above, slopeBelow, slopeAbove)
			}
			// Simpson's rule is exact for the cubic V′.
			x := r + 0.3*step
			v0, s0 := at(table, x)
			_, s1 := at(table, x+0.25*step)
			v2, s2 := at(table, x+0.5*step)
			if want := 0.5 * step / 6 * (s0 + 4*s1 + s2); !(math.Abs(v2-v0-want) <= 1e-13) {
				t.Errorf("after %v: V rises by %v, the integral of V′ is %v", x, v2-v0, want)
			}
		}
		for _, end := range []float64{v.from, v.hi} {
			below, _ := at(table, end-1e-12)
			above, _ := at(table, end+1e-12)
			if !(math.Abs(below-above) <= 1e-10) {
				t.Errorf("at the end %v: V from %v to %v", end, below, above)
			}
		}
		for _, r := range []float64{0.3, 0.6, v.hi + 0.5} { // outside, the parabola
			_, want := at(v, r)
			if _, got := at(table, r); got != want {
				t.Errorf("V′(%v) = %v, want %v", r, got, want)
			}
		}
	})
}

// A training range of one distance, and a distance that is not a number.
func TestTableDegenerate(t *testing.T) {
	v := someRadial(rand.New(rand.NewPCG(1, 2)), dense.Gaussian, Distance, 0)
	v.lo, v.hi, v.from = 1, 1, 1
	v.setCoefficients(v.a)
	table := newTable(v, 7)
	for _, r := range []float64{0.5, 1, 1.5} {
		wantV, want := at(v, r)
		if gotV, got := at(table, r); got != want || gotV != wantV {
			t.Errorf("at %v: %v, %v, want %v, %v", r, gotV, got, wantV, want)
		}
	}
	for name, c := range map[string]curve{"direct": v, "table": table} {
		if value, slope := at(c, math.NaN()); !math.IsNaN(value) || !math.IsNaN(slope) {
			t.Errorf("%s at NaN: %v, %v", name, value, slope)
		}
	}
}

// A block of distances gives what they give one by one.
func TestRadialBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	v := someRadial(r, dense.Softplus, LogDistance, 0)
	var x, a, b [edgeBlock]float64
	for i := range x {
		x[i] = 0.2 + 2*r.Float64()
	}
	v.eval(a[:], b[:], x[:], new(radialScratch))
	for i := range x {
		if value, slope := at(v, x[i]); value != a[i] || slope != b[i] {
			t.Errorf("V, V′(%v) = %v, %v in a block, %v, %v alone", x[i], a[i], b[i], value, slope)
		}
	}
	if v.eval(nil, nil, nil, new(radialScratch)) != 0 {
		t.Error("an empty block has distances outside")
	}
}
