//go:build !race

package lsq

const (
	longRows   = 1e7
	raceFactor = 1
)
