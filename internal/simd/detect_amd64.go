//go:build !purego

package simd

import "github.com/klauspost/cpuid/v2"

func detect() Level {
	switch level := cpuid.CPU.X64Level(); {
	case level >= 4:
		return AVX512
	case level == 3:
		return AVX2
	default:
		return Generic
	}
}
