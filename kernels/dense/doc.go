// Package dense holds kernels on dense vectors and matrices of float64: inner product,
// scaled addition, element-wise product, norms and rotation, products of matrices, activations and layers of
// random features, both with their derivatives.
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
// Sums state their order and bound. The activations and their derivatives are within 2 ulp of
// the exact function of their argument, whatever it is, subnormal results included. The
// largest errors seen against math/big, over every binary exponent and dense samples of where
// the functions change, in ulp:
//
//	           value   derivative
//	tanh        0.79         1.37
//	softplus    1.60         1.53
//	gaussian    0.61         1.44
//	sin         1.10         1.11
//	sigmoid     1.53         1.37
//	exp         0.66
//
// # Determinism
//
// Every result has the same bits at every level (generic, AVX2, AVX-512), in every run and on
// every architecture: each is computed in one documented order, fused where it says fma and
// nowhere else. Excepted is the payload of a NaN.
//
// # Safety
//
// A shape that does not match panics with a constant text before anything is written. NaN and
// infinities pass through as IEEE 754 has it. Nothing allocates but products and layers, and
// nothing but products starts a goroutine, as they say; nothing keeps its arguments, and calls
// that write to different memory may run at once.
package dense
