package lsq

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// problemOf returns an accumulator of rows b = a x + noise, and its rows.
func problemOf(t *testing.T, r *rand.Rand, rows int, x []float64, noise float64) (acc *Accumulator, a, b blas64.General) {
	t.Helper()
	n := len(x)
	a = blas64.General{Rows: rows, Cols: n, Stride: n, Data: make([]float64, rows*n)}
	b = blas64.General{Rows: rows, Cols: 1, Stride: 1, Data: make([]float64, rows)}
	for i := range rows {
		for j := range n {
			v := r.NormFloat64()
			a.Data[i*n+j] = v
			b.Data[i] += v * x[j]
		}
		b.Data[i] += noise * r.NormFloat64()
	}
	acc = New(n, 1)
	if err := acc.Append(a, b); err != nil {
		t.Fatal(err)
	}
	return acc, a, b
}

func TestSelect(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	x := make([]float64, 60)
	x[7], x[31], x[52] = 3, -2, 1
	acc, _, b := problemOf(t, r, 500, x, 1e-3)
	if got, left, err := acc.Select(3); err != nil || !slices.Equal(got, []int{7, 31, 52}) || !(left[1] > 0.04 && left[2] < 1e-6) {
		t.Errorf("columns %v leave %v", got, left)
	}
	got, left, err := acc.Select(100)
	if err != nil || len(got) != 60 {
		t.Errorf("%d columns of 60", len(got))
	}
	sol, err := acc.Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	norm := 0.0
	for _, y := range b.Data {
		norm = math.Hypot(norm, y)
	}
	if want := math.Pow(sol.Residual[0]/norm, 2); math.Abs(left[59]-want) > 1e-10*want {
		t.Errorf("all columns leave %v, want %v", left[59], want)
	}
	// A column that is twice another is not chosen with it.
	twin := New(3, 1)
	for range 20 {
		u, v := r.NormFloat64(), r.NormFloat64()
		a := blas64.General{Rows: 1, Cols: 3, Stride: 3, Data: []float64{u, 2 * u, v}}
		if err := twin.Append(a, blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{u + 0.1*v}}); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, _ := twin.Select(3); len(got) != 2 || got[1] != 2 {
		t.Errorf("columns %v of two that are alike and one", got)
	}
	if got, _, _ := New(4, 1).Select(2); len(got) != 0 {
		t.Errorf("columns %v of no rows", got)
	}
}

func TestColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 1))
	acc, a, b := problemOf(t, r, 300, []float64{1, 2, 3, 4, 5, 6}, 0.5)
	columns := []int{4, 0, 3}
	got, err := acc.Columns(columns)
	if err != nil {
		t.Fatal(err)
	}
	want := New(3, 1)
	for i := range a.Rows {
		row := blas64.General{Rows: 1, Cols: 3, Stride: 3}
		for _, j := range columns {
			row.Data = append(row.Data, a.Data[i*a.Stride+j])
		}
		if err := want.Append(row, blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: b.Data[i:]}); err != nil {
			t.Fatal(err)
		}
	}
	x, err := got.Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	y, err := want.Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for j := range columns {
		if math.Abs(x.X.Data[j]-y.X.Data[j]) > 1e-13*math.Abs(y.X.Data[j]) {
			t.Errorf("coefficient %d: %v, want %v", j, x.X.Data[j], y.X.Data[j])
		}
	}
	if math.Abs(x.Residual[0]-y.Residual[0]) > 1e-13*y.Residual[0] || math.Abs(x.Noise[0]-y.Noise[0]) > 1e-12*y.Noise[0] || got.Rows() != 300 {
		t.Errorf("residual %v, noise %v of %d rows, want %v and %v", x.Residual, x.Noise, got.Rows(), y.Residual, y.Noise)
	}
}

// What is chosen from a Gram matrix is what New chooses.
func TestSelectFromGram(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 1))
	acc, a, b := problemOf(t, r, 2000, []float64{0, 3, 0, -2, 0, 1}, 0.1)
	gram := appended(t, NewGram(6, 1), a, b, 300)
	got, left, err := gram.Select(3)
	want, leftWant, _ := acc.Select(3)
	if err != nil || !slices.Equal(got, want) || math.Abs(left[2]-leftWant[2]) > 1e-12 {
		t.Errorf("columns %v leave %v, want %v and %v: %v", got, left, want, leftWant, err)
	}
	var refused *GramError
	if _, _, err := appended(t, NewGram(6, 1), part(a, 0, 2), part(b, 0, 2), 2).Select(3); !errors.As(err, &refused) {
		t.Errorf("two rows: %v", err)
	}
	x, y := columnsOf(t, gram, []int{5, 1, 3}), columnsOf(t, acc, []int{5, 1, 3})
	for j := range y.X.Data {
		if math.Abs(x.X.Data[j]-y.X.Data[j]) > 1e-13*math.Abs(y.X.Data[j]) {
			t.Errorf("coefficient %d: %v, want %v", j, x.X.Data[j], y.X.Data[j])
		}
	}
	if x.Loss == 1 || math.Abs(x.Residual[0]-y.Residual[0]) > 1e-12*y.Residual[0] {
		t.Errorf("residual %v with loss %v, want %v", x.Residual, x.Loss, y.Residual)
	}
}

// columnsOf solves with the given columns, after marshalling and merging.
func columnsOf(t *testing.T, a *Accumulator, columns []int) *Solution {
	t.Helper()
	c, err := a.Columns(columns)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := c.MarshalBinary()
	var copied Accumulator
	if err := copied.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	empty, err := a.Columns(columns)
	if err != nil {
		t.Fatal(err)
	}
	empty.Reset(0)
	if err := empty.Merge(&copied); err != nil {
		t.Fatal(err)
	}
	sol, err := empty.Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sol
}

// Fewer rows than a factor has, or none, stay as many.
func TestColumnsOfFewRows(t *testing.T) {
	for _, rows := range []int{0, 2} {
		acc, _, _ := problemOf(t, rand.New(rand.NewPCG(44, 1)), rows, make([]float64, 6), 1)
		c, err := acc.Columns([]int{4, 2})
		if err != nil || c.Rows() != int64(rows) {
			t.Fatalf("%d of %d rows: %v", c.Rows(), rows, err)
		}
		data, _ := c.MarshalBinary()
		if err := new(Accumulator).UnmarshalBinary(data); err != nil {
			t.Errorf("%d rows: %v", rows, err)
		}
	}
}

func TestSelectPanics(t *testing.T) {
	for name, call := range map[string]func(){
		"count":  func() { New(2, 1).Select(-1) },
		"column": func() { New(2, 1).Columns([]int{2}) },
		"none":   func() { New(2, 1).Columns(nil) },
		"zero":   func() { new(Accumulator).Select(1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}
