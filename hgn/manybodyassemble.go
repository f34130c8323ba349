package hgn

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A manyBodyUnit is some frames of one part, which one worker makes the equations of.
type manyBodyUnit struct {
	part   *equationPart
	frames []*Frame
	rows   int // of forces
	chunk  int64
	first  [kinds]int // number, in the part, of its first energy, force and body

	small   [kinds][]float64 // rows with right-hand sides of energies and stresses
	samples [kinds]sampledRows
	err     error
}

// units cuts frames, which must come in the order of the source.
func (fit *manyBodyFit) units(frames []*Frame) (units []*manyBodyUnit) {
	width := fit.eq.width
	open := map[*equationPart]*manyBodyUnit{}
	for _, f := range frames {
		p, rows := fit.eq.deal(fit.partOf(f)), len(f.Q)
		u := open[p]
		if u == nil || u.rows+rows > 3*width {
			u = &manyBodyUnit{part: p, first: p.count}
			for k := range u.samples {
				u.samples[k].width = width + 1
			}
			open[p], units = u, append(units, u)
		}
		u.frames, u.rows = append(u.frames, f), u.rows+rows
		p.count[energyKind]++
		p.count[forceKind] += rows
		p.count[bodyKind] += f.Nodes()
	}
	chunk := lsq.ChunkRows(width)
	for _, u := range units {
		u.chunk = u.part.next
		u.part.next += int64((u.rows + chunk - 1) / chunk)
	}
	return units
}

// join puts groups without a weight of their own into parts that they share where there are
// more than units, unless they must be told apart later, and returns what parts have.
func (fit *manyBodyFit) join(groups map[string]groupSize) map[string]groupSize {
	var free []string
	parts := map[string]groupSize{}
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		if _, own := fit.opt.Materials.GroupWeights[g]; own {
			parts[g] = groups[g]
		} else {
			free = append(free, g)
		}
	}
	if most := max(1, maxUnits-len(parts)); !fit.opt.Materials.Appendable && len(free) > most {
		fit.joined = map[string]string{}
		for n := range most {
			var run []string
			for i, g := range free {
				if share(i, len(free), most) == n {
					run = append(run, g)
				}
			}
			for _, g := range run {
				fit.joined[g] = span(run)
				size := parts[span(run)]
				parts[span(run)] = groupSize{size.frames + groups[g].frames, size.bodies + groups[g].bodies}
			}
		}
		return parts
	}
	return groups
}

// partOf is the name of the part of f: its group, or that which it shares, but where all are
// in one part only those of groups with a weight of their own.
func (fit *manyBodyFit) partOf(f *Frame) string {
	g := f.group()
	if part, ok := fit.joined[g]; ok && fit.eq.folds > 0 {
		return part
	}
	if _, own := fit.opt.Materials.GroupWeights[g]; fit.eq.folds == 0 && !own {
		return ""
	}
	return g
}

// assemble adds the equations of all frames.
func (fit *manyBodyFit) assemble(ctx context.Context, d *dataset, groups map[string]groupSize) error {
	type worker struct {
		*manyBodyRows
		acc *lsq.Accumulator
	}
	workers := make([]worker, fit.opt.Workers)
	var lock sync.Mutex
	return d.batches(ctx, func(frames []*Frame) error {
		units := fit.units(frames)
		parallel.Blocks(len(units), fit.opt.Workers, func(k, i int) {
			w, u := &workers[k], units[i]
			if w.acc == nil {
				w.manyBodyRows = newManyBodyRows(fit)
				w.acc = lsq.NewShard(fit.eq.width, 1, 0)
				w.acc.Workers = 1
			}
			w.acc.Reset(u.chunk)
			if fit.eq.folds > 0 {
				w.every = groups[u.part.group].strides(fit.eq.folds)
			}
			for _, f := range u.frames {
				if u.err = cmp.Or(ctx.Err(), w.add(u, w.acc, f)); u.err != nil {
					return
				}
			}
			w.acc.EndChunk()
			lock.Lock()
			defer lock.Unlock()
			u.err = u.part.factors[forceKind].Merge(w.acc)
		})
		for _, u := range units {
			if u.err != nil {
				return u.err
			}
			if err := u.flush(fit.eq.width); err != nil {
				return err
			}
		}
		return nil
	})
}

