package tables

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

var benchmarkColumns = []string{"system", "moved by", "against", "trajectories", "frames", "rollout error", "energy violation", "momentum error"}

// stiff is V(r) = (r² − 1)², the spring of Thangamuthu et al.
type stiff struct{}

func (stiff) Energy(r float64) float64     { return (r*r - 1) * (r*r - 1) }
func (stiff) Derivative(r float64) float64 { return 4 * r * (r*r - 1) }

// gravity is V(r) = −1/r of unit masses.
type gravity struct{}

func (gravity) Energy(r float64) float64     { return -1 / r }
func (gravity) Derivative(r float64) float64 { return 1 / (r * r) }

// A motionSet is trajectories of one system, all with the same number of frames.
type motionSet struct {
	name    string
	system  *system.System
	xi      hgn.Xi
	motions []hgn.Frames
	dt      float64
	stride  int
}

// benchmark follows Thangamuthu et al. (NeurIPS 2022 Datasets and Benchmarks): the
// first half of the trajectories trains, the others are starts.
func benchmark(r *runner, t *Table) error {
	t.picture = picture{kind: lines, x: "number of the frame", y: "rollout error, geometric mean", linearX: true}
	springs, err := spring5(r, t)
	if err != nil {
		return err
	}
	bodies, err := gravitation(r)
	if err != nil {
		return err
	}
	for _, m := range []*motionSet{springs, bodies} {
		if err := m.run(r, t); err != nil {
			return err
		}
	}
	t.note("Rollout error ‖x − x̂‖/(‖x‖ + ‖x̂‖) with x = (q, p), energy violation |H − Ĥ|/(|H| + |Ĥ|) with the true H of both states, momentum error |P − P̂|/(|P| + |P̂| + 1): geometric means over frames after the first and trajectories. The integrator is Suzuki's of fourth order, unless Verlet is named. Motion that leaves the distances seen in training meets a potential that goes on as a parabola; with Options.Widen its features hold further.")
	return nil
}

// spring5 reads the springs, or makes them where the file is absent.
func spring5(r *runner, t *Table) (*motionSet, error) {
	s, err := system.Ring(stiff{}, 1, 5)
	if err != nil {
		return nil, err
	}
	m := &motionSet{name: "5 springs", system: s, xi: hgn.DistanceSquared, stride: 100}
	n := pick(r, 20, 100)
	name := filepath.Join(r.Data, "m3rg", "spring5.npz")
	file, err := trajectory.Open(name, trajectory.Options{})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.note("%s is absent: the springs were made anew, with other starts.", filepath.ToSlash(filepath.Join("m3rg", "spring5.npz")))
		m.dt = 0.001
		return m, m.make(r, n, 100, func(seed uint64) ([]float64, []float64, error) { return s.Start(seed, 0.3, 0.05) })
	case err != nil:
		return nil, err
	}
	if s.Graph, err = trajectory.ReadEdges(name, 5); err != nil {
		return nil, err
	}
	m.dt = 0.0010001
	for f, err := range file.Frames() {
		if err != nil {
			return nil, err
		}
		if f.Step == 0 {
			if len(m.motions) == n {
				break
			}
			m.motions = append(m.motions, nil)
		}
		own := new(hgn.Frame)
		own.CopyFrom(f)
		own.QDot = append([]float64(nil), f.P...)
		last := len(m.motions) - 1
		m.motions[last] = append(m.motions[last], own)
	}
	return m, nil
}

// gravitation is four bodies near their relative equilibrium on a circle.
func gravitation(r *runner) (*motionSet, error) {
	s := &system.System{Dim: 2, Potential: gravity{}, Mass: []float64{1, 1, 1, 1}}
	var pairs [][2]int
	for j := range 4 {
		for i := range j {
			pairs = append(pairs, [2]int{i, j})
		}
		sin, cos := math.Sincos(math.Pi / 2 * float64(j))
		s.Rest = append(s.Rest, cos, sin)
	}
	var err error
	if s.Graph, err = hgn.NewGraph(4, pairs); err != nil {
		return nil, err
	}
	m := &motionSet{name: "4 bodies, gravitation", system: s, xi: hgn.LogDistance, dt: 0.001, stride: 50}
	speed := math.Sqrt((2*math.Sqrt2 + 1) / 4)
	err = m.make(r, pick(r, 20, 100), 100, func(seed uint64) ([]float64, []float64, error) {
		q, p, err := s.Start(seed, 0.1, 0.001)
		for i := range 4 {
			p[2*i] -= speed * s.Rest[2*i+1]
			p[2*i+1] += speed * s.Rest[2*i]
		}
		return q, p, err
	})
	return m, err
}

