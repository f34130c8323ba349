package lsq

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestColumnScales multiplies columns by powers of two out to the limits of float64, and
// wants the bits of the factor, multiplied alike: in blocks, in merges, at every level.
func TestColumnScales(t *testing.T) {
	for _, n := range []int{9, 30, 80} {
		kerneltest.EachLevel(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			m := 2*ChunkRows(n) + 100
			all := random(r, m, n+2)
			exp := make([]int, n+2)
			for j := range exp {
				exp[j] = []int{0, 997, -950, 440, -440, 460, -460}[r.IntN(7)]
			}
			plain := factorOf(t, all.Data, m, n)
			for i := range all.Data {
				all.Data[i] = math.Ldexp(all.Data[i], exp[i%(n+2)])
			}
			got := factorOf(t, all.Data, m, n)
			for j, e := range exp {
				want := plain.column(j)
				ldexp(want, e)
				if i := firstDifference(got.column(j), want); i >= 0 {
					t.Fatalf("n=%d: R[%d,%d] = %v, want %v", n, i, j, got.column(j)[i], want[i])
				}
			}
			for k, v := range plain.tail {
				if want := math.Ldexp(v, exp[n+k]); !kerneltest.Close(got.tail[k], want, 10*eps*want) {
					t.Errorf("n=%d: tail %v, want %v", n, got.tail[k], want)
				}
			}
		})
	}
}

// factorOf returns the factor of m rows of n columns and 2 right-hand sides.
func factorOf(t *testing.T, data []float64, m, n int) *factor {
	t.Helper()
	x := newGeneral(m, n+2)
	x.Data = data
	b := x
	x.Cols, b.Cols, b.Data = n, 2, data[n:]
	a := appended(t, New(n, 2), x, b, 1000)
	return a.total(a)
}

// TestTinyRest: of columns that differ by less than the root of the least number only, the
// first elimination leaves the difference, which must be factored as well as any other:
// [1; δI] has R[j,j] = δ √((j+1)/j) for j > 0 whatever δ < √eps.
func TestTinyRest(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		const n = 30
		for _, delta := range []float64{1e-9, 0x1p-200, 0x1p-449, 0x1p-451, 0x1p-530, 0x1p-700, 0x1p-1000} {
			data := make([]float64, (n+1)*(n+2))
			for j := range n {
				data[j] = 1
				data[(j+1)*(n+2)+j] = delta
			}
			f := factorOf(t, data, n+1, n)
			for j := 1; j < n; j++ {
				got, want := math.Abs(f.column(j)[j])/delta, math.Sqrt(float64(j+1)/float64(j))
				if !kerneltest.Close(got, want, 100*n*eps) {
					t.Errorf("δ=%g: |R[%d,%d]| is %v δ, want %v δ", delta, j, j, got, want)
				}
			}
		}
	})
}
