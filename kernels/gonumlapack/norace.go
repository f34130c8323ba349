//go:build !race

package gonumlapack

func readsRows([]float64, int, int, int) {}

func writesRows([]float64, int, int, int) {}

// underRace tells whether the race detector is on.
const underRace = false
