package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// tableAccuracy is the error of a tabulated V′, relative to the largest |V′| of the range,
// from which on polynomials in r² stand for a table of any number of cells.
const tableAccuracy = 1e-9

// polynomials returns V as polynomials in r² with the parabolas of p outside, or nil if
// their V′ is off by more than that of the cubic table t, and by more than
// tableAccuracy.
func (p *radial) polynomials(t *table) *pair.Potential {
	var s radialScratch
	slope := func(x float64) float64 { // dV/d(r²)
		r := math.Sqrt(x)
		var v, v1 [1]float64
		p.eval(v[:], v1[:], []float64{min(max(r, p.from), p.hi)}, &s)
		return v1[0] / (2 * r)
	}
	lo, hi := p.from*p.from, p.hi*p.hi
	// Differences of the table to V′, in dV/d(r²).
	allowed, largest := 0.0, 0.0
	const samples = 2000
	for i := range samples + 1 {
		x := lo + (hi-lo)*float64(i)/samples
		r := []float64{min(max(math.Sqrt(x), p.from), p.hi)}
		var v, v1 [1]float64
		t.eval(v[:], v1[:], r, nil)
		want := slope(x)
		largest = max(largest, math.Abs(want))
		allowed = max(allowed, math.Abs(v1[0]/(2*r[0])-want))
	}
	allowed = max(allowed, tableAccuracy*largest)
	var best *pair.Piecewise
	least := math.Inf(1)
	for _, shift := range []float64{0, -0.25 * lo, -0.5 * lo, hi} {
		fit, err := pair.NewPiecewise(lo, hi, shift, p.taylor(p.from).value, slope)
		if err != nil {
			continue
		}
		if e := fit.Error(slope); e < least {
			best, least = fit, e
		}
	}
	if !(least <= allowed) {
		return nil
	}
	above := p.above
	end, start := []float64{0}, []float64{0}
	best.Eval(end, start, []float64{hi})
	above.value = end[0] // V stays continuous
	cutoff2 := math.Inf(1)
	if p.cutoff > 0 {
		cutoff2 = p.cutoff * p.cutoff
	}
	return &pair.Potential{
		Inner: best, Below: p.below.tail(), Above: above.tail(),
		Cutoff2: cutoff2, Least: p.lo * p.lo, Most: hi,
	}
}

// tail returns p for the kernels.
func (p *parabola) tail() pair.Tail {
	return pair.Tail{At: p.at, Value: p.value, Slope: p.slope, Curvature: p.curvature}
}

// A kineticTable is T of one species on [0, most].
type kineticTable struct {
	exact *kinetic
	most  float64
	curve *pair.Piecewise // nil if no polynomials are close enough
}

// tabulate makes t valid up to most.
func (t *kineticTable) tabulate(most float64) {
	t.most, t.curve = most, nil
	var s kineticScratch
	slope := func(x float64) float64 {
		var energy, factor [1]float64
		t.exact.eval(energy[:], factor[:], []float64{x}, &s)
		return 0.5 * factor[0]
	}
	curve, err := pair.NewPiecewise(0, most, most, 0, slope)
	if err == nil && curve.Error(slope) <= 1e-13*math.Abs(slope(0)) {
		t.curve = curve
	}
}

// eval writes T and its derivatives by x = |p|²/m, of which none is above most, into energy
// and slope.
func (t *kineticTable) eval(energy, slope, x []float64, most float64, s *kineticScratch) {
	if t.curve != nil {
		t.curve.Eval(energy, slope, x)
		if most <= t.most {
			return
		}
		for i := range x {
			if !(x[i] <= t.most) {
				t.evalExactly(energy[i:i+1], slope[i:i+1], x[i:i+1], s)
			}
		}
		return
	}
	for len(x) > 0 {
		n := min(len(x), edgeBlock)
		t.evalExactly(energy[:n], slope[:n], x[:n], s)
		energy, slope, x = energy[n:], slope[n:], x[n:]
	}
}

// evalExactly is eval without the table for at most edgeBlock arguments.
func (t *kineticTable) evalExactly(energy, slope, x []float64, s *kineticScratch) {
	t.exact.eval(energy, slope, x, s)
	for i, f := range slope {
		slope[i] = 0.5 * f
	}
}
