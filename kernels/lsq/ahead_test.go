package lsq

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// TestAhead: what is fetched are the rows of the next block and nothing behind the matrix, late
// in a fold and all of them at its end, and no workspace keeps the rows of a call.
func TestAhead(t *testing.T) {
	for _, n := range []int{64, 100, 256} {
		m := blas64.General{Rows: 500, Cols: n, Stride: n + 1, Data: make([]float64, 500*(n+1))}
		for _, c := range []struct{ from, rows int }{{0, 384}, {384, 116}, {499, 1}, {500, 0}} {
			var s ahead
			s.expect(m, c.from, blockRows)
			want := 0
			if c.rows > 0 {
				want = (c.rows-1)*m.Stride + n
			}
			if len(s) != want || want > 0 && &s[0] != &m.Data[c.from*m.Stride] {
				t.Fatalf("n=%d: %d elements from row %d on, want %d", n, len(s), c.from, want)
			}
		}
		var s ahead
		s.expect(m, 0, blockRows)
		if s.take(blockRows, maxPanel, group, 4*n) != nil {
			t.Errorf("n=%d: fetched long before the end", n)
		}
		for from := maxPanel; from < n; from += maxPanel {
			for at := from; at < n; at += group {
				s.take(blockRows, maxPanel, group, n-from)
			}
		}
		if len(s) > blockRows*n/8 {
			t.Errorf("n=%d: %d of %d elements not fetched at the end", n, len(s), blockRows*n)
		}
		s.expect(blas64.General{Rows: 500, Cols: 2, Stride: 64, Data: make([]float64, 64*500)}, 0, blockRows)
		if s != nil {
			t.Error("fetches what lies between the rows")
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	m := 3*ChunkRows(16) + 700
	a := appended(t, New(16, 1), random(r, m, 16), random(r, m, 1), m)
	for i, w := range a.work {
		if w.ahead != nil {
			t.Errorf("workspace %d keeps rows", i)
		}
	}
}
