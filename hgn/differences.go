package hgn

import (
	"cmp"
	"fmt"
	"iter"
)

// differences is a time series as a source of frames with forces, those of [Difference], for
// encodings that learn from single frames. The first two and the last two frames of a series
// are missing.
type differences struct {
	src Source
	opt *Options
}

// Frames is that of [Source].
func (d *differences) Frames() iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		form := &formulas[Difference]
		var ring [5]Frame
		var check seriesCheck
		var own Frame
		for f, err := range d.src.Frames() {
			if err == nil {
				err = cmp.Or(f.check(), f.moves())
			}
			if err == nil {
				err = check.add(f, d.opt)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			n := check.length // of the series, with f
			ring[(n-1)%5].CopyFrom(f)
			if n < 5 {
				continue
			}
			at := func(m int) *Frame { return &ring[(n-5+m)%5] }
			own.CopyFrom(at(2))
			perTime := 4 / d.opt.elapsed(at(0), at(4))
			own.PDot = rate(own.PDot, perTime, form, func(m int) []float64 { return at(m).P })
			if own.QDot == nil {
				own.QDot = rate(own.QDot, perTime, form, func(m int) []float64 { return at(m).Q })
			}
			if !yield(&own, nil) {
				return
			}
		}
		if check.longest < 5 {
			yield(nil, fmt.Errorf("hgn: the time series %v needs 5 frames in a row; there are no more than %d", Difference, check.longest))
		}
	}
}

// rate writes Σ α_m x_m, per time, into dst.
func rate(dst []float64, perTime float64, form *formula, x func(m int) []float64) []float64 {
	dst = grow(dst, len(x(0)))
	clear(dst)
	for m, alpha := range form.alpha {
		for i, v := range x(m) {
			dst[i] += float64(alpha * perTime * v)
		}
	}
	return dst
}
