//go:build !linux

package main

import "time"

// now returns a time in seconds, of the clock.
func now(int) float64 { return time.Since(origin).Seconds() }

var origin = time.Now()
