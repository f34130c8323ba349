package system

import (
	"context"
	"math"
)

// Coupling is the kinetic energy of a pair of interacting bodies,
//
//	Dot p_i·p_j + Along (p_i·u)(p_j·u),  u = (q_j − q_i)/|q_j − q_i|
//
// Both are inverse masses.
type Coupling struct{ Dot, Along float64 }

// Motion writes ṗ = −∂H/∂q − γ q̇ and q̇ = ∂H/∂p at (q, p) into pdot and qdot; all have one
// row per body. Errors are those of Forces.
func (s *System) Motion(pdot, qdot, q, p []float64) error {
	if err := s.Forces(pdot, q); err != nil {
		return err
	}
	s.Velocities(qdot, p)
	if s.Coupling != (Coupling{}) {
		err := s.eachPair(q, func(i, j int, d *[3]float64, r float64) {
			pi, pj := p[i*s.Dim:][:s.Dim], p[j*s.Dim:][:s.Dim]
			_, iu, ju := products(pi, pj, d, r)
			for a := range s.Dim {
				u := d[a] / r
				across := float64(ju*(pi[a]-float64(iu*u))) + float64(iu*(pj[a]-float64(ju*u)))
				force := float64(s.Coupling.Along * across / r)
				pdot[i*s.Dim+a] += force
				pdot[j*s.Dim+a] -= force
				qdot[i*s.Dim+a] += float64(s.Coupling.Dot*pj[a]) + float64(s.Coupling.Along*ju*u)
				qdot[j*s.Dim+a] += float64(s.Coupling.Dot*pi[a]) + float64(s.Coupling.Along*iu*u)
			}
		})
		if err != nil {
			return err
		}
	}
	if s.Damping != nil {
		for a, v := range qdot {
			pdot[a] -= float64(s.Damping[a/s.Dim] * v)
		}
	}
	return nil
}

// products returns p_i·p_j, p_i·u and p_j·u for u = d/r.
func products(pi, pj []float64, d *[3]float64, r float64) (dot, iu, ju float64) {
	for a, x := range pi {
		dot += float64(x * pj[a])
		iu += float64(x * d[a] / r)
		ju += float64(pj[a] * d[a] / r)
	}
	return dot, iu, ju
}

// couplingEnergy is that of all pairs.
func (s *System) couplingEnergy(q, p []float64) (energy float64, err error) {
	if s.Coupling == (Coupling{}) {
		return 0, nil
	}
	err = s.eachPair(q, func(i, j int, d *[3]float64, r float64) {
		dot, iu, ju := products(p[i*s.Dim:][:s.Dim], p[j*s.Dim:][:s.Dim], d, r)
		energy += float64(s.Coupling.Dot*dot) + float64(s.Coupling.Along*iu*ju)
	})
	return energy, err
}

// kutta advances (q, p) by steps of dt with the classical method of Kutta, of fourth order
// for any equations of motion. After every step observe is called with the number of steps
// made.
func (s *System) kutta(ctx context.Context, q, p []float64, dt float64, steps int, observe func(step int) error) error {
	n := len(q)
	y, at, sum, k := make([]float64, 2*n), make([]float64, 2*n), make([]float64, 2*n), make([]float64, 2*n)
	for step := 1; step <= steps; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		copy(y, q)
		copy(y[n:], p)
		clear(sum)
		for stage, weight := range [4]float64{1, 2, 2, 1} {
			back := [4]float64{0, 0.5, 0.5, 1}[stage] * dt
			for a := range at {
				at[a] = math.FMA(back, k[a], y[a])
			}
			if err := s.Motion(k[n:], k[:n], at[:n], at[n:]); err != nil {
				return err
			}
			for a := range sum {
				sum[a] = math.FMA(weight/6, k[a], sum[a])
			}
		}
		for a := range n {
			q[a] = math.FMA(dt, sum[a], q[a])
			p[a] = math.FMA(dt, sum[n+a], p[a])
		}
		if err := observe(step); err != nil {
			return err
		}
	}
	return nil
}
