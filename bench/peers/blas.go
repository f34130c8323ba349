package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/gonumblas"
)

// level3 is what the works need of a BLAS in Go.
type level3 interface {
	Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int)
	Dsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int)
	Dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int)
	Dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int)
}

// inGo is a BLAS in Go.
type inGo struct {
	title, about string
	impl         level3
	clock        uintptr

	last    work
	a, b, c []float64
}

// Ours runs on the calling thread if it may use only one; gonum starts goroutines.
func newOurs() peer { return &inGo{title: "ours", impl: gonumblas.Implementation{}, clock: threadTime} }

func newGonum() (peer, error) {
	p := &inGo{title: "gonum", about: "version unknown", impl: gonum.Implementation{}, clock: processTime}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "gonum.org/v1/gonum" {
				p.about = d.Version
			}
		}
	}
	return p, nil
}

func (p *inGo) name() string    { return p.title }
func (p *inGo) version() string { return p.about }

func (p *inGo) time(w work, repeat, threads int) (float64, error) {
	m, n, k := w.m, w.n, w.k
	if w != p.last {
		p.a, p.b, p.c = operand(m*k), operand(k*n), operand(m*n)
		p.last = w
		if w.op == "trsm" {
			for i := range m {
				p.a[i*k+i] += float64(m)
			}
		}
	}
	a, b, c := p.a, p.b, p.c
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := now(threads, p.clock)
	for range repeat {
		switch w.op {
		case "gemm":
			p.impl.Dgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, a, k, b, n, 0, c, n)
		case "gemmTN":
			p.impl.Dgemm(blas.Trans, blas.NoTrans, m, n, k, 1, a, m, b, n, 0, c, n)
		case "gemmNT":
			p.impl.Dgemm(blas.NoTrans, blas.Trans, m, n, k, 1, a, k, b, k, 0, c, n)
		case "syrk":
			p.impl.Dsyrk(blas.Upper, blas.Trans, n, k, 1, b, n, 0, c, n)
		case "trsm":
			p.impl.Dtrsm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, m, n, float64(m), a, k, b, n)
		case "trmm":
			p.impl.Dtrmm(blas.Left, blas.Lower, blas.NoTrans, blas.Unit, m, n, 1/float64(m), a, k, b, n)
		default:
			return 0, fmt.Errorf("unknown work %v", w)
		}
	}
	return now(threads, p.clock) - start, nil
}

// operand returns numbers in [−1, 1), as the C program has them.
func operand(n int) []float64 {
	x := make([]float64, n)
	s := uint32(1)
	for i := range x {
		s = s*1664525 + 1013904223
		x[i] = float64(s)/0x1p31 - 1
	}
	return x
}
