package hgn

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

// Evaluate is a loop over Forces, Velocities and Energy.
func TestEvaluate(t *testing.T) {
	for name, w := range worlds {
		o := w.options(t)
		o.Features, o.NodeFeatures = 8, 3
		m, _ := train(t, w.frames(t, 1, 4, 0.1), o)
		data := w.frames(t, 2, 9, 0.2)
		reference := w.frames(t, 3, 1, 0.1)[0]
		var force, force2, velocity, velocity2, energy, energy2 float64
		outside, edges := 0, 0
		for k, f := range data {
			dst := make([]float64, len(f.Q))
			n, err := m.Forces(dst, f, o.Graph)
			if err != nil {
				t.Fatal(err)
			}
			outside += n
			for i, x := range f.PDot {
				force, force2 = force+(dst[i]-x)*(dst[i]-x), force2+x*x
			}
			if err := m.Velocities(dst, f, nil); err != nil {
				t.Fatal(err)
			}
			for i, x := range f.QDot {
				velocity, velocity2 = velocity+(dst[i]-x)*(dst[i]-x), velocity2+x*x
			}
			if k > 0 {
				energy = max(energy, math.Abs(energyOf(t, m, f, o.Graph)-energyOf(t, m, data[0], o.Graph)-(f.Energy-data[0].Energy)))
			}
			energy2 = max(energy2, math.Abs(energyOf(t, m, f, o.Graph)-energyOf(t, m, reference, o.Graph)-(f.Energy-reference.Energy)))
			if o.Graph != nil {
				edges += o.Graph.Edges()
				continue
			}
			g, err := CutoffGraph(f, w.cutoff, w.periodic)
			if err != nil {
				t.Fatal(err)
			}
			edges += g.Edges()
		}
		for _, workers := range []int{1, 2, 8} {
			for _, src := range []Source{data, &stream{frames: data}} {
				got, err := m.Evaluate(context.Background(), src, EvaluateOptions{Graph: o.Graph, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				want := &Evaluation{Samples: 9, Nodes: w.nodes(), Force: math.Sqrt(force / force2), Velocity: math.Sqrt(velocity / velocity2), Energy: energy, Extrapolated: float64(outside) / float64(edges)}
				if math.Abs(got.Force-want.Force) > 1e-12*want.Force || math.Abs(got.Velocity-want.Velocity) > 1e-10*want.Velocity+1e-20 ||
					!(math.Abs(got.Energy-energy) <= 1e-11*(1+energy)) || got.Extrapolated != want.Extrapolated || got.Samples != 9 || got.Nodes != want.Nodes {
					t.Errorf("%s: %+v, want %+v", name, got, want)
				}
			}
		}
		got, err := m.Evaluate(context.Background(), data, EvaluateOptions{Graph: o.Graph, Reference: reference})
		if err != nil || !(math.Abs(got.Energy-energy2) <= 1e-11*(1+energy2)) {
			t.Errorf("%s: energy error %+v relative to another state, want %v (%v)", name, got, energy2, err)
		}
	}
}

// What no frame has is NaN; what only some have is taken from those.
func TestEvaluateUnobserved(t *testing.T) {
	w := worlds["square"]
	o := w.options(t)
	m, _ := train(t, w.frames(t, 1, 40, 0.1), o)
	data := w.frames(t, 2, 4, 0.1)
	for _, f := range data {
		f.QDot, f.PDot, f.HasEnergy = nil, nil, false
	}
	e := evaluate(t, m, data, o.Graph)
	if !math.IsNaN(e.Force) || !math.IsNaN(e.Velocity) || !math.IsNaN(e.Energy) || e.Samples != 4 {
		t.Errorf("%+v", e)
	}
	full := w.frames(t, 2, 4, 0.1)
	data[2], data[3] = full[2], full[3]
	e = evaluate(t, m, data, o.Graph)
	if want := evaluate(t, m, full[2:], o.Graph); e.Force != want.Force || e.Velocity != want.Velocity || e.Energy != want.Energy {
		t.Errorf("%+v, want %+v", e, want)
	}
	e, err := m.Evaluate(context.Background(), full, EvaluateOptions{Graph: o.Graph, Reference: data[0]})
	if err != nil || !math.IsNaN(e.Energy) {
		t.Errorf("a reference without energy: %+v, %v", e, err)
	}
	for _, f := range full {
		clear(f.PDot)
		clear(f.P)
		clear(f.QDot)
	}
	if e = evaluate(t, m, full, o.Graph); !math.IsInf(e.Force, 1) || e.Velocity != 0 {
		t.Errorf("forces and velocities of 0: %+v", e)
	}
}

func TestEvaluateErrors(t *testing.T) {
	w := worlds["square"]
	o := w.options(t)
	data := w.frames(t, 1, 4, 0.1)
	m, _ := train(t, data, o)
	broken := errors.New("broken")
	bad := copyOf(data[3])
	bad.Species[0] = 99
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for want, c := range map[string]struct {
		ctx context.Context
		src Source
		opt EvaluateOptions
	}{
		"no frame":         {context.Background(), Frames{}, EvaluateOptions{Graph: o.Graph}},
		"broken":           {context.Background(), &stream{frames: data, fail: 4, err: broken}, EvaluateOptions{Graph: o.Graph}},
		"species 99":       {context.Background(), Frames{data[0], bad}, EvaluateOptions{Graph: o.Graph}},
		"needs them":       {context.Background(), data, EvaluateOptions{}},
		"context canceled": {ctx, data, EvaluateOptions{Graph: o.Graph}},
		"step 30: body 0":  {context.Background(), data, EvaluateOptions{Graph: o.Graph, Reference: bad}},
	} {
		if e, err := m.Evaluate(c.ctx, c.src, c.opt); err == nil || e != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v, %v, want %q", e, err, want)
		}
	}
}
