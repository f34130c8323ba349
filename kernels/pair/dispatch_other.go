//go:build !amd64 || purego

package pair

func forces(dst, q []float64, start []int, neighbors []int32, lo int, _ bool, k *Kernel) Sums {
	return forcesGeneric(dst, q, start, neighbors, lo, k)
}

func eval(dst, grad, s []float64, p *Piecewise) { evalGeneric(dst, grad, s, p) }

func search(dst []int32, x, y, z []float64, windows []Window, self int, limit float64) int {
	return searchGeneric(dst, x, y, z, windows, self, limit)
}

func kick(p, f []float64, h float64, inverse, t []float64) float64 {
	return kickGeneric(p, f, h, inverse, t)
}

func drift(q, p []float64, h float64, slope, inverse, places []float64, limit float64) bool {
	return driftGeneric(q, p, h, slope, inverse, places, limit)
}

func separations(s *Separations, q []float64, bodies []int32, frame *[9]float64) {
	separationsGeneric(s, q, bodies, frame)
}
