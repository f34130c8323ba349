package hgn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// momentsOf returns the moments of x.
func momentsOf(x []float64) moments {
	var t tally
	for _, v := range x {
		t.add(v, v, 1)
	}
	return t.moments()
}

// Moments are those of all values, however they come in pieces.
func TestMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for _, mean := range []float64{0, 3, -1e6} {
		var m moments
		var all []float64
		for range 50 {
			piece := make([]float64, r.IntN(30))
			for i := range piece {
				piece[i] = mean + r.NormFloat64()
			}
			if len(piece) > 0 {
				m.merge(momentsOf(piece))
			}
			all = append(all, piece...)
		}
		sum, squares := 0.0, 0.0
		for _, x := range all {
			sum += x - mean
		}
		want := sum / float64(len(all))
		for _, x := range all {
			squares += (x - mean - want) * (x - mean - want)
		}
		tol := 1e-13 * (1 + math.Abs(mean))
		if m.n != int64(len(all)) || !(math.Abs(m.mean-mean-want) <= tol) || m.lo != slices.Min(all) || m.hi != slices.Max(all) {
			t.Errorf("mean %v: %+v, want the mean %v", mean, m, mean+want)
		}
		if std := math.Sqrt(squares / float64(len(all))); !(math.Abs(m.std()-std) <= tol) {
			t.Errorf("mean %v: deviation %v, want %v", mean, m.std(), std)
		}
	}
}

// A constant has the deviation of its size, also if rounding makes it vary.
func TestMomentsConstant(t *testing.T) {
	var none moments
	zero, constant := momentsOf([]float64{0, 0, 0}), momentsOf([]float64{-3, -3})
	rounded := momentsOf([]float64{3, math.Nextafter(3, 4), math.Nextafter(3, 0)})
	for name, c := range map[string]struct {
		m    moments
		want float64
	}{"none": {none, 1}, "zero": {zero, 1}, "constant": {constant, 3}, "rounded": {rounded, 3}} {
		if got := c.m.std(); !(math.Abs(got-c.want) <= 1e-15) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// The sub-sample has every value with the same probability: of 8192 values in
// order, half are kept, and as many of the first half as of the second within 5σ.
func TestReservoir(t *testing.T) {
	r := reservoir{rng: rand.New(rand.NewPCG(1, 4))}
	for i := range 2 * sampleSize / 16 {
		piece := make([]float64, 16)
		for k := range piece {
			piece[k] = float64(16*i + k)
		}
		r.add(piece)
	}
	kept := slices.Clone(r.kept)
	slices.Sort(kept)
	if len(kept) != sampleSize || len(slices.Compact(kept)) != sampleSize {
		t.Fatalf("%d values, %d of them different", len(r.kept), len(slices.Compact(kept)))
	}
	first, _ := slices.BinarySearch(kept, sampleSize)
	if sigma := math.Sqrt(sampleSize / 8); math.Abs(float64(first)-sampleSize/2) > 5*sigma {
		t.Errorf("%d of the first half, %d of the second", first, sampleSize-first)
	}
}

func drawn(o Options, m *moments, k int, seed uint64) *hidden {
	h := &hidden{w: make([]float64, k), b: make([]float64, k)}
	o.draw(h, m, o.Omega, rand.New(rand.NewPCG(seed, weightStream)))
	return h
}

// Every k-th part of either distribution has one feature.
func TestLatinHypercube(t *testing.T) {
	m := momentsOf([]float64{1, 4, 6})
	for _, k := range []int{1, 7, 64} {
		for seed := range uint64(20) {
			h := drawn(Options{Sampler: ELMWhitened, Omega: 4, Activation: dense.Sin}, &m, k, seed)
			g, beta := make([]bool, k), make([]bool, k)
			for i := range k {
				normal := h.w[i] * m.std() / 4
				g[int(float64(k)*(0.5+math.Erf(normal/math.Sqrt2)/2))] = true
				beta[int(float64(k)*(h.b[i]+h.w[i]*m.mean+3)/6)] = true
			}
			if slices.Contains(g, false) || slices.Contains(beta, false) || h.act != dense.Sin {
				t.Fatalf("%d features, seed %d: empty strata, %v and %v", k, seed, g, beta)
			}
		}
	}
}

// The distributions of ELM by their first moments, within 5σ.
func TestELM(t *testing.T) {
	const k = 4000
	h := drawn(Options{Sampler: ELM}, new(moments), k, 1)
	var w, w2, b, b2, most float64
	for i := range k {
		w, w2 = w+h.w[i]/k, w2+h.w[i]*h.w[i]/k
		b, b2 = b+h.b[i]/k, b2+h.b[i]*h.b[i]/k
		most = max(most, math.Abs(h.b[i]))
	}
	n := 5 / math.Sqrt(k)
	if math.Abs(w) > n || math.Abs(w2-1) > n*math.Sqrt2 || math.Abs(b) > n/math.Sqrt(3) || math.Abs(b2-1.0/3) > n*0.3 || most > 1 {
		t.Errorf("means %v %v, squares %v %v, largest b %v", w, b, w2, b2, most)
	}
}

// SWIM features are −s₂ at one point of the sample and s₁ − s₂ at another one.
func TestSWIM(t *testing.T) {
	var m moments
	for _, x := range []float64{1, 1, 1, 1, 2, 3.5, 7} {
		m.merge(momentsOf([]float64{x}))
		m.sample = append(m.sample, x)
	}
	for act, s1 := range map[dense.Activation]float64{dense.Gaussian: 2 * math.Sqrt(math.Ln2), dense.Tanh: math.Log(3)} {
		h := drawn(Options{Sampler: SWIM, Activation: act}, &m, 200, 1)
		for k := range h.w {
			x1, x2 := (-s1/2-h.b[k])/h.w[k], (s1/2-h.b[k])/h.w[k]
			near := func(x float64) bool {
				return slices.ContainsFunc(m.sample, func(y float64) bool { return math.Abs(x-y) <= 1e-12 })
			}
			if !near(x1) || !near(x2) || math.Abs(x1-x2) < 0.5 {
				t.Fatalf("%v: feature %d belongs to %v and %v", act, k, x1, x2)
			}
		}
	}
	for name, m := range map[string]moments{"none": {}, "constant": {n: 3, mean: 2, sample: []float64{2, 2, 2}}} {
		h := drawn(Options{Sampler: SWIM, Activation: dense.Tanh}, &m, 20, 1)
		for k := range h.w {
			if w, b := h.w[k], h.b[k]; !(math.Abs(w) < 10 && math.Abs(b) < 10) {
				t.Errorf("%s: w = %v, b = %v", name, w, b)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, s := range []Sampler{ELM, ELMWhitened, SWIM} {
		if got, err := ParseSampler(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	for _, x := range []Xi{Distance, DistanceSquared, LogDistance, InverseDistance} {
		if got, err := ParseXi(x.String()); err != nil || got != x {
			t.Errorf("%v: %v, %v", x, got, err)
		}
	}
	if s, err := ParseSampler("elm-"); err == nil {
		t.Errorf("elm- is %v", s)
	}
	if x, err := ParseXi(""); err == nil {
		t.Errorf("nothing is %v", x)
	}
}
