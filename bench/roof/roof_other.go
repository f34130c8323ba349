//go:build !amd64 || purego

package roof

func fma(n int) (flops float64) { return fmaGeneric(n) }

func read(x []float64) { readGeneric(x) }
