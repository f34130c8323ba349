package manybody

import (
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// virialRows is the number of components of a virial, in the order xx yy zz yz xz xy.
const virialRows = 6

// A node holds the messages of one atom and their derivatives.
type node struct {
	b       *Basis
	h       *harmonics
	message []float64

	y, value, slope []float64    // of one edge
	grad            [3][]float64 // of the harmonics of one edge
	edge            [3][]float64 // derivatives of the messages of one edge
	sums            []float64    // over the radial functions

	// Rows of gradient, each as long as message: three for each distinct neighbour,
	// images taken together, three for the atom itself, and the virial Σ v ⊗ ∂/∂v.
	gradient []float64
	rows     int
	atoms    []int // the distinct neighbours
	slot     []int // of each atom of the structure in atoms, −1 if it is not there
}

func newNode(b *Basis) *node {
	lmax := slices.Max(b.lmax)
	size := (lmax + 1) * (lmax + 1)
	n := &node{
		b: b, h: newHarmonics(lmax),
		message: make([]float64, b.messages()),
		y:       make([]float64, size),
		sums:    make([]float64, size),
		value:   make([]float64, b.radial.count),
		slope:   make([]float64, b.radial.count),
	}
	for a := range 3 {
		n.grad[a] = make([]float64, size)
		n.edge[a] = make([]float64, b.size)
	}
	return n
}

// direct evaluates the functions of an edge, and returns its length and direction.
func (n *node) direct(v [3]float64) (r float64, u [3]float64) {
	r = norm3(v)
	u = scaled(1/r, v)
	n.b.radial.evaluate(n.value, n.slope, r)
	n.h.evaluate(n.y, &n.grad, u)
	return r, u
}

// sum adds up the messages of atom i.
func (n *node) sum(l *neighbors, species []int, i int) {
	clear(n.message)
	for e := l.start[i]; e < l.start[i+1]; e++ {
		n.direct(l.vec[e])
		n.receive(n.message[species[l.atom[e]]*n.b.size:])
	}
}

// receive adds the messages of the last edge to out.
func (n *node) receive(out []float64) {
	for k, lmax := range n.b.lmax {
		w := (lmax + 1) * (lmax + 1)
		dense.Axpy(n.value[k], n.y[:w], out[:w])
		out = out[w:]
	}
}

// differentiate finds the messages of atom i and their derivatives.
func (n *node) differentiate(l *neighbors, species []int, i int) {
	n.place(l.atom[l.start[i]:l.start[i+1]], len(species))
	width, own := len(n.message), 3*len(n.atoms)
	n.rows = own + 3 + virialRows
	n.gradient = grow(n.gradient, n.rows*width)
	clear(n.gradient)
	clear(n.message)
	for e := l.start[i]; e < l.start[i+1]; e++ {
		at := species[l.atom[e]] * n.b.size
		v := l.vec[e]
		n.derive(v)
		n.receive(n.message[at:])
		add := func(alpha float64, a, row int) {
			dense.Axpy(alpha, n.edge[a], n.gradient[row*width+at:][:n.b.size])
		}
		for a := range 3 {
			add(1, a, 3*n.slot[l.atom[e]]+a)
			add(-1, a, own+a)
			add(v[a], a, own+3+a)
		}
		add(v[1], 2, own+6)
		add(v[0], 2, own+7)
		add(v[0], 1, own+8)
	}
	for _, j := range n.atoms {
		n.slot[j] = -1
	}
}

// place lists the distinct ones of the given neighbours.
func (n *node) place(neighbours []int, atoms int) {
	for len(n.slot) < atoms {
		n.slot = append(n.slot, -1)
	}
	n.atoms = n.atoms[:0]
	for _, j := range neighbours {
		if n.slot[j] < 0 {
			n.slot[j] = len(n.atoms)
			n.atoms = append(n.atoms, j)
		}
	}
}

// derive evaluates the functions of an edge and writes the derivatives of its messages,
//
//	∂(R Y)/∂v = (R′ − l R/r) Y u + (R/r) ∇Y,
//
// into edge.
func (n *node) derive(v [3]float64) {
	r, u := n.direct(v)
	at := 0
	for k, lmax := range n.b.lmax {
		over := n.value[k] / r
		for l := range lmax + 1 {
			steep := math.FMA(-float64(l), over, n.slope[k])
			for m := l * l; m < (l+1)*(l+1); m++ {
				f := steep * n.y[m]
				n.edge[0][at+m] = math.FMA(f, u[0], float64(over*n.grad[0][m]))
				n.edge[1][at+m] = math.FMA(f, u[1], float64(over*n.grad[1][m]))
				n.edge[2][at+m] = math.FMA(f, u[2], float64(over*n.grad[2][m]))
			}
		}
		at += (lmax + 1) * (lmax + 1)
	}
}

// gradientOf returns ∂/∂v of Σ_k g[k] M[k], the sum over the messages of the last edge, for
// which direct was called with the result r, u. The radial functions are summed first,
//
//	h_lm = Σ_n R_n g_nlm,  ∂/∂v = (Σ_nlm R_n′ Y_lm g_nlm − Σ_lm l Y_lm h_lm/r) u + Σ_lm h_lm ∇Y_lm/r
func (n *node) gradientOf(g []float64, r float64, u [3]float64) (d [3]float64) {
	h := n.sums
	clear(h)
	along := 0.0
	for k, lmax := range n.b.lmax {
		w := (lmax + 1) * (lmax + 1)
		dense.Axpy(n.value[k], g[:w], h[:w])
		along = math.FMA(n.slope[k], dense.Dot(g[:w], n.y[:w]), along)
		g = g[w:]
	}
	over := 1 / r
	for a := range 3 {
		d[a] = over * dense.Dot(h, n.grad[a])
	}
	for l, at := 1, 1; at < len(h); l++ {
		w := 2*l + 1
		along = math.FMA(-float64(l)*over, dense.Dot(h[at:at+w], n.y[at:at+w]), along)
		at += w
	}
	for a := range 3 {
		d[a] = math.FMA(along, u[a], d[a])
	}
	return d
}
