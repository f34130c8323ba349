package hgn_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// BenchmarkTrain repeats trainings on data in memory: the sizes of bench/training, but for
// the largest.
func BenchmarkTrain(b *testing.B) {
	lattice, err := system.Lattice(system.Harmonic{K: 1, R0: 1}, system.Free, 1, 2, 2, 2)
	if err != nil {
		b.Fatal(err)
	}
	for _, frames := range []int{100, 1000} {
		q, p, err := lattice.Start(1, 0.1, 0.01)
		if err != nil {
			b.Fatal(err)
		}
		data, err := lattice.Trajectory(context.Background(), q, p, 0.01, (frames-1)*20, 20)
		if err != nil {
			b.Fatal(err)
		}
		benchmarkTrain(b, fmt.Sprintf("lattice=8/frames=%d", frames), data, hgn.Options{Graph: lattice.Graph})
	}
	for _, cells := range []int{4, 14} {
		liquid, err := system.FCC(system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, cells)
		if err != nil {
			b.Fatal(err)
		}
		q, p, err := liquid.Start(1, 0.1, 1)
		if err != nil {
			b.Fatal(err)
		}
		data, err := liquid.Trajectory(context.Background(), q, p, 0.004, 0, 1)
		if err != nil {
			b.Fatal(err)
		}
		benchmarkTrain(b, fmt.Sprintf("liquid=%d/frames=1", 4*cells*cells*cells), data, hgn.Options{Cutoff: 2.5, Periodic: true})
	}
}

func benchmarkTrain(b *testing.B, name string, data hgn.Frames, o hgn.Options) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(b *testing.B) {
			b.ReportAllocs()
			o := o
			o.Workers, o.Repeat = workers, b.N
			_, r, err := hgn.Train(context.Background(), data, o)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(1e6*r.Seconds, "least-µs")
			b.ReportMetric(1e6*r.SecondsSolve, "solver-µs")
		})
	}
}

// BenchmarkSprings makes 100 steps of a plane lattice of harmonic springs.
func BenchmarkSprings(b *testing.B) {
	train := func(sides ...int) (*system.System, *hgn.Frame) {
		s, err := system.Lattice(system.Harmonic{K: 1, R0: 1}, system.Free, 1, sides...)
		if err != nil {
			b.Fatal(err)
		}
		q, p, err := s.Start(1, 0.1, 0.01)
		if err != nil {
			b.Fatal(err)
		}
		frames, err := s.Trajectory(context.Background(), q, p, 0.01, 0, 1)
		if err != nil {
			b.Fatal(err)
		}
		return s, frames[0]
	}
	small, _ := train(3, 3)
	q, p, err := small.Start(2, 0.1, 0.01)
	if err != nil {
		b.Fatal(err)
	}
	frames, err := small.Trajectory(context.Background(), q, p, 0.01, 2000, 20)
	if err != nil {
		b.Fatal(err)
	}
	model, _, err := hgn.Train(context.Background(), frames, hgn.Options{Graph: small.Graph})
	if err != nil {
		b.Fatal(err)
	}
	const steps = 100
	for _, side := range []int{10, 100} {
		large, start := train(side, side)
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("bodies=%d/workers=%d", side*side, workers), func(b *testing.B) {
				least := 0.0
				for b.Loop() {
					r, err := model.Rollout(context.Background(), start, hgn.RolloutOptions{
						Graph: large.Graph, DT: 0.01, Steps: steps, Table: hgn.DefaultTable, Workers: workers,
					})
					if err != nil {
						b.Fatal(err)
					}
					if least == 0 || r.Seconds < least {
						least = r.Seconds
					}
				}
				b.ReportMetric(1e9*least/float64(steps*side*side), "least-ns/step-of-a-body")
			})
		}
	}
}
