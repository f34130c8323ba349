package hgn

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// An assembler builds the rows of units; one per worker.
type assembler struct {
	m    *pairModel
	find pairFinder
	q, p *lsq.Accumulator

	blocks  []columns // of q, by pair of species
	bonds   incidence // of the fixed edges, if frames are small
	kept    *graphCache
	large   *largeFrames
	species []int32
	ends    adjacency
	rowScratch
	kineticRows
	zq, zp []float64 // rows of the two problems
	uq, up []float64 // and their right-hand sides
}

// rows fills the rows of u into w.
func (w *assembler) rows(u *unit) error {
	rowsQ, rowsP := 0, 0
	for _, f := range u.frames {
		n := f.Nodes()
		if u.ends != nil {
			n = u.hi - u.lo
		}
		rowsQ += n * f.Dim
		rowsP += n
	}
	columnsQ, columnsP := w.q.Cols(), w.p.Cols()
	w.zq, w.uq = grow(w.zq, rowsQ*columnsQ), grow(w.uq, rowsQ)
	w.zp, w.up = grow(w.zp, rowsP*columnsP), grow(w.up, rowsP)
	clear(w.zq)
	clear(w.zp)
	var group frameGroup
	z := blas64.General{Cols: columnsQ, Stride: columnsQ}
	rowQ, rowP := 0, 0
	for i, f := range u.frames {
		part := framePart{Frame: f, species: u.species, image: f.Box.image(w.m.periodic), it: &w.m.interaction}
		var err error
		if part.weight, err = w.m.weight.of(f); err != nil {
			return err
		}
		lo, hi := u.lo, u.hi
		if u.ends == nil {
			lo, hi = 0, f.Nodes()
			if w.species, err = w.m.numbers(w.species, f); err != nil {
				return err
			}
			part.species = w.species
		}
		n := hi - lo
		for k, x := range f.PDot[lo*f.Dim : hi*f.Dim] {
			w.uq[rowQ+k] = -x
		}
		w.kineticRows.rows(w.zp[rowP*columnsP:], w.up[rowP:], columnsP, w.m.kinetics, &part, lo, hi)
		rowP += n
		z.Rows, z.Data = n*f.Dim, w.zq[rowQ*columnsQ:]
		rowQ += n * f.Dim
		ends := u.ends
		if kept := w.kept.get(u.first + i); ends == nil && kept != nil && w.large.takes(f) {
			ends = &kept.ends
		}
		if ends == nil {
			g, err := w.graph(f, u.first+i)
			if err != nil {
				return err
			}
			if w.find.fixed != nil && g.Edges() <= edgeGroup {
				if err := w.together(&group, &part, g, z); err != nil {
					return err
				}
				continue
			}
			w.ends.build(g)
			ends = &w.ends
		}
		w.finish(&group)
		if err := w.apart(&part, ends, lo, hi, z); err != nil {
			return err
		}
	}
	w.finish(&group)
	return nil
}

// apart adds the edges of the bodies lo … hi−1 of f to their rows z, those of one body
// after those of the other.
func (w *assembler) apart(f *framePart, ends *adjacency, lo, hi int, z blas64.General) error {
	for body, at := lo, int(ends.start[lo]); body < hi; {
		first := body
		var err error
		if body, at, err = w.edges.fillFrom(f, ends, body, at, hi); err != nil {
			return err
		}
		part := z
		part.Rows = (len(w.edges.offset) - 1) * f.Dim
		part.Data = z.Data[(first-lo)*f.Dim*z.Stride:]
		w.potentialRows(part, w.blocks, f.Dim)
	}
	return nil
}

// A frameGroup is a number of small frames whose edges are in assembler.edges.
type frameGroup struct {
	z   blas64.General // their rows
	dim int
}

// together adds the edges of f, which are those of g, and its rows z to a group, after
// finishing it if they are too many.
func (w *assembler) together(group *frameGroup, f *framePart, g *Graph, z blas64.General) error {
	if group.z.Rows > 0 && (group.dim != f.Dim || len(w.edges.r)+g.Edges() > edgeGroup) {
		w.finish(group)
	}
	if group.z.Rows == 0 {
		w.edges.reset()
		*group = frameGroup{z, f.Dim}
	} else {
		group.z.Rows += z.Rows
	}
	if w.bonds.edges == nil {
		w.bonds = *newIncidence(g)
	}
	return w.edges.addFrame(f, g, &w.bonds)
}

// finish adds the edges of a group to its rows.
func (w *assembler) finish(group *frameGroup) {
	if group.z.Rows > 0 {
		w.potentialRows(group.z, w.blocks, group.dim)
		group.z.Rows = 0
	}
}

// graph returns the edges of f, number i of the data, valid until the next call.
func (w *assembler) graph(f *Frame, i int) (*Graph, error) {
	if kept := w.kept.get(i); kept != nil && !w.large.takes(f) {
		return &kept.graph, nil
	}
	return w.find.edges(f)
}

// adjacency returns the neighbours in f, number i of the data.
func (w *assembler) adjacency(f *Frame, i int) (*adjacency, error) {
	if w.large.takes(f) {
		if kept := w.kept.get(i); kept != nil {
			return &kept.ends, nil
		}
		ends := new(adjacency)
		return ends, w.large.neighbors(ends, f)
	}
	g, err := w.graph(f, i)
	if err != nil {
		return nil, err
	}
	ends := new(adjacency)
	ends.build(g)
	return ends, nil
}
