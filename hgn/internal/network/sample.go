package network

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A Sampler says how hidden layers are drawn. Each of its functions w·x + b has d
// inputs x.
type Sampler uint8

const (
	ELM         Sampler = iota // w ~ N(0, 1), b ~ U(−1, 1)
	ELMWhitened                // w = ω g/s, b = β − w·μ; g ~ N(0, 1/d), β ~ U(−3, 3); μ, s: mean, standard deviation of each input
	SWIM                       // w = s₁ (x₂ − x₁)/|x₂ − x₁|², b = −w·x₁ − s₂ for pairs of inputs (Bolager et al., NeurIPS 2023)
	ASWIM                      // SWIM, pairs drawn in proportion to |ΔH|/|Δx| of a first fit, see [Network.Redraw]
)

// Draw draws the hidden layers of n one after the other, nodes, edges, messages,
// and feature by feature: for ELM and ELMWhitened w, then b, for SWIM pairs of
// inputs that occur in pool until they differ. ASWIM draws as SWIM does. For ELMWhitened
// a layer has one β in each of as many parts of its range as there are features, and
// one g in each of as many parts of equal probability if it has one input (a Latin
// hypercube: McKay, Beckman and Conover 1979). The last layer stays as it is.
func (n *Network) Draw(pool []*Sample, sampler Sampler, omega float64, rng *rand.Rand) {
	n.draw(pool, sampler, omega, nil, rng)
}

// Redraw draws the hidden layers once more, where energies change: of 8 pairs for
// each feature, as many as there are features are taken, drawn without
// replacement with weights |ΔH|/|Δx|. H of a node is that of its features and of the messages it
// sends, H of an edge that of its messages and, if edges are read out, of its features,
// by the parameters that n has.
func (n *Network) Redraw(pool []*Sample, rng *rand.Rand) {
	var w Workspace
	w.load(n, pool)
	l := n.all(&w.hidden)
	thetaH, thetaM, thetaG := n.thetas()
	of := &energies{make([]float64, w.x.Rows), make([]float64, w.e.Rows), make([]float64, len(w.senders))}
	for i := range of.node {
		of.node[i] = dense.Dot(thetaH, row(w.node.value, i))
	}
	for k := range of.message {
		m := dense.Dot(thetaM, row(l.m, k))
		of.node[w.senders[k]] += m
		if thetaG != nil {
			m += dense.Dot(thetaG, row(l.edge.value, k/w.directions))
		}
		of.message[k] = m
		of.edge[k/w.directions] += m
	}
	n.draw(pool, ASWIM, 1, of, rng)
}

// energies are those of nodes, of rows of inputs of edges and of directed edges.
type energies struct{ node, edge, message []float64 }

// draw is Draw and, unless of is nil, Redraw.
func (n *Network) draw(pool []*Sample, sampler Sampler, omega float64, of *energies, rng *rand.Rand) {
	if of == nil {
		of = new(energies)
	}
	var w Workspace
	w.load(n, pool)
	l := layer{sampler: sampler, omega: omega, act: n.Activation, rng: rng}
	l.draw(n.WV, n.BV, w.x, of.node)
	l.draw(n.WE, n.BE, w.e, of.edge)
	edge := &n.all(&w.hidden).edge
	var z blas64.General
	resize(&z, len(w.senders), 2*n.Node+n.Edge)
	for k := range z.Rows {
		copy(row(z, k), row(w.node.value, int(w.senders[k])))
		copy(row(z, k)[n.Node:], row(w.node.value, int(w.receivers[k])))
		copy(row(z, k)[2*n.Node:], row(edge.value, k/w.directions))
	}
	var weights blas64.General
	resize(&weights, n.Message, z.Cols)
	l.draw(weights, n.BM, z, of.message)
	for k := range n.Message {
		copy(row(n.A, k), row(weights, k))
		copy(row(n.B, k), row(weights, k)[n.Node:])
		copy(row(n.C, k), row(weights, k)[2*n.Node:])
	}
}

// A layer draws weights.
type layer struct {
	sampler Sampler
	omega   float64
	act     dense.Activation
	rng     *rand.Rand
}

