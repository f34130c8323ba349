package optimize

import (
	"context"
	"math"
	"testing"
)

// One step from x = (1, −2) with g = (0.5, −0.25) and a rate of 0.1, by hand.
func TestFirstStep(t *testing.T) {
	root := math.Sqrt
	for name, want := range map[string][2]float64{
		"sgd":       {0.95, -1.975},
		"momentum":  {0.95, -1.975},
		"nesterov":  {1 - 0.1*1.9*0.5, -2 + 0.1*1.9*0.25},
		"asgd":      {0.95, -1.975},
		"adagrad":   {0.9, -1.9},
		"adadelta":  {1 - 0.1*0.5*root(1e-6/(0.025+1e-6)), -2 + 0.1*0.25*root(1e-6/(0.00625+1e-6))},
		"rmsprop":   {0, -1},
		"rprop":     {0.9, -1.9},
		"adam":      {0.9, -1.9},
		"adamw":     {0.999 - 0.1, -1.998 + 0.1},
		"adamax":    {0.9, -1.9},
		"radam":     {0.95, -1.975}, // not adaptive yet
		"adafactor": {1 - 0.1*root(2.5)*1, -2 + 0.1*root(2.5)*1},
		// μ₁ = 0.9 (1 − 0.5·0.96^0.004), μ₂ likewise: m̂ = μ₂·0.1 g/(1 − μ₁μ₂) + g
		"nadam": {1 - 0.1*nadamFirst(), -2 + 0.1*nadamFirst()},
	} {
		rule, err := New(name, 2, []Shape{{0, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		x := []float64{1, -2}
		rule.Step(x, []float64{0.5, -0.25}, 0.1)
		for i, w := range want {
			if !(math.Abs(x[i]-w) <= 1e-6) {
				t.Errorf("%s: x = %v, want %v", name, x, want)
				break
			}
		}
	}
	if _, err := New("newton", 1, nil); err == nil {
		t.Error("there is no rule newton")
	}
}

func nadamFirst() float64 {
	mu := func(t float64) float64 { return 0.9 * (1 - 0.5*math.Pow(0.96, 0.004*t)) }
	return mu(2)*0.1/(1-mu(1)*mu(2)) + 1
}

// Eight steps with the gradients (0.5, −0.25) and (0.25, 0.5) in turn are those that
// torch.optim of PyTorch 2 makes with its defaults, momentum 0.9 and a rate of 0.1.
func TestAgainstPyTorch(t *testing.T) {
	for name, want := range map[string][2]float64{
		"momentum": {-0.11154917000000009, -2.2581086025},
		"nesterov": {-0.30039425299999994, -2.3322977422499998},
		"adagrad":  {0.6094732333308229, -2.0530734463180935},
		"adadelta": {0.9978310935480651, -2.0006304586677492},
		"rmsprop":  {-2.933476637535516, -2.5394666811977857},
		"rprop":    {-0.6499084799999997, -1.8125},
		"adam":     {0.23950924551901084, -2.0774931846592795},
		"adamw":    {0.23421471441721156, -2.06175241000245},
		"adamax":   {0.36273451048269395, -2.0391119124894392},
		"nadam":    {0.4211168695225569, -2.1098214938372872},
		"radam":    {0.785416156861258, -2.0116514030441786},
	} {
		rule, err := New(name, 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		x := []float64{1, -2}
		for k := range 8 {
			rule.Step(x, [][]float64{{0.5, -0.25}, {0.25, 0.5}}[k%2], 0.1)
		}
		if !(math.Abs(x[0]-want[0]) <= 1e-7 && math.Abs(x[1]-want[1]) <= 1e-7) {
			t.Errorf("%s: %v, want %v", name, x, want)
		}
	}
}

// The mean of what asgd passes from its start on is its result; adafactor's factors of
// a gradient of rank one are exact.
func TestAverageAndFactors(t *testing.T) {
	o := &averaged{mean: make([]float64, 1)}
	x, sum := []float64{1}, 0.0
	for k := range averagedFrom + 10 {
		o.Step(x, []float64{1}, 1e-3)
		if k >= averagedFrom {
			sum += x[0]
		}
	}
	if got := o.Average(x)[0]; !(math.Abs(got-sum/10) <= 1e-12) {
		t.Errorf("average %v, want %v", got, sum/10)
	}
	f := newAdafactor(4, []Shape{{0, 2, 2}})
	y := []float64{1, 1, 1, 1}
	f.Step(y, []float64{1, 2, 3, 6}, 0.1) // g/√v is 1 everywhere
	for _, v := range y {
		if !(math.Abs(v-0.9) <= 1e-12) {
			t.Errorf("adafactor: %v", y)
		}
	}
}

// valley is a quadratic of condition 100 as a mean over samples.
func valley() *Problem {
	p := &Problem{X: []float64{3, -2}, Shapes: []Shape{{0, 1, 2}}, Samples: 8}
	p.Loss = func(samples []int, grad []float64) float64 {
		sum := 0.0
		for _, s := range samples {
			shift := 0.01 * (float64(s) - 3.5)
			for i, k := range [2]float64{1, 10} {
				d := p.X[i] - shift
				sum += k * d * d / 2 / float64(len(samples))
				grad[i] += k * d / float64(len(samples))
			}
		}
		return sum
	}
	p.Error = func() float64 { return math.Hypot(p.X[0], p.X[1]) }
	return p
}

// Every optimizer finds the way down, and gives the parameters of least error.
func TestFit(t *testing.T) {
	rates := map[string]float64{"sgd": 0.05, "momentum": 0.01, "nesterov": 0.01, "asgd": 0.05, "adadelta": 10, "adagrad": 0.5, "adafactor": 0.1}
	for _, name := range Names {
		rate := rates[name]
		if rate == 0 {
			rate = 0.05
		}
		p := valley()
		r, err := Fit(context.Background(), p, Settings{Name: name, Rate: rate, Steps: 3000, Batch: 4, Check: 10, Seed: 1})
		if err != nil || r.Diverged {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		if !(r.Best.Error <= 0.02) || p.Error() != r.Best.Error {
			t.Errorf("%s: error %v, at the parameters %v", name, r.Best.Error, p.Error())
		}
		if at := r.Reached(1); math.IsInf(at, 0) || !math.IsInf(r.Reached(-1), 1) {
			t.Errorf("%s: reached 1 at %v", name, at)
		}
	}
}

func TestFitEnds(t *testing.T) {
	p := valley()
	r, err := Fit(context.Background(), p, Settings{Name: "sgd", Rate: 10, Steps: 1000, Batch: 4, Check: 10})
	if err != nil || !r.Diverged || r.Best.Error != math.Hypot(3, 2) || p.Error() != r.Best.Error {
		t.Errorf("divergence: %+v, %v", r, err)
	}
	p = valley()
	if r, err = Fit(context.Background(), p, Settings{Name: "adam", Rate: 0.1, Steps: 100000, Batch: 8, Check: 10, Goal: 0.1}); err != nil || !(r.Best.Error <= 0.1) || r.Best.Steps > 5000 {
		t.Errorf("goal: %+v, %v", r.Best, err)
	}
	p = valley()
	if r, err = Fit(context.Background(), p, Settings{Name: "sgd", Rate: 1e-12, Steps: 1000, Batch: 8, Check: 10, Patience: 3}); err != nil || len(r.Points) != 4 {
		t.Errorf("patience: %d points, %v", len(r.Points), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"adam", LBFGS} {
		if _, err := Fit(ctx, valley(), Settings{Name: name, Rate: 0.1, Steps: 10, Batch: 8, Check: 1}); err != context.Canceled {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Fit(context.Background(), valley(), Settings{Name: "newton", Steps: 1, Check: 1}); err == nil {
		t.Error("there is no optimizer newton")
	}
}
