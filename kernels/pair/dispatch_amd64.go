//go:build !purego

package pair

import (
	"unsafe"

	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// Bits of the flags that the kernels take.
const (
	periodicFlag = 1
	weightedFlag = 2
)

func forces(dst, q []float64, start []int, neighbors []int32, lo int, few bool, k *Kernel) Sums {
	simd.Reads(q)
	simd.Writes(dst[stride*lo : stride*(lo+len(start)-1)])
	flags := 0
	if k.periodic {
		flags |= periodicFlag
	}
	if k.p.Weighted {
		flags |= weightedFlag
	}
	var energy float64
	var pairs, outside, touching int
	switch level := simd.Active(); {
	case level == simd.Generic || len(neighbors) == 0:
		return forcesGeneric(dst, q, start, neighbors, lo, k)
	case level == simd.AVX512 && few:
		energy, pairs, outside, touching = asm.FewPairForcesAVX512(&dst[0], &q[0], start, &neighbors[0], lo, &k.packed.single[0], flags)
	case level == simd.AVX512:
		energy, pairs, outside, touching = asm.PairForcesAVX512(&dst[0], &q[0], start, &neighbors[0], lo, &k.packed.single[0], flags)
	case few:
		energy, pairs, outside, touching = asm.FewPairForcesAVX2(&dst[0], &q[0], start, &neighbors[0], lo, &k.packed.single[0], flags)
	default:
		energy, pairs, outside, touching = asm.PairForcesAVX2(&dst[0], &q[0], start, &neighbors[0], lo, &k.packed.single[0], flags)
	}
	return Sums{Energy: energy, Pairs: pairs, Outside: outside, Touching: touching != 0}
}

func eval(dst, grad, s []float64, p *Piecewise) {
	simd.Reads(s)
	simd.Writes(dst)
	simd.Writes(grad)
	done := 0
	switch simd.Active() {
	case simd.AVX512:
		done = asm.PiecewiseAVX512(dst, grad, s, &p.packed.single[0])
	case simd.AVX2:
		done = asm.PiecewiseAVX2(dst, grad, s, &p.packed.single[0])
	}
	evalGeneric(dst[done:], grad[done:], s[done:], p)
}

func search(dst []int32, x, y, z []float64, windows []Window, self int, limit float64) int {
	simd.Reads(x)
	simd.Reads(y)
	simd.Reads(z)
	switch first := (*float64)(unsafe.Pointer(&windows[0])); simd.Active() {
	case simd.AVX512:
		return asm.PairSearchAVX512(&dst[0], &x[0], &y[0], &z[0], first, len(windows), self, limit)
	case simd.AVX2:
		return asm.PairSearchAVX2(&dst[0], &x[0], &y[0], &z[0], first, len(windows), self, limit)
	default:
		return searchGeneric(dst, x, y, z, windows, self, limit)
	}
}

func kick(p, f []float64, h float64, inverse, t []float64) (most float64) {
	simd.Reads(f)
	simd.Writes(p)
	simd.Writes(t)
	done := 0
	switch level := simd.Active(); {
	case level == simd.AVX512 && len(t) >= 8:
		done = len(t) &^ 7
		most = asm.PairKickAVX512(&p[0], &f[0], h, &inverse[0], &t[0], done/8)
	case level >= simd.AVX2 && len(t) >= 4:
		done = len(t) &^ 3
		most = asm.PairKickAVX2(&p[0], &f[0], h, &inverse[0], &t[0], done/4)
	}
	return max(most, kickGeneric(p[stride*done:], f[stride*done:], h, inverse[done:], t[done:]))
}

// origin is what stands for places that are nil.
var origin [8 * stride]float64

func drift(q, p []float64, h float64, slope, inverse, places []float64, limit float64) bool {
	simd.Reads(p)
	simd.Reads(slope)
	simd.Writes(q)
	at, row, done, far := &origin[0], 0, 0, 0
	if len(places) > 0 {
		at, row = &places[0], 8*stride
	}
	switch level := simd.Active(); {
	case level == simd.AVX512 && len(slope) >= 8:
		done = len(slope) &^ 7
		far = asm.PairDriftAVX512(&q[0], &p[0], h, &slope[0], &inverse[0], at, 8*row, limit, done/8)
	case level >= simd.AVX2 && len(slope) >= 4:
		done = len(slope) &^ 3
		far = asm.PairDriftAVX2(&q[0], &p[0], h, &slope[0], &inverse[0], at, 4*row, limit, done/4)
	}
	if places != nil {
		places = places[stride*done:]
	}
	rest := driftGeneric(q[stride*done:], p[stride*done:], h, slope[done:], inverse[done:], places, limit)
	return far != 0 || rest
}

func separations(s *Separations, q []float64, bodies []int32, frame *[9]float64) {
	simd.Reads(q)
	simd.Writes(s.X)
	simd.Writes(s.Y)
	simd.Writes(s.Z)
	simd.Writes(s.R)
	lanes, n := 8, len(bodies)
	switch simd.Active() {
	case simd.AVX2:
		lanes = 4
	case simd.Generic:
		lanes = n + 1
	}
	whole := n / lanes * lanes
	if whole == 0 {
		separationsGeneric(s, q, bodies, frame)
		return
	}
	separationsVectors(s, q, bodies, frame, 0, whole)
	if whole < n { // some bodies again, with the same bits
		separationsVectors(s, q, bodies, frame, n-lanes, lanes)
	}
}

// separationsVectors finds those of n bodies from number k on.
func separationsVectors(s *Separations, q []float64, bodies []int32, frame *[9]float64, k, n int) {
	if simd.Active() == simd.AVX512 {
		asm.SeparationsAVX512(n, &s.X[k], &s.Y[k], &s.Z[k], &s.R[k], &q[0], &bodies[k], &frame[0])
	} else {
		asm.SeparationsAVX2(n, &s.X[k], &s.Y[k], &s.Z[k], &s.R[k], &q[0], &bodies[k], &frame[0])
	}
}