// draw fills w and b for inputs that are distributed as the rows of x, which have
// the given energies.
func (l *layer) draw(w blas64.General, b []float64, x blas64.General, energy []float64) {
	mean, std := moments(x)
	chosen := make([][2]int, len(b))
	if energy != nil {
		chosen = l.steep(len(b), x, energy)
	}
	strata := l.rng.Perm(len(b))
	for k := range b {
		to := row(w, k)
		switch l.sampler {
		case ELM:
			for c := range to {
				to[c] = l.rng.NormFloat64()
			}
			b[k] = 2*l.rng.Float64() - 1
		case ELMWhitened:
			b[k] = 6*(float64(k)+l.open())/float64(len(b)) - 3
			for c := range to {
				g := l.rng.NormFloat64()
				if len(to) == 1 {
					g = math.Sqrt2 * math.Erfinv(2*(float64(strata[k])+l.open())/float64(len(b))-1)
				}
				to[c] = l.omega * g / (std[c] * math.Sqrt(float64(len(to))))
				b[k] = math.FMA(-to[c], mean[c], b[k])
			}
		default:
			if energy == nil {
				chosen[k] = l.pair(x)
			}
			l.between(to, &b[k], x, chosen[k], mean, std)
		}
	}
}

// open draws from U(0, 1) without its ends.
func (l *layer) open() float64 { return (float64(l.rng.Uint32()) + 0.5) * 0x1p-32 }

// between sets w and b to the function that is −s₂ at the first input of the pair and
// s₁ − s₂ at the second. Where no two inputs differ, it is one between the mean and
// the mean plus a standard deviation.
func (l *layer) between(w []float64, b *float64, x blas64.General, pair [2]int, mean, std []float64) {
	s1, s2 := math.Log(3), math.Log(3)/2
	if l.act == dense.Gaussian {
		s1, s2 = 2*math.Sqrt(math.Ln2), math.Sqrt(math.Ln2)
	}
	from := mean
	copy(w, std)
	if pair[0] >= 0 {
		from = row(x, pair[0])
		for c, v := range row(x, pair[1]) {
			w[c] = v - from[c]
		}
	}
	norm2 := dense.Dot(w, w)
	for c := range w {
		w[c] *= s1 / norm2
	}
	*b = -dense.Dot(w, from) - s2
}

// pair draws two inputs that differ, −1 if it meets none.
func (l *layer) pair(x blas64.General) [2]int {
	for range 64 {
		if x.Rows == 0 {
			break
		}
		a, b := l.rng.IntN(x.Rows), l.rng.IntN(x.Rows)
		if distance2(row(x, a), row(x, b)) > 0 {
			return [2]int{a, b}
		}
	}
	return [2]int{-1, -1}
}

// steep draws n pairs as [Network.Redraw] says, none twice: those with the least of
// −log(u)/p, u ~ U(0, 1), for a weight p (Efraimidis and Spirakis 2006).
func (l *layer) steep(n int, x blas64.General, energy []float64) [][2]int {
	type candidate struct {
		pair [2]int
		key  float64
	}
	candidates := make([]candidate, 8*n)
	for k := range candidates {
		p := l.pair(x)
		weight := 0.0
		if p[0] >= 0 {
			weight = math.Abs(energy[p[1]]-energy[p[0]]) / math.Sqrt(distance2(row(x, p[0]), row(x, p[1])))
		}
		candidates[k] = candidate{p, -math.Log(l.open()) / weight}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.key, b.key) })
	chosen := make([][2]int, n)
	for k := range chosen {
		chosen[k] = candidates[k].pair
	}
	return chosen
}

func distance2(x, y []float64) float64 {
	s := 0.0
	for c, v := range x {
		d := v - y[c]
		s = math.FMA(d, d, s)
	}
	return s
}

// moments returns mean and standard deviation of every column of x. In place of a
// deviation that is nothing but rounding stands the magnitude of the mean, or 1.
func moments(x blas64.General) (mean, std []float64) {
	mean, std = make([]float64, x.Cols), make([]float64, x.Cols)
	for i := range x.Rows {
		dense.Axpy(1/float64(x.Rows), row(x, i), mean)
	}
	for i := range x.Rows {
		for c, v := range row(x, i) {
			d := v - mean[c]
			std[c] = math.FMA(d, d, std[c])
		}
	}
	for c := range std {
		size := math.Abs(mean[c])
		switch std[c] = math.Sqrt(std[c] / float64(max(1, x.Rows))); {
		case std[c] > 0x1p-40*size:
		case size > 0:
			std[c] = size
		default:
			std[c] = 1
		}
	}
	return mean, std
}
