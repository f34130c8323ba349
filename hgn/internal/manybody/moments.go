package manybody

import "math"

// A Scaling brings the invariants of atoms to mean 0 and standard deviation 1. It holds,
// for each species of atoms, one number for each invariant.
type Scaling struct {
	Mean    []float64
	Inverse []float64 // 1 over the standard deviation; 0 for an invariant that does not vary
}

// of returns the part for one species, of the given number of invariants.
func (s *Scaling) of(species, invariants int) (mean, inverse []float64) {
	return s.Mean[species*invariants:][:invariants], s.Inverse[species*invariants:][:invariants]
}

// Subset returns the scaling of the given ones of so many invariants of each species.
func (s *Scaling) Subset(invariants []int, of int) *Scaling {
	c := new(Scaling)
	for at := 0; at < len(s.Mean); at += of {
		for _, k := range invariants {
			c.Mean = append(c.Mean, s.Mean[at+k])
			c.Inverse = append(c.Inverse, s.Inverse[at+k])
		}
	}
	return c
}

// Moments are sums over atoms from which a Scaling follows. The zero value is for a call of
// [Moments.Add].
type Moments struct {
	b     *Basis
	count []float64 // of each species
	mean  []float64 // species × invariants
	m2    []float64 // sums of squared deviations
	node  *node
	list  neighbors
	s     []float64
}

// NewMoments returns empty moments for b.
func NewMoments(b *Basis) *Moments {
	n := b.spec.Species * len(b.invariants)
	return &Moments{
		b: b, node: newNode(b), s: make([]float64, len(b.invariants)),
		count: make([]float64, b.spec.Species), mean: make([]float64, n), m2: make([]float64, n),
	}
}

// Add adds every stride-th atom of s. The error says what is wrong with s.
func (m *Moments) Add(s *Structure, stride int) error {
	if err := m.list.search(s, &m.b.spec); err != nil {
		return err
	}
	for i := 0; i < s.Atoms(); i += stride {
		m.node.sum(&m.list, s.Species, i)
		m.b.values(m.s, m.node.message)
		k := s.Species[i]
		m.count[k]++
		mean, m2 := m.mean[k*len(m.s):], m.m2[k*len(m.s):]
		for j, x := range m.s {
			d := x - mean[j]
			mean[j] += d / m.count[k]
			m2[j] = math.FMA(d, x-mean[j], m2[j])
		}
	}
	return nil
}

// Merge adds what other holds.
func (m *Moments) Merge(other *Moments) {
	inv := len(m.s)
	for k, b := range other.count {
		a := m.count[k]
		if b == 0 {
			continue
		}
		m.count[k] += b
		for j := k * inv; j < (k+1)*inv; j++ {
			d := other.mean[j] - m.mean[j]
			m.mean[j] = math.FMA(d, b/(a+b), m.mean[j])
			m.m2[j] += math.FMA(d*d, a*b/(a+b), other.m2[j])
		}
	}
}

// Scaling returns the scaling that m amounts to. Invariants that hardly vary, relative to
// their mean, are scaled by 0.
func (m *Moments) Scaling() *Scaling {
	s := &Scaling{Mean: m.mean, Inverse: make([]float64, len(m.mean))}
	for j := range m.mean {
		n := m.count[j/len(m.s)]
		std := math.Sqrt(m.m2[j] / n)
		if std > 1e-10*math.Abs(m.mean[j]) { // false for NaN
			s.Inverse[j] = 1 / std
		}
	}
	return s
}
