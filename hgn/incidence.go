package hgn

// An incidence lists the edges of every body: those of body i are
// edges[start[i]:start[i+1]], ascending.
type incidence struct {
	start, edges []int32
}

// newIncidence sorts the two ends of every edge of g by body.
func newIncidence(g *Graph) *incidence {
	n := incidence{make([]int32, g.Nodes+2), make([]int32, 2*g.Edges())}
	for k, i := range g.Senders {
		n.start[i+2]++
		n.start[g.Receivers[k]+2]++
	}
	for i := 2; i < len(n.start); i++ {
		n.start[i] += n.start[i-1]
	}
	for k, i := range g.Senders {
		for _, end := range [2]int32{i, g.Receivers[k]} {
			n.edges[n.start[end+1]] = int32(k)
			n.start[end+1]++
		}
	}
	n.start = n.start[:g.Nodes+1]
	return &n
}

// of returns the edges of the bodies lo … hi−1 of g, each once.
func (n *incidence) of(dst []int32, g *Graph, lo, hi int) []int32 {
	dst = dst[:0]
	for i := lo; i < hi; i++ {
		for _, k := range n.edges[n.start[i]:n.start[i+1]] {
			s, r := int(g.Senders[k]), int(g.Receivers[k])
			if s == i || r == i && s < lo {
				dst = append(dst, k)
			}
		}
	}
	return dst
}
