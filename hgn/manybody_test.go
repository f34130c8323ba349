package hgn

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// alloy returns frames of n bodies of the given types near the points of a cubic grid in a
// periodic box, with the energies, forces and stresses of embedded atoms with angles.
func alloy(seed uint64, count, side int, types ...int) Frames {
	r := rand.New(rand.NewPCG(seed, 1))
	var frames Frames
	for k := range count {
		n := side * side * side
		f := &Frame{Step: int64(k), Dim: 3, Group: []string{"cold", "hot"}[k%2]}
		edge := 1.1 * float64(side) * (1 + 0.05*r.NormFloat64())
		f.Box.Hi = [3]float64{edge, edge, edge}
		f.Box.Periodic = [3]bool{true, true, true}
		for i := range n {
			f.Species = append(f.Species, types[i%len(types)])
			f.Mass = append(f.Mass, 1+float64(i%2))
			for _, x := range [3]int{i % side, i / side % side, i / side / side} {
				f.Q = append(f.Q, edge/float64(side)*(float64(x)+0.07*r.NormFloat64()))
			}
		}
		f.P, f.PDot = make([]float64, 3*n), make([]float64, 3*n)
		f.HasEnergy, f.HasStress = true, true
		f.Energy = embedded(f, f.PDot, &f.Stress)
		frames = append(frames, f)
	}
	return frames
}

// embeddedRange is the range of embedded.
const embeddedRange = 2.0

// embedded returns Σ_i √ρ_i-like energies of embedding, pairs and angles, and writes forces
// and stress:
//
//	E = Σ_i [ρ_i²/(1+ρ_i) + ½Σ_j 3w_j − ρ_i + ¼ Σ_jk w_j w_k (u_j·u_k + 1/3)²],
//	ρ_i = Σ_j w_j,  w = s (1 − r²/4)⁴
//
// with s the product of the types.
func embedded(f *Frame, force []float64, stress *[6]float64) (energy float64) {
	type edge struct {
		j     int
		v, u  [3]float64
		w, w1 float64
	}
	edge1 := f.Box.Length(0)
	reach := int(math.Ceil(embeddedRange/edge1)) + 1
	clear(force)
	*stress = [6]float64{}
	for i := range f.Nodes() {
		var edges []edge
		rho := 0.0
		for j := range f.Nodes() {
			for image := range (2*reach + 1) * (2*reach + 1) * (2*reach + 1) {
				var e edge
				r2 := 0.0
				for a, at := 0, image; a < 3; a, at = a+1, at/(2*reach+1) {
					e.v[a] = f.Q[3*j+a] - f.Q[3*i+a] + float64(at%(2*reach+1)-reach)*edge1
					r2 += e.v[a] * e.v[a]
				}
				if r2 == 0 || r2 >= embeddedRange*embeddedRange {
					continue
				}
				r := math.Sqrt(r2)
				s := 0.2 * float64(f.Species[i]*f.Species[j])
				t := 1 - r2/4
				e.j, e.w, e.w1 = j, s*t*t*t*t, -2*s*r*t*t*t
				for a := range 3 {
					e.u[a] = e.v[a] / r
				}
				edges = append(edges, e)
				rho += e.w
			}
		}
		energy += rho*rho/(1+rho) + 0.5*rho
		slope := rho*(2+rho)/((1+rho)*(1+rho)) + 0.5
		for p := range edges {
			e := &edges[p]
			r := math.Sqrt(e.v[0]*e.v[0] + e.v[1]*e.v[1] + e.v[2]*e.v[2])
			along := slope * e.w1
			var d [3]float64
			for q := range edges {
				g := &edges[q]
				cos := e.u[0]*g.u[0] + e.u[1]*g.u[1] + e.u[2]*g.u[2]
				b := cos + 1./3
				energy += 0.25 * e.w * g.w * b * b
				along += 0.5 * e.w1 * g.w * b * b
				for a := range 3 {
					d[a] += e.w * g.w * b * (g.u[a] - cos*e.u[a]) / r
				}
			}
			for a := range 3 {
				d[a] += along * e.u[a]
				force[3*e.j+a] -= d[a]
				force[3*i+a] += d[a]
			}
			for k, ab := range [6][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}} {
				stress[k] += e.v[ab[0]] * d[ab[1]] / (edge1 * edge1 * edge1)
			}
		}
	}
	return energy
}

func trainAlloy(t testing.TB, frames Frames, change func(o *Options)) (*Model, *Report) {
	t.Helper()
	opt := Options{Encoding: ManyBody, Cutoff: embeddedRange, Periodic: true, Features: 80, Materials: Materials{StressUnit: 1, Candidates: 80}}
	if change != nil {
		change(&opt)
	}
	m, report, err := Train(context.Background(), frames, opt)
	if err != nil {
		t.Fatal(err)
	}
	return m, report
}

