package lsq

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestRemove takes rows back and compares with never having appended them.
func TestRemove(t *testing.T) {
	const n, p, m, gone = 6, 2, 900, 300
	r := rand.New(rand.NewPCG(9, 10))
	x, b := random(r, m, n), random(r, m, p)
	for i := range m {
		x.Data[i*n+1] *= 1e200
		x.Data[i*n+4] *= 1e-200
		b.Data[i*p+1] *= 1e100
	}
	a := appended(t, New(n, p), x, b, m)
	if err := a.Remove(part(x, 0, gone), part(b, 0, gone)); err != nil {
		t.Fatal(err)
	}
	if a.Rows() != m-gone {
		t.Errorf("%d rows are left", a.Rows())
	}
	got, err := a.Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := appended(t, New(n, p), part(x, gone, m-gone), part(b, gone, m-gone), m).Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.X.Data {
		if !kerneltest.Close(got.X.Data[i], want.X.Data[i], 1e-12*math.Abs(want.X.Data[i])) {
			t.Errorf("x[%d] = %v, want %v", i, got.X.Data[i], want.X.Data[i])
		}
	}
	for k := range p {
		if !kerneltest.Close(got.Residual[k], want.Residual[k], 1e-12*want.Residual[k]) {
			t.Errorf("residual %v, want %v", got.Residual[k], want.Residual[k])
		}
	}
	appended(t, a, part(x, 0, 10), part(b, 0, 10), 10) // goes on
	var copied Accumulator
	if err := copied.UnmarshalBinary([]byte(state(t, a))); err != nil {
		t.Error(err)
	}

	refused := func(name string, a *Accumulator, x, b blas64.General, want error) {
		t.Helper()
		old := state(t, a)
		if err := a.Remove(x, b); err != want && !(want == nil && err != nil) {
			t.Errorf("%s: error %v", name, err)
		}
		if state(t, a) != old {
			t.Errorf("%s: the accumulator changed", name)
		}
	}
	a = appended(t, New(n, p), part(x, 0, 20), part(b, 0, 20), 20)
	refused("rows that the rest needs", a, part(x, 0, 15), part(b, 0, 15), ErrRemove)
	refused("all rows", a, part(x, 0, 20), part(b, 0, 20), ErrRemove)
	other, large := random(r, 1, n), random(r, 1, p)
	for j := range other.Data {
		other.Data[j] = 100 * x.Data[j]
	}
	refused("rows that were never appended", a, other, large, ErrRemove)
	refused("rows from nothing", New(n, p), other, large, ErrRemove)
	large.Data[0], other.Data[0] = 1e6, 0
	for j := range other.Data {
		other.Data[j] = 0
	}
	refused("a residual that was never there", a, other, large, ErrRemove)
	other.Data[3] = math.NaN()
	refused("NaN", a, other, large, nil)
	var row *RowError
	if err := a.Remove(other, large); !errors.As(err, &row) || row.Row != 0 || row.Col != 3 {
		t.Errorf("NaN: %v", err)
	}
	if err := a.Remove(newGeneral(0, n), newGeneral(0, p)); err != nil {
		t.Errorf("no rows: %v", err)
	}
}
