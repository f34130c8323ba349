package lsq

import (
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

const eps = 0x1p-52

func newGeneral(rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: max(1, cols), Data: make([]float64, rows*cols)}
}

// appended gives the rows of x and b to a, in calls of at most cut rows.
func appended(t testing.TB, a *Accumulator, x, b blas64.General, cut int) *Accumulator {
	t.Helper()
	for at := 0; at < x.Rows; at += cut {
		n := min(cut, x.Rows-at)
		if err := a.Append(part(x, at, n), part(b, at, n)); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// part returns the rows at … at+n−1 of m.
func part(m blas64.General, at, n int) blas64.General {
	if m.Cols > 0 {
		m.Data = m.Data[at*m.Stride:]
	}
	m.Rows = n
	return m
}

func permuted(m blas64.General, p []int) blas64.General {
	out := newGeneral(m.Rows, m.Cols)
	for i, from := range p {
		copy(out.Data[i*out.Stride:][:m.Cols], m.Data[from*m.Stride:])
	}
	return out
}

func firstDifference(x, y []float64) int { return kerneltest.FirstDifference(x, y) }
