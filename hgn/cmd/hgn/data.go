package main

import (
	"context"
	"iter"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// A reader opens input and keeps the time that reading takes.
type reader struct {
	options trajectory.Options
	spent   time.Duration
}

// reading adds the time since start to the books.
func (r *reader) reading(start time.Time) { r.spent += time.Since(start) }

// open opens the named trajectories.
func (r *reader) open(names []string) ([]*trajectory.File, error) {
	defer r.reading(time.Now())
	files := make([]*trajectory.File, len(names))
	for i, name := range names {
		f, err := trajectory.Open(name, r.options)
		if err != nil {
			return nil, err
		}
		files[i] = f
	}
	return files, nil
}

// count is the number of frames of f. It returns early if ctx ends.
func (r *reader) count(ctx context.Context, f *trajectory.File) (int, error) {
	defer r.reading(time.Now())
	type result struct {
		frames int
		err    error
	}
	done := make(chan result, 1)
	go func() {
		frames, _, err := f.Count()
		done <- result{frames, err}
	}()
	select {
	case c := <-done:
		return c.frames, c.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// edges reads the named file for as many bodies as f has; without a name there
// are no fixed edges.
func (r *reader) edges(name string, f *hgn.Frame) (*hgn.Graph, error) {
	if name == "" {
		return nil, nil
	}
	defer r.reading(time.Now())
	return trajectory.ReadEdges(name, f.Nodes())
}

// energies reads the named file; without a name there are none.
func (r *reader) energies(name string) (*trajectory.Energies, error) {
	if name == "" {
		return nil, nil
	}
	defer r.reading(time.Now())
	return trajectory.ReadEnergy(name)
}

// source returns the frames of the parts, one part after the other, with the
// energies, which may be nil, at their steps. tick is called once for each frame.
func (r *reader) source(parts []hgn.Source, e *trajectory.Energies, tick func()) hgn.Source {
	return &source{r, parts, e, tick}
}

type source struct {
	r        *reader
	parts    []hgn.Source
	energies *trajectory.Energies
	tick     func()
}

func (s *source) Frames() iter.Seq2[*hgn.Frame, error] {
	return func(yield func(*hgn.Frame, error) bool) {
		start := time.Now()
		defer func() { s.r.reading(start) }()
		for _, part := range s.parts {
			for f, err := range part.Frames() {
				if err == nil && s.energies != nil {
					f.Energy, err = s.energies.Total(f.Step)
					f.HasEnergy = true
				}
				s.tick()
				s.r.reading(start)
				more := yield(f, err) && err == nil
				start = time.Now()
				if !more {
					return
				}
			}
		}
	}
}

// first returns a copy of the first frame of s, nil if there is none.
func first(s hgn.Source) (*hgn.Frame, error) {
	for f, err := range s.Frames() {
		if err != nil {
			return nil, err
		}
		frame := new(hgn.Frame)
		frame.CopyFrom(f)
		return frame, nil
	}
	return nil, nil
}

// whole returns all frames of the files.
func whole(files []*trajectory.File) []hgn.Source {
	parts := make([]hgn.Source, len(files))
	for i, f := range files {
		parts[i] = f
	}
	return parts
}
