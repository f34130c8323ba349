package hgn

import (
	"math"
	"math/rand/v2"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// moments describes a sample of one variable: its size, mean, sum of squared
// deviations and range, and a uniform sub-sample for SWIM.
type moments struct {
	n        int64
	mean, m2 float64
	lo, hi   float64 // of the distance, not of ξ
	weight2  float64 // sum of the squared weights of edges
	sample   []float64
}

// sampleSize is how many inputs SWIM draws its pairs from.
const sampleSize = 1 << 12

// merge adds the sample o (Chan, Golub and LeVeque 1983, eq. 2.1); sub-samples
// are left alone.
func (m *moments) merge(o moments) {
	if m.n == 0 {
		o.sample = m.sample
		*m = o
		return
	}
	total := float64(m.n + o.n)
	delta := o.mean - m.mean
	m.mean = math.FMA(delta, float64(o.n)/total, m.mean)
	m.m2 = math.FMA(delta*delta, float64(m.n)*(float64(o.n)/total), m.m2+o.m2)
	m.n += o.n
	m.weight2 += o.weight2
	m.lo, m.hi = min(m.lo, o.lo), max(m.hi, o.hi)
}

// std is the standard deviation. Where that is not more than rounding leaves of a
// constant, as with the distance of two bodies on a circle, it is the magnitude of the
// mean, and 1 where that is 0.
func (m *moments) std() float64 {
	s, size := 0.0, math.Abs(m.mean)
	if m.n > 0 {
		s = math.Sqrt(m.m2 / float64(m.n))
	}
	switch {
	case s > 0x1p-40*size:
		return s
	case size > 0:
		return size
	}
	return 1
}

// A reservoir keeps a uniform sample of a stream (Vitter 1985, algorithm R).
type reservoir struct {
	rng  *rand.Rand
	seen int64
	kept []float64
}

func (r *reservoir) add(x []float64) {
	for _, v := range x {
		r.seen++
		if len(r.kept) < sampleSize {
			r.kept = append(r.kept, v)
		} else if i := r.rng.Int64N(r.seen); i < sampleSize {
			r.kept[i] = v
		}
	}
}

// draw fills w and b for a layer of n features whose input has the moments m.
//
// Draws are made feature by feature: for ELM w then b, for SWIM pairs of positions
// in the sub-sample until their values differ. For ELMWhitened they form a Latin
// hypercube (McKay, Beckman and Conover 1979): first a permutation of n strata for
// g, then for every feature a place in its stratum for g and in the k-th one for
// β. Every g and β has the distribution stated, but a layer has no gaps: over
// seeds the worst error of a fit is several times less than with independent draws.
func (o *Options) draw(h *hidden, m *moments, omega float64, rng *rand.Rand) {
	h.act = o.Activation
	n := float64(len(h.w))
	var strata []int
	if o.Sampler == ELMWhitened {
		strata = rng.Perm(len(h.w))
	}
	for k := range h.w {
		switch o.Sampler {
		case ELM:
			h.w[k] = rng.NormFloat64()
			h.b[k] = uniform(rng, 1)
		case SWIM:
			h.w[k], h.b[k] = swimPair(m, h.act, rng)
		default:
			g := math.Sqrt2 * math.Erfinv(2*(float64(strata[k])+open(rng))/n-1)
			beta := 6*(float64(k)+open(rng))/n - 3
			h.w[k] = omega * g / m.std()
			h.b[k] = math.FMA(-h.w[k], m.mean, beta)
		}
	}
}

// open draws from U(0, 1) without its ends, which also the last of 2¹⁴ strata then
// keeps clear of.
func open(rng *rand.Rand) float64 { return (float64(rng.Uint32()) + 0.5) * 0x1p-32 }

// uniform draws from U(−a, a).
func uniform(rng *rand.Rand, a float64) float64 { return a * (rng.Float64()*2 - 1) }

// swimPair draws a feature that is −s₂ at x₁ and s₁ − s₂ at x₂, two different
// inputs of the sample: w = s₁/(x₂ − x₁), b = −w x₁ − s₂ (Bolager et al.,
// NeurIPS 2023).
func swimPair(m *moments, act dense.Activation, rng *rand.Rand) (w, b float64) {
	s1, s2 := math.Log(3), math.Log(3)/2
	if act == dense.Gaussian {
		s1, s2 = 2*math.Sqrt(math.Ln2), math.Sqrt(math.Ln2)
	}
	x1, x2 := m.mean, m.mean+m.std()
	for range 64 { // a sample of one repeated value has no such pair
		if len(m.sample) == 0 {
			break
		}
		a := m.sample[rng.IntN(len(m.sample))]
		c := m.sample[rng.IntN(len(m.sample))]
		if a != c {
			x1, x2 = a, c
			break
		}
	}
	w = s1 / (x2 - x1)
	return w, math.FMA(-w, x1, -s2)
}
