// Package simd says which instruction set the kernels may use.
//
// There is one level per process, found once at start-up. Kernels ask for it by
// Active, once per call, and switch on it. The environment variable RAPIDHGN_LEVEL
// lowers it, and nothing raises it. With the build tag purego, and on anything but
// amd64, the level is Generic.
package simd

import "os"

// Env names the environment variable that lowers the level: generic, avx2 or avx512.
// Any other value is ignored, and so is a level above the machine's.
const Env = "RAPIDHGN_LEVEL"

// Level is a whole set of instructions, never a single feature. Levels are ordered:
// a machine that has one has all below it.
type Level uint8

// The levels, lowest first.
const (
	Generic Level = iota // portable Go
	AVX2                 // x86-64-v3: AVX2, FMA, BMI1, BMI2
	AVX512               // x86-64-v4: AVX-512 F, BW, CD, DQ, VL
)

var names = [...]string{Generic: "generic", AVX2: "avx2", AVX512: "avx512"}

// String returns the name by which RAPIDHGN_LEVEL knows l.
func (l Level) String() string {
	if int(l) < len(names) {
		return names[l]
	}
	return "unknown"
}

// Parse is the inverse of Level.String. It reports false for anything else.
func Parse(name string) (Level, bool) {
	for l, s := range names {
		if s == name {
			return Level(l), true
		}
	}
	return Generic, false
}

var (
	detected = detect()
	active   = limit(detected, os.Getenv(Env))
)

// limit returns the level that name asks for, at most l.
func limit(l Level, name string) Level {
	if want, ok := Parse(name); ok {
		return min(l, want)
	}
	return l
}

// Active returns the level that kernels use.
func Active() Level { return active }

// Requested returns the level that RAPIDHGN_LEVEL asks for, and false if it is unset or
// names no level. A level above Active is one that this machine or build lacks.
func Requested() (Level, bool) { return Parse(os.Getenv(Env)) }

// Available returns the levels that this machine and build can run, lowest first,
// whatever RAPIDHGN_LEVEL says.
func Available() []Level {
	levels := make([]Level, 0, len(names))
	for l := Generic; l <= detected; l++ {
		levels = append(levels, l)
	}
	return levels
}

// SetActive makes l the active level and returns the one it replaces. It is for tests
// and benchmarks only, while no kernel runs. It panics if the machine or build lacks l.
func SetActive(l Level) Level {
	if l > detected {
		panic("simd: level not available")
	}
	old := active
	active = l
	return old
}
