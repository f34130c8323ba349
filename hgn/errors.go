package hgn

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// An ErrorSummary sums up errors: the root of their mean square, and the mean of their
// magnitudes; NaN if there are none.
type ErrorSummary struct{ RMSE, MAE float64 }

// A GroupError says how far a model is from the frames of a group.
type GroupError struct {
	Group  string // "" for all frames
	Frames int
	Bodies int

	Energy ErrorSummary // potential energy per body
	Force  ErrorSummary // components of the forces
	Stress ErrorSummary // components, in energy per volume

	// Coverage is the share of components of forces that are within 1.96 standard
	// deviations of what the model says, NaN if it gives none.
	Coverage float64

	Grade        float64 // highest extrapolation grade of a body, see [Uncertainty]; NaN if there is none
	Extrapolated float64 // share of bodies with a grade above 1; NaN if there is none
}

// ErrorOptions says how [Model.Errors] compares.
type ErrorOptions struct {
	Graph      *Graph  // the edges, for a model with fixed edges
	StressUnit float64 // as in [Materials]; 0: that of a many-body model, and if it has none stresses are not compared
	Deviations bool    // fill GroupError.Coverage, Grade and Extrapolated, which takes several times as long
	Workers    int     // goroutines; default GOMAXPROCS. The result does not depend on it
}

// Errors compares m with the frames of src. The first element is about all frames, the
// others about the groups in the order of their names. Stresses are compared where the box
// repeats in three directions. The error is one of [Model.Energy], of src and of ctx.
func (m *Model) Errors(ctx context.Context, src Source, opt ErrorOptions) ([]GroupError, error) {
	if err := m.fits(opt.Graph); err != nil {
		return nil, err
	}
	sums := map[string]*errorSums{"": {}}
	d := newDataset(src, 0)
	workers := parallel.Workers(math.MaxInt, opt.Workers)
	scratch := make([]errorWorker, workers)
	err := d.batches(ctx, func(frames []*Frame) error {
		results := make([]errorSums, len(frames))
		errs := make([]error, len(frames))
		parallel.Blocks(len(frames), workers, func(w, i int) {
			if ctx.Err() == nil {
				errs[i] = scratch[w].compare(&results[i], m, frames[i], &opt)
			}
		})
		for i, f := range frames {
			if errs[i] != nil {
				return errs[i]
			}
			if sums[f.group()] == nil {
				sums[f.group()] = &errorSums{}
			}
			sums[f.group()].add(&results[i])
			if f.group() != "" {
				sums[""].add(&results[i])
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if sums[""].frames == 0 {
		return nil, fmt.Errorf("hgn: no frame to compare with")
	}
	var table []GroupError
	for name, s := range sums {
		table = append(table, s.summary(name))
	}
	slices.SortFunc(table, func(a, b GroupError) int { return cmp.Compare(a.Group, b.Group) })
	return table, nil
}

// errorSums are sums over frames.
type errorSums struct {
	frames, bodies        int
	energy, force, stress sumOfErrors
	covered, coverable    int
	graded, beyond        int // bodies
	grade                 float64
}

// sumOfErrors are sums over errors of one kind.
type sumOfErrors struct {
	n                  int
	squares, magnitude float64
}

func (s *sumOfErrors) take(x float64) {
	s.n++
	s.squares = math.FMA(x, x, s.squares)
	s.magnitude += math.Abs(x)
}

func (s *sumOfErrors) add(t *sumOfErrors) {
	s.n += t.n
	s.squares += t.squares
	s.magnitude += t.magnitude
}

func (s *sumOfErrors) summary() ErrorSummary {
	n := float64(s.n)
	return ErrorSummary{math.Sqrt(s.squares / n), s.magnitude / n}
}

func (s *errorSums) add(t *errorSums) {
	s.frames += t.frames
	s.bodies += t.bodies
	s.energy.add(&t.energy)
	s.force.add(&t.force)
	s.stress.add(&t.stress)
	s.covered += t.covered
	s.coverable += t.coverable
	s.graded += t.graded
	s.beyond += t.beyond
	s.grade = max(s.grade, t.grade)
}

func (s *errorSums) summary(name string) GroupError {
	grade := s.grade
	if s.graded == 0 {
		grade = math.NaN()
	}
	return GroupError{
		Grade: grade, Extrapolated: float64(s.beyond) / float64(s.graded),
		Group: name, Frames: s.frames, Bodies: s.bodies,
		Energy: s.energy.summary(), Force: s.force.summary(), Stress: s.stress.summary(),
		Coverage: float64(s.covered) / float64(s.coverable),
	}
}

// An errorWorker is the workspace of one goroutine.
type errorWorker struct {
	prediction
	comparison
}

// compare finds the errors of one frame.
func (w *errorWorker) compare(s *errorSums, m *Model, f *Frame, opt *ErrorOptions) error {
	s.frames, s.bodies = 1, f.Nodes()
	many, ok := m.hamiltonian.(*manyBodyModel)
	if !ok {
		return w.pairs(s, m, f, opt.Graph)
	}
	sets := 1
	if opt.Deviations {
		sets = many.potential.Sets()
	}
	if err := w.prediction.of(many, f, sets); err != nil {
		return err
	}
	if f.HasEnergy {
		s.energy.take((w.energy - f.potentialEnergy()) / float64(f.Nodes()))
	}
	for i, x := range f.PDot {
		s.force.take(w.force[i] - x)
		if sigma := many.deviation.force.sigma(w.forceSpread2[i]); sets > 1 {
			s.coverable++
			if math.Abs(w.force[i]-x) <= 1.96*sigma {
				s.covered++
			}
		}
	}
	if sets > 1 {
		for _, s2 := range w.bodySpread2 {
			g := many.deviation.grade(s2)
			s.graded++
			s.grade = max(s.grade, g)
			if g > 1 {
				s.beyond++
			}
		}
	}
	unit := opt.StressUnit
	if unit == 0 {
		unit = many.settings.stressUnit
	}
	if v := f.volume(); f.HasStress && unit != 0 && v > 0 {
		for a, x := range f.Stress {
			s.stress.take(w.virial[a]/v - unit*x)
		}
	}
	return nil
}

// pairs finds the errors of one frame for any model.
func (w *errorWorker) pairs(s *errorSums, m *Model, f *Frame, g *Graph) error {
	if w.evaluation == nil {
		w.evaluation = m.evaluation()
	}
	if err := w.reset(f, g, 1); err != nil {
		return err
	}
	w.pdot = grow(w.pdot, len(f.Q))
	energy, err := w.at(w.pdot, nil, f.Q, f.P)
	if err != nil {
		return err
	}
	if f.HasEnergy {
		s.energy.take((energy - f.Energy) / float64(f.Nodes()))
	}
	for i, x := range f.PDot {
		s.force.take(w.pdot[i] - x)
	}
	return nil
}
