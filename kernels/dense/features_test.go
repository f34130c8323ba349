package dense

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// layer is the operands of one call, each between guards.
type layer struct {
	dst, grad, x, w *kerneltest.Guarded
	b               *kerneltest.Guarded
	n, d, m, gap    int
}

// newLayer makes operands whose strides exceed their columns by gap. The gaps of the inputs
// are NaN.
func newLayer(r *rand.Rand, n, d, m, gap, off int) *layer {
	input := func(rows, cols int) []float64 {
		v := kerneltest.Rand(r, rows*(cols+gap))
		for i := range v {
			v[i] *= 0x1p-4
			if i%(cols+gap) >= cols {
				v[i] = math.NaN()
			}
		}
		return v
	}
	l := &layer{n: n, d: d, m: m, gap: gap}
	l.x = kerneltest.NewGuarded(input(n, d), off, kerneltest.NaN)
	l.w = kerneltest.NewGuarded(input(m, d), 3*off, kerneltest.NaN)
	l.b = kerneltest.NewGuarded(kerneltest.Rand(r, m), 5*off, kerneltest.NaN)
	l.dst = kerneltest.NewGuarded(sevens(n*(m+gap)), 7*off, kerneltest.Sentinel)
	l.grad = kerneltest.NewGuarded(sevens(n*(m+gap)), off+4, kerneltest.Sentinel)
	return l
}

func sevens(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 7
	}
	return x
}

func (l *layer) matrix(g *kerneltest.Guarded, rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: max(1, cols+l.gap), Data: g.V}
}

func (l *layer) features(act Activation) {
	Features(l.matrix(l.dst, l.n, l.m), l.matrix(l.x, l.n, l.d), l.matrix(l.w, l.m, l.d), l.b.V, act)
}

func (l *layer) featuresGrad(act Activation) {
	FeaturesGrad(l.matrix(l.dst, l.n, l.m), l.matrix(l.grad, l.n, l.m),
		l.matrix(l.x, l.n, l.d), l.matrix(l.w, l.m, l.d), l.b.V, act)
}

// reference is a literal transcription of the documentation.
func reference(x, w blas64.General, b []float64, act Activation) (dst, grad []float64) {
	for i := range x.Rows {
		for j, z := range b {
			for k := range x.Cols {
				z = math.FMA(x.Data[i*x.Stride+k], w.Data[j*w.Stride+k], z)
			}
			dst = append(dst, z)
		}
	}
	grad = make([]float64, len(dst))
	generic[act].grad(dst, grad, dst)
	return dst, grad
}

// check compares dst, and grad if it was asked for, with the reference, and the gaps with
// what they were.
func (l *layer) check(t *testing.T, act Activation, withGrad bool) {
	t.Helper()
	for name, g := range map[string]*kerneltest.Guarded{"dst": l.dst, "grad": l.grad, "x": l.x, "w": l.w, "b": l.b} {
		g.Check(t, name)
	}
	value, slope := reference(l.matrix(l.x, l.n, l.d), l.matrix(l.w, l.m, l.d), l.b.V, act)
	stride := l.m + l.gap
	for i := range l.n {
		for j := range stride {
			want, wantGrad := 7.0, 7.0
			if j < l.m {
				want = value[i*l.m+j]
				if withGrad {
					wantGrad = slope[i*l.m+j]
				}
			}
			if got := l.dst.V[i*stride+j]; !kerneltest.Same(got, want) {
				t.Fatalf("%v n=%d d=%d m=%d: dst[%d,%d] = %v, want %v", act, l.n, l.d, l.m, i, j, got, want)
			}
			if got := l.grad.V[i*stride+j]; !kerneltest.Same(got, wantGrad) {
				t.Fatalf("%v n=%d d=%d m=%d: grad[%d,%d] = %v, want %v", act, l.n, l.d, l.m, i, j, got, wantGrad)
			}
		}
	}
}

