package system

import "math"

// A Potential is the energy of a pair of bodies as a function of their distance r > 0.
type Potential interface {
	// Energy is V(r).
	Energy(r float64) float64
	// Derivative is V′(r); the force on either body is −V′(r) away from the other.
	Derivative(r float64) float64
}

// Harmonic is a linear spring:
//
//	V(r) = K (r − R0)²/2
//
// K is an energy per squared length, R0 the length at rest. (LAMMPS calls K/2 its K.)
type Harmonic struct{ K, R0 float64 }

// Energy is V(r).
func (h Harmonic) Energy(r float64) float64 { x := r - h.R0; return h.K * x * x / 2 }

// Derivative is V′(r).
func (h Harmonic) Derivative(r float64) float64 { return h.K * (r - h.R0) }

// FPUT is the anharmonic spring of Fermi, Pasta, Ulam and Tsingou (Studies of nonlinear
// problems I, Los Alamos report LA-1940, 1955):
//
//	V(r) = K x²/2 + Alpha x³/3 + Beta x⁴/4,  x = r − R0
//
// With Beta = 0 it is their α model, with Alpha = 0 their β model.
type FPUT struct{ K, Alpha, Beta, R0 float64 }

// Energy is V(r).
func (f FPUT) Energy(r float64) float64 {
	x := r - f.R0
	return x * x * math.FMA(x, math.FMA(x, f.Beta/4, f.Alpha/3), f.K/2)
}

// Derivative is V′(r).
func (f FPUT) Derivative(r float64) float64 {
	x := r - f.R0
	return x * math.FMA(x, math.FMA(x, f.Beta, f.Alpha), f.K)
}

// Morse is a bond that can break (Morse, Physical Review 34, 57, 1929):
//
//	V(r) = D (1 − exp(−A (r − R0)))²
//
// D is the depth of the well, A an inverse length; V(R0) = 0 and V(∞) = D.
type Morse struct{ D, A, R0 float64 }

// Energy is V(r).
func (m Morse) Energy(r float64) float64 {
	x := math.Expm1(-m.A * (r - m.R0))
	return m.D * x * x
}

// Derivative is V′(r).
func (m Morse) Derivative(r float64) float64 {
	x := math.Expm1(-m.A * (r - m.R0))
	return -2 * m.D * m.A * x * (1 + x)
}

// LennardJones is the potential of a simple liquid, shifted by a linear function so
// that V and V′ vanish at the cutoff, as pair_style lj/smooth/linear of LAMMPS has it:
//
//	V(r) = φ(r) − φ(Cutoff) − (r − Cutoff) φ′(Cutoff) below Cutoff, 0 from there on
//	φ(r) = 4 Epsilon ((Sigma/r)¹² − (Sigma/r)⁶)
//
// Without a cutoff, that is where it is 0, V = φ.
type LennardJones struct{ Epsilon, Sigma, Cutoff float64 }

// Energy is V(r).
func (l LennardJones) Energy(r float64) float64 {
	energy, _ := l.plain(r)
	if l.Cutoff == 0 {
		return energy
	}
	if r >= l.Cutoff {
		return 0
	}
	atCutoff, slope := l.plain(l.Cutoff)
	return energy - atCutoff - float64((r-l.Cutoff)*slope)
}

// Derivative is V′(r).
func (l LennardJones) Derivative(r float64) float64 {
	_, derivative := l.plain(r)
	if l.Cutoff == 0 {
		return derivative
	}
	if r >= l.Cutoff {
		return 0
	}
	_, slope := l.plain(l.Cutoff)
	return derivative - slope
}

// plain returns φ(r) and φ′(r).
func (l LennardJones) plain(r float64) (energy, derivative float64) {
	s := l.Sigma / r
	s3 := s * s * s
	s6 := float64(s3 * s3)
	return float64(4 * l.Epsilon * s6 * (s6 - 1)), -24 * l.Epsilon * s6 * math.FMA(2, s6, -1) / r
}
