package hgn_test

import (
	"context"
	"fmt"
	"log"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// A lattice of eight masses on Morse bonds: 160 snapshots of its motion train, the
// 41 that follow test.
func Example() {
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	ctx := context.Background()
	lattice, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 2, 2, 2)
	check(err)
	q, p, err := lattice.Start(2, 0.1, 0.01) // seed, displacement, temperature
	check(err)
	frames, err := lattice.Trajectory(ctx, q, p, 0.01, 4000, 20)
	check(err)
	model, _, err := hgn.Train(ctx, frames[:160], hgn.Options{Graph: lattice.Graph})
	check(err)
	found, err := model.Evaluate(ctx, frames[160:], hgn.EvaluateOptions{Graph: lattice.Graph})
	check(err)
	fmt.Println("force error below 1e-12:", found.Force < 1e-12)
	fmt.Println("edges outside the training range:", found.Extrapolated)
	// Output:
	// force error below 1e-12: true
	// edges outside the training range: 0
}
