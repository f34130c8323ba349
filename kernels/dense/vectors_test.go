package dense

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// vectorKernel is a kernel on one or two vectors, with factors a and b where it takes them.
type vectorKernel struct {
	name   string
	run    func(x, y []float64, a, b float64) float64 // 0 if nothing is returned
	theirs func(x, y []float64, a, b float64) float64 // gonum's
	bytes  int                                        // that an element moves
}

var vectorKernels = []vectorKernel{
	{"Asum", func(x, _ []float64, _, _ float64) float64 { return Asum(x) },
		func(x, _ []float64, _, _ float64) float64 { return gonum.Implementation{}.Dasum(len(x), x, 1) }, 8},
	{"Nrm2", func(x, _ []float64, _, _ float64) float64 { return Nrm2(x) },
		func(x, _ []float64, _, _ float64) float64 { return gonum.Implementation{}.Dnrm2(len(x), x, 1) }, 8},
	{"Iamax", func(x, _ []float64, _, _ float64) float64 { return float64(Iamax(x)) },
		func(x, _ []float64, _, _ float64) float64 {
			return float64(gonum.Implementation{}.Idamax(len(x), x, 1))
		}, 8},
	{"Rot", func(x, y []float64, a, b float64) float64 { Rot(x, y, a, b); return 0 },
		func(x, y []float64, a, b float64) float64 {
			gonum.Implementation{}.Drot(len(x), x, 1, y, 1, a, b)
			return 0
		}, 32},
	{"Scal", func(x, _ []float64, a, _ float64) float64 { Scal(a, x); return 0 },
		func(x, _ []float64, a, _ float64) float64 {
			gonum.Implementation{}.Dscal(len(x), a, x, 1)
			return 0
		}, 16},
	{"Mul", func(x, y []float64, _, _ float64) float64 { Mul(x, y); return 0 },
		func(x, y []float64, _, _ float64) float64 { floats.Mul(y, x); return 0 }, 24},
	{"Swap", func(x, y []float64, _, _ float64) float64 { Swap(x, y); return 0 },
		func(x, y []float64, _, _ float64) float64 {
			gonum.Implementation{}.Dswap(len(x), x, 1, y, 1)
			return 0
		}, 32},
}

// check runs the kernel on x and y, and on copies at level generic, and compares the bits.
func (k vectorKernel) check(t *testing.T, x, y []float64, a, b float64) {
	t.Helper()
	wantX, wantY := slices.Clone(x), slices.Clone(y)
	old := simd.SetActive(simd.Generic)
	want := k.run(wantX, wantY, a, b)
	simd.SetActive(old)
	got := k.run(x, y, a, b)
	if !kerneltest.Same(got, want) {
		t.Fatalf("%s level=%v n=%d: %v, want %v", k.name, old, len(x), got, want)
	}
	if i := kerneltest.FirstDifference(x, wantX); i >= 0 {
		t.Fatalf("%s level=%v n=%d: x[%d] = %v, want %v", k.name, old, len(x), i, x[i], wantX[i])
	}
	if i := kerneltest.FirstDifference(y, wantY); i >= 0 {
		t.Fatalf("%s level=%v n=%d: y[%d] = %v, want %v", k.name, old, len(x), i, y[i], wantY[i])
	}
}

func TestVectors(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, k := range vectorKernels {
			for _, n := range kerneltest.Lengths() {
				for off := range 8 {
					x := kerneltest.NewGuarded(kerneltest.Rand(r, n), off, kerneltest.NaN)
					y := kerneltest.NewGuarded(kerneltest.Rand(r, n), 3*off%8, kerneltest.Sentinel)
					k.check(t, x.V, y.V, r.NormFloat64(), r.NormFloat64())
					x.Check(t, k.name+": x")
					y.Check(t, k.name+": y")
				}
				k.check(t, kerneltest.PageEnd(t, kerneltest.Rand(r, n)), kerneltest.PageEnd(t, kerneltest.Rand(r, n)), 0.6, 0.8)
			}
		}
	})
}

// TestVectorsGonum compares the reference with gonum, which orders sums otherwise and fuses
// nothing.
func TestVectorsGonum(t *testing.T) {
	defer simd.SetActive(simd.SetActive(simd.Generic))
	r := rand.New(rand.NewPCG(3, 4))
	for _, k := range vectorKernels {
		for _, n := range kerneltest.Lengths() {
			x, y := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
			wantX, wantY := slices.Clone(x), slices.Clone(y)
			largest := 0.0
			for i := range x {
				largest = max(largest, math.Abs(x[i]), math.Abs(y[i]))
			}
			tol := 4 * largest * 0x1p-53
			got, want := k.run(x, y, 0.6, 0.8), k.theirs(wantX, wantY, 0.6, 0.8)
			if !kerneltest.Close(got, want, float64(n)*want*0x1p-53) {
				t.Fatalf("%s n=%d: %v, gonum has %v", k.name, n, got, want)
			}
			for i := range x {
				if !kerneltest.Close(x[i], wantX[i], tol) || !kerneltest.Close(y[i], wantY[i], tol) {
					t.Fatalf("%s n=%d: element %d: %v %v, gonum has %v %v", k.name, n, i, x[i], y[i], wantX[i], wantY[i])
				}
			}
		}
	}
}

func TestVectorsSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		special := kerneltest.Special()
		for _, k := range vectorKernels {
			for _, n := range []int{1, 7, 8, 33, 53} {
				for i := range n {
					for _, a := range special {
						for _, b := range special {
							x, y := make([]float64, n), make([]float64, n)
							x[i], y[i], x[n/2] = a, b, b
							k.check(t, x, y, 1.5, b)
						}
					}
				}
			}
		}
	})
}

// TestIamax has the largest at every place of several blocks, with ties behind it and NaN
// around, as gonum's Idamax counts them.
func TestIamax(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		x := make([]float64, 3*iamaxBlock+5)
		for i := range x {
			x[i], x[len(x)-1] = -2, 2
			if i > 1 {
				x[i-1] = math.NaN()
			}
			if got := Iamax(x); got != i {
				t.Fatalf("%d, want %d", got, i)
			}
			x[i], x[max(i-1, 0)] = 1, 1
		}
		if got := Iamax([]float64{math.NaN(), 3}); got != 0 {
			t.Errorf("behind NaN: %d", got)
		}
		if got := Iamax([]float64{0, math.NaN(), 0}); got != 0 {
			t.Errorf("of zeros: %d", got)
		}
		if got := Iamax(nil); got != -1 {
			t.Errorf("of nothing: %d", got)
		}
	})
}

func TestNrm2Scales(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, exponent := range []int{-1074, -1060, -600, -451, 0, 499, 511, 512, 1000, 1018} {
			for _, n := range []int{1, 2, 31, 40, 300} {
				x := make([]float64, n)
				sum := new(big.Float).SetPrec(2500)
				for i := range x {
					x[i] = math.Ldexp(1+r.Float64(), exponent-i%3)
					v := new(big.Float).SetPrec(2500).SetFloat64(x[i])
					sum.Add(sum, v.Mul(v, v))
				}
				want, _ := sum.Sqrt(sum).Float64()
				if got := Nrm2(x); !kerneltest.Close(got, want, want*float64(n/32+9)*0x1p-53+0x1p-1074) {
					t.Errorf("n=%d, exponent %d: %v, want %v", n, exponent, got, want)
				}
			}
		}
		inf := math.Inf(1)
		for _, c := range []struct {
			x    []float64
			want float64
		}{{nil, 0}, {[]float64{0, 0}, 0}, {[]float64{1, -inf}, inf}, {[]float64{inf, math.NaN()}, math.NaN()}} {
			if got := Nrm2(c.x); !kerneltest.Same(got, c.want) {
				t.Errorf("%v: %v, want %v", c.x, got, c.want)
			}
		}
	})
}

func TestVectorsPanics(t *testing.T) {
	x, y := []float64{1, 2}, []float64{3, 4, 5}
	mustPanic(t, "dense: len(x) != len(y)", func() { Rot(x, y, 0, 1) })
	mustPanic(t, "dense: len(x) != len(y)", func() { Swap(y, x) })
	mustPanic(t, "dense: len(x) != len(y)", func() { Mul(x, y) })
	if !slices.Equal(x, []float64{1, 2}) || !slices.Equal(y, []float64{3, 4, 5}) {
		t.Errorf("written before the panic: %v %v", x, y)
	}
	Swap(x, x)
	if !slices.Equal(x, []float64{1, 2}) {
		t.Errorf("swapped with itself: %v", x)
	}
}

func TestVectorsAllocs(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, k := range vectorKernels {
			x, y := make([]float64, 100), make([]float64, 100)
			if !simd.Race { // which lets what a dispatcher reads escape
				x[3] = 0x1p600 // which makes Nrm2 scale
			}
			if n := testing.AllocsPerRun(10, func() { k.run(x, y, 1, 0) }); n != 0 {
				t.Errorf("%s: %v allocations", k.name, n)
			}
		}
	})
}

func FuzzVectors(f *testing.F) {
	f.Add([]byte("rapidhgn"), 0.5, 2.0, uint8(3), uint8(70))
	f.Fuzz(func(t *testing.T, bits []byte, a, b float64, off, n uint8) {
		values := floatsOf(bits, 2*int(n))
		for _, k := range vectorKernels {
			for _, l := range simd.Available() {
				x := kerneltest.NewGuarded(values[:n], int(off)%8, kerneltest.NaN)
				y := kerneltest.NewGuarded(values[n:], int(off)/8%8, kerneltest.Sentinel)
				old := simd.SetActive(l)
				k.check(t, x.V, y.V, a, b)
				simd.SetActive(old)
				x.Check(t, "x")
				y.Check(t, "y")
			}
		}
	})
}

func BenchmarkVectors(b *testing.B) {
	for _, k := range vectorKernels {
		for _, n := range []int{32, 1000, 1e5} { // short, L1, L2
			x := kerneltest.Rand(rand.New(rand.NewPCG(1, 1)), n)
			y := kerneltest.Rand(rand.New(rand.NewPCG(2, 2)), n)
			run := func(name string, f func(x, y []float64, a, b float64) float64) {
				b.Run(fmt.Sprintf("kernel=%s/n=%d/%s", k.name, n, name), func(b *testing.B) {
					b.SetBytes(int64(k.bytes * n))
					for b.Loop() {
						f(x, y, 1, 0)
					}
				})
			}
			run("impl=gonum", k.theirs)
			eachLevel(func(l simd.Level) { run("level="+l.String(), k.run) })
		}
	}
}
