package hgn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// worlds are systems of every dimension, with fixed edges and a cutoff, free and
// periodic, with one to three species and with every weight.
var worlds = map[string]*world{
	"chain":          {dim: 1, side: 7, species: 1, potential: spring},
	"square":         {dim: 2, side: 3, species: 2, potential: spring},
	"cube":           {dim: 3, side: 2, species: 3, potential: spring},
	"closed":         {dim: 2, side: 4, species: 2, periodic: true, potential: spring},
	"line, cutoff":   {dim: 1, side: 6, species: 2, cutoff: 2, potential: screened},
	"plane, cutoff":  {dim: 2, side: 4, species: 3, cutoff: 2, periodic: true, potential: screened},
	"liquid":         {dim: 3, side: 4, species: 1, cutoff: 2, periodic: true, potential: screened},
	"drop":           {dim: 3, side: 2, species: 2, cutoff: 2, potential: screened},
	"masses":         {dim: 3, side: 2, species: 1, weight: byMass, potential: gravity},
	"charges":        {dim: 2, side: 3, species: 2, weight: byCharge, potential: coulomb},
	"charges, sieve": {dim: 2, side: 4, species: 1, cutoff: 2, periodic: true, weight: byCharge, potential: screened},
}

// eachModel trains a small model of each world, ξ and activation and calls f with
// a frame that it has not seen.
func eachModel(t *testing.T, f func(t *testing.T, m *Model, f *Frame, g *Graph)) {
	for name, w := range worlds {
		data, other := w.frames(t, 1, 3, 0.15), w.frames(t, 2, 1, 0.15)[0]
		for _, xi := range []Xi{Distance, DistanceSquared, LogDistance, InverseDistance} {
			if w.weight != unweighted && !xi.weighted() {
				continue
			}
			for _, act := range activations {
				if w.nodes() > 20 && act != dense.Softplus {
					continue // one will do for what takes long
				}
				o := w.options(t)
				o.Xi, o.Activation, o.Features, o.NodeFeatures, o.Ridge = xi, act, 12, 5, 1e-7
				m, _ := train(t, data, o)
				t.Run(fmt.Sprintf("%s/%v/%v", name, xi, act), func(t *testing.T) { f(t, m, other, o.Graph) })
			}
		}
	}
}

// amplification bounds how much larger than the energies and forces of an edge, or the
// change of a force with the distance, the terms are that they are sums of.
func amplification(of *Model) float64 {
	m, sum := pairsOf(of), 1.0
	for i := range m.radials {
		one := 0.0
		for k, w := range m.radials[i].w {
			one += math.Abs(m.radials[i].a[k]) * (1 + w*w)
		}
		sum = max(sum, one)
	}
	return sum
}

// atJoint says whether body i is as far from another one, up to h, as where two pieces
// of V meet, so that V has no third derivative.
func atJoint(of *Model, f *Frame, i int, h float64) bool {
	m := pairsOf(of)
	for j := range f.Nodes() {
		var u [3]float64
		im := f.Box.image(m.periodic)
		r := separation(&u, f.Q, f.Dim, int32(i), int32(j), &im)
		for k := range m.radials {
			v := &m.radials[k]
			for _, end := range []float64{v.from, v.hi} {
				if math.Abs(r-end) <= h {
					return true
				}
			}
		}
	}
	return false
}

// Forces are −∂H/∂q and velocities ∂H/∂p, inside the training range and on both
// sides of it.
func TestGradient(t *testing.T) { eachModel(t, checkGradient) }

// So they are with coupled momenta.
func TestCoupledGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range []string{"chain", "closed", "plane, cutoff", "drop", "masses", "charges, sieve"} {
		w := worlds[name]
		o := w.options(t)
		o.Features, o.NodeFeatures, o.Coupling = 12, 5, true
		m, _ := train(t, w.frames(t, 1, 3, 0.15), o)
		for i := range pairsOf(m).couplings {
			c := &pairsOf(m).couplings[i]
			for k := range c.f {
				c.f[k], c.g[k] = 0.1*r.NormFloat64(), 0.1*r.NormFloat64()
			}
		}
		t.Run(name, func(t *testing.T) { checkGradient(t, m, w.frames(t, 2, 1, 0.15)[0], o.Graph) })
	}
}

