// Command kernels uses the kernels by themselves: a layer of random features, summed over
// the edges of a graph, and a least-squares problem whose rows stream by.
package main

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

func main() {
	log.SetFlags(0)
	r := rand.New(rand.NewPCG(1, 2))
	random := func(rows, cols int) blas64.General {
		m := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
		for i := range m.Data {
			m.Data[i] = r.NormFloat64()
		}
		return m
	}

	// Messages: tanh of a random layer of the features of 12 edges, summed at 4 nodes.
	edges, weights := random(12, 3), random(5, 3)
	messages, sums := random(12, 5), random(4, 5)
	dense.Features(messages, edges, weights, make([]float64, 5), dense.Tanh)
	receivers, err := sparse.NewIndex([]int32{0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}, 4)
	if err != nil {
		log.Fatal(err)
	}
	sparse.SegmentSum(sums, messages, receivers)
	fmt.Printf("messages: node 0 has %.4f\n", sums.Data[:5])

	// Least squares: the sine as a sum of 20 random features, from 10000 points in blocks.
	const features = 20
	w, b := random(features, 1), random(features, 1).Data
	acc := lsq.New(features, 1)
	for range 10 {
		x, z := random(1000, 1), random(1000, features)
		dense.Features(z, x, w, b, dense.Tanh)
		for i, v := range x.Data {
			x.Data[i] = math.Sin(v)
		}
		if err := acc.Append(z, x); err != nil {
			log.Fatal(err)
		}
	}
	solution, err := acc.Solve(lsq.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("least squares: %d rows, rank %d, root mean square error %.1e\n",
		acc.Rows(), solution.Rank, solution.Residual[0]/math.Sqrt(float64(acc.Rows())))
}
