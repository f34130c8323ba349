// Package dense holds kernels on dense vectors and matrices of float64: inner product,
// scaled addition, products of matrices, and layers of random features with their
// derivatives.
//
// # Vocabulary
//
// A vector is a []float64. A matrix is a [blas64.General]: row-major, Rows × Cols, row i at
// Data[i·Stride:]; gonum's mat.Dense gives one by RawMatrix. A matrix may have no rows or no
// columns; its stride is at least 1 and at least Cols. What lies between the rows is neither
// read nor written. An [Activation] is a function that a layer applies to each element.
//
// # Accuracy
//
// Sums state their order and bound. The activations and their derivatives are within 1.5 ulp
// of the exact function of their argument, subnormal results included; sine and cosine of
// arguments from 2³⁰ on are those of package math, within 2⁻⁵² absolutely. The largest errors
// seen against math/big, over every binary exponent and dense samples of where the functions
// change, in ulp:
//
//	           value   derivative
//	tanh        1.13         0.83
//	softplus    0.94         0.83
//	gaussian    0.95         0.94
//	sin         0.76         0.78
//	sigmoid     0.83         0.83
//
// # Determinism
//
// Every result has the same bits at every level (generic, AVX2, AVX-512), in every run and on
// every architecture: each is computed in one documented order, fused where it says fma and
// nowhere else. Two things are excepted: the payload of a NaN, and the sine of arguments from
// 2³⁰ on, which package math may compute differently on another architecture.
//
// # Safety
//
// A shape that does not match panics with a constant text before anything is written. NaN and
// infinities pass through as IEEE 754 has it. Nothing allocates and nothing starts a goroutine
// but the products of matrices, which say so, and nothing keeps its arguments; calls that
// write to different memory may run at once.
package dense
