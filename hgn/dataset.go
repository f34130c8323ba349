package hgn

import (
	"context"
	"time"
)

// A dataset reads a Source several times: from memory if it is small, else
// anew. It hands the frames out in batches that depend on the frames alone.
type dataset struct {
	src    Source
	keep   int      // float64 to keep at most
	batch  int      // float64 of a batch, at most; one larger frame is a batch
	cached []*Frame // all frames, once complete
	whole  bool     // cached is complete
	pool   []*Frame // frames of a batch that is not cached

	pairs   pairWork      // workspace of trainPairs, kept between trainings
	reading time.Duration // spent in the source
}

const (
	cacheFloats = 32 << 20 // kept between passes: 256 MB
	batchFloats = 2 << 20  // in a batch: 16 MB
)

// newDataset returns a dataset that keeps at most keep float64 between passes.
func newDataset(src Source, keep int) *dataset {
	d := &dataset{src: src, keep: keep, batch: batchFloats, pairs: pairWork{least: compressedRows}}
	if frames, ok := src.(Frames); ok {
		d.cached, d.whole = frames, true
	}
	return d
}

// floats is the size of a frame in float64.
func (f *Frame) floats() int {
	return len(f.Species) + len(f.Mass) + len(f.Charge) + len(f.Q) + len(f.P) + len(f.QDot) + len(f.PDot)
}

// batches calls work with the frames, in order and in groups of consecutive
// ones. work must not keep them.
func (d *dataset) batches(ctx context.Context, work func([]*Frame) error) error {
	if d.whole {
		return d.batchesOf(ctx, d.cached, work)
	}
	start := time.Now()
	defer func() {
		d.reading += time.Since(start)
		if r, ok := d.src.(*remainder); ok {
			d.reading -= r.spent
		}
	}()
	timed := func(batch []*Frame) error {
		d.reading += time.Since(start)
		defer func() { start = time.Now() }()
		return work(batch)
	}

	var cache []*Frame
	kept, caching := 0, true
	var batch []*Frame
	size := 0
	for f, err := range d.src.Frames() {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if size > 0 && size+f.floats() > d.batch {
			if err := timed(batch); err != nil {
				return err
			}
			batch, size = batch[:0], 0
		}
		var own *Frame
		if caching = caching && kept+f.floats() <= d.keep; caching {
			kept += f.floats()
			own = new(Frame)
			cache = append(cache, own)
		} else {
			cache = nil
			own = d.pooled(len(batch))
		}
		own.CopyFrom(f)
		batch = append(batch, own)
		size += f.floats()
	}
	if len(batch) > 0 {
		if err := timed(batch); err != nil {
			return err
		}
	}
	if caching {
		d.cached, d.whole = cache, true
	}
	return nil
}

// pooled returns frame i of the pool.
func (d *dataset) pooled(i int) *Frame {
	for len(d.pool) <= i {
		d.pool = append(d.pool, new(Frame))
	}
	return d.pool[i]
}

// batchesOf cuts frames into the same batches as [dataset.batches].
func (d *dataset) batchesOf(ctx context.Context, frames []*Frame, work func([]*Frame) error) error {
	first, size := 0, 0
	for i, f := range frames {
		if size > 0 && size+f.floats() > d.batch {
			if err := work(frames[first:i]); err != nil {
				return err
			}
			first, size = i, 0
		}
		size += f.floats()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if first == len(frames) {
		return nil
	}
	return work(frames[first:])
}
