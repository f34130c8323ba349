package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// A mapping is a function that goes through slices element by element.
type mapping struct {
	name    string
	grad    bool // whether it has the second result
	f       func(dst, grad, x []float64)
	generic func(dst, grad, x []float64)
	goMath  func(x float64) float64
}

var mappings = func() []mapping {
	all := []mapping{{
		"exp", false,
		func(dst, _, x []float64) { Exp(dst, x) },
		func(dst, _, x []float64) { expGeneric(dst, x) },
		math.Exp,
	}}
	for _, a := range activations {
		name := a.String()
		all = append(all,
			mapping{
				name, false,
				func(dst, _, x []float64) { a.Apply(dst, x) },
				func(dst, _, x []float64) { generic[a].value(dst, x) },
				ofMath[a],
			},
			mapping{name + "Grad", true, a.ApplyGrad, generic[a].grad, ofMath[a]},
		)
	}
	return all
}()

// generic holds the references of the activations.
var generic = map[Activation]struct {
	value func(dst, x []float64)
	grad  func(dst, grad, x []float64)
}{
	Tanh:     {tanhGeneric, tanhGradGeneric},
	Softplus: {softplusGeneric, softplusGradGeneric},
	Gaussian: {gaussianGeneric, gaussianGradGeneric},
	Sin:      {sinGeneric, sinGradGeneric},
	Sigmoid:  {sigmoidGeneric, sigmoidGradGeneric},
}

// ofMath holds the activations as Go's functions give them.
var ofMath = map[Activation]func(z float64) float64{
	Tanh:     math.Tanh,
	Softplus: func(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) },
	Gaussian: func(z float64) float64 { return math.Exp(-z * z) },
	Sin:      math.Sin,
	Sigmoid:  func(z float64) float64 { return 1 / (1 + math.Exp(-z)) },
}

// eachMapping calls f with each mapping at each level.
func eachMapping(t *testing.T, f func(t *testing.T, m mapping)) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, m := range mappings {
			f(t, m)
		}
	})
}

// compare runs m and its reference at x and reports what differs.
func (m mapping) compare(t *testing.T, dst, grad, x []float64) {
	t.Helper()
	at := slices.Clone(x)
	want, wantGrad := slices.Clone(dst), slices.Clone(grad)
	m.generic(want, wantGrad, at)
	m.f(dst, grad, x)
	if i := kerneltest.FirstDifference(dst, want); i >= 0 {
		t.Fatalf("%s, n=%d: dst[%d] = %v at %v, want %v", m.name, len(x), i, dst[i], at[i], want[i])
	}
	if i := kerneltest.FirstDifference(grad, wantGrad); i >= 0 {
		t.Fatalf("%s, n=%d: grad[%d] = %v at %v, want %v", m.name, len(x), i, grad[i], at[i], wantGrad[i])
	}
}

func TestMap(t *testing.T) {
	z := arguments(rand.New(rand.NewPCG(1, 2)), 300)
	eachMapping(t, func(t *testing.T, m mapping) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, n := range kerneltest.Lengths() {
			for off := range 8 {
				from := r.IntN(len(z) - n)
				x := kerneltest.NewGuarded(z[from:from+n], off, kerneltest.NaN)
				dst := kerneltest.NewGuarded(sevens(n), 3*off%8, kerneltest.Sentinel)
				grad := kerneltest.NewGuarded(sevens(n), 5*off%8, kerneltest.Sentinel)
				m.compare(t, dst.V, grad.V, x.V)
				for name, g := range map[string]*kerneltest.Guarded{"dst": dst, "grad": grad, "x": x} {
					g.Check(t, name)
				}
				if !slices.Equal(x.V, z[from:from+n]) {
					t.Fatalf("%s, n=%d off=%d: x was modified", m.name, n, off)
				}
			}
		}
	})
}

// TestMapBits compares more arguments than one call of a kernel takes.
func TestMapBits(t *testing.T) {
	z := arguments(rand.New(rand.NewPCG(5, 6)), 3000)
	if len(z) <= mapChunk {
		t.Fatalf("%d arguments, a chunk has %d", len(z), mapChunk)
	}
	eachMapping(t, func(t *testing.T, m mapping) {
		m.compare(t, make([]float64, len(z)), make([]float64, len(z)), slices.Clone(z))
	})
}

func TestMapSpecial(t *testing.T) {
	values := append(kerneltest.Special(), 26.6, 27.3, 27.394, 27.396, -27.41, 375.3, 375.4, -354.2, -372.8, 709.78, 709.79, -708.3,
		-708.5, -745.1, -745.2, -750.6, -750.8, 800.1, -800.1, maxSin, -maxSin, math.Nextafter(maxSin, 0), 1e300)
	eachMapping(t, func(t *testing.T, m mapping) {
		const n = 19 // a turn of the main loop, a vector, a tail
		for _, special := range values {
			for at := range n {
				x := kerneltest.Rand(rand.New(rand.NewPCG(7, 8)), n)
				x[at] = special
				m.compare(t, sevens(n), sevens(n), x)
			}
		}
	})
}

