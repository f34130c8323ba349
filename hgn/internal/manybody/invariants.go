package manybody

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// values writes the invariants of the messages m into s.
func (b *Basis) values(s, m []float64) {
	for k := range b.invariants {
		v := &b.invariants[k]
		x := m[v.at[0]:]
		switch v.order {
		case 1:
			s[k] = x[0]
		case 2:
			s[k] = dense.Dot(x[:2*v.l[0]+1], m[v.at[1]:][:2*v.l[0]+1])
		default:
			y, z := m[v.at[1]:], m[v.at[2]:]
			sum := 0.0
			for _, t := range v.terms {
				sum = math.FMA(t.c*x[t.m1], float64(y[t.m2]*z[t.m3]), sum)
			}
			s[k] = sum
		}
	}
}

// pull adds Σ_k g[k] ∂s_k/∂m to grad.
func (b *Basis) pull(grad, g, m []float64) {
	for k := range b.invariants {
		v := &b.invariants[k]
		f := g[k]
		x := v.at[0]
		switch v.order {
		case 1:
			grad[x] += f
		case 2:
			y, w := v.at[1], 2*v.l[0]+1
			dense.Axpy(f, m[y:y+w], grad[x:x+w])
			dense.Axpy(f, m[x:x+w], grad[y:y+w])
		default:
			y, z := v.at[1], v.at[2]
			for _, t := range v.terms {
				c := f * t.c
				a, b, d := m[x+t.m1], m[y+t.m2], m[z+t.m3]
				grad[x+t.m1] = math.FMA(c*b, d, grad[x+t.m1])
				grad[y+t.m2] = math.FMA(c*a, d, grad[y+t.m2])
				grad[z+t.m3] = math.FMA(c*a, b, grad[z+t.m3])
			}
		}
	}
}

// push writes the derivatives of the invariants times scale, invariants × rows, into dst, where
// d holds those of the messages m, messages × rows.
func (b *Basis) push(dst, d, m, scale []float64, rows int) {
	clear(dst)
	var f [3][2*maxL + 1]float64
	for k := range b.invariants {
		v := &b.invariants[k]
		b.partial(&f, v, m)
		out := dst[k*rows:][:rows]
		for i := range v.order {
			for j, c := range f[i][:2*v.l[i]+1] {
				dense.Axpy(c*scale[k], d[(v.at[i]+j)*rows:][:rows], out)
			}
		}
	}
}

// partial writes the derivative of v with respect to the messages of its factor i into f[i].
func (b *Basis) partial(f *[3][2*maxL + 1]float64, v *invariant, m []float64) {
	switch x := m[v.at[0]:]; v.order {
	case 1:
		f[0][0] = 1
	case 2:
		w := 2*v.l[0] + 1
		copy(f[0][:w], m[v.at[1]:])
		copy(f[1][:w], x)
	default:
		y, z := m[v.at[1]:], m[v.at[2]:]
		*f = [3][2*maxL + 1]float64{}
		for _, t := range v.terms {
			a, b, c := t.c*x[t.m1], y[t.m2], z[t.m3]
			f[0][t.m1] = math.FMA(t.c*b, c, f[0][t.m1])
			f[1][t.m2] = math.FMA(a, c, f[1][t.m2])
			f[2][t.m3] = math.FMA(a, b, f[2][t.m3])
		}
	}
}
