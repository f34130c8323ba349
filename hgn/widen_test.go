package hgn

import (
	"bytes"
	"context"
	"testing"
)

// A widened range holds the features where others go on as a parabola, and edges in it
// do not count as outside; its file says so.
func TestWiden(t *testing.T) {
	w := &world{dim: 1, side: 7, species: 1, potential: spring}
	near, far := w.frames(t, 1, 60, 0.1), w.frames(t, 2, 20, 0.12)
	o := w.options(t)
	narrow, _ := train(t, near, o)
	o.Widen = 0.3
	wide, _ := train(t, near, o)
	a, b := evaluate(t, narrow, far, o.Graph), evaluate(t, wide, far, o.Graph)
	if !(b.Force < 0.01*a.Force) || b.Extrapolated != 0 || a.Extrapolated == 0 {
		t.Errorf("errors %v and %v, outside %v and %v", a.Force, b.Force, a.Extrapolated, b.Extrapolated)
	}
	loaded, err := unmarshal(wide.marshal())
	if err != nil || !bytes.Equal(loaded.marshal(), wide.marshal()) {
		t.Errorf("another model is read than was written: %v", err)
	}
	o.Widen = -1
	if _, _, err := Train(context.Background(), near, o); err == nil {
		t.Error("a range is made narrower?")
	}
}
