package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// frictionResult is what train adds to its result for models with friction.
type frictionResult struct {
	Damping []number `json:"damping"` // γ by species in ascending order, or by body
	of      hgn.Damping
}

// frictionOf returns that of a model, nil if it has none.
func frictionOf(m *hgn.Model) *frictionResult {
	gamma, of := m.Damping()
	if of == hgn.NoDamping {
		return nil
	}
	r := &frictionResult{of: of}
	for _, g := range gamma {
		r.Damping = append(r.Damping, number(g))
	}
	return r
}

func (r *frictionResult) row() row {
	if r.of == hgn.BodyDamping {
		return row{"friction γ, bodies", fmt.Sprintf("%v to %v", slices.Min(r.Damping), slices.Max(r.Damping))}
	}
	return row{"friction γ, species", strings.Trim(fmt.Sprint(r.Damping), "[]")}
}
