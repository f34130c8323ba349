package hgn

// A pairFinder gives the edges of frames: always the same ones, or all pairs
// closer than a cutoff.
type pairFinder struct {
	fixed    *Graph
	cutoff   float64
	periodic bool

	checked *Graph // is fixed once that was found to be valid

	list  neighborList
	found Graph
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
	if err := p.list.build(&p.found, f.Q, f.Dim, &f.Box, p.periodic, p.cutoff); err != nil {
		return nil, f.errorf("%v", err)
	}
	return &p.found, nil
}
