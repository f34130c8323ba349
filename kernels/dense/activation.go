package dense

import (
	"fmt"
	"math"
)

// Activation is a function of one variable that Features applies to each element. The zero
// value is none.
type Activation uint8

// The activations.
const (
	Tanh     Activation = iota + 1 // tanh z
	Softplus                       // log(1 + exp z)
	Gaussian                       // exp(−z²)
	Sin                            // sin z
	Sigmoid                        // 1/(1 + exp(−z))
)

var activationNames = [...]string{
	Tanh: "tanh", Softplus: "softplus", Gaussian: "gaussian", Sin: "sin", Sigmoid: "sigmoid",
}

// String returns the name that ParseActivation knows.
func (a Activation) String() string {
	if a != 0 && int(a) < len(activationNames) {
		return activationNames[a]
	}
	return fmt.Sprintf("Activation(%d)", uint8(a))
}

// ParseActivation is the inverse of Activation.String: tanh, softplus, gaussian, sin,
// sigmoid. Any other name is an error that lists them.
func ParseActivation(name string) (Activation, error) {
	for a := Tanh; int(a) < len(activationNames); a++ {
		if activationNames[a] == name {
			return a, nil
		}
	}
	return 0, fmt.Errorf("dense: unknown activation %q, want one of %q", name, activationNames[Tanh:])
}

// apply sets dst[i] to a(x[i]). dst may be x.
func (a Activation) apply(dst, x []float64) {
	switch a {
	case Tanh:
		tanhGeneric(dst, x)
	case Softplus:
		softplusGeneric(dst, x)
	case Gaussian:
		gaussianGeneric(dst, x)
	case Sin:
		sinGeneric(dst, x)
	case Sigmoid:
		sigmoidGeneric(dst, x)
	}
}

// applyGrad sets dst[i] to a(x[i]), the bits of apply, and grad[i] to a′(x[i]). dst or grad
// may be x.
func (a Activation) applyGrad(dst, grad, x []float64) {
	switch a {
	case Tanh:
		tanhGradGeneric(dst, grad, x)
	case Softplus:
		softplusGradGeneric(dst, grad, x)
	case Gaussian:
		gaussianGradGeneric(dst, grad, x)
	case Sin:
		sinGradGeneric(dst, grad, x)
	case Sigmoid:
		sigmoidGradGeneric(dst, grad, x)
	}
}

func tanhGeneric(dst, x []float64) {
	for i, v := range x {
		l := logisticOf(-2 * math.Abs(v))
		dst[i] = math.Copysign(l.tanhHalf(), v)
	}
}

// tanhGradGeneric takes the derivative as 4E/(1+E)² with E = exp(−2|x|), which does not
// cancel as 1 − tanh² does.
func tanhGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		l := logisticOf(-2 * math.Abs(v))
		dst[i], grad[i] = math.Copysign(l.tanhHalf(), v), l.slope(4)
	}
}

func softplusGeneric(dst, x []float64) {
	for i, v := range x {
		l := logisticOf(-math.Abs(v))
		dst[i] = softplusOf(v, &l)
	}
}

func softplusGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		l := logisticOf(-math.Abs(v))
		dst[i], grad[i] = softplusOf(v, &l), sigmoidOf(v, &l)
	}
}

// softplusOf is max(x, 0) + log(1 + exp(−|x|)).
func softplusOf(x float64, l *logistic) float64 {
	if x > 0 {
		return x + l.log1p()
	}
	return l.log1p()
}

func sigmoidGeneric(dst, x []float64) {
	for i, v := range x {
		l := logisticOf(-math.Abs(v))
		dst[i] = sigmoidOf(v, &l)
	}
}

func sigmoidGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		l := logisticOf(-math.Abs(v))
		dst[i], grad[i] = sigmoidOf(v, &l), l.slope(1)
	}
}

func sigmoidOf(x float64, l *logistic) float64 {
	if x < 0 {
		return l.scale.times(l.eg + l.egL)
	}
	return l.g + l.gLo
}

func gaussianGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = gaussianOf(v)
	}
}

func gaussianGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = gaussianOf(v)
	}
}

// gaussianOf returns exp(−x²) and its derivative. The rounding error of x² goes into the
// exponential, which would magnify it.
func gaussianOf(x float64) (value, slope float64) {
	const max = 28 // exp(−28²) = 0, and so is the derivative
	if x > max {
		x = max
	} else if x < -max {
		x = -max
	}
	square := float64(x * x)
	p, scale := expm1Parts(-square, math.FMA(-x, x, square))
	e, eLo := onePlus(p)
	return scale.times(e), scale.times(-2 * math.FMA(x, e, float64(x*eLo)))
}

func sinGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = sincos(v)
	}
}

func sinGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = sincos(v)
	}
}
