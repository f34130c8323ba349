package gonumlapack_test

import (
	"fmt"

	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/kernels/gonumlapack"
)

func ExampleImplementation() {
	lapack64.Use(gonumlapack.Implementation{})
	defer lapack64.Use(gonum.Implementation{}) // a program would leave it at ours

	// A line through four points, by least squares.
	a := mat.NewDense(4, 2, []float64{1, 0, 1, 1, 1, 2, 1, 3})
	b := mat.NewVecDense(4, []float64{1, 3, 5, 7})
	var qr mat.QR
	qr.Factorize(a)
	var x mat.VecDense
	if err := qr.SolveVecTo(&x, false, b); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%.3f\n", x.RawVector().Data)
	// Output:
	// [1.000 2.000]
}
