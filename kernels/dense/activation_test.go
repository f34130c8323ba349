package dense

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

var activations = []Activation{Tanh, Softplus, Gaussian, Sin, Sigmoid}

func TestParseActivation(t *testing.T) {
	for _, a := range activations {
		if got, err := ParseActivation(a.String()); err != nil || got != a {
			t.Errorf("ParseActivation(%q) = %v, %v", a.String(), got, err)
		}
	}
	for _, name := range []string{"", "relu", "Tanh", "Activation(0)"} {
		if _, err := ParseActivation(name); err == nil {
			t.Errorf("ParseActivation(%q) succeeds", name)
		}
	}
	for _, a := range []Activation{0, Sigmoid + 1} {
		if got, want := a.String(), fmt.Sprintf("Activation(%d)", uint8(a)); got != want {
			t.Errorf("String is %q, want %q", got, want)
		}
	}
}

// arguments returns numbers of every size at which the activations neither vanish nor
// saturate, every power of two, and the neighbourhood of special places.
func arguments(r *rand.Rand, perRange int) []float64 {
	var z []float64
	for _, width := range []float64{0.1, 1, 4, 30, 400, 800} {
		for range perRange {
			z = append(z, width*(2*r.Float64()-1))
		}
	}
	for e := -1074; e < 1024; e++ {
		z = append(z, math.Ldexp(1+r.Float64(), e), -math.Ldexp(1, e))
	}
	for k := range 40 {
		for _, x := range []float64{float64(k) * math.Pi / 2, float64(k) * math.Ln2 / 2, math.Sqrt(float64(k) * math.Ln2)} {
			z = append(z, x, -x, math.Nextafter(x, 0), math.Nextafter(x, 1e9))
		}
	}
	for range perRange { // the sine of large arguments, near its zeros too
		k := math.Floor(math.Exp2(60 * r.Float64()))
		z = append(z, math.Exp2(60*r.Float64()), k*math.Pi, -k*(math.Pi/2))
	}
	return z
}

// TestActivationAccuracy holds the activations to the error that the package documents.
func TestActivationAccuracy(t *testing.T) {
	const (
		bound    = 2   // ulp
		perRange = 300 // the figures of the documentation come from 20000 and a minute
	)
	z := arguments(rand.New(rand.NewPCG(1, 2)), perRange)
	value, grad := make([]float64, len(z)), make([]float64, len(z))
	for _, a := range activations {
		a.applyGrad(value, grad, z)
		var worst, at [2]float64
		for i, z := range z {
			v, g := a.exact(z)
			for k, e := range [2]float64{ulps(value[i], v), ulps(grad[i], g)} {
				if !(e <= worst[k]) {
					worst[k], at[k] = e, z
				}
			}
		}
		t.Logf("%-8v %.3f ulp at %v; derivative %.3f ulp at %v", a, worst[0], at[0], worst[1], at[1])
		if !(max(worst[0], worst[1]) <= bound) {
			t.Errorf("%v: more than %v ulp", a, bound)
		}
	}
}

func TestActivationSpecial(t *testing.T) {
	inf, nan, tiny := math.Inf(1), math.NaN(), math.SmallestNonzeroFloat64
	negZero := math.Copysign(0, -1)
	for _, c := range []struct {
		act         Activation
		z           float64
		value, grad float64
	}{
		{Tanh, 0, 0, 1}, {Tanh, negZero, negZero, 1}, {Tanh, inf, 1, 0}, {Tanh, -inf, -1, 0},
		{Tanh, tiny, tiny, 1}, {Tanh, -tiny, -tiny, 1}, {Tanh, math.MaxFloat64, 1, 0}, {Tanh, nan, nan, nan},
		{Softplus, 0, math.Ln2, 0.5}, {Softplus, negZero, math.Ln2, 0.5}, {Softplus, inf, inf, 1},
		{Softplus, -inf, 0, 0}, {Softplus, math.MaxFloat64, math.MaxFloat64, 1}, {Softplus, -800, 0, 0},
		{Softplus, nan, nan, nan}, {Softplus, tiny, math.Ln2, 0.5},
		{Gaussian, 0, 1, negZero}, {Gaussian, negZero, 1, 0}, {Gaussian, inf, 0, negZero}, {Gaussian, -inf, 0, 0},
		{Gaussian, math.MaxFloat64, 0, negZero}, {Gaussian, tiny, 1, -2 * tiny}, {Gaussian, nan, nan, nan},
		{Sin, 0, 0, 1}, {Sin, negZero, negZero, 1}, {Sin, inf, nan, nan}, {Sin, -inf, nan, nan}, {Sin, nan, nan, nan},
		{Sin, tiny, tiny, 1}, {Sin, -tiny, -tiny, 1},
		{Sigmoid, 0, 0.5, 0.25}, {Sigmoid, negZero, 0.5, 0.25}, {Sigmoid, inf, 1, 0}, {Sigmoid, -inf, 0, 0},
		{Sigmoid, -800, 0, 0}, {Sigmoid, 800, 1, 0}, {Sigmoid, nan, nan, nan}, {Sigmoid, tiny, 0.5, 0.25},
	} {
		z := []float64{c.z}
		value, grad := make([]float64, 1), make([]float64, 1)
		c.act.applyGrad(value, grad, z)
		if !kerneltest.Same(value[0], c.value) || !kerneltest.Same(grad[0], c.grad) {
			t.Errorf("%v(%v) = %v, %v, want %v, %v", c.act, c.z, value[0], grad[0], c.value, c.grad)
		}
	}
}

