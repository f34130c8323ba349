package tables

import (
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/hgn/internal/optimize"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

var optimizerColumns = []string{"network", "trained by", "rate", "steps", "seconds", "force error", "seconds to goal", "times random features", "remark"}

// rates are the learning rates tried for an optimizer.
func rates(name string) []float64 {
	switch name {
	case "sgd", "asgd", "momentum", "nesterov":
		return []float64{1e-4, 1e-3, 1e-2, 1e-1, 1}
	case "adadelta":
		return []float64{0.1, 1, 10, 100, 1000}
	case "adagrad", "adafactor":
		return []float64{1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 0.3}
	case optimize.LBFGS:
		return []float64{1}
	}
	return []float64{1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2}
}

// A contest is one network, trained by random features and by every optimizer.
type contest struct {
	name                  string
	shape                 network.Shape
	sampler               network.Sampler
	whitened              bool // how optimizers start, see start
	train, validate, test []*network.Sample
	goal                  float64 // of the optimizers; 0: what random features reach
	aim                   float64 // bar of the ratio
	firstOrder            bool    // whether the bar is about first-order methods
	states                int     // that train
	search, steps         int     // gradients per rate tried, and of the training
	seconds               float64 // for the best to go on
}

// An outcome is what one optimizer reached.
type outcome struct {
	done     bool
	diverged bool // at every rate
	rate     float64
	best     optimize.Point
	test     float64
	reached  float64 // seconds to the goal
	spent    float64 // seconds of the longest training
	points   []optimize.Point
}

// optimizers lets 15 optimizers train what random features solve for.
func optimizers(r *runner, t *Table) error {
	t.picture = picture{kind: lines, x: "seconds of processor time", y: "relative force error, validation states"}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as PyTorch is compared on one thread
	s, err := system.Lattice(spring, system.Free, 1, 2, 2, 2)
	if err != nil {
		return err
	}
	width := pick(r, 16, 64)
	wide := pick(r, 24, 128)
	for _, c := range []*contest{
		{
			name:    "invariants, edges read out",
			shape:   network.Shape{Inputs: network.Invariant, Dim: 3, Node: width, Edge: width, Message: width, EdgeReadout: true, Activation: dense.Gaussian},
			sampler: network.ELMWhitened, goal: 1e-6, aim: 1000,
			states: pick(r, 40, 100), search: pick(r, 10, 100), steps: pick(r, 40, 2000), seconds: pick(r, 0.5, 200),
		},
		{
			name:    "frame, as in the paper",
			shape:   network.Shape{Inputs: network.Frame, Dim: 3, Node: wide, Edge: wide, Message: wide, Activation: dense.Softplus},
			sampler: network.SWIM, whitened: true, aim: 20, firstOrder: true,
			states: pick(r, 40, 200), search: pick(r, 5, 60), steps: pick(r, 20, 600), seconds: pick(r, 0.5, 60),
		},
	} {
		for _, part := range []struct {
			to           *[]*network.Sample
			seed         uint64
			n            int
			displacement float64
		}{{&c.train, 1, c.states, 0.15}, {&c.validate, 2e6, pick(r, 10, 30), 0.12}, {&c.test, 1e6, 50, 0.12}} {
			frames, err := states(r.ctx, s, part.seed, part.n, part.displacement, 0.1*part.displacement/0.15)
			if err != nil {
				return err
			}
			if *part.to, err = samples(c.shape.Inputs, s, frames); err != nil {
				return err
			}
		}
		if err := c.run(r, t); err != nil {
			return err
		}
		if r.Python != "" && !r.Quick { // small networks are not those of the script
			if err := c.besideTorch(r, t); err != nil {
				return err
			}
		}
	}
	if err := pairsBeside(r, t, s); err != nil {
		return err
	}
	t.note("Every optimizer trains all layers from the same start (on invariants every layer of n inputs from U(−1/√n, 1/√n), as in PyTorch; in the frame hidden layers elm-whitened and the last one small), on mini-batches of 32 states (rprop and L-BFGS: all), with the best of up to six learning rates by the error on validation states (the next lower one too, where that does not halve the error of the search), a half-cosine schedule and early stopping; then the best goes on for longer, with a new schedule. Seconds are processor time, on one thread, of the training that reached the error, for random features too, the search of the rate not counted. Force errors are on unseen states.")
	return nil
}

// run trains c in every way.
func (c *contest) run(r *runner, t *Table) error {
	if err := r.tell("optimizers: %s, random features", c.name); err != nil {
		return err
	}
	n := network.New(c.shape)
	random := math.Inf(1)
	for range 3 {
		start := processorTime()
		if err := fitRandom(n, c.train, c.sampler, 1, false, r.Seed); err != nil {
			return err
		}
		random = min(random, (processorTime() - start).Seconds())
	}
	e := forceError(n, c.test)
	goal := c.goal
	if goal == 0 {
		goal = forceError(n, c.validate) // what optimizers are stopped by
	}
	t.add(c.name, "random features", "–", "–", random, e, random, 1.0, "")
	t.picture.point(c.name, "random features", random, e)

	all := make([]outcome, len(optimize.Names))
	var failed error
	for i, name := range optimize.Names {
		if failed = r.tell("optimizers: %s, %s", c.name, name); failed == nil {
			failed = c.try(r, name, goal, &all[i])
		}
		if failed != nil {
			break
		}
	}
	if failed == nil {
		failed = c.extend(r, all, goal)
	}
	fastest, name := math.Inf(1), ""
	spent := 0.0
	for i, o := range all {
		if !o.done {
			continue
		}
		remark := ""
		switch {
		case o.diverged:
			t.add(c.name, optimize.Names[i], "–", "–", "–", "–", "–", "–", "diverged at every rate")
			continue
		case math.IsInf(o.reached, 1):
			remark = "goal not reached in " + Number(o.spent).String() + " s"
		}
		t.add(c.name, optimize.Names[i], o.rate, o.best.Steps, o.best.Seconds, o.test, o.reached, o.reached/random, remark)
		for _, p := range o.points {
			if p.Steps > 0 {
				t.picture.point(c.name, optimize.Names[i], p.Seconds, p.Error)
			}
		}
		if c.firstOrder && optimize.Names[i] == optimize.LBFGS {
			continue
		}
		if o.reached < fastest {
			fastest, name = o.reached, optimize.Names[i]
		}
		spent = max(spent, o.spent)
	}
	if failed != nil || r.Quick {
		return failed
	}
	what := c.name + ": time of the fastest optimizer"
	if c.firstOrder {
		what = c.name + ": time of the fastest first-order optimizer"
	}
	what += " to a force error on validation states of " + Number(goal).String() + " over that of random features, which reach " + Number(e).String() + " on unseen states"
	if math.IsInf(fastest, 1) {
		t.Bars = append(t.Bars, AtLeast(what+" (a lower bound: none got there, the longest tried for "+Number(spent).String()+" s)", spent/random, c.aim, true))
		return nil
	}
	t.Bars = append(t.Bars, AtLeast(what+" ("+name+")", fastest/random, c.aim, false))
	return nil
}

// start returns the network that optimizers start from, of one of two kinds: weights and biases of a layer of n inputs from U(−1/√n, 1/√n), as
// PyTorch draws them; or the hidden layers of random features, the last one small.
func (c *contest) start(seed uint64) *network.Network {
	n := network.New(c.shape)
	rng := rand.New(rand.NewPCG(seed, 0x7374617274)) // "start"
	if c.whitened {
		n.Draw(c.train[:min(len(c.train), 256)], network.ELMWhitened, 1, rng)
		for i := range n.Theta {
			n.Theta[i] = 0.1 * rng.NormFloat64() / math.Sqrt(float64(len(n.Theta)))
		}
		return n
	}
	fill := func(inputs int, parts ...[]float64) {
		for _, part := range parts {
			for i := range part {
				part[i] = (2*rng.Float64() - 1) / math.Sqrt(float64(inputs))
			}
		}
	}
	fill(n.WV.Cols, n.WV.Data, n.BV)
	fill(n.WE.Cols, n.WE.Data, n.BE)
	fill(2*c.shape.Node+c.shape.Edge, n.AB.Data, n.C.Data, n.BM)
	fill(len(n.Theta), n.Theta)
	return n
}

// problem is that of training n.
func (c *contest) problem(n *network.Network) *optimize.Problem {
	var w network.Workspace
	var batch []*network.Sample
	p := &optimize.Problem{X: n.Params(), Samples: len(c.train)}
	for _, b := range n.Blocks() {
		p.Shapes = append(p.Shapes, optimize.Shape(b))
	}
	p.Loss = func(which []int, grad []float64) float64 {
		batch = batch[:0]
		for _, i := range which {
			batch = append(batch, c.train[i])
		}
		return n.Loss(&w, batch, grad)
	}
	p.Error = func() float64 { return forceError(n, c.validate) }
	return p
}

// try searches the rate, then trains with it.
func (c *contest) try(r *runner, name string, goal float64, o *outcome) error {
	least := math.Inf(1)
	o.diverged = true
	settings := optimize.Settings{Name: name, Batch: 32, Seed: r.Seed, Steps: c.search, Check: max(1, c.search/5), Clock: processorTime}
	for _, rate := range rates(name) {
		settings.Rate = rate
		found, err := optimize.Fit(r.ctx, c.problem(c.start(r.Seed)), settings)
		if err != nil {
			return err
		}
		if !found.Diverged && found.Best.Error < least {
			o.diverged, o.rate, least = false, rate, found.Best.Error
		}
	}
	if o.diverged {
		o.done = true
		return nil
	}
	settings.Steps, settings.Check, settings.Patience, settings.Goal = c.steps, max(1, c.steps/40), 20, goal
	all := rates(name)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] > o.rate {
			continue
		}
		settings.Rate = all[i]
		if err := c.train1(r, settings, o); err != nil {
			return err
		}
		// A rate that is best for a few steps may be too high for many.
		if o.best.Error < least/2 || r.Quick {
			break
		}
	}
	o.done = true
	return nil
}