// checkGradient compares with five-point differences, which with step h err by
// h⁴/30·|H⁗′| + 2ε|H|/h.
func checkGradient(t *testing.T, m *Model, f *Frame, g *Graph) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, scale := range []float64{1, 0.7, 1.4} {
		f := copyOf(f)
		for k := range f.Q {
			f.Q[k] *= scale
		}
		for a := range 3 {
			f.Box.Lo[a], f.Box.Hi[a] = f.Box.Lo[a]*max(scale, 1), f.Box.Hi[a]*max(scale, 1)
		}
		force, velocity := forcesOf(t, m, f, g), make([]float64, len(f.P))
		if err := m.Velocities(velocity, f, g); err != nil {
			t.Fatal(err)
		}
		const h = 1e-4
		difference := func(x *float64) float64 {
			old, d := *x, 0.0
			for _, point := range []struct{ at, weight float64 }{{-2, 1}, {-1, -8}, {1, 8}, {2, -1}} {
				*x = old + point.at*h
				d += point.weight * energyOf(t, m, f, g)
			}
			*x = old
			return d / (12 * h)
		}
		size := 1 + largest(force) + math.Abs(energyOf(t, m, f, g))
		for range 2 {
			k := r.IntN(len(f.Q))
			if atJoint(m, f, k/f.Dim, 3*h) {
				continue
			}
			tol := 1e-6 * size
			if want := -difference(&f.Q[k]); !(math.Abs(force[k]-want) <= tol) {
				t.Errorf("scale %v: force %d is %v, differences give %v", scale, k, force[k], want)
			}
			if want := difference(&f.P[k]); !(math.Abs(velocity[k]-want) <= tol) {
				t.Errorf("scale %v: velocity %d is %v, differences give %v", scale, k, velocity[k], want)
			}
		}
	}
}

// The energy does not change, and forces turn with the bodies, when all are moved,
// turned, mirrored or renumbered; forces add up to 0.
func TestSymmetry(t *testing.T) {
	eachModel(t, func(t *testing.T, m *Model, f *Frame, g *Graph) {
		h, force := energyOf(t, m, f, g), forcesOf(t, m, f, g)
		n, dim := f.Nodes(), f.Dim
		tol := 1e-13 * amplification(m)
		for a := range dim {
			sum := 0.0
			for i := range n {
				sum += force[i*dim+a]
			}
			if !(math.Abs(sum) <= 1e-14*(1+largest(force))*float64(n)) {
				t.Errorf("forces add up to %v in direction %d", sum, a)
			}
		}
		check := func(name string, moved *Frame, g *Graph, at func(i int, x []float64) []float64) {
			t.Helper()
			if got := energyOf(t, m, moved, g); !(math.Abs(got-h) <= tol*float64(n)) {
				t.Errorf("%s: the energy is %v, was %v", name, got, h)
			}
			want := make([]float64, 0, len(force))
			for i := range n {
				want = append(want, at(i, force)...)
			}
			if d := farthest(t, forcesOf(t, m, moved, g), want); !(d <= tol) {
				t.Errorf("%s: forces differ by %v", name, d)
			}
		}
		row := func(i int, x []float64) []float64 { return x[i*dim:][:dim] }

		moved := copyOf(f)
		for k := range moved.Q {
			moved.Q[k] += []float64{0.3, -7, 2.5}[k%dim]
		}
		check("moved", moved, g, row)

		mirrored := copyOf(f) // about 0: the box must follow
		mirrored.Box.Lo[0], mirrored.Box.Hi[0] = -f.Box.Hi[0], -f.Box.Lo[0]
		flip := func(i int, x []float64) []float64 {
			y := append([]float64(nil), row(i, x)...)
			y[0] = -y[0]
			return y
		}
		for i := range n {
			copy(mirrored.Q[i*dim:], flip(i, f.Q))
			copy(mirrored.P[i*dim:], flip(i, f.P))
		}
		check("mirrored", mirrored, g, flip)

		if dim > 1 && !m.Periodic() {
			turn := func(i int, x []float64) []float64 {
				y := append([]float64(nil), row(i, x)...)
				y[0], y[1] = 0.6*y[0]-0.8*y[1], 0.8*y[0]+0.6*y[1]
				return y
			}
			turned := copyOf(f)
			for i := range n {
				copy(turned.Q[i*dim:], turn(i, f.Q))
				copy(turned.P[i*dim:], turn(i, f.P))
			}
			check("turned", turned, g, turn)
		}

		to := rand.New(rand.NewPCG(5, 6)).Perm(n) // body i becomes to[i]
		renumbered, from := copyOf(f), make([]int, n)
		for i, j := range to {
			from[j] = i
			renumbered.Species[j], renumbered.Mass[j] = f.Species[i], f.Mass[i]
			if f.Charge != nil {
				renumbered.Charge[j] = f.Charge[i]
			}
			copy(renumbered.Q[j*dim:], row(i, f.Q))
			copy(renumbered.P[j*dim:], row(i, f.P))
		}
		if g != nil {
			var pairs [][2]int
			for k, i := range g.Senders {
				pairs = append(pairs, [2]int{to[i], to[g.Receivers[k]]})
			}
			var err error
			if g, err = NewGraph(n, pairs); err != nil {
				t.Fatal(err)
			}
		}
		check("renumbered", renumbered, g, func(i int, x []float64) []float64 { return row(from[i], x) })
	})
}

