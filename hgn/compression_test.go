package hgn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The functions of a compression are multiples of cosines, anywhere in the range, and the
// middle of a bin is in it.
func TestCompression(t *testing.T) {
	var c compression
	r := rand.New(rand.NewPCG(5, 5))
	for _, xi := range []Xi{Distance, DistanceSquared, LogDistance, InverseDistance} {
		for _, cutoff := range []float64{0, 2.5} {
			v := radial{xi: xi, cutoff: cutoff, hidden: hidden{w: []float64{30, -60}, b: []float64{0, 1}}}
			in := &inputs{moments: moments{lo: 0.9, hi: 2.4}}
			if !c.prepare(&v, in) {
				t.Fatalf("%v, cutoff %v: no compression", xi, cutoff)
			}
			const n, p = 301, 24
			at, factor, scratch := make([]float64, n), make([]float64, n), make([]float64, 2*n)
			for i := range at {
				at[i], factor[i] = in.lo+(in.hi-in.lo)*float64(i)/(n-1), r.NormFloat64()
			}
			f := general(n, p, make([]float64, n*p))
			c.eval(f, at, factor, scratch[:n], scratch[n:])
			lo, _, _ := xi.derivatives(in.lo)
			hi, _, _ := xi.derivatives(in.hi)
			lo, hi = min(lo, hi), max(lo, hi)
			for i, r := range at {
				z, slope, _ := xi.derivatives(r)
				x := min(max(2*(z-lo)/(hi-lo)-1, -1), 1)
				s := factor[i] * slope
				if cutoff > 0 {
					s *= 1 - r*r/(cutoff*cutoff)
				}
				for j := range p {
					want := s * math.Cos(float64(j)*math.Acos(x))
					if got := f.Data[i*p+j]; !(math.Abs(got-want) <= 1e-12*math.Abs(s)) {
						t.Fatalf("%v, cutoff %v: function %d at %v is %v, want %v", xi, cutoff, j, r, got, want)
					}
				}
			}
			if want := int(math.Ceil(60 * binsPerWidth * (hi - lo))); c.bins != want {
				t.Errorf("%v: %d bins, want %d", xi, c.bins, want)
			}
			for bin := range c.bins {
				bins, x := make([]int64, c.bins), make([]float64, 2)
				middle := c.distance(bin)
				c.eval(general(1, 1, x[1:]), []float64{middle}, nil, x[:1], []float64{0})
				c.count(bins, x[:1])
				if bins[bin] != 1 {
					t.Fatalf("%v: the middle %v of bin %d is not in it", xi, middle, bin)
				}
			}
		}
	}
}

// What cannot be compressed is left alone.
func TestNoCompression(t *testing.T) {
	layer := hidden{w: []float64{1, 2}, b: []float64{0, 1}}
	steep := hidden{w: []float64{1, 1e9}, b: []float64{0, 1}}
	for name, c := range map[string]struct {
		v  radial
		in *inputs
	}{
		"never seen":   {radial{hidden: layer}, nil},
		"one distance": {radial{hidden: layer}, &inputs{moments: moments{lo: 1, hi: 1}}},
		"subnormal":    {radial{hidden: layer}, &inputs{moments: moments{lo: 0, hi: 0x1p-1074}}},
		"too steep":    {radial{hidden: steep}, &inputs{moments: moments{lo: 1, hi: 2}}},
	} {
		if new(compression).prepare(&c.v, c.in) {
			t.Errorf("%s: compressed", name)
		}
	}
}

// solveBoth trains on src with columns that are compressed and with those that are not.
func solveBoth(t testing.TB, src Source, o Options) (compressed, plain *pairModel) {
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	var models [2]*pairModel
	for i, least := range []int64{0, math.MaxInt64} {
		d := newDataset(src, cacheFloats)
		d.pairs.least = least
		h, _, err := trainPairs(t.Context(), d, &o)
		if err != nil {
			t.Fatal(err)
		}
		models[i] = h.(*pairModel)
		if d.pairs.eq.compressed != (i == 0) {
			t.Errorf("compressed: %v", d.pairs.eq.compressed)
		}
	}
	return models[0], models[1]
}