// flush gives the rows of u that are few to the part.
func (u *manyBodyUnit) flush(width int) error {
	for k, rows := range u.small {
		n := len(rows) / (width + 1)
		if n == 0 {
			continue
		}
		a := blas64.General{Rows: n, Cols: width, Stride: width + 1, Data: rows}
		b := blas64.General{Rows: n, Cols: 1, Stride: width + 1, Data: rows[width:]}
		if err := u.part.factors[k].Append(a, b); err != nil {
			return u.frames[0].errorf("the features overflow: %v", err)
		}
	}
	for k := range u.samples {
		u.part.samples[k].data = append(u.part.samples[k].data, u.samples[k].data...)
	}
	return nil
}

// A groupSize is what a group has.
type groupSize struct{ frames, bodies int }

// strides are the distances of rows that are kept as samples, by kind.
func (g groupSize) strides(folds int) (every [kinds]int) {
	every[energyKind] = stride(g.frames/folds, sampled[energyKind])
	every[forceKind] = stride(3*g.bodies/folds, sampled[forceKind])
	every[bodyKind] = stride(g.bodies/folds, sampled[bodyKind])
	return every
}

// A manyBodyRows makes the equations of frames.
type manyBodyRows struct {
	fit     *manyBodyFit
	builder *manybody.Builder
	s       manybody.Structure
	every   [kinds]int // strides of samples, 0: none
	body    []float64
}

func newManyBodyRows(fit *manyBodyFit) *manyBodyRows {
	return &manyBodyRows{fit: fit, builder: manybody.NewBuilder(fit.m.potential.Basis, fit.m.potential.Scaling)}
}

// keeps says whether number i of a kind is a sample.
func (w *manyBodyRows) keeps(kind, i int) bool { return w.every[kind] > 0 && i%w.every[kind] == 0 }

// add adds the equations of forces of f to acc, and the others and the samples to u.
func (w *manyBodyRows) add(u *manyBodyUnit, acc *lsq.Accumulator, f *Frame) error {
	fit := w.fit
	if err := fit.m.structure(&w.s, f); err != nil {
		return err
	}
	rows, err := w.builder.Rows(&w.s)
	if err != nil {
		return f.errorf("%v", err)
	}
	n := f.Nodes()
	row := func(i int) []float64 { return rows.Data[i*rows.Stride:][:rows.Cols] }
	observed := fit.opt.used(f)
	if fit.eq.folds > 0 { // else these equations are not kept
		observed = fit.opt.observed(f)
	}
	if observed[forceKind] {
		place(rows, f)
		rhs := make([]float64, len(f.Q))
		for i, x := range f.PDot {
			rhs[i] = -x
			if w.keeps(forceKind, u.first[forceKind]+i) {
				u.samples[forceKind].add(row(i), -x)
			}
		}
		part := rows
		part.Rows = len(f.Q)
		if err := acc.Append(part, general(len(rhs), 1, rhs)); err != nil {
			return f.errorf("the features overflow: %v", err)
		}
	}
	small := func(kind, i int, scale, rhs float64) {
		for _, x := range row(i) {
			u.small[kind] = append(u.small[kind], scale*x)
		}
		u.small[kind] = append(u.small[kind], scale*rhs)
	}
	if observed[energyKind] {
		e := f.potentialEnergy()
		for _, s := range w.s.Species {
			e -= fit.eq.reference[s]
		}
		share := 1 / float64(n)
		if w.keeps(energyKind, u.first[energyKind]) {
			u.samples[energyKind].addScaled(share, row(3*n+6), e)
		}
		small(energyKind, 3*n+6, share*fit.eq.trust(e*share), e)
	}
	if observed[stressKind] {
		scale := f.volume() * fit.opt.Materials.StressUnit
		for a, x := range f.Stress {
			small(stressKind, 3*n+a, 1/float64(n), scale*x)
		}
	}
	for i := range n {
		if w.keeps(bodyKind, u.first[bodyKind]+i) {
			w.body = grow(w.body, rows.Cols)
			w.builder.Body(w.body, &w.s, i)
			u.samples[bodyKind].add(w.body, 0)
		}
	}
	u.first[energyKind]++
	u.first[forceKind] += len(f.Q)
	u.first[bodyKind] += n
	return nil
}

// place moves the rows of the coordinates that f has to the front.
func place(rows blas64.General, f *Frame) {
	for i := range f.Q {
		if from := i/f.Dim*3 + i%f.Dim; from != i {
			copy(rows.Data[i*rows.Stride:][:rows.Cols], rows.Data[from*rows.Stride:])
		}
	}
}
