package pair

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// lennardJones is V(s) = 4(s⁻⁶ − s⁻³) times a cut-off, and its derivative.
func lennardJones(s float64) (v, v1 float64) {
	i := 1 / s
	i3 := i * i * i
	return 4 * i3 * (i3 - 1), -12 * i3 * (2*i3 - 1) * i
}

// liquid is n bodies near a grid in a periodic box, in the layout of the kernels.
type liquid struct {
	n      int
	length [3]float64
	q      []float64
	list   List
}

func newLiquid(r *rand.Rand, side int, reach float64) *liquid {
	const spacing = 1.0584
	l := &liquid{n: side * side * side}
	for a := range l.length {
		l.length[a] = float64(side) * spacing
	}
	for i := range l.n {
		for _, x := range []int{i % side, i / side % side, i / side / side} {
			l.q = append(l.q, (float64(x)+0.12*r.NormFloat64())*spacing)
		}
		l.q = append(l.q, r.Float64()+0.5)
	}
	nan := math.NaN()
	l.q = append(l.q, nan, nan, nan, nan)
	k := Kernel{length: l.length, periodic: true}
	for a := range k.inverse {
		k.inverse[a] = 1 / l.length[a]
	}
	l.list.Start = []int{0}
	for i := range l.n {
		for j := range l.n {
			_, s := k.difference((*[4]float64)(l.q[4*i:]), (*[4]float64)(l.q[4*j:]))
			if i != j && s < reach*reach {
				l.list.Neighbors = append(l.list.Neighbors, int32(4*j))
			}
		}
		for len(l.list.Neighbors)%8 != 0 {
			l.list.Neighbors = append(l.list.Neighbors, int32(4*l.n))
		}
		l.list.Start = append(l.list.Start, len(l.list.Neighbors))
	}
	return l
}

func lennardJonesKernel(t testing.TB, lo, hi float64, change func(p *Potential), length [3]float64) *Kernel {
	t.Helper()
	start, _ := lennardJones(lo * lo)
	inner, err := NewPiecewise(lo*lo, hi*hi, 0, start, func(s float64) float64 { _, v1 := lennardJones(s); return v1 })
	if err != nil {
		t.Fatal(err)
	}
	p := Potential{Inner: inner, Cutoff2: 6.25, Least: lo * lo, Most: hi * hi}
	for _, end := range []struct {
		t *Tail
		r float64
	}{{&p.Below, lo}, {&p.Above, hi}} {
		v, v1 := lennardJones(end.r * end.r)
		*end.t = Tail{end.r, v, 2 * end.r * v1, 1}
	}
	if change != nil {
		change(&p)
	}
	k, err := NewKernel(p, length)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newCrystal is a plane of springs: rows of 2 to 4 neighbours, packed.
func newCrystal(r *rand.Rand, side int) *liquid {
	l := &liquid{n: side * side}
	l.list.Start = []int{0}
	for i := range l.n {
		x, y := i%side, i/side
		l.q = append(l.q, float64(x)+0.1*r.NormFloat64(), float64(y)+0.1*r.NormFloat64(), 0.1*r.NormFloat64(), r.Float64()+0.5)
		for _, d := range [][2]int{{0, -1}, {-1, 0}, {1, 0}, {0, 1}} {
			if a, b := x+d[0], y+d[1]; a >= 0 && a < side && b >= 0 && b < side {
				l.list.Neighbors = append(l.list.Neighbors, int32(4*(b*side+a)))
			}
		}
		for len(l.list.Neighbors)%8 != 0 {
			l.list.Neighbors = append(l.list.Neighbors, int32(4*l.n))
		}
		l.list.Start = append(l.list.Start, len(l.list.Neighbors))
	}
	for a := range l.length {
		l.length[a] = float64(side)
	}
	nan := math.NaN()
	l.q = append(l.q, nan, nan, nan, nan)
	return l
}

// Lists of few neighbours give the same before and after they were packed.
func TestPack(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for side := 1; side < 8; side++ {
		long, packed := newCrystal(rand.New(rand.NewPCG(17, uint64(side))), side), newCrystal(rand.New(rand.NewPCG(17, uint64(side))), side)
		packed.list.Pack(packed.n)
		if err := packed.list.Check(packed.n); err != nil || packed.list.Few != (side > 1) {
			t.Fatalf("side %d: %v, packed %v", side, err, packed.list.Few)
		}
		for _, weighted := range []bool{false, true} {
			for _, cutoff2 := range []float64{1.1, 6, math.Inf(1)} {
				for _, length := range []float64{0, 10} {
					k := lennardJonesKernel(t, 0.95, 1.2, func(p *Potential) { p.Weighted, p.Cutoff2 = weighted, cutoff2 }, [3]float64{length, 0, length})
					kerneltest.EachLevel(t, func(t *testing.T) {
						lo := r.IntN(long.n)
						hi := lo + r.IntN(long.n-lo+1)
						want, got := make([]float64, 4*long.n), make([]float64, 4*long.n)
						for i := range want {
							want[i] = r.NormFloat64()
						}
						copy(got, want)
						a, b := k.Forces(want, long.q, &long.list, lo, hi), k.Forces(got, packed.q, &packed.list, lo, hi)
						if i := kerneltest.FirstDifference(got, want); i >= 0 || a != b {
							t.Fatalf("side %d, %d to %d: force %d and sums %+v, want %+v", side, lo, hi, i, b, a)
						}
					})
				}
			}
		}
	}
	l := newLiquid(r, 3, 1.7)
	if l.list.Pack(l.n); l.list.Few {
		t.Error("rows of more than 4 are packed")
	}
	for name, list := range map[string]List{
		"no list":                   {},
		"somebody among the last 4": {Start: []int{0, 8}, Neighbors: []int32{4, 8, 12, 16, 24, 20, 24, 24}},
	} {
		old := slices.Clone(list.Neighbors)
		if list.Pack(6); list.Few || !slices.Equal(list.Neighbors, old) {
			t.Errorf("%s: packed to %v", name, list.Neighbors)
		}
	}
}

func TestForces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	l := newLiquid(r, 6, 2.8)
	if err := l.list.Check(l.n); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*Kernel{
		"plain":    lennardJonesKernel(t, 0.5, 2.5, nil, l.length),
		"free":     lennardJonesKernel(t, 0.5, 2.5, nil, [3]float64{}),
		"tails":    lennardJonesKernel(t, 0.95, 2.2, nil, l.length),
		"endless":  lennardJonesKernel(t, 0.95, 2.2, func(p *Potential) { p.Cutoff2 = math.Inf(1) }, l.length),
		"weighted": lennardJonesKernel(t, 0.95, 2.2, func(p *Potential) { p.Weighted = true }, l.length),
	} {
		want := make([]float64, 4*l.n)
		for i := range want {
			want[i] = r.NormFloat64()
		}
		old := append([]float64(nil), want...)
		sums := forcesGeneric(want, l.q, l.list.Start, l.list.Neighbors, 0, k)
		kerneltest.EachLevel(t, func(t *testing.T) {
			got := append([]float64(nil), old...)
			s := k.Forces(got, l.q, &l.list, 0, l.n)
			if s != sums {
				t.Errorf("%s: %+v, want %+v", name, s, sums)
			}
			if i := kerneltest.FirstDifference(got, want); i >= 0 {
				t.Errorf("%s: force %d is %v, want %v", name, i, got[i], want[i])
			}
		})
	}
}