// train1 trains from the start and keeps what is better than what o has.
func (c *contest) train1(r *runner, settings optimize.Settings, o *outcome) error {
	n := c.start(r.Seed)
	found, err := optimize.Fit(r.ctx, c.problem(n), settings)
	if err != nil {
		return err
	}
	last := found.Points[len(found.Points)-1]
	o.spent = max(o.spent, last.Seconds)
	if o.points == nil || found.Best.Error < o.best.Error {
		o.rate, o.best, o.points, o.test = settings.Rate, found.Best, found.Points, forceError(n, c.test)
		o.reached = found.Reached(settings.Goal)
	}
	return nil
}

// extend lets the optimizer of least error go on for longer, unless one is there.
func (c *contest) extend(r *runner, all []outcome, goal float64) error {
	best := -1
	for i, o := range all {
		switch {
		case o.diverged || c.firstOrder && optimize.Names[i] == optimize.LBFGS:
		case !math.IsInf(o.reached, 1):
			return nil
		case best < 0 || o.best.Error < all[best].best.Error:
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	o := &all[best]
	if err := r.tell("optimizers: %s, %s for longer", c.name, optimize.Names[best]); err != nil {
		return err
	}
	// As many steps as the time allows, by the speed so far, so that the schedule ends in it.
	steps := max(1, int(c.seconds*float64(o.best.Steps)/max(o.best.Seconds, 1e-3)))
	return c.train1(r, optimize.Settings{
		Name: optimize.Names[best], Rate: o.rate, Batch: 32, Seed: r.Seed, Steps: steps, Check: max(1, steps/100),
		Goal: goal, Seconds: 1.3 * c.seconds, Clock: processorTime,
	}, o)
}

// pairsBeside adds the default model, for which no network is trained.
func pairsBeside(r *runner, t *Table, s *system.System) error {
	data, err := states(r.ctx, s, 1, pick(r, 40, 100), 0.15, 0.1)
	if err != nil {
		return err
	}
	unseen, err := states(r.ctx, s, 1e6, 50, 0.12, 0.08)
	if err != nil {
		return err
	}
	m, report, err := hgn.Train(r.ctx, data, hgn.Options{Graph: s.Graph, Workers: 1, Repeat: 5, Seed: r.Seed})
	if err != nil {
		return err
	}
	e, err := m.Evaluate(r.ctx, unseen, hgn.EvaluateOptions{Graph: s.Graph, Workers: r.Workers})
	if err != nil {
		return err
	}
	t.add("default model of hgn", "random features", "–", "–", report.Seconds, e.Force, report.Seconds, "–", "pairs and bodies alone, no messages")
	return nil
}
