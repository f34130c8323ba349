package optimize

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	gonum "gonum.org/v1/gonum/optimize"
)

// A Problem is a mean of losses over samples.
type Problem struct {
	X       []float64 // the parameters, moved in place
	Shapes  []Shape   // of the matrices among X, which together are all of it
	Samples int
	// Loss returns the mean loss of the given samples at X and adds its gradient to
	// grad.
	Loss func(samples []int, grad []float64) float64
	// Error returns what counts, on samples that Loss does not see.
	Error func() float64
}

// Settings of [Fit].
type Settings struct {
	Name     string  // of the optimizer
	Rate     float64 // learning rate η at the start; L-BFGS has none
	Steps    int     // gradients at most
	Batch    int     // samples per gradient; rprop and L-BFGS take all
	Check    int     // steps between two calls of Problem.Error
	Patience int     // checks without an error less than 0.999 of the least so far, after which to stop; 0: none
	Goal     float64 // stop at that error
	Seconds  float64 // stop after that time; 0: none
	Seed     uint64
	Clock    func() time.Duration // what Seconds are read from; default: time of the day
}

// A Point is the error after some time of training.
type Point struct {
	Seconds float64 // without Problem.Error
	Steps   int
	Error   float64
}

// A Result says how a training went.
type Result struct {
	Points   []Point
	Best     Point // the one of least error; Problem.X holds its parameters
	Diverged bool  // ended at an error that is not finite, or 1000 times that of the start
}

// Reached returns the time at which the error was at most goal for the first time,
// +Inf if it never was.
func (r *Result) Reached(goal float64) float64 {
	for _, p := range r.Points {
		if p.Error <= goal {
			return p.Seconds
		}
	}
	return math.Inf(1)
}

// errStop ends L-BFGS.
var errStop = errors.New("optimize: enough")

// Fit trains. Learning rates fall along a half cosine, from Rate to Rate/100 at the
// last step. The order of samples is drawn anew for every pass over them. The error is
// that of ctx, or names an unknown optimizer.
func Fit(ctx context.Context, p *Problem, s Settings) (*Result, error) {
	if s.Clock == nil {
		begin := time.Now()
		s.Clock = func() time.Duration { return time.Since(begin) }
	}
	w := &watch{p: p, s: s, x: append([]float64(nil), p.X...), start: s.Clock(), r: &Result{Best: Point{Error: math.Inf(1)}}}
	w.check(p.X)
	var err error
	if s.Name == LBFGS {
		err = w.lbfgs(ctx)
	} else {
		err = w.rule(ctx)
	}
	copy(p.X, w.x)
	return w.r, err
}

// A watch keeps the books of a training.
type watch struct {
	p       *Problem
	s       Settings
	x       []float64 // of least error
	start   time.Duration
	paused  time.Duration
	steps   int
	without int // checks without progress
	mark    float64
	r       *Result
}

// check takes the error at x, which may be Problem.X or an average, and says whether
// to go on.
func (w *watch) check(x []float64) bool {
	pause := w.s.Clock()
	defer func() { w.paused += w.s.Clock() - pause }()
	point := Point{Seconds: (pause - w.start - w.paused).Seconds(), Steps: w.steps}
	current := append([]float64(nil), w.p.X...)
	copy(w.p.X, x)
	point.Error = w.p.Error()
	copy(w.p.X, current)
	first := point.Error
	if len(w.r.Points) > 0 {
		first = w.r.Points[0].Error
	}
	if !(point.Error <= 1000*first) || math.IsInf(point.Error, 0) {
		w.r.Diverged = true
		return false
	}
	w.r.Points = append(w.r.Points, point)
	if point.Error < w.r.Best.Error {
		w.r.Best = point
		copy(w.x, x)
	}
	if w.mark == 0 || point.Error < 0.999*w.mark {
		w.mark, w.without = point.Error, 0
	} else if w.without++; w.s.Patience > 0 && w.without >= w.s.Patience {
		return false
	}
	return point.Error > w.s.Goal && !(w.s.Seconds > 0 && point.Seconds >= w.s.Seconds)
}

// rule trains by a Rule.
func (w *watch) rule(ctx context.Context) error {
	rule, err := New(w.s.Name, len(w.p.X), w.p.Shapes)
	if err != nil {
		return err
	}
	batch := min(w.s.Batch, w.p.Samples)
	if w.s.Name == "rprop" {
		batch = w.p.Samples
	}
	rng := rand.New(rand.NewPCG(w.s.Seed, 0x6f72646572)) // "order"
	var order []int
	grad := make([]float64, len(w.p.X))
	for w.steps < w.s.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(order) < batch {
			order = rng.Perm(w.p.Samples)
		}
		clear(grad)
		w.p.Loss(order[:batch], grad)
		order = order[batch:]
		progress := float64(w.steps) / float64(w.s.Steps)
		rule.Step(w.p.X, grad, w.s.Rate*(0.01+0.99*0.5*(1+math.Cos(math.Pi*progress))))
		if w.steps++; w.steps%w.s.Check == 0 {
			x := w.p.X
			if a, ok := rule.(Averager); ok {
				x = a.Average(x)
			}
			if !w.check(x) {
				break
			}
		}
	}
	return nil
}

// lbfgs trains by L-BFGS on all samples.
func (w *watch) lbfgs(ctx context.Context) error {
	all := make([]int, w.p.Samples)
	for i := range all {
		all[i] = i
	}
	at := make([]float64, len(w.p.X)) // where value and grad hold
	grad := make([]float64, len(w.p.X))
	value, known := 0.0, false
	evaluate := func(x []float64) {
		if known && equal(at, x) {
			return
		}
		copy(w.p.X, x)
		copy(at, x)
		clear(grad)
		value, known = w.p.Loss(all, grad), true
		w.steps++
	}
	problem := gonum.Problem{
		Func: func(x []float64) float64 { evaluate(x); return value },
		Grad: func(g, x []float64) { evaluate(x); copy(g, grad) },
		Status: func() (gonum.Status, error) {
			if err := ctx.Err(); err != nil {
				return gonum.Failure, err
			}
			return gonum.NotTerminated, nil
		},
	}
	settings := &gonum.Settings{
		GradientThreshold: 1e-300,
		Converger:         gonum.NeverTerminate{},
		FuncEvaluations:   w.s.Steps,
		Recorder:          &recorder{w: w},
	}
	start := append([]float64(nil), w.p.X...)
	_, err := gonum.Minimize(problem, start, settings, &gonum.LBFGS{Store: 20})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errStop):
	case err != nil: // a line search that finds no lower value: at the limit of rounding
		w.check(at)
	}
	return nil
}

// A recorder checks after iterations of L-BFGS.
type recorder struct {
	w    *watch
	last int
}

func (r *recorder) Init() error { return nil }

func (r *recorder) Record(l *gonum.Location, op gonum.Operation, _ *gonum.Stats) error {
	if op == gonum.MajorIteration && r.w.steps >= r.last+r.w.s.Check {
		r.last = r.w.steps
		if !r.w.check(l.X) {
			return errStop
		}
	}
	return nil
}

func equal(x, y []float64) bool {
	for i, v := range x {
		if v != y[i] {
			return false
		}
	}
	return true
}
