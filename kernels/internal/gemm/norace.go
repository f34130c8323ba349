//go:build !race

package gemm

// UnderRace tells whether the race detector is on.
const UnderRace = false

// annotate tells the race detector, which does not see assembly, what Run reads and writes.
// Without the detector it is nothing.
func (g *Product) annotate() {}

// annotateTriangle tells the race detector what RunTriangle reads and writes. Without the
// detector it is nothing.
func (g *Product) annotateTriangle(bool) {}