func TestExpAccuracy(t *testing.T) {
	const bound = 0.8 // ulp
	z := arguments(rand.New(rand.NewPCG(7, 8)), 1000)
	z = append(z, 709.782712893384, -745.1332191019411, -745.1332191019412)
	value := make([]float64, len(z))
	Exp(value, z)
	worst, at := 0.0, 0.0
	for i, z := range z {
		if z > 709.782712893384 {
			if !math.IsInf(value[i], 1) {
				t.Errorf("exp(%v) = %v, want +Inf", z, value[i])
			}
			continue
		}
		if e := ulps(value[i], expBig(newBig(z))); !(e <= worst) {
			worst, at = e, z
		}
	}
	t.Logf("%.3f ulp at %v", worst, at)
	if !(worst <= bound) {
		t.Errorf("more than %v ulp", bound)
	}
}

// TestHalfPi compares the constants of sincos with π.
func TestHalfPi(t *testing.T) {
	half := scaleBig(piBig, -1)
	sum := newBig(0)
	for _, part := range []float64{halfPi1, halfPi2, halfPi3} {
		sum = add(sum, newBig(part))
	}
	if d, _ := sub(half, sum).Float64(); !(math.Abs(d) < 0x1p-138) {
		t.Errorf("the sum of the parts is %g off", d)
	}
	quotient := new(big.Float).SetPrec(2000).Quo(newBig(1), new(big.Float).SetPrec(2000).Mul(piBig, newBig(0.5)))
	for i, want := range twoOverPiBits {
		head := new(big.Float).SetMantExp(quotient, 64*i)
		bits, _ := head.Int(nil)
		if got := bits.And(bits, new(big.Int).SetUint64(math.MaxUint64)).Uint64(); got != want {
			t.Errorf("twoOverPiBits[%d] = %#x, want %#x", i, want, got)
		}
	}
}

// TestPowers compares the powers of 2^(1/8) and their rests with the eighth root of 2ʲ.
func TestPowers(t *testing.T) {
	for j, p := range powers {
		power := product(newBig(p), add(newBig(1), newBig(powerRests[j])))
		for range 3 {
			power = product(power, power)
		}
		want := math.Exp2(float64(j))
		if d, _ := sub(power, newBig(want)).Float64(); !(math.Abs(d) <= 0x1p-71*want) {
			t.Errorf("the eighth power of powers[%d] is %g off %v", j, d, want)
		}
		if bits := math.Float64bits(powerRests[j]); bits>>32 != bits<<32>>32 {
			t.Errorf("powerRests[%d] has different halves", j)
		}
	}
}

// TestActivationInPlace makes sure that value alone, value beside the derivative, and both
// in place have the same bits.
func TestActivationInPlace(t *testing.T) {
	z := append(arguments(rand.New(rand.NewPCG(3, 4)), 100), kerneltest.Special()...)
	for _, a := range activations {
		value, grad, alone := make([]float64, len(z)), make([]float64, len(z)), make([]float64, len(z))
		a.applyGrad(value, grad, z)
		a.apply(alone, z)
		inPlace, beside := append([]float64(nil), z...), make([]float64, len(z))
		a.applyGrad(inPlace, beside, inPlace)
		into := append([]float64(nil), z...)
		a.apply(into, into)
		for name, got := range map[string][]float64{"alone": alone, "in place": inPlace, "alone in place": into} {
			if i := kerneltest.FirstDifference(got, value); i >= 0 {
				t.Errorf("%v(%v) %s: %v, want %v", a, z[i], name, got[i], value[i])
			}
		}
		if i := kerneltest.FirstDifference(beside, grad); i >= 0 {
			t.Errorf("%v′(%v) in place: %v, want %v", a, z[i], beside[i], grad[i])
		}
	}
}
