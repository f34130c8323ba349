package hgn

import (
	"fmt"
	"testing"
)

// Many groups are left out in few parts, and share equations where no weight can come later.
func TestManyGroups(t *testing.T) {
	frames := alloy(19, 80, 2, 1)
	sizes := map[string]groupSize{}
	for k, f := range frames {
		f.Group = fmt.Sprintf("g%02d", k/2)
		sizes[f.Group] = groupSize{2, 16}
	}
	for _, keep := range []bool{false, true} {
		m, report := trainAlloy(t, frames, func(o *Options) {
			o.Features, o.Materials.Candidates, o.Materials.Appendable = 20, 20, keep
		})
		if len(report.HeldOut) != maxUnits || report.HeldOut[0].Part != "g00…g02" || report.HeldOut[maxUnits-1].Part != "g38…g39" {
			t.Errorf("held out %v", report.HeldOut)
		}
		if eq := m.hamiltonian.(*manyBodyModel).equations; keep && len(eq.parts) != 40 {
			t.Errorf("%d parts", len(eq.parts))
		}
	}
	fit := &manyBodyFit{eq: &manyBodyEquations{folds: 1}, opt: &Options{Materials: Materials{GroupWeights: map[string]float64{"g05": 2}}}}
	parts := fit.join(sizes)
	bodies := 0
	for _, p := range parts {
		bodies += p.bodies
	}
	if len(parts) != maxUnits || parts["g05"].frames != 2 || bodies != 640 {
		t.Errorf("parts %v", parts)
	}
	for k, want := range map[int]string{0: "g00…g02", 8: "g03…g06", 10: "g05", 12: "g03…g06"} {
		if got := fit.partOf(frames[k]); got != want {
			t.Errorf("frame %d is of part %q, want %q", k, got, want)
		}
	}
	if n := (&Materials{}).foldsOf(40); n != 0 {
		t.Errorf("%d parts of each group that nobody asks for", n)
	}
}
