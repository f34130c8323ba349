package main

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// A follower compares a motion with the frames of a file that come after the one
// from which it started. It holds one of them at a time.
type follower struct {
	file     *trajectory.File
	index    int        // of the start
	start    *hgn.Frame // a copy
	periodic bool       // compare nearest images

	pull  func() (*hgn.Frame, error, bool)
	stop  func()
	later *hgn.Frame // the next to compare with, nil after the last

	sum    float64 // of squared differences
	frames int
}

// follow begins at the frame of file with the given index.
func follow(name string, file *trajectory.File, index int, periodic bool) (*follower, error) {
	w := &follower{file: file, index: index, periodic: periodic}
	w.pull, w.stop = iter.Pull2(file.Slice(index, math.MaxInt).Frames())
	if err := w.next(); err != nil {
		w.stop()
		return nil, err
	}
	if w.later == nil {
		w.stop()
		n, _, err := file.Count()
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s: there is no frame %d: there are %d, counted from 0", name, index, n)
	}
	w.start = new(hgn.Frame)
	w.start.CopyFrom(w.later)
	if err := w.next(); err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

// next moves on to the next frame.
func (w *follower) next() error {
	f, err, ok := w.pull()
	w.later = nil
	if ok && err == nil {
		w.later = f
	}
	return err
}

// due says whether there is a frame that many steps after the start.
func (w *follower) due(step int) bool {
	return w.later != nil && step > 0 && w.later.Step-w.start.Step == int64(step)
}

// compare adds the squared differences between moved and the frame that is due.
func (w *follower) compare(moved *hgn.Frame) error {
	for i, x := range moved.Q {
		d := x - w.later.Q[i]
		if a := i % moved.Dim; w.periodic {
			d = moved.Box.Reduce(a, d)
		}
		w.sum = math.FMA(d, d, w.sum)
	}
	w.frames++
	return w.next()
}

// meanSquare is the mean over frames, bodies and coordinates, NaN if there was
// nothing to compare with.
func (w *follower) meanSquare() float64 {
	return w.sum / (float64(w.frames) * float64(len(w.start.Q)))
}

// check reads the frames up to that many steps after the start and returns the
// first fault.
func (w *follower) check(ctx context.Context, steps int) error {
	for f, err := range w.file.Slice(w.index, math.MaxInt).Frames() {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case f.Step-w.start.Step > int64(steps):
			return nil
		}
	}
	return nil
}
