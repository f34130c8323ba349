package matrix

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

func TestValid(t *testing.T) {
	for _, c := range []struct {
		rows, cols, stride, data int
		want                     bool
	}{
		{0, 0, 1, 0, true},
		{0, 3, 3, 0, true},
		{3, 0, 1, 0, true},
		{1, 3, 3, 3, true},
		{1, 3, 1000, 3, true},
		{3, 2, 2, 6, true},
		{3, 2, 5, 12, true},
		{3, 2, 5, 100, true},
		{1, 1, math.MaxInt, 1, true},
		{0, 1, math.MaxInt, 0, true},
		{math.MaxInt, 0, math.MaxInt, 0, true},

		{-1, 3, 3, 9, false},
		{3, -1, 3, 9, false},
		{-1, -1, 1, 9, false},
		{3, 3, 2, 9, false},
		{0, 3, 2, 9, false}, // the stride matters without rows too
		{3, 0, 0, 9, false},
		{0, 0, 0, 0, false},
		{2, 2, -2, 9, false},
		{1, 3, 3, 2, false},
		{1, 1, 1, 0, false},
		{3, 2, 2, 5, false},
		{3, 2, 5, 11, false},
		{2, 1, math.MaxInt, 1000, false}, // (rows−1)·stride + cols is negative
		{3, 4, math.MaxInt/2 + 1, 1000, false},
		{math.MaxInt, 1, 1, 1000, false},
		{math.MaxInt, math.MaxInt, math.MaxInt, 1000, false},
	} {
		a := blas64.General{Rows: c.rows, Cols: c.cols, Stride: c.stride, Data: make([]float64, c.data)}
		if got := Valid(a); got != c.want {
			t.Errorf("%d×%d by %d with %d elements: %v", c.rows, c.cols, c.stride, c.data, got)
		}
	}
}

// TestOverlap compares with sets of elements.
func TestOverlap(t *testing.T) {
	data := make([]float64, 100)
	at := func(from, rows, cols, stride int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: stride, Data: data[from:]}
	}
	all := []blas64.General{}
	for _, from := range []int{0, 1, 3, 7, 8, 12, 18, 19, 30, 32} {
		for _, shape := range [][3]int{{1, 1, 1}, {1, 5, 9}, {1, 12, 12}, {3, 2, 8}, {3, 3, 8}, {4, 8, 8}, {2, 0, 8}, {0, 3, 8}} {
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
			if got := Overlap(a, b); got != want {
				t.Errorf("overlap of %d×%d by %d at %d and %d×%d by %d at %d: %v, want %v", a.Rows, a.Cols, a.Stride,
					len(data)-len(a.Data), b.Rows, b.Cols, b.Stride, len(data)-len(b.Data), got, want)
			}
		}
	}
	// Across each other: taken to overlap, if one lies within the reach of the other.
	for _, c := range []struct {
		a, b blas64.General
		want bool
	}{
		{at(0, 3, 1, 8), at(1, 3, 1, 9), true},
		{at(0, 3, 1, 8), at(16, 3, 1, 9), true},
		{at(0, 3, 1, 8), at(17, 3, 1, 9), false},
	} {
		if Overlap(c.a, c.b) != c.want || Overlap(c.b, c.a) != c.want {
			t.Errorf("overlap of strides %d and %d: not %v", c.a.Stride, c.b.Stride, c.want)
		}
	}
}