// Compression does not change the answer: the error of the forces is the same, within a
// factor of 2, at distances like those of the training.
func TestCompressedTraining(t *testing.T) {
	for name, w := range worlds {
		train, test := w.frames(t, 1, 200, 0.1), w.frames(t, 2, 10, 0.05)
		for seed := range uint64(2) {
			o := w.options(t)
			o.Seed = seed
			a, b := solveBoth(t, train, o)
			ea, eb := evaluate(t, &Model{a}, test, o.Graph).Force, evaluate(t, &Model{b}, test, o.Graph).Force
			if !(ea <= 2*eb+1e-13) {
				t.Errorf("%s, seed %d: force error %.2e compressed, %.2e plain", name, seed, ea, eb)
			}
		}
	}
}

// Open systems with a cutoff have distances below it that no training frame shows, between
// those of one diagonal of the grid and of the next. What is found there hangs on rounding,
// with columns of either kind: those that are not compressed give forces whose errors are
// 12 and 23 times apart for the same frames in another order. So the bound is the larger of
// the two.
func TestCompressedTrainingUnseen(t *testing.T) {
	for _, name := range []string{"drop", "line, cutoff"} {
		w := worlds[name]
		train, test := w.frames(t, 1, 200, 0.1), w.frames(t, 2, 10, 0.1)
		reversed := slices.Clone(train)
		slices.Reverse(reversed)
		for seed := range uint64(3) {
			o := w.options(t)
			o.Seed = seed
			var compressed, plain [2]float64
			for i, frames := range []Frames{train, reversed} {
				a, b := solveBoth(t, frames, o)
				compressed[i] = evaluate(t, &Model{a}, test, o.Graph).Force
				plain[i] = evaluate(t, &Model{b}, test, o.Graph).Force
			}
			if !(max(compressed[0], compressed[1]) <= 2*max(plain[0], plain[1])) {
				t.Errorf("%s, seed %d: force errors %.2e compressed, %.2e plain", name, seed, compressed, plain)
			}
		}
	}
}

// Where the functions of compressions do not do, because forces have a kink, training goes on
// with the features themselves.
func TestCompressionRefused(t *testing.T) {
	kink := func(_, _ int, r float64) (v, v1 float64) { return (r - 1) * math.Abs(r-1) / 2, math.Abs(r - 1) }
	w := &world{dim: 2, side: 3, species: 1, potential: kink}
	o, err := w.options(t).withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	var models [2]*pairModel
	for i, least := range []int64{0, math.MaxInt64} {
		d := newDataset(w.frames(t, 1, 100, 0.1), cacheFloats)
		d.pairs.least = least
		h, _, err := trainPairs(t.Context(), d, &o)
		if err != nil {
			t.Fatal(err)
		}
		if d.pairs.eq.compressed {
			t.Error("compressed")
		}
		models[i] = h.(*pairModel)
	}
	if a, b := models[0].radials[0].a, models[1].radials[0].a; !slices.Equal(a, b) {
		t.Errorf("coefficients %v after compression was refused, %v without", a, b)
	}
}

// Noise in the forces is no reason to refuse a compression.
func TestCompressionOfNoise(t *testing.T) {
	w := worlds["liquid"]
	data := w.frames(t, 1, 30, 0.1)
	r := rand.New(rand.NewPCG(1, 1))
	for _, f := range data {
		for i := range f.PDot {
			f.PDot[i] += 0.01 * r.NormFloat64()
		}
	}
	a, b := solveBoth(t, data, w.options(t))
	test := w.frames(t, 2, 10, 0.05)
	ea, eb := evaluate(t, &Model{a}, test, nil).Force, evaluate(t, &Model{b}, test, nil).Force
	if !(ea <= 1.2*eb) {
		t.Errorf("force error %.2e compressed, %.2e plain", ea, eb)
	}
}