func TestFeatures(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, act := range activations {
			for _, m := range []int{0, 1, 2, 3, 7, 8, 9, 16, 31, 64, 67} {
				for _, d := range []int{0, 1, 2, 3, 4, 9, 33} {
					n, gap, off := r.IntN(6), r.IntN(4), r.IntN(8)
					l := newLayer(r, n, d, m, gap, off)
					inputs := slices.Concat(l.x.V, l.w.V, l.b.V)
					l.features(act)
					l.check(t, act, false)
					l.featuresGrad(act)
					l.check(t, act, true)
					if kerneltest.FirstDifference(slices.Concat(l.x.V, l.w.V, l.b.V), inputs) >= 0 {
						t.Fatalf("n=%d d=%d m=%d: an input was modified", n, d, m)
					}
				}
			}
		}
	})
}

// TestFeaturesBlocks has more rows than a block, of rows so long that a block has one, and
// shapes that the small ones above do not reach.
func TestFeaturesBlocks(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for _, s := range []struct{ n, d, m, gap int }{
			{300, 1, 64, 0}, {300, 1, 64, 3}, {1700, 1, 5, 0}, {300, 2, 33, 0}, {140, 16, 64, 0}, {140, 16, 64, 1},
			{3, 1, featuresBlock + 3, 0}, {2, 5, featuresBlock, 1}, {70, 300, 130, 0},
		} {
			l := newLayer(r, s.n, s.d, s.m, s.gap, 1)
			l.features(Gaussian)
			l.check(t, Gaussian, false)
			l.featuresGrad(Gaussian)
			l.check(t, Gaussian, true)
		}
	})
}

// TestFeaturesGonum compares with gonum's product and Go's functions.
func TestFeaturesGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n, d, m = 20, 5, 33
	x, w := mat.NewDense(n, d, nil), mat.NewDense(m, d, nil)
	for _, a := range []*mat.Dense{x, w} {
		a.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, a)
	}
	b := kerneltest.Rand(r, m)
	var z, dst, grad mat.Dense
	z.Mul(x, w.T())
	dst.ReuseAs(n, m)
	grad.ReuseAs(n, m)
	for act, f := range ofMath {
		FeaturesGrad(dst.RawMatrix(), grad.RawMatrix(), x.RawMatrix(), w.RawMatrix(), b, act)
		for i := range n {
			for j := range m {
				z := z.At(i, j) + b[j]
				tol := 0x1p-48 * (1 + math.Abs(z))
				if !kerneltest.Close(dst.At(i, j), f(z), tol) {
					t.Errorf("%v(%v) = %v, want %v", act, z, dst.At(i, j), f(z))
				}
				const h = 0x1p-17
				slope := (f(z+h) - f(z-h)) / (2 * h)
				if !kerneltest.Close(grad.At(i, j), slope, 0x1p-30*(1+math.Abs(z))) {
					t.Errorf("%v′(%v) = %v, by differences %v", act, z, grad.At(i, j), slope)
				}
			}
		}
	}
}

// TestFeaturesSpecial puts special values at each place of x, w and b, and makes sure that
// a NaN stays in its row or column.
func TestFeaturesSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		const n, d, m = 3, 2, 9
		for _, act := range activations {
			for _, special := range kerneltest.Special() {
				l := newLayer(r, n, d, m, 0, 0)
				for name, operand := range map[string][]float64{"x": l.x.V, "w": l.w.V, "b": l.b.V} {
					for at := range operand {
						old := operand[at]
						operand[at] = special
						l.featuresGrad(act)
						l.check(t, act, true)
						if math.IsNaN(special) {
							for i, v := range l.dst.V {
								want := name == "x" && i/m == at/d || name == "w" && i%m == at/d || name == "b" && i%m == at
								if math.IsNaN(v) != want || math.IsNaN(l.grad.V[i]) != want {
									t.Fatalf("%v: NaN at %s[%d] gives dst[%d] = %v", act, name, at, i, v)
								}
							}
						}
						operand[at] = old
					}
				}
			}
		}
	})
}

