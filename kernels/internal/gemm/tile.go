package gemm

import "math"

// panels are the operands of the tile: row i of A starts i%mr·ars elements into strip i/mr,
// strips are ats apart, steps of k aks; column j of B starts j%nr elements into panel j/nr,
// panels are bts apart, steps of k bks.
type panels struct {
	a             []float64
	ars, aks, ats int
	b             []float64
	bks, bts      int
}

// What tileSize returns for tileGeneric.
const (
	tileRows  = 4
	tileCols  = 4
	tileDepth = 256
)

// tileGeneric sets the m×n matrix c to beta·c + A·B, or to A·B if beta is 0, each
// element by one chain of multiply-adds in ascending k. m, n and k are positive.
func tileGeneric(m, n, k int, p *panels, c []float64, ldc int, beta float64) {
	for i := 0; i < m; i += tileRows {
		a := p.a[i/tileRows*p.ats:]
		for j := 0; j < n; j += tileCols {
			b := p.b[j/tileCols*p.bts:]
			if i+tileRows <= m && j+tileCols <= n {
				tile4x4(k, a, p.ars, p.aks, b, p.bks, c[i*ldc+j:], ldc, beta)
				continue
			}
			for r := range min(tileRows, m-i) {
				for s := range min(tileCols, n-j) {
					e := &c[(i+r)*ldc+j+s]
					sum := scaled(beta, *e)
					for q := range k {
						sum = math.FMA(a[r*p.ars+q*p.aks], b[q*p.bks+s], sum)
					}
					*e = sum
				}
			}
		}
	}
}

// tile4x4 is tileGeneric for one full tile, whose sums stay in registers.
func tile4x4(k int, a []float64, ars, aks int, b []float64, bks int, c []float64, ldc int, beta float64) {
	c0, c1, c2, c3 := (*[4]float64)(c), (*[4]float64)(c[ldc:]), (*[4]float64)(c[2*ldc:]), (*[4]float64)(c[3*ldc:])
	s00, s01, s02, s03 := scaled(beta, c0[0]), scaled(beta, c0[1]), scaled(beta, c0[2]), scaled(beta, c0[3])
	s10, s11, s12, s13 := scaled(beta, c1[0]), scaled(beta, c1[1]), scaled(beta, c1[2]), scaled(beta, c1[3])
	s20, s21, s22, s23 := scaled(beta, c2[0]), scaled(beta, c2[1]), scaled(beta, c2[2]), scaled(beta, c2[3])
	s30, s31, s32, s33 := scaled(beta, c3[0]), scaled(beta, c3[1]), scaled(beta, c3[2]), scaled(beta, c3[3])
	a1, a2, a3 := a[ars:], a[2*ars:], a[3*ars:]
	for q := range k {
		v := (*[4]float64)(b[q*bks:])
		x := a[q*aks]
		s00, s01 = math.FMA(x, v[0], s00), math.FMA(x, v[1], s01)
		s02, s03 = math.FMA(x, v[2], s02), math.FMA(x, v[3], s03)
		x = a1[q*aks]
		s10, s11 = math.FMA(x, v[0], s10), math.FMA(x, v[1], s11)
		s12, s13 = math.FMA(x, v[2], s12), math.FMA(x, v[3], s13)
		x = a2[q*aks]
		s20, s21 = math.FMA(x, v[0], s20), math.FMA(x, v[1], s21)
		s22, s23 = math.FMA(x, v[2], s22), math.FMA(x, v[3], s23)
		x = a3[q*aks]
		s30, s31 = math.FMA(x, v[0], s30), math.FMA(x, v[1], s31)
		s32, s33 = math.FMA(x, v[2], s32), math.FMA(x, v[3], s33)
	}
	*c0 = [4]float64{s00, s01, s02, s03}
	*c1 = [4]float64{s10, s11, s12, s13}
	*c2 = [4]float64{s20, s21, s22, s23}
	*c3 = [4]float64{s30, s31, s32, s33}
}

// scaled returns beta·x, +0 if beta is 0 whatever x is.
func scaled(beta, x float64) float64 {
	if beta == 0 {
		return 0
	}
	return beta * x
}
