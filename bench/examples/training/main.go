// Command training learns a lattice of Morse springs from its motion, saves the model, loads
// it, and lets it move a lattice that is eight times as large.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	motion := func(side int) (*hgn.Graph, hgn.Frames) {
		lattice, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, side, side, side)
		check(err)
		q, p, err := lattice.Start(2, 0.1, 0.01)
		check(err)
		frames, err := lattice.Trajectory(ctx, q, p, 0.01, 4000, 20)
		check(err)
		return lattice.Graph, frames
	}
	graph, frames := motion(2)
	model, report, err := hgn.Train(ctx, frames, hgn.Options{Graph: graph})
	check(err)
	fmt.Printf("trained on %d frames of %d bodies: force error %.1e\n", report.Samples, report.Nodes, report.ForceError)

	dir, err := os.MkdirTemp("", "training")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "morse.safetensors")
	check(model.Save(name))
	model, err = hgn.Load(name)
	check(err)

	graph, frames = motion(4)
	found, err := model.Evaluate(ctx, frames, hgn.EvaluateOptions{Graph: graph})
	check(err)
	moved, err := model.Rollout(ctx, frames[0], hgn.RolloutOptions{Graph: graph, DT: 0.01, Steps: 1000})
	check(err)
	fmt.Printf("%d bodies: force error %.1e, edges outside of the training range %.1f %%, energy drift %.1e\n",
		found.Nodes, found.Force, 100*found.Extrapolated, moved.EnergyDrift)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