func BenchmarkForces(b *testing.B) {
	crystal := newCrystal(rand.New(rand.NewPCG(1, 2)), 64)
	for _, level := range simd.Available() {
		for _, few := range []bool{false, true} {
			b.Run(fmt.Sprintf("springs=%d/few=%v/level=%v", crystal.n, few, level), func(b *testing.B) {
				defer simd.SetActive(simd.SetActive(level))
				k := lennardJonesKernel(b, 0.5, 2.5, nil, [3]float64{})
				dst := make([]float64, 4*crystal.n)
				if few {
					crystal.list.Pack(crystal.n)
				}
				for b.Loop() {
					k.Forces(dst, crystal.q, &crystal.list, 0, crystal.n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(crystal.n), "ns/body")
			})
		}
		crystal = newCrystal(rand.New(rand.NewPCG(1, 2)), 64)
	}
	l := newLiquid(rand.New(rand.NewPCG(1, 2)), 16, 2.8)
	for _, level := range simd.Available() {
		for name, length := range map[string][3]float64{"periodic": l.length, "free": {}} {
			b.Run(fmt.Sprintf("bodies=%d/box=%s/level=%v", l.n, name, level), func(b *testing.B) {
				defer simd.SetActive(simd.SetActive(level))
				k := lennardJonesKernel(b, 0.5, 2.5, nil, length)
				dst := make([]float64, 4*l.n)
				for b.Loop() {
					k.Forces(dst, l.q, &l.list, 0, l.n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(l.n), "ns/body")
			})
		}
	}
}

func TestSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	kerneltest.EachLevel(t, func(t *testing.T) {
		for trial := range 300 {
			n := []int{r.IntN(100), 250 + r.IntN(300)}[trial%2]
			size := (n + 15) / 8 * 8
			x, y, z := make([]float64, size), make([]float64, size), make([]float64, size)
			for i := range n {
				x[i], y[i], z[i] = r.Float64(), r.Float64(), r.Float64()
			}
			var windows []Window
			for range r.IntN(6) {
				w := Window{X: r.Float64(), Y: r.Float64(), Z: r.Float64()}
				w.Last = r.IntN(n + 1)
				w.First = r.IntN(w.Last + 1)
				windows = append(windows, w)
			}
			self, limit := r.IntN(n+1), r.Float64()
			want := make([]int32, 6000)
			want = want[:searchGeneric(want, x, y, z, windows, self, limit)]
			got := Search([]int32{7}, x, y, z, windows, self, limit)
			if got[0] != 7 || !slices.Equal(got[1:], want) {
				t.Fatalf("trial %d: found %v, want %v", trial, got, want)
			}
		}
	})
}

func TestEval(t *testing.T) {
	p, err := NewPiecewise(0.7, 6.3, 0, 1, func(s float64) float64 { return 1 / s })
	if err != nil {
		t.Fatal(err)
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, n := range kerneltest.Lengths() {
			s := make([]float64, n)
			for i := range s {
				s[i] = 0.5 + 7*r.Float64()
			}
			f, f1, g, g1 := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
			evalGeneric(f, f1, s, p)
			p.Eval(g, g1, s)
			if i := kerneltest.FirstDifference(f, g); i >= 0 {
				t.Fatalf("n=%d: f(%v) = %v, want %v", n, s[i], g[i], f[i])
			}
			if i := kerneltest.FirstDifference(f1, g1); i >= 0 {
				t.Fatalf("n=%d: f'(%v) = %v, want %v", n, s[i], g1[i], f1[i])
			}
			for i, x := range s {
				if x < 0.7 || x > 6.3 {
					continue
				}
				if !kerneltest.Close(f1[i], 1/x, 1e-13/x) || !kerneltest.Close(f[i], 1+math.Log(x/0.7), 1e-13) {
					t.Fatalf("f(%v) = %v, %v", x, f[i], f1[i])
				}
			}
		}
	})
}
