package dense_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

func ExampleDot() {
	fmt.Println(dense.Dot([]float64{1, 2, 3}, []float64{4, 5, 6}))
	// Output: 32
}

func ExampleAxpy() {
	y := []float64{1, 1, 1}
	dense.Axpy(2, []float64{1, 2, 3}, y)
	fmt.Println(y)
	// Output: [3 5 7]
}

// Two inputs, three features each, with gonum's matrices.
func ExampleFeatures() {
	x := mat.NewDense(2, 1, []float64{0, 1})
	w := mat.NewDense(3, 1, []float64{1, 2, 0})
	b := []float64{0, -1, 1}
	dst := mat.NewDense(2, 3, nil)
	dense.Features(dst.RawMatrix(), x.RawMatrix(), w.RawMatrix(), b, dense.Tanh)
	fmt.Printf("%.4f\n", mat.Formatted(dst))
	// Output:
	// ⎡ 0.0000  -0.7616   0.7616⎤
	// ⎣ 0.7616   0.7616   0.7616⎦
}

func ExampleFeaturesGrad() {
	x := mat.NewDense(2, 1, []float64{0, 1})
	w := mat.NewDense(1, 1, []float64{1})
	dst, grad := mat.NewDense(2, 1, nil), mat.NewDense(2, 1, nil)
	dense.FeaturesGrad(dst.RawMatrix(), grad.RawMatrix(), x.RawMatrix(), w.RawMatrix(), []float64{0}, dense.Gaussian)
	fmt.Printf("%.4f %.4f\n", dst.RawMatrix().Data, grad.RawMatrix().Data)
	// Output: [1.0000 0.3679] [-0.0000 -0.7358]
}

func ExampleExp() {
	x := []float64{0, 1, -1}
	dense.Exp(x, x)
	fmt.Printf("%.4f\n", x)
	// Output: [1.0000 2.7183 0.3679]
}

func ExampleActivation_Apply() {
	x := []float64{-1, 0, 1}
	y := make([]float64, len(x))
	dense.Sigmoid.Apply(y, x)
	fmt.Printf("%.4f\n", y)
	// Output: [0.2689 0.5000 0.7311]
}

// The derivative of the sine is the cosine.
func ExampleActivation_ApplyGrad() {
	x := []float64{0, math.Pi / 6, math.Pi / 2}
	sin, cos := make([]float64, len(x)), make([]float64, len(x))
	dense.Sin.ApplyGrad(sin, cos, x)
	fmt.Printf("%.4f\n%.4f\n", sin, cos)
	// Output:
	// [0.0000 0.5000 1.0000]
	// [1.0000 0.8660 0.0000]
}

func ExampleParseActivation() {
	act, err := dense.ParseActivation("softplus")
	fmt.Println(act, err)
	_, err = dense.ParseActivation("relu")
	fmt.Println(err)
	// Output:
	// softplus <nil>
	// dense: unknown activation "relu", want one of ["tanh" "softplus" "gaussian" "sin" "sigmoid"]
}
