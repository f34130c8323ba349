//go:build race

package lsq

// The race detector makes Go code many times slower.
const (
	longRows   = 5e5
	raceFactor = 4
)
