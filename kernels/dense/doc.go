// Package dense holds kernels on dense vectors and matrices of float64.
package dense
