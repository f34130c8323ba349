package hgn

import "math"

// check returns the first fault of a frame that computing with it would hide.
func (f *Frame) check() error {
	n := f.Nodes() * f.Dim
	switch {
	case f.Dim < 1 || f.Dim > 3:
		return f.errorf("%d dimensions; 1, 2 or 3 are possible", f.Dim)
	case f.Nodes() == 0:
		return f.errorf("no bodies")
	case len(f.Species) != f.Nodes():
		return f.errorf("%d species for %d bodies", len(f.Species), f.Nodes())
	case f.Charge != nil && len(f.Charge) != f.Nodes():
		return f.errorf("%d charges for %d bodies", len(f.Charge), f.Nodes())
	case len(f.Q) != n || len(f.P) != n:
		return f.errorf("q and p have %d and %d coordinates, want %d", len(f.Q), len(f.P), n)
	case f.QDot != nil && len(f.QDot) != n, f.PDot != nil && len(f.PDot) != n:
		return f.errorf("the time derivatives have %d and %d coordinates, want %d", len(f.QDot), len(f.PDot), n)
	}
	for i, m := range f.Mass {
		if !(m > 0 && m <= math.MaxFloat64) {
			return f.errorf("mass %v of body %d is not a positive number", m, i)
		}
	}
	if f.HasEnergy && (math.IsNaN(f.Energy) || math.IsInf(f.Energy, 0)) {
		return f.errorf("the energy is %v", f.Energy)
	}
	for _, v := range []struct {
		name   string
		values []float64
		dim    int
	}{{"q", f.Q, f.Dim}, {"p", f.P, f.Dim}, {"the velocity", f.QDot, f.Dim}, {"the force", f.PDot, f.Dim}, {"the charge", f.Charge, 1}} {
		for i, x := range v.values {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return f.errorf("%s of body %d is %v", v.name, i/v.dim, x)
			}
		}
	}
	return nil
}