// make integrates n motions of the given number of frames.
func (m *motionSet) make(r *runner, n, frames int, start func(seed uint64) (q, p []float64, err error)) error {
	for k := range n {
		if err := r.tell("benchmark: %s, trajectory %d", m.name, k); err != nil {
			return err
		}
		q, p, err := start(uint64(k))
		if err != nil {
			return err
		}
		one, err := m.true(r.ctx, hgn.Suzuki, q, p, frames)
		if err != nil {
			return err
		}
		m.motions = append(m.motions, one)
	}
	return nil
}

// An integrator is [hgn.Verlet] or [hgn.Suzuki].
type integrator func(ctx context.Context, h hgn.Separable, q, p []float64, dt float64, steps int, observe func(int) error) error

// true moves (q, p) by the true forces.
func (m *motionSet) true(ctx context.Context, integrate integrator, q, p []float64, frames int) (hgn.Frames, error) {
	q, p = append([]float64(nil), q...), append([]float64(nil), p...)
	s := *m.system // each has its own lists
	var all hgn.Frames
	keep := func(step int) error {
		if step%m.stride != 0 {
			return nil
		}
		f, err := observed(ctx, &s, q, p)
		if err == nil {
			f.Step = int64(step)
			all = append(all, f)
		}
		return err
	}
	if err := keep(0); err != nil {
		return nil, err
	}
	return all, integrate(ctx, &s, q, p, m.dt, m.stride*(frames-1), keep)
}

// run trains on the first half and moves the starts of the second.
func (m *motionSet) run(r *runner, t *Table) error {
	half := len(m.motions) / 2
	var data hgn.Frames
	for _, one := range m.motions[:half] {
		data = append(data, one...)
	}
	if err := r.tell("benchmark: %s, training on %d frames", m.name, len(data)); err != nil {
		return err
	}
	options := hgn.Options{Graph: m.system.Graph, Xi: m.xi, Workers: r.Workers, Seed: r.Seed}
	narrow, _, err := hgn.Train(r.ctx, data, options)
	if err != nil {
		return err
	}
	if options.Widen, err = m.widen(r, t, options, m.motions[:half]); err != nil {
		return err
	}
	wide, _, err := hgn.Train(r.ctx, data, options)
	if err != nil {
		return err
	}
	starts := m.motions[half:]
	frames := len(starts[0])
	if err := r.tell("benchmark: %s, %d rollouts", m.name, len(starts)); err != nil {
		return err
	}
	moved := func() []hgn.Frames { return make([]hgn.Frames, len(starts)) }
	learned, widened, exact, verlet := moved(), moved(), moved(), moved()
	failed := make([]error, len(starts))
	parallel.Blocks(len(starts), r.Workers, func(_, i int) {
		start := starts[i][0]
		err := m.rollout(r.ctx, narrow, start, frames, &learned[i])
		if err == nil {
			err = m.rollout(r.ctx, wide, start, frames, &widened[i])
		}
		if err == nil {
			exact[i], err = m.true(r.ctx, hgn.Suzuki, start.Q, start.P, frames)
		}
		if err == nil {
			verlet[i], err = m.true(r.ctx, hgn.Verlet, start.Q, start.P, frames)
		}
		failed[i] = err
	})
	if err := errors.Join(failed...); err != nil {
		return err
	}
	plain := map[string]Number{} // errors of the default model
	for _, c := range []struct {
		by, against  string
		moved, other []hgn.Frames
	}{
		{"model", "the data", learned, starts},
		{"model", "true forces, same integrator", learned, exact},
		{widenedModel, "the data", widened, starts},
		{widenedModel, "true forces, same integrator", widened, exact},
		{"true forces", "the data", exact, starts},
		{"true forces, Verlet", "the data", verlet, starts},
	} {
		var state, energy, momentum geometric
		over := make([]geometric, frames)
		for i, one := range c.moved {
			for k := 1; k < frames; k++ {
				a, b := one[k], c.other[i][k]
				d := relative(append(append([]float64(nil), a.Q...), a.P...), append(append([]float64(nil), b.Q...), b.P...))
				state.add(d)
				over[k].add(d)
				ha, err := m.system.Energy(a.Q, a.P)
				if err != nil {
					return err
				}
				hb, err := m.system.Energy(b.Q, b.P)
				if err != nil {
					return err
				}
				energy.add(math.Abs(ha-hb) / (math.Abs(ha) + math.Abs(hb)))
				momentum.add(momentumError(a, b))
			}
		}
		t.add(m.name, c.by, c.against, len(starts), frames-1, state.mean(), energy.mean(), momentum.mean())
		for k := 1; k < frames; k++ {
			t.picture.point(m.name, c.by+" against "+c.against, float64(k), over[k].mean())
		}
		if c.by == "model" {
			plain[c.against] = Number(state.mean())
		}
		if m.xi == hgn.DistanceSquared && c.by == widenedModel && !r.Quick {
			limit := 1e-7
			if c.against != "the data" {
				limit = 1e-10
			}
			t.Bars = append(t.Bars, AtMost(fmt.Sprintf("5 springs, 50 trajectories of 9,900 steps, range widened as training data suggest: rollout error against %s (%v with the default, which is not widened)", c.against, plain[c.against]), state.mean(), limit))
		}
	}
	return nil
}

