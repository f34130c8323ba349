package manybody

import "math"

// harmonics are the real spherical harmonics of l = 0 … lmax, normalised so that
// Σ_m Y_lm(u) Y_lm(v) = P_l(u·v) for unit vectors: Y_00 = 1. Those of l stand at l² … (l+1)²−1,
// m = 0 first, then the cosine and the sine of each m.
//
// They come from the regular solid harmonics (Racah's normalisation times 1/(l+m)!),
//
//	R_mm = −(x+iy)/(2m) R_{m−1,m−1}
//	(l+m)(l−m) R_lm = (2l−1) z R_{l−1,m} − r² R_{l−2,m}
//
// whose gradients are again solid harmonics,
//
//	∂_z R_lm = R_{l−1,m},  (∂_x ± i∂_y) R_lm = ±R_{l−1,m±1}.
type harmonics struct {
	lmax   int
	scale  []float64 // from R_lm to Y_lm, at l(l+1)/2+m
	re, im []float64 // of R_lm, at l(l+1)/2+m
}

func newHarmonics(lmax int) *harmonics {
	n := (lmax + 1) * (lmax + 2) / 2
	h := &harmonics{lmax: lmax, scale: make([]float64, n), re: make([]float64, n), im: make([]float64, n)}
	for l := range lmax + 1 {
		for m := range l + 1 {
			s := math.Sqrt(factorial(l-m)) * math.Sqrt(factorial(l+m))
			if m > 0 {
				s *= math.Sqrt2
			}
			h.scale[triangle(l, m)] = s
		}
	}
	return h
}

func triangle(l, m int) int { return l*(l+1)/2 + m }

func factorial(n int) float64 {
	f := 1.0
	for i := 2; i <= n; i++ {
		f *= float64(i)
	}
	return f
}

// evaluate writes the harmonics of the unit vector u into y, and the gradients of the
// homogeneous polynomials that equal them on the sphere into grad. All have length (lmax+1)².
func (h *harmonics) evaluate(y []float64, grad *[3][]float64, u [3]float64) {
	h.solid(u)
	for l := range h.lmax + 1 {
		at := l * l
		for m := range l + 1 {
			s := h.scale[triangle(l, m)]
			upRe, upIm := h.part(l-1, m+1)
			downRe, downIm := h.part(l-1, m-1)
			zRe, zIm := h.part(l-1, m)
			y[at] = s * h.re[triangle(l, m)]
			grad[0][at] = 0.5 * s * (upRe - downRe)
			grad[1][at] = 0.5 * s * (upIm + downIm)
			grad[2][at] = s * zRe
			at++
			if m == 0 {
				continue
			}
			y[at] = s * h.im[triangle(l, m)]
			grad[0][at] = 0.5 * s * (upIm - downIm)
			grad[1][at] = -0.5 * s * (upRe + downRe)
			grad[2][at] = s * zIm
			at++
		}
	}
}

// solid fills re and im for the unit vector u.
func (h *harmonics) solid(u [3]float64) {
	x, y, z := u[0], u[1], u[2]
	h.re[0], h.im[0] = 1, 0
	for l := 1; l <= h.lmax; l++ {
		p := triangle(l-1, l-1)
		f := -0.5 / float64(l)
		h.re[triangle(l, l)] = f * math.FMA(x, h.re[p], -float64(y*h.im[p]))
		h.im[triangle(l, l)] = f * math.FMA(x, h.im[p], float64(y*h.re[p]))
		for m := range l {
			a, b := h.part(l-1, m)
			c, d := h.part(l-2, m)
			f := 1 / float64((l+m)*(l-m))
			w := float64(2*l-1) * z
			h.re[triangle(l, m)] = f * math.FMA(w, a, -c)
			h.im[triangle(l, m)] = f * math.FMA(w, b, -d)
		}
	}
}

// part returns R_lm, 0 where |m| > l. R_{l,−1} = −conj(R_l1) is the only negative m
// that gradients need.
func (h *harmonics) part(l, m int) (re, im float64) {
	switch {
	case m > l || l < 0:
		return 0, 0
	case m < 0:
		re, im = h.part(l, -m)
		return -re, im
	}
	return h.re[triangle(l, m)], h.im[triangle(l, m)]
}
