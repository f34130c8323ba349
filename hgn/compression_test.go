package hgn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Rows of a compression times T are those of the features, anywhere in the range, and its
// functions are orthonormal on the grid.
func TestCompression(t *testing.T) {
	var c compression
	var scratch compressionScratch
	r := rand.New(rand.NewPCG(5, 5))
	for _, xi := range []Xi{Distance, DistanceSquared, LogDistance} {
		for _, cutoff := range []float64{0, 2.5} {
			for act := dense.Tanh; act <= dense.Sigmoid; act++ {
				v := radial{xi: xi, cutoff: cutoff, lo: 0.9, hi: 1.4}
				tol, omega := 1e-12, 1.0
				if cutoff > 0 {
					v.hi, tol, omega = cutoff, 1e-9, 4.0
				}
				var inputs tally
				for range 400 {
					x, _, _ := xi.derivatives(v.lo + (v.hi-v.lo)*r.Float64())
					inputs.add(x, x, 1)
				}
				m := inputs.moments()
				v.hidden = hidden{w: make([]float64, 40), b: make([]float64, 40)}
				(&Options{Activation: act, Sampler: ELMWhitened}).draw(&v.hidden, &m, omega, r)
				if !c.compress(&v, &scratch) {
					t.Fatalf("%v, cutoff %v, %v: no compression", xi, cutoff, act)
				}
				const n = 300
				k, p := len(v.w), c.t.Rows
				at, factor := make([]float64, n), make([]float64, n)
				for i := range at {
					at[i], factor[i] = v.lo+(v.hi-v.lo)*r.Float64(), r.NormFloat64()
				}
				at[0], at[1] = v.lo, v.hi
				want := blas64.General{Rows: n, Cols: k, Stride: k, Data: make([]float64, n*k)}
				q := blas64.General{Rows: n, Cols: p, Stride: p, Data: make([]float64, n*p)}
				x := make([]float64, 3*n)
				v.derivatives(want, at, factor, x[:n], x[n:2*n], x[2*n:])
				c.eval(q, at, factor, make([]int32, n), make([]float64, c.order*n))
				scale := v.rms()
				for i := range n {
					for j := range k {
						sum := 0.0
						for l := range p {
							sum += q.Data[i*p+l] * c.t.Data[l*k+j]
						}
						if d := sum - want.Data[i*k+j]; !(math.Abs(d) <= tol*(1+math.Abs(factor[i]))*scale[j]) {
							t.Fatalf("%v, cutoff %v, %v, r = %v: feature %d is off by %.1e of %v", xi, cutoff, act, at[i], j, d, scale[j])
						}
					}
				}
				for a := range p {
					for b := range a + 1 {
						sum := 0.0
						for i := range c.table.Rows {
							sum += c.table.Data[i*p+a] * c.table.Data[i*p+b]
						}
						if a == b && sum != 0 {
							sum-- // functions beyond the rank are 0
						}
						if !(math.Abs(sum) <= 1e-13) {
							t.Fatalf("%v, cutoff %v, %v: functions %d and %d have the product %v", xi, cutoff, act, a, b, sum)
						}
					}
				}
			}
		}
	}
}

// What cannot be compressed is left alone.
func TestNoCompression(t *testing.T) {
	var c compression
	var scratch compressionScratch
	layer := hidden{act: dense.Gaussian, w: []float64{1, 2}, b: []float64{0, 1}}
	steep := hidden{act: dense.Gaussian, w: []float64{1, 1e9}, b: []float64{0, 1}}
	for name, v := range map[string]radial{
		"never seen":   {hidden: layer, lo: math.Inf(1), hi: math.Inf(-1)},
		"one distance": {hidden: layer, lo: 1, hi: 1},
		"too steep":    {hidden: steep, lo: 1, hi: 2},
	} {
		if c.compress(&v, &scratch) {
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

// BenchmarkCompression compares rows and solution of the same problem with columns that
// are compressed and with those that are not, in turn, over ten seeds of the features: the
// ratio of the times, and the median and the largest ratio of the errors.
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
			o.Workers, o.Features, o.NodeFeatures = 1, 64, 16
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
							h, r, err := trainPairs(b.Context(), d, &o)
							if err != nil {
								b.Fatal(err)
							}
							best = min(best, time.Duration(1e9*r.Seconds))
							errors[i] = evaluate(b, &Model{h}, test, o.Graph).Force
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
