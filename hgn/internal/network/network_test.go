package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A fixture is a network with random parameters and states of a small graph.
type fixture struct {
	*Network
	r       *rand.Rand
	encoder func() *Encoder
}

func newFixture(in Inputs, dim int, readout bool, act dense.Activation) *fixture {
	r := rand.New(rand.NewPCG(uint64(dim), uint64(act)))
	f := &fixture{r: r, Network: New(Shape{Inputs: in, Dim: dim, Node: 5, Edge: 3, Message: 4, EdgeReadout: readout, Activation: act})}
	f.Offset = 0.3
	for i := range f.Params() {
		f.Params()[i] = 0.5 * r.NormFloat64()
	}
	f.encoder = func() *Encoder {
		return &Encoder{Inputs: in, Dim: dim, Senders: []int32{0, 0, 1, 2, 3}, Receivers: []int32{1, 2, 3, 3, 4}, Mass: []float64{1, 2, 1, 0.5, 1}}
	}
	return f
}

// normal returns n normal numbers.
func (f *fixture) normal(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f.r.NormFloat64()
	}
	return x
}

// state draws q and p, and a target.
func (f *fixture) state() (q, p, target []float64) {
	return f.normal(5 * f.Dim), f.normal(5 * f.Dim), f.normal(10 * f.Dim)
}

func (f *fixture) sample(t *testing.T, q, p, target []float64) *Sample {
	t.Helper()
	s := NewSample(f.encoder())
	s.Target = target
	if err := s.Encode(q, p); err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fixture) energy(t *testing.T, q, p []float64) float64 {
	return f.Gradient(new(Workspace), nil, f.sample(t, q, p, nil))
}

func eachFixture(t *testing.T, check func(t *testing.T, f *fixture)) {
	for _, in := range []Inputs{Frame, Invariant} {
		for dim := 1; dim <= 3; dim++ {
			for act := dense.Tanh; act <= dense.Sigmoid; act++ {
				t.Run(fmt.Sprintf("inputs=%d/dim=%d/%v", in, dim, act), func(t *testing.T) {
					check(t, newFixture(in, dim, act%2 == 0, act))
				})
			}
		}
	}
}

// difference is the derivative of f with respect to *x by the five-point formula.
func difference(x *float64, f func() float64) float64 {
	const h = 1e-3
	old, d := *x, 0.0
	for _, point := range []struct{ at, weight float64 }{{-2, 1}, {-1, -8}, {1, 8}, {2, -1}} {
		*x = old + point.at*h
		d += point.weight * f()
	}
	*x = old
	return d / (12 * h)
}

// ∂H/∂q and ∂H/∂p, through the frame, are the differences of H.
func TestGradient(t *testing.T) {
	eachFixture(t, func(t *testing.T, f *fixture) {
		q, p, _ := f.state()
		got := make([]float64, 2*len(q))
		f.Gradient(new(Workspace), got, f.sample(t, q, p, nil))
		for i := range got {
			x := [2]*float64{&q[i%len(q)], &p[i%len(q)]}[i/len(q)]
			want := difference(x, func() float64 { return f.energy(t, q, p) })
			if !(math.Abs(got[i]-want) <= 1e-7*(1+math.Abs(want))) {
				t.Errorf("coordinate %d: %v, differences give %v", i, got[i], want)
			}
		}
	})
}

// Many edges are taken in blocks by several workers, with the same bits; what they give
// are the derivatives of all edges at once.
func TestGradientWorkers(t *testing.T) {
	for _, in := range []Inputs{Frame, Invariant} {
		f := newFixture(in, 2, true, dense.Gaussian)
		e := &Encoder{Inputs: in, Dim: 2, Mass: make([]float64, 400)}
		for i := range e.Mass {
			e.Mass[i] = 1
			for _, j := range []int{i + 1, i + 20} {
				e.Senders, e.Receivers = append(e.Senders, int32(i)), append(e.Receivers, int32(j%400))
			}
		}
		s := NewSample(e)
		if err := s.Encode(f.normal(800), f.normal(800)); err != nil {
			t.Fatal(err)
		}
		want, got, once := make([]float64, 1600), make([]float64, 1600), make([]float64, 1600)
		h := f.Gradient(new(Workspace), want, s)
		if again := f.Gradient(&Workspace{Workers: 3}, got, s); again != h || !slices.Equal(got, want) {
			t.Errorf("inputs=%d: other bits with 3 workers", in)
		}
		var w hidden
		w.load(f.Network, []*Sample{s})
		whole := f.gradient(&w, 2*len(e.Senders), 1)
		e.Pull(once, 1, w.dx.Data, w.de.Data, 1)
		if !(math.Abs(whole-h) <= 1e-12*math.Abs(h)) {
			t.Errorf("inputs=%d: H = %v in blocks, %v at once", in, h, whole)
		}
		for i := range want {
			if !(math.Abs(want[i]-once[i]) <= 1e-10*(1+math.Abs(once[i]))) {
				t.Errorf("inputs=%d: coordinate %d is %v in blocks, %v at once", in, i, want[i], once[i])
			}
		}
	}
}

