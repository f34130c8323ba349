package hgn

import (
	"context"
	"math"
)

// A Separable is a system whose energy is T(p) + V(q).
type Separable interface {
	// Forces writes −∂V/∂q at q into dst.
	Forces(dst, q []float64) error
	// Velocities writes ∂T/∂p at p into dst.
	Velocities(dst, p []float64)
}

// Verlet advances (q, p) by steps of dt with the method of Störmer and Verlet,
//
//	p ← p + (dt/2) F(q),  q ← q + dt ∂T/∂p(p),  p ← p + (dt/2) F(q),
//
// symplectic and of second order (Hairer, Lubich and Wanner, Acta Numerica 12,
// 2003, eq. 1.5). q and p have the same length and are changed in place. After
// every step observe is called with the number of steps made, unless it is nil.
// Verlet ends early with the first error of h, of observe, or of the context;
// q and p are then the state in which it happened.
func Verlet(ctx context.Context, h Separable, q, p []float64, dt float64, steps int, observe func(step int) error) error {
	return compose(ctx, h, q, p, []float64{dt}, steps, observe)
}

// Suzuki advances (q, p) as [Verlet] does, each step being composed of five of Verlet's
// of the lengths γ, γ, 1 − 4γ, γ, γ times dt, γ = 1/(4 − ∛4): symplectic, symmetric
// and of fourth order (Suzuki, Phys. Lett. A 146, 1990; Hairer, Lubich and Wanner,
// Geometric Numerical Integration, 2006, section II.4).
func Suzuki(ctx context.Context, h Separable, q, p []float64, dt float64, steps int, observe func(step int) error) error {
	lengths := suzuki()
	for k, w := range lengths {
		lengths[k] = w * dt
	}
	return compose(ctx, h, q, p, lengths, steps, observe)
}

// suzuki returns the lengths of the parts of a step of [Suzuki].
func suzuki() []float64 {
	gamma := 1 / (4 - math.Cbrt(4))
	return []float64{gamma, gamma, 1 - 4*gamma, gamma, gamma}
}

// compose makes steps that are composed of those of Verlet of the given lengths.
func compose(ctx context.Context, h Separable, q, p []float64, lengths []float64, steps int, observe func(step int) error) error {
	if len(q) != len(p) {
		panic("hgn: len(q) != len(p)")
	}
	force := make([]float64, len(q))
	velocity := make([]float64, len(q))
	if steps > 0 {
		if err := h.Forces(force, q); err != nil {
			return err
		}
	}
	for step := 1; step <= steps; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := leap(h, q, p, force, velocity, lengths); err != nil {
			return err
		}
		if observe != nil {
			if err := observe(step); err != nil {
				return err
			}
		}
	}
	return nil
}

// leap makes one step; force is that at q, before and after, and velocity is scratch.
func leap(h Separable, q, p, force, velocity []float64, lengths []float64) error {
	for _, dt := range lengths {
		kick(p, force, dt/2)
		h.Velocities(velocity, p)
		kick(q, velocity, dt)
		if err := h.Forces(force, q); err != nil {
			return err
		}
		kick(p, force, dt/2)
	}
	return nil
}

// kick adds h·dx to x.
func kick(x, dx []float64, h float64) {
	for i, d := range dx {
		x[i] += float64(h * d)
	}
}
