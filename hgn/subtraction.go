package hgn

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
)

// checkReference returns an error unless the reference goes with the other options.
func (o *Options) checkReference() error {
	switch p := o.Reference; {
	case p == nil:
		return nil
	case o.Encoding.network():
		return fmt.Errorf("hgn: the encoding %v takes no reference", o.Encoding)
	case o.Cutoff > 0 && p.Cutoff() > o.Cutoff:
		return fmt.Errorf("hgn: the reference reaches to %v, beyond the cutoff of %v", p.Cutoff(), o.Cutoff)
	case o.Xi.weighted():
		return fmt.Errorf("hgn: no reference goes with xi %v, whose potentials are multiplied by masses or charges", o.Xi)
	case o.Series != NoSeries:
		return fmt.Errorf("hgn: a time series has no forces that a reference could be subtracted from")
	}
	return nil
}

// admits returns an error of f unless p knows its species.
func (p *Reference) admits(f *Frame) error {
	if p.outer == 0 {
		return nil
	}
	for i, s := range f.Species {
		if s < 1 || s > maxAtomicNumber {
			return f.errorf("body %d is of species %d, which is no atomic number, as ZBL needs", i, s)
		}
	}
	return nil
}

const maxAtomicNumber = 118

// A remainder is a source whose frames lack what a reference says about forces, energies
// and stresses.
type remainder struct {
	src      Source
	subtract func(f *Frame) error

	// Of the last pass:
	before, after float64       // |ṗ|² of the frames of src, and of what is left
	spent         time.Duration // on subtraction
}

// Frames is that of [Source].
func (r *remainder) Frames() iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		var own Frame
		r.before, r.after, r.spent = 0, 0, 0
		for f, err := range r.src.Frames() {
			if err == nil {
				start := time.Now()
				own.CopyFrom(f)
				r.before = addSquares(r.before, own.PDot)
				f, err = &own, r.subtract(&own)
				r.after = addSquares(r.after, own.PDot)
				r.spent += time.Since(start)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// addSquares returns sum + |x|².
func addSquares(sum float64, x []float64) float64 {
	for _, v := range x {
		sum = math.FMA(v, v, sum)
	}
	return sum
}

// force2 returns |ṗ|² of the frames as they were observed, of which left is there now.
func (d *dataset) force2(left float64) float64 {
	if r, ok := d.src.(*remainder); ok {
		return r.before
	}
	return left
}

// withoutReference returns d, or what the reference leaves of it.
func (o *Options) withoutReference(d *dataset) *dataset {
	if o.Reference == nil {
		return d
	}
	subtract := o.subtractFromPairs()
	if o.Encoding == ManyBody {
		subtract = o.subtractFromAtoms()
	}
	src := d.src
	if d.whole {
		src = Frames(d.cached)
	}
	rest := newDataset(&remainder{src: src, subtract: subtract}, cacheFloats)
	rest.reading = d.reading
	return rest
}

// subtractFromPairs returns a function for frames whose edges are those of a pair model.
func (o *Options) subtractFromPairs() func(f *Frame) error {
	find := pairFinder{fixed: o.Graph, cutoff: o.Cutoff, periodic: o.Periodic, workers: 1}
	return func(f *Frame) error {
		if err := f.check(); err != nil {
			return err
		}
		if err := o.Reference.admits(f); err != nil {
			return err
		}
		g, err := find.edges(f)
		if err != nil {
			return err
		}
		image := f.Box.image(o.Periodic)
		for k, i := range g.Senders {
			var u [3]float64
			j := g.Receivers[k]
			r := separation(&u, f.Q, f.Dim, i, j, &image)
			if !(r > 0) {
				continue // training will say so
			}
			v, v1 := o.Reference.Eval(f.Species[i], f.Species[j], r)
			f.Energy -= v
			if f.PDot == nil {
				continue
			}
			for a := range f.Dim {
				f.PDot[int(i)*f.Dim+a] -= float64(v1 * u[a])
				f.PDot[int(j)*f.Dim+a] += float64(v1 * u[a])
			}
		}
		return nil
	}
}

// subtractFromAtoms returns a function for frames of a many-body model.
func (o *Options) subtractFromAtoms() func(f *Frame) error {
	return func(f *Frame) error {
		if err := f.check(); err != nil {
			return err
		}
		if err := o.Reference.admits(f); err != nil {
			return err
		}
		m := manyBodyModel{speciesTable: speciesTable{slices.Compact(slices.Sorted(slices.Values(f.Species)))}, periodic: o.Periodic}
		var s manybody.Structure
		if err := m.structure(&s, f); err != nil {
			return err
		}
		gradient := make([]float64, 3*f.Nodes())
		var virial [6]float64
		energy, err := o.Reference.ofSpecies(m.types).Sum(gradient, &virial, &s)
		if err != nil {
			return f.errorf("%v", err)
		}
		f.Energy -= energy
		for i := range f.PDot {
			f.PDot[i] += gradient[i/f.Dim*3+i%f.Dim]
		}
		if scale := f.volume() * o.Materials.StressUnit; scale != 0 {
			for a, w := range virial {
				f.Stress[a] -= w / scale
			}
		}
		return nil
	}
}

// ofSpecies returns p for atoms of these species.
func (p *Reference) ofSpecies(types []int) *manybody.Reference {
	if p == nil {
		return nil
	}
	r := &manybody.Reference{Cutoff: p.Cutoff(), Species: len(types)}
	for _, a := range types {
		for _, b := range types {
			r.Between = append(r.Between, p.between(a, b))
		}
	}
	return r
}
