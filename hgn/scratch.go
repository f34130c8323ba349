package hgn

// grow returns a slice of length n, reusing s if it is large enough. The
// elements are arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
