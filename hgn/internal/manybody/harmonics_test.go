package manybody

import (
	"math"
	"math/rand/v2"
	"testing"
)

// unit returns a random direction.
func unit(r *rand.Rand) [3]float64 {
	v := [3]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
	return scaled(1/norm3(v), v)
}

// harmonicsAt evaluates the harmonics up to lmax.
func harmonicsAt(lmax int, u [3]float64) (y []float64, grad [3][]float64) {
	n := (lmax + 1) * (lmax + 1)
	y = make([]float64, n)
	for a := range 3 {
		grad[a] = make([]float64, n)
	}
	newHarmonics(lmax).evaluate(y, &grad, u)
	return y, grad
}

// TestAddition compares Σ_m Y_lm(u) Y_lm(v) with the Legendre polynomial of u·v.
func TestAddition(t *testing.T) {
	const lmax = 8
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		u, v := unit(r), unit(r)
		a, _ := harmonicsAt(lmax, u)
		b, _ := harmonicsAt(lmax, v)
		x := dot3(u, v)
		p0, p1 := 1.0, x
		for l := range lmax + 1 {
			sum := 0.0
			for m := l * l; m < (l+1)*(l+1); m++ {
				sum += a[m] * b[m]
			}
			if math.Abs(sum-p0) > 1e-13 {
				t.Fatalf("l=%d: %v, want %v", l, sum, p0)
			}
			k := float64(l)
			p0, p1 = p1, ((2*k+3)*x*p1-(k+1)*p0)/(k+2)
		}
	}
}

// TestHarmonicGradient compares the gradients with differences on the sphere.
func TestHarmonicGradient(t *testing.T) {
	const lmax, h = 6, 1e-5
	r := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		u, along := unit(r), unit(r)
		at := func(x float64) []float64 {
			v := add(u, scaled(x, along))
			y, _ := harmonicsAt(lmax, scaled(1/norm3(v), v))
			return y
		}
		y, grad := harmonicsAt(lmax, u)
		up, down := at(h), at(-h)
		for l := range lmax + 1 {
			for m := l * l; m < (l+1)*(l+1); m++ {
				// On the sphere only what is orthogonal to u counts.
				want := grad[0][m]*along[0] + grad[1][m]*along[1] + grad[2][m]*along[2] - float64(l)*y[m]*dot3(u, along)
				if got := (up[m] - down[m]) / (2 * h); math.Abs(got-want) > 1e-8 {
					t.Fatalf("l=%d m=%d: %v, want %v", l, m-l*l, got, want)
				}
			}
		}
	}
}

// TestCouplings rotates three directions together.
func TestCouplings(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, l := range [][3]int{{1, 1, 2}, {2, 2, 2}, {1, 3, 4}, {3, 3, 4}, {5, 5, 4}} {
		terms := couplings(l[0], l[1], l[2])
		var u [3][3]float64
		for k := range u {
			u[k] = unit(r)
		}
		invariant := func(turn [3][3]float64) (sum float64) {
			var y [3][]float64
			for k := range u {
				y[k], _ = harmonicsAt(5, rotated(turn, u[k]))
				y[k] = y[k][l[k]*l[k]:]
			}
			for _, c := range terms {
				sum += c.c * y[0][c.m1] * y[1][c.m2] * y[2][c.m3]
			}
			return sum
		}
		want := invariant([3][3]float64{{1}, {0, 1}, {0, 0, 1}})
		if got := invariant(rotation(r)); math.Abs(got-want) > 1e-13 {
			t.Errorf("l=%v: %v after a rotation, %v before", l, got, want)
		}
		if math.Abs(want) < 1e-6 {
			t.Errorf("l=%v: the invariant is %v", l, want)
		}
	}
}

// rotation returns a random rotation, perhaps with a reflection.
func rotation(r *rand.Rand) [3][3]float64 {
	a, b := unit(r), unit(r)
	c := cross(a, b)
	c = scaled(1/norm3(c), c)
	m := [3][3]float64{a, cross(c, a), c}
	if r.IntN(2) == 0 {
		m[0] = scaled(-1, m[0])
	}
	return m
}

func rotated(m [3][3]float64, v [3]float64) [3]float64 {
	return [3]float64{dot3(m[0], v), dot3(m[1], v), dot3(m[2], v)}
}