// widen chooses Options.Widen by the training trajectories alone: those of even number
// train models whose forces are compared with the frames of the others, and the other way
// round, and the value with the least error over both halves is taken.
func (m *motionSet) widen(r *runner, t *Table, options hgn.Options, training []hgn.Frames) (float64, error) {
	var halves [2]hgn.Frames
	for i, one := range training {
		halves[i%2] = append(halves[i%2], one...)
	}
	best, least := 0.0, math.Inf(1)
	var found []string
	for _, widen := range []float64{0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1} {
		if err := r.tell("benchmark: %s, range widened by %v, validation", m.name, widen); err != nil {
			return 0, err
		}
		options.Widen = widen
		sum := 0.0
		for i, data := range halves {
			model, _, err := hgn.Train(r.ctx, data, options)
			if err != nil {
				return 0, err
			}
			e, err := model.Evaluate(r.ctx, halves[1-i], hgn.EvaluateOptions{Graph: options.Graph, Workers: r.Workers})
			if err != nil {
				return 0, err
			}
			sum += e.Force * e.Force / 2
		}
		e := math.Sqrt(sum)
		found = append(found, fmt.Sprintf("%v: %v", widen, Number(e)))
		if e < least {
			best, least = widen, e
		}
	}
	t.note("%s: Options.Widen = %v was chosen by the training trajectories alone, as the value with the least error of forces when one half of them predicts the other (%s).", m.name, best, strings.Join(found, "; "))
	return best, nil
}

// widenedModel is the one with what [motionSet.widen] chose.
const widenedModel = "model, range widened"

// rollout moves start by a model and appends every stride-th state to dst.
func (m *motionSet) rollout(ctx context.Context, model *hgn.Model, start *hgn.Frame, frames int, dst *hgn.Frames) error {
	_, err := model.Rollout(ctx, start, hgn.RolloutOptions{
		Graph: m.system.Graph, DT: m.dt, Steps: m.stride * (frames - 1), Order: 4, Table: 1 << 14, Workers: 1,
		Due: func(step int) bool { return step%m.stride == 0 },
		Observe: func(_ int, f *hgn.Frame) error {
			own := new(hgn.Frame)
			own.CopyFrom(f)
			*dst = append(*dst, own)
			return nil
		},
	})
	return err
}

// momentumError compares total momenta.
func momentumError(a, b *hgn.Frame) float64 {
	var x, y, d float64
	for c := range a.Dim {
		var pa, pb float64
		for i := c; i < len(a.P); i += a.Dim {
			pa, pb = pa+a.P[i], pb+b.P[i]
		}
		x, y, d = math.Hypot(x, pa), math.Hypot(y, pb), math.Hypot(d, pa-pb)
	}
	return d / (x + y + 1)
}
