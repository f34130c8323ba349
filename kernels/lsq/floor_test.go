package lsq

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// Column 1 is all but zero, so that a ridge relative to its norm lets its coefficient fit
// the noise of column 0; relative to a floor of 1 it stays small.
func TestFloor(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const m = 50
	a := blas64.General{Rows: m, Cols: 2, Stride: 2, Data: make([]float64, 2*m)}
	b := blas64.General{Rows: m, Cols: 1, Stride: 1, Data: make([]float64, m)}
	for i := range m {
		a.Data[2*i] = r.NormFloat64()
		a.Data[2*i+1] = 1e-20 * r.NormFloat64()
		b.Data[i] = 3*a.Data[2*i] + 1e-3*r.NormFloat64()
	}
	acc := New(2, 1)
	if err := acc.Append(a, b); err != nil {
		t.Fatal(err)
	}
	solve := func(o Options) *Solution {
		t.Helper()
		s, err := acc.Solve(o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	without := solve(Options{Ridge: 1e-10})
	if x := math.Abs(without.X.Data[1]); !(x > 1e10) {
		t.Errorf("without a floor the coefficient is %v", x)
	}
	with := solve(Options{Ridge: 1e-10, Floor: []float64{1, 1}})
	if x := math.Abs(with.X.Data[1]); !(x < 1e10) || !(math.Abs(with.X.Data[0]-3) < 1e-2) {
		t.Errorf("with a floor the solution is %v", with.X.Data)
	}
	if with.Rank != 1 || without.Rank != 2 {
		t.Errorf("ranks %d with a floor and %d without, want 1 and 2", with.Rank, without.Rank)
	}

	// A floor below the norms changes nothing, to the bit.
	for _, o := range []Options{{}, {Ridge: 1e-3}, {RCond: -1}, {RCond: 0.5}} {
		want := solve(o)
		o.Floor = []float64{1e-30, 1e-30}
		got := solve(o)
		for j, x := range want.X.Data {
			if got.X.Data[j] != x || got.Rank != want.Rank || got.Cond != want.Cond {
				t.Errorf("%+v: %+v, want %+v", o, got, want)
			}
		}
	}
	for _, huge := range []float64{1e300, math.MaxFloat64} {
		if s := solve(Options{Ridge: 1e-10, Floor: []float64{1, huge}}); s.X.Data[1] != 0 && !(math.Abs(s.X.Data[1]) < 1) {
			t.Errorf("under a floor of %v the solution is %v", huge, s.X.Data)
		}
	}
}

func TestFloorBad(t *testing.T) {
	acc := New(2, 1)
	for _, d := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := acc.Solve(Options{Floor: []float64{1, d}}); err == nil {
			t.Errorf("no error for a floor of %v", d)
		}
	}
	defer func() {
		if got := recover(); got != badFloor {
			t.Errorf("panic %v, want %q", got, badFloor)
		}
	}()
	acc.Solve(Options{Floor: []float64{1}})
}
