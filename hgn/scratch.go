package hgn

// grow returns a slice of length n, reusing s if it is large enough. The
// elements are arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// extend returns s with the length n, which is not less than that of s. New elements are
// arbitrary.
func extend[T any](s []T, n int) []T {
	if cap(s) < n {
		return append(s, make([]T, n-len(s))...)
	}
	return s[:n]
}
