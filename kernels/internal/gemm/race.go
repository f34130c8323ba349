//go:build race

package gemm

import "github.com/rapidhgn/rapidhgn/internal/simd"

// UnderRace tells whether the race detector is on.
const UnderRace = true

// annotate tells the race detector, which does not see assembly, what Run reads and writes.
func (g *Product) annotate() {
	g.annotateOperands()
	for i := range g.M {
		simd.Writes(g.C[i*g.LDC:][:g.N])
	}
}

// annotateTriangle tells the race detector what RunTriangle reads and writes.
func (g *Product) annotateTriangle(upper bool) {
	g.annotateOperands()
	for i := range g.N {
		row := g.C[i*g.LDC:][:g.N]
		if upper {
			simd.Writes(row[i:])
		} else {
			simd.Writes(row[:i+1])
		}
	}
}

func (g *Product) annotateOperands() {
	if g.Alpha == 0 || g.K <= 0 {
		return
	}
	reads := func(x []float64, rows, cols, rs, cs int) {
		if cs != 1 {
			rows, cols, rs = cols, rows, cs
		}
		for i := range rows {
			simd.Reads(x[i*rs:][:cols])
		}
	}
	reads(g.A, g.M, g.K, g.ARS, g.AKS)
	reads(g.B, g.K, g.N, g.BKS, g.BCS)
}