func TestFeaturesPageEnd(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, m := range []int{1, 3, 8, 13, 64} {
			for _, d := range []int{1, 3, 4, 9} {
				const n = 2
				end := func(rows, cols int) blas64.General {
					return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: kerneltest.PageEnd(t, kerneltest.Rand(r, rows*cols))}
				}
				x, w, dst, grad, b := end(n, d), end(m, d), end(n, m), end(n, m), end(1, m).Data
				want, wantGrad := reference(x, w, b, Tanh)
				FeaturesGrad(dst, grad, x, w, b, Tanh)
				if !slices.Equal(dst.Data, want) || !slices.Equal(grad.Data, wantGrad) {
					t.Fatalf("m=%d d=%d: differs from the reference", m, d)
				}
				Features(dst, x, w, b, Tanh)
				if !slices.Equal(dst.Data, want) {
					t.Fatalf("m=%d d=%d: differs from the reference", m, d)
				}
			}
		}
	})
}

// TestFeaturesAlias: inputs may overlap each other, and dst and grad may be column blocks of
// one matrix.
func TestFeaturesAlias(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 10))
		const n, m = 4, 5
		data := kerneltest.Rand(r, 40)
		x := blas64.General{Rows: n, Cols: 3, Stride: 4, Data: data}
		w := blas64.General{Rows: m, Cols: 3, Stride: 3, Data: data[2:]}
		both := sevens(n * 2 * m)
		dst := blas64.General{Rows: n, Cols: m, Stride: 2 * m, Data: both}
		grad := blas64.General{Rows: n, Cols: m, Stride: 2 * m, Data: both[m:]}
		FeaturesGrad(dst, grad, x, w, data[:m], Softplus)
		want, wantGrad := sevens(n*m), sevens(n*m)
		FeaturesGrad(blas64.General{Rows: n, Cols: m, Stride: m, Data: want},
			blas64.General{Rows: n, Cols: m, Stride: m, Data: wantGrad}, x, w, data[:m], Softplus)
		for i := range n {
			if !slices.Equal(row(dst, i), want[i*m:][:m]) || !slices.Equal(row(grad, i), wantGrad[i*m:][:m]) {
				t.Fatalf("row %d differs", i)
			}
		}
	})
}

func TestFeaturesPanics(t *testing.T) {
	const n, d, m = 3, 2, 4
	all := sevens(200)
	general := func(from, rows, cols int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: max(1, cols), Data: all[from : from+rows*cols]}
	}
	type call struct {
		dst, grad, x, w blas64.General
		b               []float64
		act             Activation
	}
	good := func() call {
		return call{general(0, n, m), general(20, n, m), general(40, n, d), general(60, m, d), all[80 : 80+m], Tanh}
	}
	for _, c := range []struct {
		want   string
		grad   bool // the fault is grad's, so that Features does not see it
		change func(c *call)
	}{
		{"dense: x.Cols != w.Cols", false, func(c *call) { c.x = general(40, n, d+1) }},
		{"dense: len(b) != w.Rows", false, func(c *call) { c.b = c.b[1:] }},
		{"dense: unknown activation", false, func(c *call) { c.act = Sigmoid + 1 }},
		{"dense: unknown activation", false, func(c *call) { c.act = 0 }},
		{"dense: negative dimension", false, func(c *call) { c.x.Rows = -1 }},
		{"dense: negative dimension", false, func(c *call) { c.w.Cols = -1 }},
		{"dense: stride below the number of columns", false, func(c *call) { c.x.Stride = d - 1 }},
		{"dense: stride below the number of columns", false, func(c *call) { c.dst.Stride = -m }},
		{"dense: stride below the number of columns", false, func(c *call) { c.dst = blas64.General{} }},
		{"dense: data shorter than the matrix", false, func(c *call) { c.w.Data = c.w.Data[1:] }},
		{"dense: data shorter than the matrix", false, func(c *call) { c.x.Stride = math.MaxInt }},
		{"dense: data shorter than the matrix", false, func(c *call) { c.x.Rows = math.MaxInt }},
		{"dense: shape of the result is not x.Rows × w.Rows", false, func(c *call) { c.dst = general(0, n, m-1) }},
		{"dense: shape of the result is not x.Rows × w.Rows", true, func(c *call) { c.grad = general(20, n-1, m) }},
		{"dense: the result overlaps an input", false, func(c *call) { c.dst = general(40+n*d-1, n, m) }},
		{"dense: the result overlaps an input", false, func(c *call) { c.dst = general(60-n*m+1, n, m) }},
		{"dense: the result overlaps an input", true, func(c *call) { c.grad = general(80+m-1, n, m) }},
		{"dense: dst and grad overlap", true, func(c *call) { c.grad = c.dst }},
	} {
		args := good()
		c.change(&args)
		mustPanic(t, c.want, func() { FeaturesGrad(args.dst, args.grad, args.x, args.w, args.b, args.act) })
		if !c.grad {
			mustPanic(t, c.want, func() { Features(args.dst, args.x, args.w, args.b, args.act) })
		}
	}
	if !slices.Equal(all, sevens(200)) {
		t.Error("something was written before a panic")
	}
}

