package kerneltest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func TestEachLevel(t *testing.T) {
	before := simd.Active()
	var ran []simd.Level
	EachLevel(t, func(t *testing.T) { ran = append(ran, simd.Active()) })
	if !slices.Equal(ran, simd.Available()) {
		t.Errorf("ran at %v, available are %v", ran, simd.Available())
	}
	if simd.Active() != before {
		t.Errorf("level %v afterwards, %v before", simd.Active(), before)
	}
}

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		name    string
		highest simd.Level
		ok      bool
	}{
		{"", simd.Generic, true},
		{"generic", simd.Generic, true},
		{"avx2", simd.AVX512, true},
		{"avx2", simd.Generic, false},
		{"avx512", simd.AVX2, false},
		{"avx-512", simd.AVX512, false},
	} {
		if err := required(c.name, c.highest); (err == nil) != c.ok {
			t.Errorf("required(%q, %v) = %v", c.name, c.highest, err)
		}
	}
}

func TestGuarded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, guard := range []Guard{NaN, Sentinel} {
		for off := range cacheLine {
			values := Rand(r, 13)
			g := NewGuarded(values, off, guard)
			if !slices.Equal(g.V, values) || cap(g.V) != len(g.V) {
				t.Fatalf("off=%d: V is %v (capacity %d), want %v", off, g.V, cap(g.V), values)
			}
			if at := uintptr(unsafe.Pointer(&g.V[0])) % 64; at != uintptr(8*off) {
				t.Fatalf("off=%d: V starts at byte %d of its cache line", off, at)
			}
			for i := range g.V {
				g.V[i] = -1
			}
			g.Check(t, "V")
			if guard == NaN != math.IsNaN(g.all[g.from-1]) {
				t.Fatalf("guard %x reads as %v", guard, g.all[g.from-1])
			}
			for _, at := range []int{g.from - guardLen, g.from - 1, g.from + 13, g.from + 13 + guardLen - 1} {
				old := g.all[at]
				g.all[at] += 1
				if guard == NaN {
					g.all[at] = 1
				}
				stub := &recorder{TB: t}
				g.Check(stub, "V")
				if !stub.failed {
					t.Fatalf("off=%d: the guard at %d was changed unnoticed", off, at-g.from)
				}
				g.all[at] = old
			}
		}
	}
}

// recorder notes a failure instead of failing.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Fatalf(string, ...any) { r.failed = true }

func TestPageEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 7, 511, 512, 513, 5000} {
		values := Rand(r, n)
		x := PageEnd(t, values)
		if !slices.Equal(x, values) || cap(x) != n {
			t.Fatalf("n=%d: got %d values, capacity %d", n, len(x), cap(x))
		}
	}
}

func TestClose(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		got, want, tol float64
		ok             bool
	}{
		{1, 1, 0, true}, {1, 1.5, 0.5, true}, {1, 1.5, 0.4, false}, {0, math.Copysign(0, -1), 0, true},
		{nan, nan, 0, true}, {nan, 1, inf, false}, {1, nan, inf, false}, {1, 1, nan, false},
		{inf, inf, 0, true}, {inf, -inf, inf, false}, {1, inf, 1e300, false}, {inf, 1, 1e300, false},
	} {
		if got := Close(c.got, c.want, c.tol); got != c.ok {
			t.Errorf("Close(%v, %v, %v) = %v", c.got, c.want, c.tol, got)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x, y []float64
		want int
	}{
		{nil, nil, -1}, {[]float64{1, nan}, []float64{1, nan}, -1}, {[]float64{1, 2}, []float64{1}, 1},
		{[]float64{0}, []float64{math.Copysign(0, -1)}, 0}, {[]float64{1, nan}, []float64{1, 2}, 1},
	} {
		if got := FirstDifference(c.x, c.y); got != c.want {
			t.Errorf("FirstDifference(%v, %v) = %d, want %d", c.x, c.y, got, c.want)
		}
	}
}
