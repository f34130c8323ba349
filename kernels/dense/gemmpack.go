package dense

// gemmPackGeneric copies k rows of w elements, alpha times each, from src, where they are ld
// apart, to dst, where they are stride apart. The vector forms fill rows of dst up to a
// multiple of 4 elements.
func gemmPackGeneric(dst, src []float64, ld, k, w, stride int, alpha float64) {
	for p := range k {
		to, from := dst[p*stride:][:w], src[p*ld:][:w]
		for j := range to {
			to[j] = alpha * from[j]
		}
	}
}

// gemmPackTransGeneric does what gemmPackGeneric does with the transpose of w rows of k
// elements.
func gemmPackTransGeneric(dst, src []float64, ld, k, w, stride int, alpha float64) {
	for j := range w {
		for p, v := range src[j*ld:][:k] {
			dst[p*stride+j] = alpha * v
		}
	}
}
