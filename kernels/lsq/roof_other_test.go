//go:build !amd64 || purego

package lsq

func roof() float64 { return 0 }