// The row of a coordinate times θ is the derivative of H, for every θ.
func TestRows(t *testing.T) {
	eachFixture(t, func(t *testing.T, f *fixture) {
		q, p, _ := f.state()
		s := f.sample(t, q, p, nil)
		cols := f.Columns()
		z := make([]float64, 2*len(q)*cols)
		f.Rows(new(RowWorkspace), z, s)
		want := make([]float64, 2*len(q))
		for k := range cols {
			clear(f.Theta)
			f.Theta[k] = 1
			f.Gradient(new(Workspace), want, s)
			for i, w := range want {
				if got := z[i*cols+k]; !(math.Abs(got-w) <= 1e-13*(1+math.Abs(w))) {
					t.Errorf("coordinate %d, feature %d: %v, want %v", i, k, got, w)
				}
			}
		}
	})
}

// The gradient of the loss with respect to every block of parameters is that of
// differences.
func TestLoss(t *testing.T) {
	eachFixture(t, func(t *testing.T, f *fixture) {
		var samples []*Sample
		for range 3 {
			samples = append(samples, f.sample(t, f.normal(5*f.Dim), f.normal(5*f.Dim), f.normal(10*f.Dim)))
		}
		var w Workspace
		params := f.Params()
		got := make([]float64, len(params))
		loss := f.Loss(&w, samples, got)
		if again := f.Loss(new(Workspace), samples, nil); again != loss {
			t.Errorf("loss %v with the gradient, %v without", loss, again)
		}
		for i := range params {
			want := difference(&params[i], func() float64 { return f.Loss(&w, samples, nil) })
			if !(math.Abs(got[i]-want) <= 1e-6*(1+math.Abs(want))) {
				t.Errorf("parameter %d of %d: %v, differences give %v", i, len(params), got[i], want)
			}
		}
	})
}

// Many samples are taken in chunks: their loss and its gradient are the means of those of
// each, and do not depend on the number of workers. One sample has no edges.
func TestLossChunks(t *testing.T) {
	for _, in := range []Inputs{Frame, Invariant} {
		f := newFixture(in, 2, true, dense.Softplus)
		var samples []*Sample
		for range 2*chunkSize/(10*f.Message) + 9 {
			samples = append(samples, f.sample(t, f.normal(10), f.normal(10), f.normal(20)))
		}
		plain := f.encoder
		f.encoder = func() *Encoder { e := plain(); e.Senders, e.Receivers = nil, nil; return e }
		samples[1] = f.sample(t, f.normal(10), f.normal(10), f.normal(20))
		got := make([]float64, len(f.Params()))
		var w Workspace
		loss := f.Loss(&w, samples, got)
		again := make([]float64, len(got))
		w.Workers = 3
		if l := f.Loss(&w, samples, again); l != loss || !slices.Equal(again, got) {
			t.Errorf("inputs=%d: other bits with 3 workers", in)
		}
		want, sum := make([]float64, len(got)), 0.0
		for i := range samples {
			sum += f.Loss(&w, samples[i:i+1], want)
		}
		n := float64(len(samples))
		if !(math.Abs(sum/n-loss) <= 1e-12*loss) {
			t.Errorf("inputs=%d: loss %v, the mean is %v", in, loss, sum/n)
		}
		for i, g := range got {
			if !(math.Abs(want[i]/n-g) <= 1e-11*(1+math.Abs(g))) {
				t.Errorf("inputs=%d: parameter %d: %v, the mean is %v", in, i, g, want[i]/n)
			}
		}
	}
}

