package network

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

func (e *Encoder) encodeInvariant(x, ed []float64) error {
	d := e.Dim
	for i, m := range e.Mass {
		s := 0.0
		for _, v := range e.p[i*d:][:d] {
			s = math.FMA(v, v, s)
		}
		x[i] = s / m
	}
	e.u = grow(e.u, len(e.Senders)*d)
	for k, i := range e.Senders {
		s := 0.0
		for c := range d {
			v := e.difference(e.q, k, c)
			e.u[k*d+c] = v
			s = math.FMA(v, v, s)
		}
		r := math.Sqrt(s)
		if r == 0 {
			return &LengthError{i, e.Receivers[k]}
		}
		for c := range d {
			e.u[k*d+c] /= r
		}
		ed[k] = r
	}
	return nil
}

func (e *Encoder) pullInvariant(z []float64, stride int, dx, de []float64, cols int) {
	d := e.Dim
	if dx != nil {
		for i, m := range e.Mass {
			for c := range d {
				row := (e.Nodes()+i)*d + c
				dense.Axpy(2*e.p[i*d+c]/m, dx[i*cols:][:cols], z[row*stride:][:cols])
			}
		}
	}
	if de != nil {
		for k, i := range e.Senders {
			for c := range d {
				u, g := e.u[k*d+c], de[k*cols:][:cols]
				dense.Axpy(-u, g, z[(int(i)*d+c)*stride:][:cols])
				dense.Axpy(u, g, z[(int(e.Receivers[k])*d+c)*stride:][:cols])
			}
		}
	}
}

func (e *Encoder) pushInvariant(dx, de, dq, dp []float64) {
	d := e.Dim
	for i, m := range e.Mass {
		s := 0.0
		for c := range d {
			s = math.FMA(e.p[i*d+c], dp[i*d+c], s)
		}
		dx[i] = 2 * s / m
	}
	for k, i := range e.Senders {
		s := 0.0
		for c := range d {
			s = math.FMA(e.u[k*d+c], dq[int(e.Receivers[k])*d+c]-dq[int(i)*d+c], s)
		}
		de[k] = s
	}
}
