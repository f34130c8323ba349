package lsq

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// stream appends m rows of n small integers and the exact right-hand sides 1·x₀ + 2·x₁ + …
// to a, in calls of 4096 rows that reuse their memory, and calls each after every one.
func stream(t testing.TB, a *Accumulator, m int, each func()) {
	n := a.Cols()
	r := rand.NewPCG(1, 2)
	x, b := newGeneral(4096, n), newGeneral(4096, 1)
	for at := 0; at < m; at += x.Rows {
		k := min(x.Rows, m-at)
		for i := range k {
			bits, sum := uint64(0), 0.0
			for j := range n {
				if j%4 == 0 {
					bits = r.Uint64()
				}
				v := float64(int16(bits >> (16 * (j % 4))))
				x.Data[i*n+j] = v
				sum += float64(j+1) * v // exact
			}
			b.Data[i] = sum
		}
		if err := a.Append(part(x, 0, k), part(b, 0, k)); err != nil {
			t.Fatal(err)
		}
		each()
	}
}

// TestLong solves a consistent problem without rounding in its data, so that the distance
// to the exact solution is that of the solver: it must not grow with the number of rows.
func TestLong(t *testing.T) {
	const n = 8
	for _, m := range []int{1e3, 1e5, longRows} {
		a := New(n, 1)
		stream(t, a, m, func() {})
		sol, err := a.Solve(Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := 0.0
		for j, v := range sol.X.Data {
			e = max(e, (v-float64(j+1))/n, (float64(j+1)-v)/n)
		}
		f := a.total(a)
		size := hypot(norm(f.column(n)), f.tail[0])
		t.Logf("%d rows: error %.2f n·eps, residual %.2f n·eps", m, e/(n*eps), sol.Residual[0]/size/(n*eps))
		if !(e <= 2*n*eps) || !(sol.Residual[0] <= 2*n*eps*size) {
			t.Errorf("%d rows: error %.2f n·eps, residual %.2f n·eps", m, e/(n*eps), sol.Residual[0]/size/(n*eps))
		}
	}
}

// TestMemory streams rows and wants the heap to hold no more after many than after a few.
func TestMemory(t *testing.T) {
	const n = 64
	var s runtime.MemStats
	a := New(n, 1)
	early, late, calls := uint64(0), uint64(0), 0
	stream(t, a, 200_000/raceFactor, func() {
		if calls++; calls == 2 || calls == 200_000/raceFactor/4096 {
			runtime.GC()
			runtime.ReadMemStats(&s)
			early, late = late, s.HeapAlloc
		}
	})
	if late > early+2<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
	runtime.KeepAlive(a)
}
