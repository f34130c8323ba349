package hgn

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// bonded is a world that networks can describe.
var bonded = &world{dim: 3, side: 2, species: 1, potential: spring}

// networkOptions are small networks of both kinds and all samplers.
func networkOptions(t testing.TB, w *world) map[string]Options {
	all := map[string]Options{}
	for _, e := range []Encoding{LocalFrame, InvariantNetwork} {
		for s := ELM; s <= ASWIM; s++ {
			o := w.options(t)
			o.Encoding, o.Sampler, o.Features, o.NodeFeatures, o.EdgeReadout = e, s, 12, 8, s%2 == 0
			o.Ridge, o.Seed = 1e-8, uint64(s)
			all[fmt.Sprintf("%v/%v", e, s)] = o
		}
	}
	return all
}

// Forces and velocities of a network are derivatives of its energy, by differences.
func TestNetworkGradient(t *testing.T) {
	data, f := bonded.frames(t, 1, 6, 0.1), bonded.frames(t, 2, 1, 0.1)[0]
	for name, o := range networkOptions(t, bonded) {
		m, _ := train(t, data, o)
		force, velocity := forcesOf(t, m, f, o.Graph), make([]float64, len(f.P))
		if err := m.Velocities(velocity, f, o.Graph); err != nil {
			t.Fatal(err)
		}
		const h = 1e-4
		for _, k := range []int{0, 7, 23} {
			difference := func(x *float64) float64 {
				old, d := *x, 0.0
				for _, point := range []struct{ at, weight float64 }{{-2, 1}, {-1, -8}, {1, 8}, {2, -1}} {
					*x = old + point.at*h
					d += point.weight * energyOf(t, m, f, o.Graph)
				}
				*x = old
				return d / (12 * h)
			}
			tol := 1e-5 * (1 + largest(force) + largest(velocity))
			if want := -difference(&f.Q[k]); !(math.Abs(force[k]-want) <= tol) {
				t.Errorf("%s: force %d is %v, differences give %v", name, k, force[k], want)
			}
			if want := difference(&f.P[k]); !(math.Abs(velocity[k]-want) <= tol) {
				t.Errorf("%s: velocity %d is %v, differences give %v", name, k, velocity[k], want)
			}
		}
	}
}

// With edges read out the network on invariants holds what is pairwise, and larger
// systems too; the frame has few features here, but fits better than nothing.
func TestNetworkAccuracy(t *testing.T) {
	data, others := bonded.frames(t, 1, 60, 0.1), bonded.frames(t, 2, 5, 0.1)
	for e, bound := range map[Encoding]float64{InvariantNetwork: 1e-8, LocalFrame: math.Inf(1)} {
		o := bonded.options(t)
		o.Encoding, o.EdgeReadout = e, true
		if e == LocalFrame {
			o.Features, o.NodeFeatures = 64, 64
		}
		m, r := train(t, data, o)
		got := evaluate(t, m, others, o.Graph)
		if !(got.Force <= bound && got.Velocity <= bound && r.ForceError <= bound) {
			t.Errorf("%v: errors of forces %v, of velocities %v, in training %v", e, got.Force, got.Velocity, r.ForceError)
		}
		if e == LocalFrame && !(r.ForceError <= 0.8) {
			t.Errorf("%v: error of forces in training %v", e, r.ForceError)
		}
		if e == InvariantNetwork && !(got.Energy <= 1e-7) {
			t.Errorf("error of energies %v", got.Energy)
		}
		if r.Rows != 60*48 || r.Samples != 60 || r.Edges != 12 {
			t.Errorf("%+v", r)
		}
	}
}

// A network does not depend on the number of workers, the instruction set or on
// whether frames are kept, and its file gives it back.
func TestNetworkBits(t *testing.T) {
	data := bonded.frames(t, 1, 30, 0.1)
	for name, o := range networkOptions(t, bonded) {
		o.Workers = 1
		m, _ := train(t, data, o)
		want := m.marshal()
		kerneltest.EachLevel(t, func(t *testing.T) {
			o.Workers = 3
			if m, _ := train(t, &stream{frames: data}, o); !bytes.Equal(m.marshal(), want) {
				t.Errorf("%s: differs", name)
			}
		})
		file := filepath.Join(t.TempDir(), "m.safetensors")
		if err := m.Save(file); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(loaded.marshal(), want) || energyOf(t, loaded, data[3], o.Graph) != energyOf(t, m, data[3], o.Graph) {
			t.Errorf("%s: another model is read than was written", name)
		}
	}
}