func TestMapPageEnd(t *testing.T) {
	eachMapping(t, func(t *testing.T, m mapping) {
		r := rand.New(rand.NewPCG(9, 10))
		for n := range 20 {
			x := kerneltest.PageEnd(t, kerneltest.Rand(r, n))
			m.compare(t, kerneltest.PageEnd(t, sevens(n)), kerneltest.PageEnd(t, sevens(n)), x)
		}
	})
}

// TestMapAlias: either result may be x.
func TestMapAlias(t *testing.T) {
	z := append(arguments(rand.New(rand.NewPCG(11, 12)), 20), kerneltest.Special()...)
	eachMapping(t, func(t *testing.T, m mapping) {
		x := slices.Clone(z)
		m.compare(t, x, sevens(len(x)), x)
		if m.grad {
			x = slices.Clone(z)
			m.compare(t, sevens(len(x)), x, x)
		}
	})
}

func TestMapPanics(t *testing.T) {
	all := sevens(100)
	dst, grad, x := all[:20], all[30:50], all[60:80]
	for _, c := range []struct {
		want          string
		grad          bool // the fault is grad's
		act           Activation
		dst, grad0, x []float64
	}{
		{"dense: unknown activation", false, 0, dst, grad, x},
		{"dense: unknown activation", false, Sigmoid + 1, dst, grad, x},
		{"dense: slices of different lengths", false, Tanh, dst[1:], grad, x},
		{"dense: slices of different lengths", false, Tanh, dst, grad, x[1:]},
		{"dense: slices of different lengths", false, Tanh, nil, grad, x},
		{"dense: slices of different lengths", true, Tanh, dst, grad[1:], x},
		{"dense: the result overlaps x", false, Tanh, all[59:79], grad, x},
		{"dense: the result overlaps x", false, Tanh, all[79:99], grad, x},
		{"dense: the result overlaps x", true, Tanh, dst, all[61:81], x},
		{"dense: dst and grad overlap", true, Tanh, dst, all[19:39], x},
		{"dense: dst and grad overlap", true, Tanh, x, x, x},
	} {
		mustPanic(t, c.want, func() { c.act.ApplyGrad(c.dst, c.grad0, c.x) })
		if !c.grad {
			mustPanic(t, c.want, func() { c.act.Apply(c.dst, c.x) })
			if c.act == Tanh {
				mustPanic(t, c.want, func() { Exp(c.dst, c.x) })
			}
		}
	}
	if !slices.Equal(all, sevens(100)) {
		t.Error("something was written before a panic")
	}
}

func TestMapAllocs(t *testing.T) {
	x, dst, grad := sevens(100), sevens(100), sevens(100)
	eachMapping(t, func(t *testing.T, m mapping) {
		if n := testing.AllocsPerRun(5, func() { m.f(dst, grad, x) }); n != 0 {
			t.Errorf("%s: %v allocations", m.name, n)
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte("rapidhgn"), uint8(0), uint8(9), uint8(1))
	f.Fuzz(func(t *testing.T, bits []byte, which, n, off uint8) {
		m := mappings[int(which)%len(mappings)]
		for _, level := range simd.Available() {
			x := kerneltest.NewGuarded(floatsOf(bits, int(n)), int(off)%8, kerneltest.NaN)
			dst := kerneltest.NewGuarded(sevens(int(n)), int(off/8)%8, kerneltest.Sentinel)
			grad := kerneltest.NewGuarded(sevens(int(n)), int(off/64), kerneltest.Sentinel)
			old := simd.SetActive(level)
			m.compare(t, dst.V, grad.V, x.V)
			simd.SetActive(old)
			dst.Check(t, "dst")
			grad.Check(t, "grad")
		}
	})
}

func BenchmarkMap(b *testing.B) {
	const n = 1e4
	x := make([]float64, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range x {
		x[i] = 10 * (2*r.Float64() - 1)
	}
	dst, grad := make([]float64, n), make([]float64, n)
	report := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
	}
	for _, m := range mappings {
		if !m.grad {
			b.Run(fmt.Sprintf("f=%s/n=%v/impl=math", m.name, n), func(b *testing.B) {
				for b.Loop() {
					for i, v := range x {
						dst[i] = m.goMath(v)
					}
				}
				report(b)
			})
		}
		eachLevel(func(level simd.Level) {
			b.Run(fmt.Sprintf("f=%s/n=%v/level=%v", m.name, n, level), func(b *testing.B) {
				slices := 2
				if m.grad {
					slices = 3
				}
				b.SetBytes(int64(8 * slices * n))
				b.ReportAllocs()
				for b.Loop() {
					m.f(dst, grad, x)
				}
				report(b)
			})
		})
	}
}
