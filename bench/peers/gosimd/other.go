//go:build !(goexperiment.simd && unix)

package main

import "log"

func main() { log.Fatal("gosimd: built without GOEXPERIMENT=simd") }
