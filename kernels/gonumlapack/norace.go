//go:build !race

package gonumlapack

func touchRows([]float64, int, int, int) {}

// underRace tells whether the race detector is on.
const underRace = false
