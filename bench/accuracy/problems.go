package main

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/blas/blas64"
)

// kind is a family of matrices. entry is called for one element after another, by rows.
type kind struct {
	name  string
	entry func(r *rand.Rand, m, n int) func(i, j int) float64
}

var kinds = []kind{
	{"random", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() }
	}},
	{"columns graded over 1e16", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, -16*float64(j)/float64(n)) }
	}},
	{"rank n/2", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		half := max(1, n/2)
		left, right := make([]float64, half), normal(r, half*n)
		return func(i, j int) float64 {
			if j == 0 {
				copy(left, normal(r, half))
			}
			sum := 0.0
			for k, v := range left {
				sum += v * right[k*n+j]
			}
			return sum
		}
	}},
	{"rows scaled by 1e8", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, 8*float64(i%7)/6) }
	}},
	{"Hilbert", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return 1 / float64(i+j+1) }
	}},
	{"Vandermonde", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return math.Pow(float64(i)/float64(m), float64(j)) }
	}},
	{"Läuchli", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 {
			switch i {
			case 0:
				return 1
			case j + 1:
				return 1e-8
			}
			return 0
		}
	}},
	{"tanh features", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		w, b := normal(r, n), normal(r, n)
		return func(i, j int) float64 { return math.Tanh(w[j]*float64(2*i-m)/float64(m) + b[j]) }
	}},
}

func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// problem returns a problem whose right-hand side is half in the range of A.
func (k kind) problem(m, n int) problem {
	r := rand.New(rand.NewPCG(1, 2))
	p := newProblem(k.name, m, n)
	entry := k.entry(r, m, n)
	for i := range m {
		for j := range n {
			p.a.Data[i*n+j] = entry(i, j)
		}
	}
	x := normal(r, n)
	copy(p.b.Data, normal(r, m))
	blas64.Gemv('N', 1, p.a, blas64.Vector{N: n, Inc: 1, Data: x}, 1, blas64.Vector{N: m, Inc: 1, Data: p.b.Data})
	return p
}

func newProblem(name string, m, n int) problem {
	return problem{name,
		blas64.General{Rows: m, Cols: n, Stride: n, Data: make([]float64, m*n)},
		blas64.General{Rows: m, Cols: 1, Stride: 1, Data: make([]float64, m)}}
}

// readRRA reads a rectangular matrix with a right-hand side in Harwell-Boeing format.
func readRRA(name string) (problem, error) {
	file, err := os.Open(name)
	if err != nil {
		return problem{}, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	var head [5][]string
	for i := range head {
		if !lines.Scan() {
			return problem{}, fmt.Errorf("%s: cut in the header", name)
		}
		head[i] = strings.Fields(lines.Text())
	}
	var m, n, count int
	if _, err := fmt.Sscan(strings.Join(head[2], " "), new(string), &m, &n, &count); err != nil {
		return problem{}, fmt.Errorf("%s:3: %w", name, err)
	}
	next := func(width int) func() (float64, error) {
		line := ""
		return func() (float64, error) {
			if strings.TrimSpace(line) == "" {
				if !lines.Scan() {
					return 0, fmt.Errorf("%s: cut", name)
				}
				line = lines.Text()
			}
			field := line[:min(width, len(line))]
			line = line[len(field):]
			return strconv.ParseFloat(strings.NewReplacer(" ", "", "D", "E").Replace(field), 64)
		}
	}
	read := func(width, n int) ([]float64, error) {
		x, field := make([]float64, n), next(width)
		for i := range x {
			if x[i], err = field(); err != nil {
				return nil, err
			}
		}
		return x, nil
	}
	const integer, number = 5, 16 // widths of fields
	var parts [4][]float64
	for i, shape := range [][2]int{{integer, n + 1}, {integer, count}, {number, count}, {number, m}} {
		if parts[i], err = read(shape[0], shape[1]); err != nil {
			return problem{}, err
		}
	}
	p := newProblem(head[0][len(head[0])-1], m, n)
	for j := range n {
		for k := int(parts[0][j]) - 1; k < int(parts[0][j+1])-1; k++ {
			if k < 0 || k >= count || !(parts[1][k] >= 1 && parts[1][k] <= float64(m)) {
				return problem{}, fmt.Errorf("%s: column %d names an element or a row that there is not", name, j+1)
			}
			p.a.Data[(int(parts[1][k])-1)*n+j] = parts[2][k]
		}
	}
	copy(p.b.Data, parts[3])
	return p, nil
}
