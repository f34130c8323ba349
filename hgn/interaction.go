package hgn

// An interaction is what the edges of a model depend on.
type interaction struct {
	xi       Xi
	cutoff   float64 // 0 for fixed edges
	periodic bool
	weight   pairWeight
}

// pairWeight is the factor of the features of an edge: 1, or the product of the
// charges, or of the masses.
type pairWeight uint8

const (
	unweighted pairWeight = iota
	byMass
	byCharge
)

var pairWeightNames = [...]string{"none", "mass", "charge"}

// of returns the quantity whose product over the ends weights an edge, nil for
// none.
func (w pairWeight) of(f *Frame) ([]float64, error) {
	switch w {
	case byMass:
		return f.Mass, nil
	case byCharge:
		if f.Charge == nil {
			return nil, f.errorf("no charges, which the model needs")
		}
		return f.Charge, nil
	}
	return nil, nil
}