// The kinetic energy of a body at rest is 0, also where data leave it undetermined.
func TestKineticAtRest(t *testing.T) {
	w := worlds["cube"]
	m, r := train(t, w.frames(t, 1, 1, 0.1), w.options(t))
	if !r.MinimumNorm() {
		t.Error("8 bodies determine the features of three species?")
	}
	for s := range pairsOf(m).kinetics {
		var energy, factor [1]float64
		pairsOf(m).kinetics[s].eval(energy[:], factor[:], []float64{0}, new(kineticScratch))
		if energy[0] != 0 {
			t.Errorf("species %d: %v at rest", s, energy[0])
		}
	}
}

// A Model can be used by several goroutines at once, which the race detector checks.
func TestConcurrentUse(t *testing.T) {
	w := worlds["liquid"]
	data := w.frames(t, 1, 2, 0.1)
	o := w.options(t)
	o.Features = 8
	m, _ := train(t, data, o)
	want := forcesOf(t, m, data[0], nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if d := farthest(t, forcesOf(t, m, data[0], nil), want); d != 0 {
				t.Errorf("forces differ by %v", d)
			}
			energyOf(t, m, data[1], nil)
		})
	}
	wait.Wait()
}

func TestModelErrors(t *testing.T) {
	chain, line := worlds["chain"], worlds["line, cutoff"]
	frames := chain.frames(t, 1, 3, 0.1)
	bonds := chain.grid(t)
	fixed, _ := train(t, frames, chain.options(t))
	near, _ := train(t, line.frames(t, 1, 3, 0.1), line.options(t))
	charged, _ := train(t, worlds["charges"].frames(t, 1, 3, 0.1), worlds["charges"].options(t))
	change := func(f *Frame, change func(f *Frame)) *Frame { f = copyOf(f); change(f); return f }
	for name, c := range map[string]struct {
		m    *Model
		f    *Frame
		g    *Graph
		want string
	}{
		"no edges":        {fixed, frames[0], nil, "needs them"},
		"edges":           {near, line.frames(t, 1, 1, 0.1)[0], worlds["chain"].grid(t), "takes no fixed edges"},
		"other graph":     {fixed, frames[0], worlds["cube"].grid(t), "7 bodies, but the edges are for 8"},
		"unknown species": {fixed, change(frames[0], func(f *Frame) { f.Species[2] = 4 }), bonds, "body 2 is of species 4"},
		"one point":       {fixed, change(frames[0], func(f *Frame) { f.Q[1] = f.Q[0] }), bonds, "bodies 0 and 1 are at one point"},
		"far away":        {fixed, change(frames[0], func(f *Frame) { f.Q[0], f.Q[1] = -1.7e308, 1.7e308 }), bonds, "bodies 0 and 1 are at a distance of +Inf"},
		"NaN":             {fixed, change(frames[0], func(f *Frame) { f.Q[3] = math.NaN() }), bonds, "q of body 3 is NaN"},
		"no mass":         {fixed, change(frames[0], func(f *Frame) { f.Mass[1] = 0 }), bonds, "mass 0 of body 1"},
		"dimension":       {fixed, change(frames[0], func(f *Frame) { f.Dim = 4 }), bonds, "4 dimensions"},
		"short":           {fixed, change(frames[0], func(f *Frame) { f.P = f.P[1:] }), bonds, "want 7"},
		"no bodies":       {fixed, &Frame{Dim: 1}, bonds, "no bodies"},
		"no charges":      {charged, change(worlds["charges"].frames(t, 1, 1, 0.1)[0], func(f *Frame) { f.Charge = nil }), worlds["charges"].grid(t), "no charges"},
	} {
		c.f.Step = 77
		_, err := c.m.Energy(c.f, c.g)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		_, err = c.m.Forces(make([]float64, len(c.f.Q)), c.f, c.g)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	for name, f := range map[string]func(){
		"forces":     func() { fixed.Forces(nil, frames[0], bonds) },
		"velocities": func() { fixed.Velocities(nil, frames[0], bonds) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "hgn: len(dst)") {
					t.Errorf("%s: panic %v", name, r)
				}
			}()
			f()
		}()
	}
}

// Springs of zero rest length are smooth where their ends meet.
func TestDistanceSquaredAtZero(t *testing.T) {
	w := &world{dim: 2, side: 3, species: 1, potential: func(_, _ int, r float64) (v, v1 float64) { return r * r / 2, r }}
	o := w.options(t)
	o.Xi, o.Activation = DistanceSquared, dense.Tanh
	m, _ := train(t, w.frames(t, 1, 20, 0.1), o)
	f := w.frames(t, 2, 1, 0.1)[0]
	f.Q[2], f.Q[3] = f.Q[0], f.Q[1]
	if force := forcesOf(t, m, f, o.Graph); !(largest(force) < 10) {
		t.Errorf("forces %v", force)
	}
}
