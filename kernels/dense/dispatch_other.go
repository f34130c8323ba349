//go:build !amd64 || purego

package dense

func dot(x, y []float64) float64 { return dotGeneric(x, y) }

func axpy(alpha float64, x, y []float64) { axpyGeneric(alpha, x, y) }