// Files that are sealed, but hold no network.
func TestNetworkFileHostile(t *testing.T) {
	o := networkOptions(t, bonded)["frame/elm"]
	m, _ := train(t, bonded.frames(t, 1, 4, 0.1), o)
	for name, change := range map[string]func(f *safetensors.File){
		"dimensions":   func(f *safetensors.File) { f.Metadata["dimensions"] = "4" },
		"huge":         func(f *safetensors.File) { f.Metadata["features"] = "16384" },
		"other inputs": func(f *safetensors.File) { f.Metadata["encoding"] = "invariant-network" },
		"other kind":   func(f *safetensors.File) { f.Metadata["encoding"] = "invariant" },
		"readout":      func(f *safetensors.File) { f.Metadata["edge_readout"] = "maybe" },
		"no messages":  func(f *safetensors.File) { delete(f.Tensors, "message.bias") },
		"NaN":          func(f *safetensors.File) { f.Tensors["coefficient"].F64[0] = math.NaN() },
		"two species": func(f *safetensors.File) {
			f.Tensors["species"] = safetensors.Tensor{Shape: []int{2}, I64: []int64{1, 2}}
		},
		"short weights": func(f *safetensors.File) {
			f.Tensors["node.weight"] = safetensors.Tensor{Shape: []int{1}, F64: []float64{1}}
		},
	} {
		f, err := safetensors.Unmarshal(m.marshal())
		if err != nil {
			t.Fatal(err)
		}
		change(&f)
		if _, err := unmarshal(safetensors.Marshal(f)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNetworkErrors(t *testing.T) {
	o := networkOptions(t, bonded)["frame/swim"]
	data := bonded.frames(t, 1, 3, 0.1)
	m, _ := train(t, data, o)
	change := func(change func(f *Frame)) *Frame { f := copyOf(data[0]); change(f); return f }
	plane := (&world{dim: 2, side: 2, species: 1, potential: spring})
	for name, c := range map[string]struct {
		f    *Frame
		g    *Graph
		want string
	}{
		"no edges":    {data[0], nil, "needs them"},
		"dimension":   {plane.frames(t, 1, 1, 0.1)[0], plane.grid(t), "2 dimensions"},
		"species":     {change(func(f *Frame) { f.Species[4] = 5 }), o.Graph, "body 4 is of species 5"},
		"NaN":         {change(func(f *Frame) { f.P[4] = math.NaN() }), o.Graph, "p of body 1"},
		"other graph": {data[0], plane.grid(t), "8 bodies, but the edges are for 4"},
	} {
		if _, err := m.Energy(c.f, c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err := m.Velocities(make([]float64, len(c.f.P)), c.f, c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for want, o := range map[string]Options{
		"fixed edges in a free box": {Encoding: LocalFrame, Cutoff: 2},
		"takes no xi":               {Encoding: InvariantNetwork, Graph: o.Graph, Xi: LogDistance},
		"aswim is for networks":     {Sampler: ASWIM, Graph: o.Graph},
		"read out always":           {EdgeReadout: true, Graph: o.Graph},
		"unknown encoding":          {Encoding: 9, Graph: o.Graph},
	} {
		if _, _, err := Train(context.Background(), data, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := m.Rollout(context.Background(), data[0], RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: 1, Table: 5}); err == nil || !strings.Contains(err.Error(), "tabulate") {
		t.Errorf("table: %v", err)
	}
	if _, err := m.Rollout(context.Background(), data[0], RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: 1, Order: 4}); err == nil || !strings.Contains(err.Error(), "not separable") {
		t.Errorf("order 4: %v", err)
	}
	if _, err := m.Rollout(context.Background(), data[0], RolloutOptions{Graph: o.Graph, DT: 1e9, Steps: 5}); err == nil || !strings.Contains(err.Error(), "smaller time step") {
		t.Errorf("unstable: %v", err)
	}
}

// The implicit midpoint rule is of second order, symmetric, and keeps the energy of a
// network that is not separable.
func TestNetworkRollout(t *testing.T) {
	o := bonded.options(t)
	o.Encoding, o.EdgeReadout = InvariantNetwork, true
	m, _ := train(t, bonded.frames(t, 1, 60, 0.1), o)
	start := bonded.frames(t, 2, 1, 0.05)[0]
	for i := range start.P {
		start.P[i] *= 0.2
	}
	end := func(dt float64, steps int, from *Frame) (*Frame, *RolloutReport) {
		var last Frame
		r, err := m.Rollout(context.Background(), from, RolloutOptions{Graph: o.Graph, DT: dt, Steps: steps,
			Due: func(step int) bool { return step == steps }, Observe: func(_ int, f *Frame) error { last.CopyFrom(f); return nil }})
		if err != nil {
			t.Fatal(err)
		}
		return &last, r
	}
	exact, _ := end(0.0025, 400, start)
	coarse, report := end(0.02, 50, start)
	fine, _ := end(0.01, 100, start)
	if ratio := farthest(t, coarse.Q, exact.Q) / farthest(t, fine.Q, exact.Q); !(ratio > 3.5 && ratio < 5) {
		t.Errorf("twice the step gives %v times the error", ratio)
	}
	if back, _ := end(-0.02, 50, coarse); farthest(t, back.Q, start.Q) > 1e-11 {
		t.Errorf("back by %v", farthest(t, back.Q, start.Q))
	}
	if !(report.EnergyDrift < 1e-3) || coarse.Step != start.Step+50 || slices.Contains(coarse.QDot, 0) {
		t.Errorf("%+v at step %d", report, coarse.Step)
	}
}
