package dense

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
)

// Activation is a function of one variable that is applied to each element. The zero value
// is none.
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

// Apply sets dst[i] to a(x[i]).
//
// dst and x have the same length, may be the same slice and must not overlap otherwise.
// Each result is within 2 ulp of the exact value, subnormal ones included. NaN gives NaN,
// and so does the sine of an infinity. The bits, those of a NaN apart, are the same at every
// level and in every run.
//
// Apply panics, before writing, if the lengths differ, if the slices overlap, or if a is
// unknown. It does not allocate.
func (a Activation) Apply(dst, x []float64) {
	a.check()
	checkMap(dst, x)
	a.apply(dst, x)
}

// ApplyGrad does what Apply does, to the bit, and sets grad[i] to the derivative a′(x[i])
// beside it. With Sin, dst and grad are the sine and the cosine.
//
// The three slices have the same length. dst or grad may be x; otherwise none of them
// overlaps another. Accuracy, NaN, bits, panics and allocation are as with Apply, for grad
// too.
func (a Activation) ApplyGrad(dst, grad, x []float64) {
	a.check()
	checkMap(dst, x)
	checkMap(grad, x)
	if overlap(vector(dst), vector(grad)) {
		panic("dense: dst and grad overlap")
	}
	a.applyGrad(dst, grad, x)
}

func (a Activation) check() {
	if a == 0 || int(a) >= len(activationNames) {
		panic("dense: unknown activation")
	}
}

// checkMap panics unless dst can take a function of each element of x.
func checkMap(dst, x []float64) {
	if len(dst) != len(x) {
		panic("dense: slices of different lengths")
	}
	if len(x) > 0 && &dst[0] != &x[0] && overlap(vector(dst), vector(x)) {
		panic("dense: the result overlaps x")
	}
}

// vector returns x as a matrix of one row.
func vector(x []float64) blas64.General {
	return blas64.General{Rows: 1, Cols: len(x), Stride: max(1, len(x)), Data: x}
}

// mapChunk is the number of elements that one call of a kernel takes, some 30 µs: the
// runtime cannot stop a goroutine there.
const mapChunk = 1 << 14

func (a Activation) apply(dst, x []float64) {
	for len(x) > 0 {
		n := min(len(x), mapChunk)
		switch a {
		case Tanh:
			tanh(dst[:n], x[:n])
		case Softplus:
			softplus(dst[:n], x[:n])
		case Gaussian:
			gaussian(dst[:n], x[:n])
		case Sin:
			sin(dst[:n], x[:n])
		case Sigmoid:
			sigmoid(dst[:n], x[:n])
		}
		dst, x = dst[n:], x[n:]
	}
}

func (a Activation) applyGrad(dst, grad, x []float64) {
	for len(x) > 0 {
		n := min(len(x), mapChunk)
		switch a {
		case Tanh:
			tanhGrad(dst[:n], grad[:n], x[:n])
		case Softplus:
			softplusGrad(dst[:n], grad[:n], x[:n])
		case Gaussian:
			gaussianGrad(dst[:n], grad[:n], x[:n])
		case Sin:
			sinGrad(dst[:n], grad[:n], x[:n])
		case Sigmoid:
			sigmoidGrad(dst[:n], grad[:n], x[:n])
		}
		dst, grad, x = dst[n:], grad[n:], x[n:]
	}
}
