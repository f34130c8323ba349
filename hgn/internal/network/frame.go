package network

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// encodeFrame writes the coordinates in the frame of e.q, which it centres.
func (e *Encoder) encodeFrame(x, ed []float64) {
	d := e.Dim
	e.centre()
	e.orient()
	for i := range e.Mass {
		e.turn(x[i*2*d:][:d], e.q[i*d:][:d])
		e.turn(x[i*2*d+d:][:d], e.p[i*d:][:d])
	}
	var v [3]float64
	for k, i := range e.Senders {
		for c := range d {
			v[c] = e.q[int(e.Receivers[k])*d+c] - e.q[int(i)*d+c]
		}
		to, from := ed[2*k*d:][:d], ed[(2*k+1)*d:][:d]
		e.turn(to, v[:d])
		for c, y := range to {
			from[c] = -y
		}
	}
}

// turn writes the components of v along the axes into dst.
func (e *Encoder) turn(dst, v []float64) {
	for a := range dst {
		s := 0.0
		for c, y := range v {
			s = math.FMA(e.axes[a][c], y, s)
		}
		dst[a] = s
	}
}

// centre makes the mean of e.q 0.
func (e *Encoder) centre() {
	d := e.Dim
	for c := range d {
		s := 0.0
		for i := c; i < len(e.q); i += d {
			s += e.q[i]
		}
		s /= float64(e.Nodes())
		for i := c; i < len(e.q); i += d {
			e.q[i] -= s
		}
	}
}

// orient finds the axes.
func (e *Encoder) orient() {
	d := e.Dim
	var best [2]float64
	e.near = [2]int{-1, -1}
	for i := range e.Mass {
		s := 0.0
		for _, v := range e.q[i*d:][:d] {
			s = math.FMA(v, v, s)
		}
		switch {
		case e.near[0] < 0 || s < best[0]:
			e.near[1], best[1] = e.near[0], best[0]
			e.near[0], best[0] = i, s
		case e.near[1] < 0 || s < best[1]:
			e.near[1], best[1] = i, s
		}
	}
	second := e.near[1]
	e.near[1] = -1
	e.axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	if e.a = math.Sqrt(best[0]); !(e.a > 0) {
		e.near[0] = -1
	} else {
		e.axes[0] = [3]float64{}
		for c, v := range e.q[e.near[0]*d:][:d] {
			e.axes[0][c] = v / e.a
		}
	}
	switch e1 := &e.axes[0]; d {
	case 2:
		e.axes[1] = [3]float64{-e1[1], e1[0], 0}
	case 3:
		if second >= 0 {
			e.second(e.q[second*d:][:d])
		} else {
			e.c = 0
		}
		if e.c > 1e-12*(math.Abs(e.b)+e.a) {
			e.near[1] = second
		} else { // in line: an axis of its own
			least := 0
			for c := range 3 {
				if math.Abs(e1[c]) < math.Abs(e1[least]) {
					least = c
				}
			}
			var v [3]float64
			v[least] = 1
			e.second(v[:])
		}
		e2 := &e.axes[1]
		e.axes[2] = [3]float64{e1[1]*e2[2] - e1[2]*e2[1], e1[2]*e2[0] - e1[0]*e2[2], e1[0]*e2[1] - e1[1]*e2[0]}
	}
}

// second makes the part of v orthogonal to the first axis the second.
func (e *Encoder) second(v []float64) {
	e1, e2 := &e.axes[0], &e.axes[1]
	e.b = e1[0]*v[0] + e1[1]*v[1] + e1[2]*v[2]
	for c := range 3 {
		e2[c] = math.FMA(-e.b, e1[c], v[c])
	}
	if e.c = math.Sqrt(e2[0]*e2[0] + e2[1]*e2[1] + e2[2]*e2[2]); e.c > 0 {
		for c := range 3 {
			e2[c] /= e.c
		}
	}
}

// rates writes, for each component along the axes of the rate at which the frame
// turns, its derivative with respect to the positions of the two bodies that it
// follows.
func (e *Encoder) rates() (w [3][2][3]float64) {
	if e.near[0] >= 0 {
		for c := range 3 {
			w[2][0][c] = e.axes[1][c] / e.a
			w[1][0][c] = -e.axes[2][c] / e.a
		}
	}
	if e.Dim == 3 {
		for c := range 3 {
			if e.near[1] >= 0 {
				w[0][1][c] = e.axes[2][c] / e.c
			}
			if e.near[0] >= 0 {
				w[0][0][c] = -e.b / (e.a * e.c) * e.axes[2][c]
			}
		}
	}
	return w
}

