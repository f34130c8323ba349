package main

import (
	"iter"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A couplingWatch is a source that finds out whether frames can show coupled momenta:
// velocities are not momenta over masses, or are not known.
type couplingWatch struct {
	hgn.Source
	found bool
}

func (w *couplingWatch) Frames() iter.Seq2[*hgn.Frame, error] {
	return func(yield func(*hgn.Frame, error) bool) {
		for f, err := range w.Source.Frames() {
			w.found = w.found || err == nil && coupled(f)
			if !yield(f, err) {
				return
			}
		}
	}
}

// coupled says whether the velocities of f are other than those of its momenta, which
// readers may have computed from them.
func coupled(f *hgn.Frame) bool {
	if f.QDot == nil {
		return true
	}
	for i, v := range f.QDot {
		if p := f.P[i]; math.Abs(f.Mass[i/f.Dim]*v-p) > 0x1p-50*math.Abs(p) {
			return true
		}
	}
	return false
}
