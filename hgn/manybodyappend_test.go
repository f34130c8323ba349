package hgn

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// appendable trains a small model that keeps its equations.
func appendable(t *testing.T, frames Frames) *Model {
	m, _ := trainAlloy(t, frames, func(o *Options) {
		o.Features, o.Materials.Candidates, o.Ridge, o.Materials.Appendable = 40, 40, 1e-7, true
	})
	return m
}

// distance is the largest difference of the forces of two models over their root mean square.
func distance(t *testing.T, a, b *Model, frames Frames) float64 {
	t.Helper()
	most := 0.0
	for _, f := range frames {
		x, y := make([]float64, len(f.Q)), make([]float64, len(f.Q))
		for _, err := range []error{second(a.Forces(x, f, nil)), second(b.Forces(y, f, nil))} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for i := range x {
			most = max(most, math.Abs(x[i]-y[i]))
		}
	}
	return most / rms(frames)
}

func second(_ int, err error) error { return err }

func add(t *testing.T, m *Model, src Source, opt AppendOptions) (*Model, *Report) {
	t.Helper()
	other, report, err := m.Append(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	return other, report
}

// TestAppend adds frames at once and one after the other, to a model at hand and to one from
// a file, and the same frames again.
func TestAppend(t *testing.T) {
	frames, more := alloy(11, 16, 2, 1), alloy(12, 10, 2, 1)
	for _, f := range more[5:] {
		f.Group = "warm"
	}
	m := appendable(t, frames)
	before := m.marshal()
	both, report := add(t, m, more, AppendOptions{Workers: 2})
	if !slices.Equal(m.marshal(), before) {
		t.Fatal("Append changed the model")
	}
	if report.Samples != 26 || report.Rows != 26*(24+6+1) || report.Nodes != 8 {
		t.Errorf("report %+v", report)
	}
	if d := distance(t, m, both, more); !(d > 1e-6) {
		t.Errorf("new frames change forces by %v only", d)
	}
	steps, _ := add(t, m, more[:4], AppendOptions{})
	steps, _ = add(t, steps, more[4:], AppendOptions{})
	if d := distance(t, steps, both, more); !(d < 1e-7) {
		t.Errorf("in two steps forces differ by %v", d)
	}
	twice, _ := add(t, m, frames, AppendOptions{})
	if d := distance(t, twice, m, more); !(d < 1e-7) {
		t.Errorf("the same frames again change forces by %v", d)
	}
	name := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(name); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(loaded.marshal(), before) {
		t.Fatal("a loaded model differs")
	}
	later, _ := add(t, loaded, more, AppendOptions{Workers: 1})
	if !slices.Equal(later.marshal(), both.marshal()) {
		t.Error("appended to a loaded model, with one worker, the frames give another one")
	}
}

// TestRefit changes weights.
func TestRefit(t *testing.T) {
	frames := alloy(13, 24, 2, 1)
	m := appendable(t, frames)
	same, _ := add(t, m, nil, AppendOptions{})
	if d := distance(t, same, m, frames); !(d < 1e-8) {
		t.Errorf("nothing new changes forces by %v", d)
	}
	other, _ := add(t, m, nil, AppendOptions{EnergyWeight: 3, StressWeight: -1, GroupWeights: map[string]float64{"hot": 5}})
	direct, _ := trainAlloy(t, frames, func(o *Options) {
		o.Features, o.Materials.Candidates, o.Ridge = 40, 40, 1e-7
		o.Materials.EnergyWeight, o.Materials.GroupWeights = 3, map[string]float64{"hot": 5}
		o.Materials.StressWeight = -1
	})
	if d, e := distance(t, other, direct, frames), distance(t, other, m, frames); !(d < 1e-7 && e > 1e-4) {
		t.Errorf("other weights give forces that differ by %v from those of a training with them, by %v from before", d, e)
	}
	back, _ := add(t, other, nil, AppendOptions{EnergyWeight: 100, StressWeight: 1, GroupWeights: map[string]float64{"hot": 1}})
	if d := distance(t, back, m, frames); !(d < 1e-8) {
		t.Errorf("the weights of before give forces that differ by %v", d)
	}
}

// TestAppendUnused gives a weight to what had none when its frames were added.
func TestAppendUnused(t *testing.T) {
	frames, more := alloy(17, 16, 2, 1), alloy(18, 6, 2, 1)
	change := func(weight float64, keep bool) func(o *Options) {
		return func(o *Options) {
			o.Features, o.Materials.Candidates, o.Ridge, o.Materials.Appendable = 40, 40, 1e-7, keep
			o.Materials.EnergyWeight, o.Materials.StressWeight = weight, weight
		}
	}
	want, _ := add(t, appendable(t, frames), more, AppendOptions{EnergyWeight: 3, StressWeight: 3})
	m, report := trainAlloy(t, frames, change(-1, true))
	if report.Rows != 16*24 {
		t.Errorf("%d equations of forces alone", report.Rows)
	}
	plain, _ := trainAlloy(t, frames, change(-1, false))
	if d := distance(t, m, plain, frames); !(d < 1e-8) {
		t.Errorf("what is kept but not used changes forces by %v", d)
	}
	if a, b := energyOf(t, m, more[0], nil), energyOf(t, plain, more[0], nil); math.Abs(a-b) > 1e-6 {
		t.Errorf("energy %v, where nothing is kept %v", a, b)
	}
	m, _ = add(t, m, more, AppendOptions{})
	before := distance(t, m, want, frames)
	m, report = add(t, saved(t, m), nil, AppendOptions{EnergyWeight: 3, StressWeight: 3})
	if d := distance(t, m, want, frames); !(d < 1e-7 && before > 1e-5) || report.Rows != 22*(24+6+1) {
		t.Errorf("with weights that came later forces differ by %v, before by %v; %d equations", d, before, report.Rows)
	}
	if a, b := energyOf(t, m, more[0], nil), energyOf(t, want, more[0], nil); math.Abs(a-b) > 1e-6 {
		t.Errorf("energy %v, want %v", a, b)
	}
}

// TestAppendReference adds frames to a model on top of a reference: it is subtracted from them
// as from those of before, and counts once.
func TestAppendReference(t *testing.T) {
	zbl, err := NewZBL(0.6, 1.6)
	if err != nil {
		t.Fatal(err)
	}
	frames, more := alloy(20, 12, 2, 1), alloy(21, 8, 2, 1)
	want, _ := add(t, appendable(t, frames), more, AppendOptions{})
	raised := func(frames Frames) (all Frames) {
		for _, f := range frames {
			all = append(all, raise(t, copyOf(f), zbl))
		}
		return all
	}
	m, _ := trainAlloy(t, raised(frames), func(o *Options) {
		o.Features, o.Materials.Candidates, o.Ridge, o.Materials.Appendable = 40, 40, 1e-7, true
		o.Reference = zbl
	})
	m, _ = add(t, saved(t, m), raised(more), AppendOptions{})
	m, _ = add(t, m, nil, AppendOptions{GroupWeights: map[string]float64{"hot": 2}})
	want, _ = add(t, want, nil, AppendOptions{GroupWeights: map[string]float64{"hot": 2}})
	for k, f := range more {
		expect := copyOf(f)
		expect.PDot, expect.Energy = forcesOf(t, want, f, nil), energyOf(t, want, f, nil)
		raise(t, expect, zbl)
		if d := farthest(t, forcesOf(t, m, f, nil), expect.PDot); !(d <= 1e-6*largest(expect.PDot)) {
			t.Errorf("frame %d: forces differ by %v of %v", k, d, largest(expect.PDot))
		}
		if e := energyOf(t, m, f, nil); !(math.Abs(e-expect.Energy) <= 1e-7*math.Abs(expect.Energy)) {
			t.Errorf("frame %d: energy %v, want %v", k, e, expect.Energy)
		}
	}
}

func TestAppendErrors(t *testing.T) {
	frames := alloy(14, 8, 2, 1)
	m := appendable(t, frames)
	plain, _ := trainAlloy(t, frames, nil)
	forces := alloy(15, 8, 2, 1)
	for _, f := range forces {
		f.HasEnergy = false
	}
	for _, c := range []struct {
		want string
		m    *Model
		src  Source
		opt  AppendOptions
	}{
		{"does not hold its equations", plain, frames, AppendOptions{}},
		{"no frame is of group \"warm\"", m, frames, AppendOptions{GroupWeights: map[string]float64{"warm": 2}}},
		{"the weight of group \"hot\" is -1", m, frames, AppendOptions{GroupWeights: map[string]float64{"hot": -1}}},
		{"the weight of the force is NaN", m, frames, AppendOptions{ForceWeight: math.NaN()}},
		{"species 3, which the model does not know", m, alloy(16, 2, 2, 3), AppendOptions{}},
		{"no frame to train on", m, Frames{}, AppendOptions{}},
		{"the equations have none", appendable(t, forces), forces, AppendOptions{EnergyWeight: 2}},
	} {
		before := c.m.marshal()
		_, _, err := c.m.Append(context.Background(), c.src, c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
		if !slices.Equal(c.m.marshal(), before) {
			t.Errorf("%s: the model changed", c.want)
		}
	}
}
