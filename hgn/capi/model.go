package main

// #include "rapidhgn.h"
import "C"

import (
	"context"
	"strings"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const modelKind = "a model"

//export goTrain
func goTrain(states *C.rhgn_states, options *C.rhgn_train_options, out *C.int64_t, report *C.rhgn_train_report) C.int32_t {
	return call(func() error {
		if err := output("out", out); err != nil {
			return err
		}
		frames, graph, err := framesOf(states)
		if err != nil {
			return err
		}
		opt, err := optionsOf(options)
		if err != nil {
			return err
		}
		opt.Graph, opt.Periodic = graph, states.box != nil
		model, r, err := hgn.Train(context.Background(), frames, opt)
		if err != nil {
			return err
		}
		if report != nil {
			*report = C.rhgn_train_report{
				samples: C.int64_t(r.Samples), rows: C.int64_t(r.Rows), features: C.int64_t(r.Features),
				rank: C.int64_t(r.Rank), rank_p: C.int64_t(r.RankP), edges: C.double(r.Edges),
				cond: C.double(r.Cond), cond_p: C.double(r.CondP), force_error: C.double(r.ForceError),
				seconds: C.double(r.Seconds), seconds_solve: C.double(r.SecondsSolve),
			}
		}
		*out = newHandle(model)
		return nil
	})
}

// optionsOf reads the options of a training.
func optionsOf(o *C.rhgn_train_options) (opt hgn.Options, err error) {
	if o == nil {
		return opt, nil
	}
	if err := checkSize("options", o.struct_size, unsafe.Sizeof(*o)); err != nil {
		return opt, err
	}
	opt = hgn.Options{
		Cutoff: float64(o.cutoff), Omega: float64(o.omega), Ridge: float64(o.ridge), RCond: float64(o.rcond),
		Features: int(o.features), NodeFeatures: int(o.node_features), Seed: uint64(o.seed),
	}
	if err := choice("sampler", o.sampler, hgn.ParseSampler, &opt.Sampler); err != nil {
		return opt, err
	}
	if err := choice("activation", o.activation, dense.ParseActivation, &opt.Activation); err != nil {
		return opt, err
	}
	if err := choice("encoding", o.encoding, hgn.ParseEncoding, &opt.Encoding); err != nil {
		return opt, err
	}
	return opt, choice("xi", o.xi, hgn.ParseXi, &opt.Xi)
}

// choice reads an option by its name, unless that is null or empty.
func choice[T any](option string, p *C.char, parse func(string) (T, error), dst *T) error {
	name, err := text(option, p)
	if err != nil || name == "" {
		return err
	}
	if *dst, err = parse(name); err != nil {
		return invalid("%s: %v", option, err)
	}
	return nil
}

//export goModelLoad
func goModelLoad(path *C.char, out *C.int64_t) C.int32_t {
	return call(func() error {
		if err := output("out", out); err != nil {
			return err
		}
		name, err := pathOf(path)
		if err != nil {
			return err
		}
		model, err := hgn.Load(name)
		if err != nil {
			return &fault{C.RHGN_FILE, err}
		}
		*out = newHandle(model)
		return nil
	})
}

//export goModelSave
func goModelSave(handle C.int64_t, path *C.char) C.int32_t {
	return call(func() error {
		model, err := object[*hgn.Model](modelKind, handle)
		if err != nil {
			return err
		}
		name, err := pathOf(path)
		if err != nil {
			return err
		}
		if err := model.Save(name); err != nil {
			return faultf(C.RHGN_FILE, "%s: %w", name, filecause.Write(err))
		}
		return nil
	})
}

// pathOf reads the name of a file.
func pathOf(p *C.char) (string, error) {
	name, err := text("path", p)
	if err == nil && strings.TrimSpace(name) == "" {
		err = invalid("path is null or empty")
	}
	return name, err
}

//export goModelInfo
func goModelInfo(handle C.int64_t, cutoff *C.double, periodic *C.int32_t) C.int32_t {
	return call(func() error {
		model, err := object[*hgn.Model](modelKind, handle)
		if err != nil {
			return err
		}
		if cutoff != nil {
			*cutoff = C.double(model.Cutoff())
		}
		if periodic != nil {
			*periodic = 0
			if model.Periodic() {
				*periodic = 1
			}
		}
		return nil
	})
}

//export goModelFree
func goModelFree(handle C.int64_t) C.int32_t {
	return call(func() error { return free[*hgn.Model](modelKind, handle) })
}
