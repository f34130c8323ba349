// Package gemm is the engine of the level-3 operations: products of matrices on register
// tiles. It trusts its operands; packages dense and gonumblas check them.
//
// Each element of a result is one chain of multiply-adds in ascending k, which starts from
// what was there. So nothing shows in it of tiles, blocks, levels or the number of workers.
package gemm

import "math"

// Product is the product C = Alpha·A·B + Beta·C to be computed. Element i,p of A is
// A[i·ARS+p·AKS], element p,j of B is B[p·BKS+j·BCS]; of the two strides of each one is 1.
// C is M×N with rows LDC apart, and shares no memory with A and B.
//
// Element i,j of C starts from Beta·C[i,j], or from +0 if Beta is 0, and becomes fma(A[i,p],
// Alpha·B[p,j], ·) for p = 0, 1, …; it remains that start if Alpha is 0.
type Product struct {
	M, N, K  int
	Alpha    float64
	A        []float64
	ARS, AKS int
	B        []float64
	BKS, BCS int
	Beta     float64
	C        []float64
	LDC      int
}

// Generic is the reference: it computes the elements for which in is true.
func (g *Product) Generic(in func(i, j int) bool) {
	for i := range g.M {
		for j := range g.N {
			if !in(i, j) {
				continue
			}
			sum := scaled(g.Beta, g.C[i*g.LDC+j])
			if g.Alpha != 0 {
				for p := range g.K {
					b := g.Alpha * g.B[p*g.BKS+j*g.BCS]
					sum = math.FMA(g.A[i*g.ARS+p*g.AKS], b, sum)
				}
			}
			g.C[i*g.LDC+j] = sum
		}
	}
}

// Run computes the product on at most workers goroutines, GOMAXPROCS if workers ≤ 0.
func (g *Product) Run(workers int) {
	if g.M <= 0 || g.N <= 0 {
		return
	}
	g.annotate()
	switch {
	case g.Alpha == 0 || g.K <= 0:
		g.scale()
	case g.BCS == 1 && g.Alpha == 1 && g.M <= small && g.N <= small && g.K <= small:
		g.runSmall()
	case g.M*g.N < parallelFrom/g.K:
		g.runBlocks(1)
	default:
		g.runBlocks(workers)
	}
}

// scale sets C to Beta·C.
func (g *Product) scale() {
	if g.Beta == 1 {
		return
	}
	for i := range g.M {
		row := g.C[i*g.LDC:][:g.N]
		if g.Beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= g.Beta
		}
	}
}

// runSmall computes the product by one call of the tile on the operands as they lie.
func (g *Product) runSmall() {
	mr, nr, _ := tileSize()
	p := panels{a: g.A, ars: g.ARS, aks: g.AKS, ats: mr * g.ARS, b: g.B, bks: g.BKS, bts: nr}
	tile(g.M, g.N, g.K, &p, g.C, g.LDC, g.Beta, false)
}