// H stays the same when all bodies are moved and, in the frame, turned; and its
// invariant inputs when they are mirrored.
func TestInvariance(t *testing.T) {
	eachFixture(t, func(t *testing.T, f *fixture) {
		q, p, _ := f.state()
		want := f.energy(t, q, p)
		for i := range q {
			q[i] += 3
		}
		if got := f.energy(t, q, p); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("moved: %v, want %v", got, want)
		}
		turn := func(x []float64, a, b int, by float64) {
			sin, cos := math.Sincos(by)
			for i := 0; i < len(x); i += f.Dim {
				x[i+a], x[i+b] = cos*x[i+a]-sin*x[i+b], sin*x[i+a]+cos*x[i+b]
			}
		}
		for a := range f.Dim {
			for b := range a {
				turn(q, a, b, 1)
				turn(p, a, b, 1)
			}
		}
		if got := f.energy(t, q, p); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("turned: %v, want %v", got, want)
		}
	})
}

// A body and its periodic image are the same, in H, its derivatives and lengths.
func TestShift(t *testing.T) {
	f := newFixture(Invariant, 2, true, dense.Tanh)
	q, p, _ := f.state()
	want, got := make([]float64, 20), make([]float64, 20)
	h := f.Gradient(new(Workspace), want, f.sample(t, q, p, nil))
	s := NewSample(f.encoder())
	s.Encoder.Shift = make([]float64, 2*len(s.Encoder.Senders))
	q[3*2+1] += 10 // of body 3
	for k, j := range s.Encoder.Receivers {
		switch {
		case j == 3:
			s.Encoder.Shift[2*k+1] = -10
		case s.Encoder.Senders[k] == 3:
			s.Encoder.Shift[2*k+1] = 10
		}
	}
	if err := s.Encode(q, p); err != nil {
		t.Fatal(err)
	}
	if moved := f.Gradient(new(Workspace), got, s); !(math.Abs(moved-h) <= 1e-12) {
		t.Errorf("H = %v, without the image %v", moved, h)
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-12) {
			t.Errorf("coordinate %d: %v, without the image %v", i, got[i], want[i])
		}
	}
	s.Encoder.EachLength(q, func(r float64) {
		if r > 9 {
			t.Errorf("an edge of length %v", r)
		}
	})
}

// Push is the derivative of the inputs, Pull its transpose.
func TestPushPull(t *testing.T) {
	eachFixture(t, func(t *testing.T, f *fixture) {
		q, p, _ := f.state()
		s := f.sample(t, q, p, nil)
		y := f.normal(2 * len(q))
		dx, de := make([]float64, len(s.X)), make([]float64, len(s.E))
		s.Encoder.Push(dx, de, y[:len(q)], y[len(q):])
		a, b := f.normal(len(dx)), f.normal(len(de))
		z := make([]float64, len(y))
		s.Encoder.Pull(z, 1, a, b, 1)
		left, right := dense.Dot(a, dx)+dense.Dot(b, de), dense.Dot(z, y)
		if !(math.Abs(left-right) <= 1e-12*(1+math.Abs(left))) {
			t.Errorf("%v and %v", left, right)
		}
	})
}

// Where the frame is not defined, H and its derivatives still are.
func TestFrameDegenerate(t *testing.T) {
	for name, q := range map[string][]float64{
		"at the centre": {0, 0, 0, 1, 2, 3, -1, -2, -3, 0, 1, 1, 0, -1, -1},
		"in line":       {1, 0, 0, -1, 0, 0, 3, 0, 0, -3, 0, 0, 0, 0, 0},
		"at one point":  make([]float64, 15),
		"equal":         {1, 0, 0, 0, 1, 0, -1, 0, 0, 0, -1, 0, 0, 0, 5},
	} {
		f := newFixture(Frame, 3, true, dense.Tanh)
		got := make([]float64, 30)
		h := f.Gradient(new(Workspace), got, f.sample(t, q, f.normal(15), nil))
		for _, v := range append(got, h) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %v", name, v)
			}
		}
	}
	f := newFixture(Invariant, 2, true, dense.Tanh)
	if err := NewSample(f.encoder()).Encode(make([]float64, 10), make([]float64, 10)); err == nil {
		t.Error("bodies at one point have distances with derivatives?")
	}
}