func morse(_, _ int, r float64) (v, v1 float64) {
	x := math.Exp(1 - r)
	return (1 - x) * (1 - x), 2 * x * (1 - x)
}

func harmonic(_, _ int, r float64) (v, v1 float64) { return (r - 1) * (r - 1) / 2, r - 1 }

// lennardJones is shifted linearly to 0 at 2.
func lennardJones(_, _ int, r float64) (v, v1 float64) {
	plain := func(r float64) (v, v1 float64) {
		s := math.Pow(r, -6)
		return 4 * s * (s - 1), -24 * s * (2*s - 1) / r
	}
	v, v1 = plain(r)
	c, c1 := plain(2)
	return v - c - (r-2)*c1, v1 - c1
}

// BenchmarkCompression compares rows and solution of the same problem with columns that are
// compressed and with those that are not, in turn, over ten seeds of the features: the ratio
// of the times, and the median and the largest ratio of the errors. The problem of momenta,
// which is not compressed, comes with it and is made as small as can be.
func BenchmarkCompression(b *testing.B) {
	for name, w := range map[string]*world{
		"harmonic":     {dim: 3, side: 2, species: 1, potential: harmonic},
		"Morse":        {dim: 3, side: 2, species: 1, potential: morse},
		"LennardJones": {dim: 3, side: 5, species: 1, cutoff: 2, periodic: true, potential: lennardJones},
		"twoSpecies":   {dim: 3, side: 3, species: 2, potential: spring},
	} {
		b.Run("system="+name, func(b *testing.B) {
			frames := 24000 / (3 * w.nodes())
			train, test := w.frames(b, 1, frames, 0.05), w.frames(b, 2, 20, 0.05)
			o := w.options(b)
			o.Workers, o.Features, o.NodeFeatures = 1, 64, 1
			var spent [2]time.Duration
			var ratios []float64
			for b.Loop() {
				for o.Seed = range uint64(10) {
					o, err := o.withDefaults()
					if err != nil {
						b.Fatal(err)
					}
					var errors [2]float64
					for i, least := range []int64{0, math.MaxInt64} {
						d := newDataset(train, cacheFloats)
						d.pairs.least = least
						best := time.Duration(math.MaxInt64)
						for range 3 {
							st, err := o.gather(b.Context(), d, &d.pairs)
							if err != nil {
								b.Fatal(err)
							}
							m := newPairModel(st, &o)
							start := time.Now()
							if _, _, err := m.fit(b.Context(), d, &o, st, &d.pairs); err != nil {
								b.Fatal(err)
							}
							best = min(best, time.Since(start))
							errors[i] = evaluate(b, &Model{m}, test, o.Graph).Force
						}
						spent[i] += best
					}
					ratios = append(ratios, errors[0]/errors[1])
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "times-faster")
			b.ReportMetric(ratios[len(ratios)/2], "error-ratio")
			b.ReportMetric(ratios[len(ratios)-1], "largest-error-ratio")
		})
	}
}

// A ridge or threshold that is given is that of the features, for any number of rows.
func TestNoCompressionOfGivenRidge(t *testing.T) {
	for _, change := range []func(o *Options){
		func(o *Options) { o.Ridge = 1e-10 },
		func(o *Options) { o.RCond = 1e-13 },
		func(o *Options) { o.RCond = -1 },
	} {
		w := world{dim: 2, side: 3, species: 1, potential: spring}
		o := w.options(t)
		change(&o)
		o, err := o.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		d := newDataset(w.frames(t, 1, 40, 0.1), cacheFloats)
		if _, _, err := trainPairs(t.Context(), d, &o); err != nil || d.pairs.eq.compressed {
			t.Errorf("ridge %v, rcond %v: compressed: %v (%v)", o.Ridge, o.RCond, d.pairs.eq.compressed, err)
		}
	}
}