func (e *Encoder) pullFrame(z []float64, stride int, dx, de []float64, cols int) {
	d, n := e.Dim, e.Nodes()
	row := func(r int) []float64 { return z[r*stride:][:cols] }
	torque := make([]float64, 3*cols)
	var x [3]float64
	// add takes the derivatives g, d rows, with respect to the components of v.
	add := func(v, g []float64) {
		if d == 1 {
			return
		}
		e.turn(x[:d], v)
		for a := range d {
			for b := range d {
				if a != b { // (x × g)_c, ε_cab = ±1
					c := 3 - a - b
					s := x[a]
					if (a+1)%3 != b {
						s = -s
					}
					dense.Axpy(s, g[b*cols:][:cols], torque[c*cols:][:cols])
				}
			}
		}
	}
	mean := make([]float64, d*cols)
	if dx != nil {
		for i := range n {
			gq, gp := dx[i*2*d*cols:][:d*cols], dx[(i*2+1)*d*cols:][:d*cols]
			for a := range d {
				for c := range d {
					r := e.axes[a][c]
					dense.Axpy(r, gq[a*cols:][:cols], row(i*d+c))
					dense.Axpy(r, gp[a*cols:][:cols], row((n+i)*d+c))
					dense.Axpy(r, gq[a*cols:][:cols], mean[c*cols:][:cols])
				}
			}
			add(e.q[i*d:][:d], gq)
			add(e.p[i*d:][:d], gp)
		}
	}
	if de != nil {
		var v [3]float64
		g := make([]float64, d*cols)
		for k, i := range e.Senders {
			j := e.Receivers[k]
			for c := range d {
				v[c] = e.q[int(j)*d+c] - e.q[int(i)*d+c]
			}
			copy(g, de[2*k*d*cols:])
			dense.Axpy(-1, de[(2*k+1)*d*cols:][:d*cols], g)
			for a := range d {
				for c := range d {
					r := e.axes[a][c]
					dense.Axpy(r, g[a*cols:][:cols], row(int(j)*d+c))
					dense.Axpy(-r, g[a*cols:][:cols], row(int(i)*d+c))
				}
			}
			add(v[:d], g)
		}
	}
	if d > 1 {
		for a, w := range e.rates() {
			for b, body := range e.near {
				if body < 0 {
					continue
				}
				for c := range d {
					if w[b][c] != 0 {
						dense.Axpy(-w[b][c], torque[a*cols:][:cols], row(body*d+c))
						dense.Axpy(-w[b][c], torque[a*cols:][:cols], mean[c*cols:][:cols])
					}
				}
			}
		}
	}
	for i := range n {
		for c := range d {
			dense.Axpy(-1/float64(n), mean[c*cols:][:cols], row(i*d+c))
		}
	}
}

func (e *Encoder) pushFrame(dx, de, dq, dp []float64) {
	d, n := e.Dim, e.Nodes()
	var mean, omega [3]float64
	for i, v := range dq {
		mean[i%d] += v / float64(n)
	}
	if d > 1 {
		for a, w := range e.rates() {
			for b, body := range e.near {
				if body < 0 {
					continue
				}
				for c := range d {
					omega[a] = math.FMA(w[b][c], dq[body*d+c]-mean[c], omega[a])
				}
			}
		}
	}
	var x [3]float64
	// move writes the rate of the components of v, which itself changes by dv.
	move := func(dst, v, dv []float64) {
		x = [3]float64{}
		e.turn(dst, dv)
		e.turn(x[:d], v)
		cross := [3]float64{omega[1]*x[2] - omega[2]*x[1], omega[2]*x[0] - omega[0]*x[2], omega[0]*x[1] - omega[1]*x[0]}
		for c := range dst {
			dst[c] -= cross[c]
		}
	}
	var v, dv [3]float64
	for i := range n {
		for c := range d {
			dv[c] = dq[i*d+c] - mean[c]
		}
		move(dx[i*2*d:][:d], e.q[i*d:][:d], dv[:d])
		move(dx[i*2*d+d:][:d], e.p[i*d:][:d], dp[i*d:][:d])
	}
	for k, i := range e.Senders {
		j := e.Receivers[k]
		for c := range d {
			v[c] = e.q[int(j)*d+c] - e.q[int(i)*d+c]
			dv[c] = dq[int(j)*d+c] - dq[int(i)*d+c]
		}
		to, from := de[2*k*d:][:d], de[(2*k+1)*d:][:d]
		move(to, v[:d], dv[:d])
		for c, y := range to {
			from[c] = -y
		}
	}
}

// grow returns a slice of length n, reusing s if it is large enough. The elements
// are arbitrary.
func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
