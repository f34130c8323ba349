package lsq

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// powers returns the rows 1, x, x², … of a polynomial with n coefficients.
func powers(x []float64, n int) blas64.General {
	a := newGeneral(len(x), n)
	for i, x := range x {
		v := 1.0
		for j := range n {
			a.Data[i*n+j] = v
			v *= x
		}
	}
	return a
}

// nist reads a data set of the Statistical Reference Datasets: the certified coefficients
// and, for every data line, y and the predictors.
func nist(t *testing.T, name string) (certified, y []float64, x [][]float64) {
	t.Helper()
	folder := os.Getenv("RAPIDHGN_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(folder, "nist", name+".dat"))
	if err != nil {
		t.Skipf("not run, for want of the NIST data: %v", err)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for i, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		switch {
		case i >= 30 && i < 60 && len(f) == 3 && len(f[0]) >= 2 && f[0][0] == 'B':
			certified = append(certified, number(f[1]))
		case i >= 60 && len(f) > 1:
			row := make([]float64, len(f))
			for j := range f {
				row[j] = number(f[j])
			}
			y, x = append(y, row[0]), append(x, row[1:])
		}
	}
	return certified, y, x
}

// digits returns the number of correct digits of the worst coefficient.
func digits(x, want []float64) float64 {
	worst := 17.0
	for i, c := range want {
		if d := -math.Log10(math.Abs(x[i]-c) / math.Abs(c)); !(d >= worst) {
			worst = d
		}
	}
	return worst
}

// TestNIST holds the solver to the correct digits that gonum's QR reaches, at the worst of
// 40 orders of the rows, for any cutting into calls and for other orders.
func TestNIST(t *testing.T) {
	for _, c := range []struct {
		name  string
		floor float64
	}{
		{"Norris", 11.3}, {"Pontius", 11.2}, {"NoInt1", 14.2}, {"NoInt2", 14.5},
		{"Filip", 6.1}, {"Longley", 9.9}, {"Wampler1", 8.3}, {"Wampler2", 11.8},
		{"Wampler3", 8.4}, {"Wampler4", 6.6}, {"Wampler5", 4.7},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, y, x := nist(t, c.name)
			var a blas64.General
			n := len(want)
			switch {
			case len(x[0]) > 1: // Longley: several predictors and a constant
				a = newGeneral(len(x), n)
				for i := range x {
					a.Data[i*n] = 1
					copy(a.Data[i*n+1:], x[i])
				}
			default:
				var first []float64
				for i := range x {
					first = append(first, x[i][0])
				}
				if n == 1 { // no constant
					a = blas64.General{Rows: len(first), Cols: 1, Stride: 1, Data: first}
				} else {
					a = powers(first, n)
				}
			}
			b := blas64.General{Rows: len(y), Cols: 1, Stride: 1, Data: y}
			solve := func(a, b blas64.General, cut int) []float64 {
				sol, err := appended(t, New(n, 1), a, b, cut).Solve(Options{})
				if err != nil {
					t.Fatal(err)
				}
				return sol.X.Data
			}
			got := solve(a, b, a.Rows)
			worst := digits(got, want)
			for _, cut := range []int{1, 7} {
				if i := firstDifference(solve(a, b, cut), got); i >= 0 {
					t.Errorf("calls of %d rows: coefficient %d differs", cut, i)
				}
			}
			r := rand.New(rand.NewPCG(1, 2))
			for range 40 {
				p := r.Perm(a.Rows)
				worst = min(worst, digits(solve(permuted(a, p), permuted(b, p), a.Rows), want))
			}
			t.Logf("%.1f digits, at worst %.1f, floor %.1f", digits(got, want), worst, c.floor)
			if !(worst >= c.floor) {
				t.Errorf("%.2f correct digits, want %v", worst, c.floor)
			}
		})
	}
}
