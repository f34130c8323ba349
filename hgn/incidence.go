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

// An adjacency lists the neighbours of every body: those of body i are
// other[start[i]:start[i+1]], ascending.
type adjacency struct {
	start, other []int32
}

// build makes a that of g, whose edges are sorted, reusing its memory.
func (a *adjacency) build(g *Graph) {
	a.start = grow(a.start, g.Nodes+2)
	clear(a.start)
	for k, i := range g.Senders {
		a.start[i+2]++
		a.start[g.Receivers[k]+2]++
	}
	for i := 2; i < len(a.start); i++ {
		a.start[i] += a.start[i-1]
	}
	a.other = grow(a.other, 2*g.Edges())
	for k, i := range g.Senders {
		j := g.Receivers[k]
		a.other[a.start[i+1]] = j
		a.start[i+1]++
		a.other[a.start[j+1]] = i
		a.start[j+1]++
	}
	a.start = a.start[:g.Nodes+1]
}
