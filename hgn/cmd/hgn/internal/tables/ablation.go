package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

var ablationColumns = []string{"what", "potential", "inputs", "edges read out", "layers", "solver", "columns", "seconds", "force error"}

// ablation varies the network, then the functions of one variable of the default
// model.
func ablation(r *runner, t *Table) error {
	t.picture = picture{kind: bars, y: "relative force error"}
	s, err := system.Lattice(spring, system.Free, 1, 2, 2, 2)
	if err != nil {
		return err
	}
	data, err := states(r.ctx, s, 1, pick(r, 50, 400), 0.15, 0.1)
	if err != nil {
		return err
	}
	unseen, err := states(r.ctx, s, 1e6, 50, 0.12, 0.08)
	if err != nil {
		return err
	}
	width := pick(r, 32, 64)
	for _, in := range []network.Inputs{network.Frame, network.Invariant} {
		train, err := samples(in, s, data)
		if err != nil {
			return err
		}
		test, err := samples(in, s, unseen)
		if err != nil {
			return err
		}
		name, act, k := "frame", dense.Softplus, 2*width
		if in == network.Invariant {
			name, act, k = "invariants", dense.Gaussian, width
		}
		for _, readout := range []bool{false, true} {
			for sampler, layers := range []string{"elm", "elm-whitened", "swim", "aswim"} {
				for _, normal := range []bool{false, true} {
					if err := r.tell("ablation: %s, %s", name, layers); err != nil {
						return err
					}
					n := network.New(network.Shape{Inputs: in, Dim: 3, Node: k, Edge: k, Message: k, EdgeReadout: readout, Activation: act})
					start := time.Now()
					if err := fitRandom(n, train, network.Sampler(sampler), 1, normal, r.Seed); err != nil {
						return err
					}
					seconds, e := time.Since(start).Seconds(), forceError(n, test)
					t.add("network", "spring", name, yes(readout), layers, solverName(normal), n.Columns(), seconds, e)
					if !normal {
						t.picture.bar(name+", edges read out: "+yes(readout), layers, e)
					}
				}
			}
		}
	}
	return functions(r, t)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func solverName(normal bool) string {
	if normal {
		return "normal equations"
	}
	return "QR"
}

// A basis is a set of functions of a distance in [lo, hi]; it writes their derivatives.
type basis struct {
	name       string
	derivative func(dst []float64, r, lo, hi float64)
}

// functions compares bases for pair potentials.
func functions(r *runner, t *Table) error {
	columns := 64
	var found []string
	rng := rand.New(rand.NewPCG(r.Seed, 1))
	w, b := make([]float64, columns), make([]float64, columns)
	for k, stratum := range rng.Perm(columns) {
		w[k] = math.Sqrt2 * math.Erfinv(2*(float64(stratum)+rng.Float64())/float64(columns)-1)
		b[k] = 6*(float64(k)+rng.Float64())/float64(columns) - 3
	}
	for _, c := range []struct {
		name  string
		v     system.Potential
		omega float64
	}{{"spring", spring, 1}, {"quartic", quartic, 1}, {"Morse", morse, 1}, {"Lennard-Jones", lennard, 4}} {
		s, data, unseen, err := pairData(r, c.v)
		if err != nil {
			return err
		}
		var best [2]string // by QR, by normal equations
		least := [2]float64{math.Inf(1), math.Inf(1)}
		for _, basis := range []basis{
			{"random gaussians", func(dst []float64, x, lo, hi float64) {
				// Whitened as if distances were even in [lo, hi], under the envelope of a cutoff.
				std := (hi - lo) / math.Sqrt(12)
				xi := (x - (lo+hi)/2) / std
				env, env1 := 1.0, 0.0
				if s.Cutoff > 0 {
					y := x / s.Cutoff
					env, env1 = (1-y*y)*(1-y*y), -4*y*(1-y*y)/s.Cutoff
				}
				for k := range dst {
					z := c.omega*w[k]*xi + b[k]
					f := math.Exp(-z * z)
					dst[k] = env1*f - env*2*z*f*c.omega*w[k]/std
				}
			}},
			{"Chebyshev polynomials", chebyshev},
			{"cubic B-splines", splines},
		} {
			if err := r.tell("ablation: %s, %s", c.name, basis.name); err != nil {
				return err
			}
			for way, normal := range []bool{false, true} {
				start := time.Now()
				e, err := fitPairs(r, s, data, unseen, columns, normal, basis)
				if err != nil {
					return err
				}
				t.add("functions of r", c.name, "distance", "yes", basis.name, solverName(normal), columns, time.Since(start).Seconds(), e)
				if e < least[way] {
					best[way], least[way] = basis.name, e
				}
			}
		}
		found = append(found, fmt.Sprintf("%s: %s (%v) by QR, %s (%v) by normal equations", c.name, best[0], Number(least[0]), best[1], Number(least[1])))
	}
	t.note("Functions of r of least error, of %d columns each: %s. Random features do not win everywhere: where another basis stands here, it is the better one for potentials of one variable. Errors of some 1e-15 are those of rounding. What random features bring is one recipe for inputs of any dimension.", columns, strings.Join(found, "; "))
	t.note("Networks have 2·%d features a layer in the frame (softplus) and %d on invariants (gaussian); normal equations are those of scaled columns with the least ridge with which they can be factored.", pick(r, 32, 64), pick(r, 32, 64))
	return nil
}

// pairData draws states for a potential.
func pairData(r *runner, v system.Potential) (s *system.System, data, unseen hgn.Frames, err error) {
	if v, liquid := v.(system.LennardJones); liquid {
		if s, err = system.FCC(v, 0.8442, 3); err != nil {
			return nil, nil, nil, err
		}
		q, p, err := s.Start(7, 0.05, 1.44)
		if err != nil {
			return nil, nil, nil, err
		}
		n := pick(r, 6, 40)
		run, err := s.Trajectory(r.ctx, q, p, 0.002, 1000+20*(n+10), 20)
		if err != nil {
			return nil, nil, nil, err
		}
		return s, run[50 : 50+n], run[50+n:], nil
	}
	if s, err = system.Lattice(v, system.Free, 1, 2, 2, 2); err != nil {
		return nil, nil, nil, err
	}
	if data, err = states(r.ctx, s, 1, pick(r, 100, 400), 0.15, 0.1); err != nil {
		return nil, nil, nil, err
	}
	unseen, err = states(r.ctx, s, 1e6, 50, 0.12, 0.08)
	return s, data, unseen, err
}

// chebyshev writes the derivatives of the polynomials of degree 1, 2, ….
func chebyshev(dst []float64, r, lo, hi float64) {
	x := (2*r - lo - hi) / (hi - lo)
	u0, u1 := 1.0, 2*x // T′ₙ = n Uₙ₋₁
	for k := range dst {
		dst[k] = float64(k+1) * u0 * 2 / (hi - lo)
		u0, u1 = u1, 2*x*u1-u0
	}
}

// splines writes the derivatives of uniform cubic B-splines.
func splines(dst []float64, r, lo, hi float64) {
	h := (hi - lo) / float64(len(dst)-3)
	for k := range dst {
		x := (r-lo)/h - float64(k) + 3 // support 0…4
		d := 0.0
		switch {
		case x <= 0 || x >= 4:
		case x < 1:
			d = x * x / 2
		case x < 2:
			d = (-9*x*x + 24*x - 12) / 6
		case x < 3:
			d = (9*x*x - 48*x + 60) / 6
		default:
			d = -(4 - x) * (4 - x) / 2
		}
		dst[k] = d / h
	}
}

// fitPairs fits forces by the derivatives of a basis and returns the relative error
// on unseen frames.
func fitPairs(r *runner, s *system.System, data, unseen hgn.Frames, columns int, normal bool, b basis) (float64, error) {
	each := func(f *hgn.Frame, visit func(i, j int, u *[3]float64, r float64)) error {
		g, err := graph(s, f)
		if err != nil {
			return err
		}
		for k, i := range g.Senders {
			j := int(g.Receivers[k])
			var u [3]float64
			d := 0.0
			for c := range f.Dim {
				u[c] = f.Q[j*f.Dim+c] - f.Q[int(i)*f.Dim+c]
				if s.Periodic {
					u[c] = f.Box.Reduce(c, u[c])
				}
				d += u[c] * u[c]
			}
			d = math.Sqrt(d)
			for c := range f.Dim {
				u[c] /= d
			}
			visit(int(i), j, &u, d)
		}
		return nil
	}
	lo, hi := math.Inf(1), s.Cutoff
	for _, f := range data {
		if err := each(f, func(_, _ int, _ *[3]float64, d float64) {
			lo = min(lo, d)
			hi = max(hi, d)
		}); err != nil {
			return 0, err
		}
	}
	feature := make([]float64, columns)
	rows := func(z []float64, f *hgn.Frame) error {
		clear(z)
		return each(f, func(i, j int, u *[3]float64, d float64) {
			b.derivative(feature, d, lo, hi)
			for c := range f.Dim {
				dense.Axpy(-u[c], feature, z[(i*f.Dim+c)*columns:][:columns])
				dense.Axpy(u[c], feature, z[(j*f.Dim+c)*columns:][:columns])
			}
		})
	}
	fit := newSolver(columns, normal)
	z := make([]float64, len(data[0].Q)*columns)
	for _, f := range data {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		if err := rows(z, f); err != nil {
			return 0, err
		}
		u := make([]float64, len(f.PDot))
		for i, x := range f.PDot {
			u[i] = -x
		}
		if err := fit.add(z, u); err != nil {
			return 0, err
		}
	}
	x, err := fit.solve()
	if err != nil {
		return 0, err
	}
	var d, norm float64
	for _, f := range unseen {
		if err := rows(z, f); err != nil {
			return 0, err
		}
		for i, y := range f.PDot {
			e := dense.Dot(z[i*columns:][:columns], x) + y
			d += e * e
			norm += y * y
		}
	}
	return math.Sqrt(d / norm), nil
}
