//go:build !amd64 || purego

package pair

func forces(dst, q []float64, start []int, neighbors []int32, lo int, _ bool, k *Kernel) Sums {
	return forcesGeneric(dst, q, start, neighbors, lo, k)
}

func eval(dst, grad, s []float64, p *Piecewise) { evalGeneric(dst, grad, s, p) }

func search(dst []int32, x, y, z []float64, windows []Window, self int, limit float64) int {
	return searchGeneric(dst, x, y, z, windows, self, limit)
}
