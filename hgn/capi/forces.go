package main

// #include "rapidhgn.h"
import "C"

import (
	"sync/atomic"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

//export goForces
func goForces(handle C.int64_t, states *C.rhgn_states, forces *C.double, forcesStride C.int64_t,
	velocities *C.double, velocitiesStride C.int64_t, energies *C.double, outside *C.int64_t) C.int32_t {
	return call(func() error {
		model, err := object[*hgn.Model](modelKind, handle)
		if err != nil {
			return err
		}
		frames, graph, err := framesOf(states)
		if err != nil {
			return err
		}
		width := states.nodes * states.dim
		f, err := rows("forces", forces, states.frames, width, forcesStride, false)
		if err != nil {
			return err
		}
		v, err := rows("velocities", velocities, states.frames, width, velocitiesStride, false)
		if err != nil {
			return err
		}
		e, err := rows("energies", energies, states.frames, 1, 0, false)
		if err != nil {
			return err
		}
		var edges atomic.Int64
		failed := make([]error, len(frames))
		parallel.Blocks(len(frames), 0, func(_, i int) {
			n, err := predict(model, frames[i], graph, f(i), v(i), e(i))
			edges.Add(int64(n))
			failed[i] = err
		})
		if err := first(failed); err != nil {
			return err
		}
		if outside != nil {
			*outside = C.int64_t(edges.Load())
		}
		return nil
	})
}

// predict computes what is not nil of the results for one frame.
func predict(model *hgn.Model, f *hgn.Frame, g *hgn.Graph, forces, velocities, energy []float64) (outside int, err error) {
	if forces != nil {
		if outside, err = model.Forces(forces, f, g); err != nil {
			return 0, err
		}
	}
	if velocities != nil {
		if err := model.Velocities(velocities, f, g); err != nil {
			return 0, err
		}
	}
	if energy != nil {
		if energy[0], err = model.Energy(f, g); err != nil {
			return 0, err
		}
	}
	return outside, nil
}

// first returns the first error.
func first(failed []error) error {
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
