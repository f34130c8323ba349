package pair

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// pageEnd is [kerneltest.PageEnd] for elements of any type.
func pageEnd[T any](t *testing.T, x []T) []T {
	size := int(unsafe.Sizeof(x[0]))
	mem := kerneltest.PageEnd(t, make([]float64, (size*len(x)+7)/8))
	all := unsafe.Slice((*T)(unsafe.Pointer(&mem[0])), 8*len(mem)/size)
	end := all[len(all)-len(x):]
	copy(end, x)
	return end
}

// Every operand ends where memory ends; rows are written that belong to the call, others not.
func TestForcesMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	crystal := newCrystal(r, 5)
	crystal.list.Pack(crystal.n)
	testForcesMemory(t, newLiquid(r, 3, 1.5))
	testForcesMemory(t, crystal)
}

func testForcesMemory(t *testing.T, l *liquid) {
	k := lennardJonesKernel(t, 0.95, 1.2, func(p *Potential) { p.Weighted = true }, l.length)
	kerneltest.EachLevel(t, func(t *testing.T) {
		q := pageEnd(t, l.q)
		list := List{Start: pageEnd(t, l.list.Start), Neighbors: pageEnd(t, l.list.Neighbors), Few: l.list.Few}
		for lo := range l.n {
			for _, hi := range []int{lo, lo + 1, l.n} {
				want := make([]float64, 4*l.n)
				if lo < hi {
					forcesGeneric(want, l.q, l.list.Start[lo:hi+1], l.list.Neighbors, lo, k)
				}
				got, end := kerneltest.NewGuarded(make([]float64, 4*l.n), lo, kerneltest.Sentinel), pageEnd(t, make([]float64, 4*l.n))
				k.Forces(got.V, q, &list, lo, hi)
				k.Forces(end, q, &list, lo, hi)
				got.Check(t, "dst")
				if !slices.Equal(got.V, want) || !slices.Equal(end, want) {
					t.Fatalf("bodies %d to %d: other forces than those of the reference", lo, hi)
				}
			}
		}
		if !slices.Equal(q[:4*l.n], l.q[:4*l.n]) || !slices.Equal(list.Neighbors, l.list.Neighbors) {
			t.Error("an input was modified")
		}
	})
}

func TestEvalMemory(t *testing.T) {
	p := lennardJonesKernel(t, 0.9, 2, nil, [3]float64{}).p.Inner
	r := rand.New(rand.NewPCG(9, 10))
	kerneltest.EachLevel(t, func(t *testing.T) {
		for n := 1; n < 40; n++ {
			s := make([]float64, n)
			for i := range s {
				s[i] = 0.8 + 3*r.Float64()
			}
			f, f1 := make([]float64, n), make([]float64, n)
			evalGeneric(f, f1, s, p)
			at := kerneltest.NewGuarded(s, n, kerneltest.NaN)
			g, g1 := kerneltest.NewGuarded(s, n+3, kerneltest.Sentinel), pageEnd(t, s)
			p.Eval(g.V, g1, at.V)
			g.Check(t, "dst")
			if !slices.Equal(g.V, f) || !slices.Equal(g1, f1) || !slices.Equal(at.V, s) {
				t.Fatalf("n=%d: other values than those of the reference", n)
			}
			// One of the results is s.
			copy(g1, s)
			p.Eval(g1, g.V, g1)
			if !slices.Equal(g1, f) || !slices.Equal(g.V, f1) {
				t.Fatalf("n=%d: other values in the place of s", n)
			}
			copy(g1, s)
			p.Eval(g.V, g1, g1)
			if !slices.Equal(g.V, f) || !slices.Equal(g1, f1) {
				t.Fatalf("n=%d: other slopes in the place of s", n)
			}
		}
	})
}

// All bodies are found, so that results come as near to the end of dst as they may.
func TestSearchMemory(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for n := 1; n < 40; n++ {
			x := pageEnd(t, make([]float64, (n+15)/8*8))
			windows := pageEnd(t, []Window{{First: 0, Last: n}, {First: n / 2, Last: n}})
			most := n + n - n/2
			dst := pageEnd(t, make([]int32, most+behind))[:0]
			got := Search(dst, x, x, x, windows, n, 1)
			if len(got) != most || &got[:1][0] != &dst[:1][0] {
				t.Fatalf("n=%d: %d found, want %d, and none moved", n, len(got), most)
			}
		}
	})
}

func TestAllocs(t *testing.T) {
	l := newLiquid(rand.New(rand.NewPCG(7, 8)), 3, 1.5)
	k := lennardJonesKernel(t, 0.95, 1.2, nil, l.length)
	dst, x, found := make([]float64, 4*l.n), make([]float64, 72), make([]int32, 64)
	windows := []Window{{Last: 50}}
	kerneltest.EachLevel(t, func(t *testing.T) {
		if n := testing.AllocsPerRun(20, func() {
			k.Forces(dst, l.q, &l.list, 0, l.n)
			k.p.Inner.Eval(x[:30], x[30:60], x[:30])
			Search(found[:0], x, x, x, windows, 3, 1)
			Kick(x[:36], x[36:], 1, dst[:9], dst[9:18])
			Drift(x[:36], x[36:], 1, dst[:9], dst[9:18], nil, 1)
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
