package lsq

import "math"

// A Criterion is a way to choose the ridge from the rows alone. Of several right-hand sides
// the product of the scores counts, which does not depend on their units.
type Criterion uint8

const (
	// Given stands for the ridge that Options.Ridge gives.
	Given Criterion = iota

	// GCV minimises the score of generalised cross-validation (Golub, Heath and Wahba 1979),
	// m·Residual²/(m − DOF)² for m rows: an estimate of the squared error of prediction.
	GCV

	// Evidence maximises the probability of B (MacKay 1992) if its errors are independent
	// and normal, and so are the elements of D X, both of unknown variance.
	Evidence
)

// Ridges are sought between these powers of two: down to what rounding makes of the singular
// values, up to where nothing is left of the solution.
const (
	leastRidge, largestRidge = -60, 4
	ridgeSteps               = 4  // steps of the search per power of two
	ridgeRefinements         = 30 // of the interval around the best step
)

// choose returns the μ that the criterion finds best for a problem with so many rows.
func (p *problem) choose(criterion Criterion, rows int64) float64 {
	score := p.gcv
	if criterion == Evidence {
		score = p.evidence
	}
	at := func(t float64) float64 { return score(math.Exp2(t)*p.q.largest, float64(rows)) }
	best, least := 0.0, math.Inf(1)
	for i := leastRidge * ridgeSteps; i <= largestRidge*ridgeSteps; i++ {
		t := float64(i) / ridgeSteps
		if s := at(t); s < least {
			best, least = t, s
		}
	}
	const section = 0.6180339887498949
	lo, hi := best-1./ridgeSteps, best+1./ridgeSteps
	x, y := hi-section*(hi-lo), lo+section*(hi-lo)
	atX, atY := at(x), at(y)
	for range ridgeRefinements {
		if atX < atY {
			hi, y, atY = y, x, atX
			x = hi - section*(hi-lo)
			atX = at(x)
		} else {
			lo, x, atX = x, y, atY
			y = lo + section*(hi-lo)
			atY = at(y)
		}
	}
	if t := (lo + hi) / 2; at(t) < least {
		best = t
	}
	return math.Exp2(best)
}

// gcv returns the sum over right-hand sides of the logarithms of their scores.
func (p *problem) gcv(lambda, rows float64) float64 {
	dof := 0.0
	for _, s := range p.q.d {
		f := s / hypot(math.Abs(s), lambda)
		dof = math.FMA(f, f, dof)
	}
	left := max(rows-dof, rows*0x1p-52)
	sum := 0.0
	for k := range p.f.rhs {
		sum += math.Log(p.misfit(k, lambda, 4)) - 2*math.Log(left)
	}
	return sum
}

// evidence returns −2 times the logarithm of the probability, constants left out, with the
// variances that make it largest for the given ratio.
func (p *problem) evidence(lambda, rows float64) float64 {
	volume := 0.0
	for _, s := range p.q.d {
		volume += 2 * math.Log(hypot(math.Abs(s), lambda)/lambda)
	}
	sum := 0.0
	for k := range p.f.rhs {
		sum += volume + rows*math.Log(p.misfit(k, lambda, 2))
	}
	return sum
}

// misfit returns the square of the residual of right-hand side k, for power 4, or the least
// value of ‖A X − B‖² + λ²‖D X‖², for power 2. It is not below what rounding makes of 0.
func (p *problem) misfit(k int, lambda, power float64) float64 {
	tail := p.f.tail[k]
	sum := float64(tail * tail)
	size := sum
	for i := range p.f.cols {
		y, f := p.q.y[i*p.f.rhs+k], 1.0
		size = math.FMA(y, y, size)
		if i < len(p.q.d) {
			f = lambda / hypot(math.Abs(p.q.d[i]), lambda)
			if power == 2 {
				y *= f
			} else {
				y *= float64(f * f)
			}
		}
		sum = math.FMA(y, y, sum)
	}
	return max(sum, size*0x1p-104, math.SmallestNonzeroFloat64)
}