// TestManyBody learns an alloy of 8 atoms and is tested on 27.
func TestManyBody(t *testing.T) {
	m, report := trainAlloy(t, alloy(1, 60, 2, 1), func(o *Options) { o.Features = 240 })
	table, err := m.Errors(context.Background(), alloy(2, 4, 3, 1), ErrorOptions{StressUnit: 1, Deviations: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(table) != 3 || table[1].Group != "cold" || table[2].Group != "hot" {
		t.Fatalf("groups %v", table)
	}
	all := table[0]
	if !(all.Force.RMSE < 0.02 && all.Energy.RMSE < 0.01 && all.Stress.RMSE < 0.02 && all.Force.MAE <= all.Force.RMSE) {
		t.Errorf("errors %+v of forces of %.3g", all, rms(alloy(2, 4, 3, 1)))
	}
	if !(report.Coverage > 0.9 && report.Coverage < 0.99) {
		t.Errorf("coverage %v of frames left out", report.Coverage)
	}
}

// BenchmarkEmbedded learns embedded atoms with angles from frames of 8 and 27 atoms with 900
// columns, and reports the errors of forces on others, relative.
func BenchmarkEmbedded(b *testing.B) {
	frames := append(alloy(1, 100, 2, 1), alloy(7, 100, 3, 1)...)
	small, large := alloy(5, 10, 2, 1), alloy(2, 4, 3, 1)
	for b.Loop() {
		m, _ := trainAlloy(b, frames, func(o *Options) {
			o.Features, o.Materials.Candidates, o.Materials.Members, o.Ridge = 900, 900, -1, 1e-12
		})
		for name, test := range map[string]Frames{"error-8": small, "error-27": large} {
			table, err := m.Errors(context.Background(), test, ErrorOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(table[0].Force.RMSE/rms(test), name)
		}
	}
}

// TestPairs finds that pairs alone cannot represent what many-body terms can.
func TestPairs(t *testing.T) {
	frames, test := alloy(1, 20, 2, 1), alloy(2, 2, 3, 1)
	pairs, report := trainAlloy(t, frames, func(o *Options) { o.Materials.Pairs = true })
	many, _ := trainAlloy(t, frames, nil)
	var errors [2]float64
	for i, m := range []*Model{pairs, many} {
		table, err := m.Errors(context.Background(), test, ErrorOptions{})
		if err != nil {
			t.Fatal(err)
		}
		errors[i] = table[0].Force.RMSE
	}
	if report.Features != 17 || !(errors[0] > 3*errors[1]) {
		t.Errorf("%d columns, errors %v", report.Features, errors)
	}
	loaded, err := unmarshal(pairs.marshal())
	if err != nil || !slices.Equal(loaded.marshal(), pairs.marshal()) {
		t.Errorf("a loaded model differs, error %v", err)
	}
}

// rms is the root mean square of the forces of frames.
func rms(frames Frames) float64 {
	sum, n := 0.0, 0
	for _, f := range frames {
		for _, x := range f.PDot {
			sum, n = sum+x*x, n+1
		}
	}
	return math.Sqrt(sum / float64(n))
}

// TestManyBodyBits trains with one worker and with two, and saves and loads.
func TestManyBodyBits(t *testing.T) {
	frames := alloy(3, 20, 2, 1, 2)
	m, _ := trainAlloy(t, frames, func(o *Options) { o.Workers, o.Features = 1, 50 })
	other, report := trainAlloy(t, frames, func(o *Options) { o.Workers, o.Features = 2, 50 })
	if report.Features > 52 {
		t.Errorf("%d columns, 50 and 2 species were asked for", report.Features)
	}
	if !slices.Equal(m.marshal(), other.marshal()) {
		t.Error("two workers give another model than one")
	}
	name := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(name); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.marshal(), loaded.marshal()) {
		t.Error("a loaded model differs")
	}
	a, b := make([]float64, len(frames[0].Q)), make([]float64, len(frames[0].Q))
	m.Forces(a, frames[0], nil)
	loaded.Forces(b, frames[0], nil)
	if !slices.Equal(a, b) || slices.Max(a) == 0 {
		t.Errorf("forces %v, then %v", a, b)
	}
}

// TestStressUnit finds the unit of stresses.
func TestStressUnit(t *testing.T) {
	for _, want := range []float64{1, -Kilobar, Gigapascal} {
		frames := alloy(4, 24, 2, 1)
		for _, f := range frames {
			for a := range f.Stress {
				f.Stress[a] /= want
			}
		}
		_, report := trainAlloy(t, frames, func(o *Options) { o.Materials = Materials{Candidates: 60} })
		if report.StressUnit != want {
			t.Errorf("unit %v, want %v", report.StressUnit, want)
		}
	}
}

// TestManyBodyKinds trains on parts of what is known.
func TestManyBodyKinds(t *testing.T) {
	for name, change := range map[string]func(f *Frame){
		"energies":  func(f *Frame) { f.PDot, f.HasStress = nil, false },
		"forces":    func(f *Frame) { f.HasEnergy, f.HasStress = false, false },
		"stresses":  func(f *Frame) { f.HasEnergy, f.PDot = false, nil },
		"not in 3D": func(f *Frame) { f.HasStress, f.Box.Periodic[2] = false, false },
	} {
		frames := alloy(5, 30, 2, 2)
		for _, f := range frames {
			change(f)
		}
		m, _ := trainAlloy(t, frames, func(o *Options) { o.Features = 40 })
		if e, err := m.Energy(frames[0], nil); err != nil || math.IsNaN(e) {
			t.Errorf("%s: energy %v, error %v", name, e, err)
		}
	}
	one, _ := trainAlloy(t, alloy(6, 1, 2, 1), nil)
	if e, err := one.Energy(alloy(6, 2, 2, 1)[1], nil); err != nil || math.IsNaN(e) {
		t.Errorf("one configuration: energy %v, error %v", e, err)
	}
	if _, err := one.Energy(alloy(6, 1, 2, 5)[0], nil); err == nil || !strings.Contains(err.Error(), "species 5") {
		t.Errorf("unknown species: error %v", err)
	}
}

func TestManyBodyRefuses(t *testing.T) {
	for want, change := range map[string]func(o *Options, f *Frame){
		`no frame is of group "warm"`: func(o *Options, _ *Frame) { o.Materials.GroupWeights = map[string]float64{"warm": 2} },
		"the weight of group":         func(o *Options, _ *Frame) { o.Materials.GroupWeights = map[string]float64{"hot": -2} },
		"neither an energy nor":       func(_ *Options, f *Frame) { f.HasEnergy, f.HasStress, f.PDot = false, false, nil },
		"at the same place":           func(_ *Options, f *Frame) { copy(f.Q[:3], f.Q[3:6]) },
		"the stress is":               func(_ *Options, f *Frame) { f.Stress[2] = math.NaN() },
		"needs a cutoff":              func(o *Options, _ *Frame) { o.Cutoff, o.Graph = 0, &Graph{} },
		"members are more":            func(o *Options, _ *Frame) { o.Materials.Members = 1000 },
	} {
		opt := Options{Encoding: ManyBody, Cutoff: embeddedRange, Periodic: true, Features: 20}
		frames := alloy(7, 3, 2, 1)
		change(&opt, frames[1])
		_, _, err := Train(context.Background(), frames, opt)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestManyBodyRollout moves an alloy, and stops it where forces are not known.
func TestManyBodyRollout(t *testing.T) {
	m, _ := trainAlloy(t, alloy(8, 40, 2, 1), nil)
	start := alloy(9, 1, 2, 1)[0]
	for i := range start.P {
		start.P[i] = 0.3 * math.Sin(float64(i))
	}
	report, err := m.Rollout(context.Background(), start, RolloutOptions{DT: 0.005, Steps: 100})
	if err != nil {
		t.Fatal(err)
	}
	if !(report.EnergyDrift < 0.01 && report.Sigma > 0) || report.Stopped {
		t.Errorf("report %+v", report)
	}
	seen := -1
	report, err = m.Rollout(context.Background(), start, RolloutOptions{
		DT: 0.005, Steps: 100, StopSigma: report.Sigma * 0.999,
		Due:     func(int) bool { return false },
		Observe: func(step int, _ *Frame) error { seen = step; return nil },
	})
	if err != nil || !report.Stopped || report.Steps != seen || report.Body < 0 {
		t.Errorf("report %+v, observed at %d, error %v", report, seen, err)
	}
}

// TestUncertainty grades surroundings like those of training and others, and refuses models
// that cannot say.
func TestUncertainty(t *testing.T) {
	m, _ := trainAlloy(t, alloy(8, 40, 2, 1), nil)
	near, far := alloy(9, 1, 2, 1)[0], alloy(9, 1, 2, 1)[0]
	for i := range far.Q {
		far.Q[i] *= 0.7
	}
	far.Box.Hi = [3]float64{0.7 * far.Box.Hi[0], 0.7 * far.Box.Hi[1], 0.7 * far.Box.Hi[2]}
	a, err := m.Uncertainty(near)
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Uncertainty(far)
	if err != nil {
		t.Fatal(err)
	}
	if !(slices.Max(a.Grade) < 1 && slices.Min(b.Grade) > 1) || !(a.Energy > 0 && a.Energy < b.Energy) {
		t.Errorf("grades %v and, compressed, %v; standard deviations of energies %v, %v", a.Grade, b.Grade, a.Energy, b.Energy)
	}
	force := make([]float64, len(near.Q))
	m.Forces(force, near, nil)
	within := 0
	for i, x := range near.PDot {
		if math.Abs(x-force[i]) < 3*a.Force[i] {
			within++
		}
	}
	if within < len(force)*9/10 {
		t.Errorf("%d of %d components within 3 standard deviations %v", within, len(force), a.Force)
	}
	table, err := m.Errors(context.Background(), Frames{near, far}, ErrorOptions{Deviations: true})
	if err != nil || table[0].Grade != slices.Max(b.Grade) || !(table[0].Extrapolated >= 0.5) {
		t.Errorf("table %+v, error %v", table, err)
	}
	plain, _ := trainAlloy(t, alloy(8, 8, 2, 1), func(o *Options) { o.Materials.Members = -1 })
	if _, err := plain.Uncertainty(near); err != errNoMembers {
		t.Errorf("error %v", err)
	}
}
