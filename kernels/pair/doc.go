// Package pair holds the kernels of motion under pair potentials: the search for
// neighbours, the forces and energies of bodies over lists of them, the steps of the bodies,
// [Kick] and [Drift], and for other potentials the [Separations] of neighbours from a point.
//
// A potential is a function of s = r², the squared distance, so that no square root is
// taken: a [Piecewise] of polynomials between two distances and, outside of them, the
// straight continuation of its derivative in r. A [List] holds the neighbours of every
// body, each pair twice, so that the force on a body is one sum and nothing is scattered.
//
// # Shapes
//
// Positions are rows of four numbers, x, y, z and the weight of the body, and one more row
// of NaN behind the last body, which stands for nobody. Directions that a system lacks are 0.
// Separations takes rows of three, x, y and z, of bodies alone.
//
// # Accuracy and determinism
//
// The functions written in Go are the specification, and the bits of a result, those of a
// NaN apart, are the same at every level. Sums run over eight lanes: neighbour k of a body
// adds to lane k mod 8, in the order of the list, and lanes are summed as
// ((0+1)+(2+3)) + ((4+5)+(6+7)). The force of a pair is the same number, with the other
// sign, on both of its bodies.
//
// The kernels run on the calling goroutine and do not allocate, but to grow lists and
// Separations. Quantities have the units of
// the caller.
package pair
