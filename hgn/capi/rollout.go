package main

/*
#include "rapidhgn.h"

static int32_t observe(rhgn_observer observer, void *user, int64_t step, double *q, double *p, double *forces) {
	return observer(user, step, q, p, forces);
}
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// errStopped is the error of a rollout that its observer ended.
var errStopped = errors.New("the observer ended the rollout")

//export goRollout
func goRollout(handle C.int64_t, start *C.rhgn_states, options *C.rhgn_rollout_options, observer C.rhgn_observer, user unsafe.Pointer,
	q, p *C.double, report *C.rhgn_rollout_report) C.int32_t {
	return call(func() error {
		model, err := object[*hgn.Model](modelKind, handle)
		if err != nil {
			return err
		}
		if err := output("options", options); err != nil {
			return err
		}
		if err := checkSize("options", options.struct_size, unsafe.Sizeof(*options)); err != nil {
			return err
		}
		if options.every < 0 {
			return invalid("every %d steps", options.every)
		}
		frames, graph, err := framesOf(start)
		if err != nil {
			return err
		}
		if len(frames) != 1 {
			return invalid("%d states to start from", len(frames))
		}
		f := frames[0]
		lastQ, err := rows("q", q, 1, start.nodes*start.dim, 0, false)
		if err != nil {
			return err
		}
		lastP, err := rows("p", p, 1, start.nodes*start.dim, 0, false)
		if err != nil {
			return err
		}
		every, steps := int(options.every), int(options.steps)
		observed := func(step int) bool { return observer != nil && every > 0 && step%every == 0 }
		r, err := model.Rollout(context.Background(), f, hgn.RolloutOptions{
			Graph: graph, DT: float64(options.dt), Steps: steps, Skin: float64(options.skin), Table: int(options.table),
			Due: func(step int) bool { return step == steps || observed(step) },
			Observe: func(step int, f *hgn.Frame) error {
				if observed(step) {
					status := C.observe(observer, user, C.int64_t(step), pointer(f.Q), pointer(f.P), pointer(f.PDot))
					if status != 0 {
						return fmt.Errorf("%w after %d steps", errStopped, step)
					}
				}
				if step == steps {
					copy(lastQ(0), f.Q)
					copy(lastP(0), f.P)
				}
				return nil
			},
		})
		switch {
		case errors.Is(err, errStopped):
			return &fault{C.RHGN_STOPPED, err}
		case err != nil:
			return err
		}
		if report != nil {
			*report = C.rhgn_rollout_report{
				steps: C.int64_t(r.Steps), energy_drift: C.double(r.EnergyDrift),
				extrapolated: C.double(r.Extrapolated), seconds: C.double(r.Seconds),
			}
		}
		return nil
	})
}

// pointer returns an array of Go for a call to C.
func pointer(x []float64) *C.double { return (*C.double)(unsafe.SliceData(x)) }