func TestOverlap(t *testing.T) {
	data := make([]float64, 100)
	at := func(from, rows, cols, stride int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: stride, Data: data[from:]}
	}
	all := []blas64.General{}
	for _, from := range []int{0, 1, 3, 7, 8, 12, 30} {
		for _, shape := range [][3]int{{1, 1, 1}, {1, 5, 9}, {3, 2, 8}, {3, 3, 8}, {4, 8, 8}, {2, 0, 8}} {
			all = append(all, at(from, shape[0], shape[1], shape[2]))
		}
	}
	elements := func(a blas64.General, from int) map[int]bool {
		s := make(map[int]bool)
		for i := range a.Rows {
			for j := range a.Cols {
				s[from+i*a.Stride+j] = true
			}
		}
		return s
	}
	for _, a := range all {
		for _, b := range all {
			want := false
			inA := elements(a, len(data)-len(a.Data))
			for e := range elements(b, len(data)-len(b.Data)) {
				want = want || inA[e]
			}
			if got := overlap(a, b); got != want {
				t.Errorf("overlap of %d×%d by %d at %d and %d×%d by %d at %d: %v, want %v", a.Rows, a.Cols, a.Stride,
					len(data)-len(a.Data), b.Rows, b.Cols, b.Stride, len(data)-len(b.Data), got, want)
			}
		}
	}
}

func TestFeaturesAllocs(t *testing.T) {
	if simd.Race {
		t.Skip("the race detector makes sync.Pool, which holds the packing buffers, forget at random")
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		l := newLayer(rand.New(rand.NewPCG(1, 2)), 3, 2, 9, 0, 0)
		for _, act := range activations {
			if n := testing.AllocsPerRun(5, func() { l.features(act); l.featuresGrad(act) }); n != 0 {
				t.Errorf("%v: %v allocations", act, n)
			}
		}
	})
}

func FuzzFeatures(f *testing.F) {
	f.Add([]byte("rapidhgn"), uint8(3), uint8(2), uint8(9), uint8(1), uint8(5), uint8(0))
	f.Fuzz(func(t *testing.T, bits []byte, n, d, m, gap, off, act uint8) {
		n, d, m, gap = n%8, d%12, m%70, gap%4
		for _, level := range simd.Available() {
			l := newLayer(rand.New(rand.NewPCG(1, 2)), int(n), int(d), int(m), int(gap), int(off))
			values := floatsOf(bits, len(l.x.V)+len(l.w.V)+len(l.b.V))
			copy(l.b.V, values[copy(l.w.V, values[copy(l.x.V, values):]):])
			a := activations[int(act)%len(activations)]
			old := simd.SetActive(level)
			l.featuresGrad(a)
			simd.SetActive(old)
			l.check(t, a, true)
		}
	})
}
