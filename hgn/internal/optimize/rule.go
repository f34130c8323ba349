package optimize

import (
	"fmt"
	"math"
)

// A Rule moves parameters against a gradient.
type Rule interface {
	// Step changes x, given the gradient g there and the learning rate.
	Step(x, g []float64, rate float64)
}

// An Averager is a Rule whose result is an average of what x was.
type Averager interface {
	// Average returns the result so far.
	Average(x []float64) []float64
}

// A Shape is a matrix among the parameters, row-major, from Start on. Rules that look
// at parameters one by one do not need it.
type Shape struct{ Start, Rows, Cols int }

// LBFGS is the name of the method that is not a Rule: limited-memory BFGS with the
// line search of gonum's package optimize, on all samples at once.
const LBFGS = "lbfgs"

// Names lists the optimizers.
var Names = []string{
	"sgd", "momentum", "nesterov", "asgd", "adagrad", "adadelta", "rmsprop", "rprop",
	"adam", "adamw", "adamax", "nadam", "radam", "adafactor", LBFGS,
}

// New returns the named rule for n parameters, in its initial state.
func New(name string, n int, shapes []Shape) (Rule, error) {
	zeros := func() []float64 { return make([]float64, n) }
	switch name {
	case "sgd":
		return &momentum{}, nil
	case "momentum":
		return &momentum{mu: 0.9, v: zeros()}, nil
	case "nesterov":
		return &momentum{mu: 0.9, v: zeros(), ahead: true}, nil
	case "asgd":
		return &averaged{mean: zeros()}, nil
	case "adagrad":
		return &adagrad{s: zeros()}, nil
	case "adadelta":
		return &adadelta{s: zeros(), d: zeros()}, nil
	case "rmsprop":
		return &rmsprop{s: zeros()}, nil
	case "rprop":
		return &rprop{last: zeros(), size: zeros()}, nil
	case "adam", "adamw", "nadam", "radam":
		a := &adam{m: zeros(), v: zeros(), kind: name, product: 1}
		return a, nil
	case "adamax":
		return &adamax{m: zeros(), u: zeros()}, nil
	case "adafactor":
		return newAdafactor(n, shapes), nil
	}
	return nil, fmt.Errorf("optimize: unknown rule %q", name)
}

// momentum: v ← μ v + g, x ← x − η v (Polyak 1964), or with a look ahead
// x ← x − η (g + μ v) (Nesterov 1983 in the form of Sutskever et al. 2013); without v
// x ← x − η g (Robbins and Monro 1951).
type momentum struct {
	mu    float64
	v     []float64
	ahead bool
}

func (o *momentum) Step(x, g []float64, rate float64) {
	for i, d := range g {
		if o.v != nil {
			o.v[i] = o.mu*o.v[i] + d
			if o.ahead {
				d += o.mu * o.v[i]
			} else {
				d = o.v[i]
			}
		}
		x[i] -= rate * d
	}
}

// averagedFrom is the step after which averaged starts to average.
const averagedFrom = 500

// averaged is x ← x − η g/(1 + 10⁻⁴ η t)^0.75 with the mean of x from step
// averagedFrom on as its result (Polyak and Juditsky 1992).
type averaged struct {
	t    int
	mean []float64
}

func (o *averaged) Step(x, g []float64, rate float64) {
	rate /= math.Pow(1+1e-4*rate*float64(o.t), 0.75)
	o.t++
	n := float64(max(1, o.t-averagedFrom))
	for i, d := range g {
		x[i] -= rate * d
		o.mean[i] += (x[i] - o.mean[i]) / n
	}
}

func (o *averaged) Average([]float64) []float64 { return o.mean }

// adagrad: s ← s + g², x ← x − η g/(√s + 10⁻¹⁰) (Duchi, Hazan and Singer 2011).
type adagrad struct{ s []float64 }

func (o *adagrad) Step(x, g []float64, rate float64) {
	for i, d := range g {
		o.s[i] += d * d
		x[i] -= rate * d / (math.Sqrt(o.s[i]) + 1e-10)
	}
}

// adadelta: s ← 0.9 s + 0.1 g², δ = g √(d + ε)/√(s + ε), d ← 0.9 d + 0.1 δ²,
// x ← x − η δ, ε = 10⁻⁶ (Zeiler 2012).
type adadelta struct{ s, d []float64 }

func (o *adadelta) Step(x, g []float64, rate float64) {
	for i, d := range g {
		o.s[i] = 0.9*o.s[i] + 0.1*d*d
		d *= math.Sqrt(o.d[i]+1e-6) / math.Sqrt(o.s[i]+1e-6)
		o.d[i] = 0.9*o.d[i] + 0.1*d*d
		x[i] -= rate * d
	}
}

// rmsprop: s ← 0.99 s + 0.01 g², x ← x − η g/(√s + 10⁻⁸) (Hinton 2012).
type rmsprop struct{ s []float64 }

func (o *rmsprop) Step(x, g []float64, rate float64) {
	for i, d := range g {
		o.s[i] = 0.99*o.s[i] + 0.01*d*d
		x[i] -= rate * d / (math.Sqrt(o.s[i]) + 1e-8)
	}
}

// rprop moves each parameter by a step of its own, η at first, against the sign of g;
// it grows by 1.2 while the sign stays, up to 50, and halves when it changes, down
// to 10⁻⁶, where that move is left out (Riedmiller and Braun 1993; iRprop−, Igel and
// Hüsken 2000). It is for all samples at once.
type rprop struct{ last, size []float64 }

func (o *rprop) Step(x, g []float64, rate float64) {
	for i, d := range g {
		if o.size[i] == 0 {
			o.size[i] = rate
		}
		switch sign := d * o.last[i]; {
		case sign > 0:
			o.size[i] = min(1.2*o.size[i], 50)
		case sign < 0:
			o.size[i] = max(0.5*o.size[i], 1e-6)
			d = 0
		}
		o.last[i] = d
		switch {
		case d > 0:
			x[i] -= o.size[i]
		case d < 0:
			x[i] += o.size[i]
		}
	}
}
