package hgn

import (
	"context"
	"iter"
	"runtime"
	"testing"
)

// A restless source raises GOMAXPROCS while it is read, as the runtime does where
// the limit of a container is lifted.
type restless struct{ Source }

func (r restless) Frames() iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		for f, err := range r.Source.Frames() {
			runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
			if !yield(f, err) {
				return
			}
		}
	}
}

// GOMAXPROCS may change at any time.
func TestChangingGOMAXPROCS(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := worlds["liquid"]
	frames, o := w.frames(t, 1, 12, 0.1), w.options(t)
	m, _ := train(t, restless{frames}, o)
	evaluate(t, m, restless{frames}, o.Graph)
	_, err := m.Rollout(context.Background(), frames[0], RolloutOptions{DT: 0.01, Steps: 8, Observe: func(int, *Frame) error {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
		return nil
	}})
	if err != nil {
		t.Error(err)
	}
}

// A number of workers that no machine has takes no more memory than one.
func TestTooManyWorkers(t *testing.T) {
	w := worlds["cube"]
	frames, o := w.frames(t, 1, 3, 0.1), w.options(t)
	want, _ := train(t, frames, o)
	o.Workers = 1 << 30
	if m, _ := train(t, frames, o); string(m.marshal()) != string(want.marshal()) {
		t.Error("another model")
	}
}
