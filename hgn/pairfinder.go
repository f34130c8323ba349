package hgn

import "github.com/rapidhgn/rapidhgn/internal/parallel"

// A pairFinder gives the edges of frames: always the same ones, or all pairs
// closer than a cutoff.
type pairFinder struct {
	fixed    *Graph
	cutoff   float64
	periodic bool

	checked *Graph // is fixed once that was found to be valid

	list    neighborList
	large   largeFrames
	workers int // for large frames; 0: GOMAXPROCS
	found   Graph
}

// edges returns the graph of f, valid until the next call.
func (p *pairFinder) edges(f *Frame) (*Graph, error) {
	if p.fixed != nil {
		if p.fixed.Nodes != f.Nodes() {
			return nil, f.errorf("%d bodies, but the edges are for %d", f.Nodes(), p.fixed.Nodes)
		}
		if p.checked != p.fixed {
			if err := p.fixed.check(); err != nil {
				return nil, err
			}
			p.checked = p.fixed
		}
		if p.periodic {
			if err := f.Box.check(f.Dim, 0); err != nil {
				return nil, f.errorf("%v", err)
			}
		}
		return p.fixed, nil
	}
	if err := p.within(&p.found, f, p.cutoff); err != nil {
		if fault, ok := err.(*FrameError); ok {
			return nil, fault
		}
		return nil, f.errorf("%v", err)
	}
	return &p.found, nil
}

// within makes g the graph of the pairs of bodies of f closer than a reach. The error may not
// say in which frame.
func (p *pairFinder) within(g *Graph, f *Frame, reach float64) error {
	p.large.workers = parallel.Workers(f.Nodes()/listBlock, p.workers)
	if f.Nodes() < largeFrame || p.large.workers == 1 {
		return p.list.build(g, f.Q, f.Dim, &f.Box, p.periodic, reach)
	}
	if err := checkReach(reach); err != nil {
		return err
	}
	p.large.cutoff, p.large.periodic = reach, p.periodic
	return p.large.graph(g, f)
}
