//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package main

import "runtime"

// peakMemory is what the Go runtime has obtained from the system, in bytes: where
// the system does not tell the resident set, the nearest there is.
func peakMemory() int64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.Sys)
}
