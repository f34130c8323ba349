package manybody

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A Builder makes rows of the least-squares problem. It must not be used by several
// goroutines at once.
type Builder struct {
	node
	list     neighbors
	scaling  *Scaling
	z        []float64
	turned   []float64 // gradient, messages × rows
	pushed   []float64 // derivatives of the invariants, invariants × rows
	jacobian []float64 // those of z, rows × invariants
	frame    []float64
}

// NewBuilder returns a builder for the features of b under the given scaling.
func NewBuilder(b *Basis, s *Scaling) *Builder {
	return &Builder{node: *newNode(b), scaling: s, z: make([]float64, len(b.invariants))}
}

// Rows returns the derivatives of the columns for the structure s,
//
//	Σ_i ∂φ_k(i)/∂x  3N rows, coordinate by coordinate
//	Σ v ⊗ ∂φ_k/∂v   6 rows, over edges v: the derivative by a strain, xx yy zz yz xz xy
//	Σ_i φ_k(i)      1 row
//
// each of Basis.Width columns. The rows are valid until the next call. The error says what
// is wrong with s.
func (w *Builder) Rows(s *Structure) (blas64.General, error) {
	if err := w.list.search(s, &w.b.spec); err != nil {
		return blas64.General{}, err
	}
	n, width := s.Atoms(), w.b.Width()
	total := 3*n + virialRows + 1
	w.frame = grow(w.frame, total*width)
	clear(w.frame)
	features := w.b.spec.Species * w.b.columns
	for i := range n {
		from := s.Species[i] * w.b.columns
		row := func(r int) []float64 { return w.frame[r*width+from:][:w.b.columns] }
		w.differentiate(&w.list, s.Species, i)
		w.standardise(s.Species[i])
		for slot, j := range w.atoms {
			for a := range 3 {
				w.expand(row(3*j+a), 3*slot+a)
			}
		}
		own := 3 * len(w.atoms)
		for a := range 3 {
			w.expand(row(3*i+a), own+a)
		}
		for a := range virialRows {
			w.expand(row(3*n+a), own+3+a)
		}
		for k := range w.b.runs {
			u := &w.b.runs[k]
			dense.Axpy(u.product(w.z), w.z[u.first:][:u.n], row(total - 1)[u.column:][:u.n])
		}
		w.frame[(total-1)*width+features+s.Species[i]]++
	}
	return blas64.General{Rows: total, Cols: width, Stride: width, Data: w.frame}, nil
}

// Body writes the features of atom i of the structure of the last call of Rows into dst, of
// length Basis.Width: the share of that atom in the last row.
func (w *Builder) Body(dst []float64, s *Structure, i int) {
	species := s.Species[i]
	w.sum(&w.list, s.Species, i)
	mean, inverse := w.scaling.of(species, len(w.z))
	w.b.values(w.z, w.message)
	for k := range w.z {
		w.z[k] = (w.z[k] - mean[k]) * inverse[k]
	}
	clear(dst)
	for k := range w.b.runs {
		u := &w.b.runs[k]
		dense.Axpy(u.product(w.z), w.z[u.first:][:u.n], dst[species*w.b.columns+u.column:][:u.n])
	}
	dst[w.b.spec.Species*w.b.columns+species] = 1
}

// standardise finds z and its derivatives.
func (w *Builder) standardise(species int) {
	inv := len(w.z)
	mean, inverse := w.scaling.of(species, inv)
	w.b.values(w.z, w.message)
	for k := range w.z {
		w.z[k] = (w.z[k] - mean[k]) * inverse[k]
	}
	w.turned = grow(w.turned, len(w.message)*w.rows)
	transpose(w.turned, w.gradient, w.rows, len(w.message))
	w.pushed = grow(w.pushed, inv*w.rows)
	w.b.push(w.pushed, w.turned, w.message, inverse, w.rows)
	w.jacobian = grow(w.jacobian, inv*w.rows)
	transpose(w.jacobian, w.pushed, inv, w.rows)
}

// expand adds the derivatives of the columns that belong to row r of the node to dst: for a
// run with the product p of common factors p ∂z_k + z_k ∂p.
func (w *Builder) expand(dst []float64, r int) {
	j := w.jacobian[r*len(w.z):][:len(w.z)]
	for k := range w.b.runs {
		u := &w.b.runs[k]
		p, slope := 1.0, 0.0
		for _, f := range u.factors {
			slope = math.FMA(slope, w.z[f], float64(p*j[f]))
			p *= w.z[f]
		}
		out := dst[u.column:][:u.n]
		dense.Axpy(p, j[u.first:][:u.n], out)
		if len(u.factors) > 0 {
			dense.Axpy(slope, w.z[u.first:][:u.n], out)
		}
	}
}

// transpose writes the transpose of the rows×cols matrix a into dst.
func transpose(dst, a []float64, rows, cols int) {
	const block = 8
	for r0 := 0; r0 < rows; r0 += block {
		r1 := min(r0+block, rows)
		for c0 := 0; c0 < cols; c0 += block {
			c1 := min(c0+block, cols)
			for c := c0; c < c1; c++ {
				for r := r0; r < r1; r++ {
					dst[c*rows+r] = a[r*cols+c]
				}
			}
		}
	}
}
