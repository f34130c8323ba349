// Package manybody writes the energy of atoms as a linear combination of smooth, exactly
// invariant functions of their surroundings, and gives its derivatives.
//
// # Features
//
// The atom i sends nothing and receives from each neighbour j within the cutoff the message
//
//	M_nlm(i) = Σ_j R_n(r_ij) Y_lm(u_ij)
//
// one set for each species of j: Chebyshev polynomials of the distance under a smooth
// cutoff, times real spherical harmonics of the direction. Invariants under rotation and
// inversion are
//
//	M_n00,  Σ_m M_nlm M_n′lm,  Σ c(m₁,m₂,m₃) M_n₁l₁m₁ M_n₂l₂m₂ M_n₃l₃m₃
//
// with the coupling that three harmonics have. They are sums over pairs, triplets and
// quadruplets of atoms; products of the invariants, each brought to mean 0 and standard
// deviation 1, reach more. The features of an atom are the invariants and products of
// lowest cost, a weighted polynomial degree, as many as are asked for (see [Spec]). The
// energy is Σ_i θ_s(i)·φ(i) + e_s(i), with coefficients for each species s of i.
//
// The expansion is that of the atomic cluster expansion (Drautz, Phys. Rev. B 99, 014104,
// 2019); products of the low orders stand in for the couplings of the high ones.
//
// # Cost
//
// The number of messages an atom receives does not depend on how many neighbours there are,
// so that energies and forces take time linear in edges, and so do the rows of the
// least-squares problem.
//
// # Determinism
//
// Everything is a function of the structure, with the same bits at every level of
// instructions. Edges are summed in the order in which the search finds them.
package manybody
