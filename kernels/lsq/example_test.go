package lsq_test

import (
	"fmt"
	"log"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A parabola through a million points that are never in memory together.
func Example() {
	const call = 1000
	a := blas64.General{Rows: call, Cols: 3, Stride: 3, Data: make([]float64, call*3)}
	b := blas64.General{Rows: call, Cols: 1, Stride: 1, Data: make([]float64, call)}

	acc := lsq.New(3, 1)
	for first := 0; first < 1_000_000; first += call {
		for i := range call {
			t := float64(first+i) / 1_000_000
			copy(a.Data[3*i:], []float64{1, t, t * t})
			b.Data[i] = 5 - 3*t + 0.5*t*t
		}
		if err := acc.Append(a, b); err != nil {
			log.Fatal(err)
		}
	}
	sol, err := acc.Solve(lsq.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d rows, rank %d, condition %.0f\n", acc.Rows(), sol.Rank, sol.Cond)
	fmt.Printf("%.6f\n", sol.X.Data)
	// Output:
	// 1000000 rows, rank 3, condition 17
	// [5.000000 -3.000000 0.500000]
}

// Two machines take the halves of the rows; merged they hold to the bit what one would.
func ExampleNewShard() {
	const cols = 2
	rows := func(lo, hi int) (a, b blas64.General) {
		a = blas64.General{Rows: hi - lo, Cols: cols, Stride: cols}
		b = blas64.General{Rows: hi - lo, Cols: 1, Stride: 1}
		for i := lo; i < hi; i++ {
			t := float64(i%97) / 97
			a.Data = append(a.Data, 1, t)
			b.Data = append(b.Data, t*t)
		}
		return a, b
	}
	size := lsq.ChunkRows(cols)
	first, second := lsq.NewShard(cols, 1, 0), lsq.NewShard(cols, 1, 2)
	one := lsq.New(cols, 1)
	for _, part := range []struct {
		acc    *lsq.Accumulator
		lo, hi int
	}{{second, 2 * size, 5*size - 100}, {first, 0, 2 * size}, {one, 0, 5*size - 100}} {
		if err := part.acc.Append(rows(part.lo, part.hi)); err != nil {
			log.Fatal(err)
		}
	}
	if err := first.Merge(second); err != nil {
		log.Fatal(err)
	}
	merged, err := first.Solve(lsq.Options{})
	if err != nil {
		log.Fatal(err)
	}
	whole, err := one.Solve(lsq.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(merged.X.Data[0] == whole.X.Data[0], merged.X.Data[1] == whole.X.Data[1])
	// Output: true true
}

// A line through noisy points, the ridge chosen by generalised cross-validation, and a
// prediction with the error that the noise in the points gives it.
func ExampleSolution_Leverage() {
	acc := lsq.New(2, 1)
	for i := range 1000 {
		t := float64(i) / 1000
		noise := 0.1
		if i%2 == 1 {
			noise = -0.1
		}
		a := blas64.General{Rows: 1, Cols: 2, Stride: 2, Data: []float64{1, t}}
		b := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{1 + 2*t + noise}}
		if err := acc.Append(a, b); err != nil {
			log.Fatal(err)
		}
	}
	sol, err := acc.Solve(lsq.Options{Criterion: lsq.GCV})
	if err != nil {
		log.Fatal(err)
	}
	at := []float64{1, 2} // t = 2
	value := sol.X.Data[0] + 2*sol.X.Data[1]
	fmt.Printf("noise %.3f\n", math.Sqrt(sol.Noise[0]))
	fmt.Printf("%.2f ± %.2f\n", value, math.Sqrt(sol.Noise[0]*sol.Leverage(at)))
	// Output:
	// noise 0.100
	// 5.00 ± 0.02
}
