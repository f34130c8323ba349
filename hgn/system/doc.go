// Package system holds N-body systems with a known energy, to make data from and to
// compare learned models with:
//
//	H(q, p) = Σ_i |p_i|²/(2 m_i) + Σ_(ij) V(|q_j − q_i|)
//
// where [System.Coupling] may couple the momenta of pairs, and [System.Damping] damps them:
// ṗ = −∂H/∂q − γ q̇.
//
// [Lattice], [Ring] and [FCC] lay out bodies and the pairs that interact;
// [Harmonic], [FPUT], [Morse], [LennardJones] and any other [Potential] say how.
// [System.Start] draws a state, and [System.Trajectory] integrates it and gives the
// frames that [hgn.Train] reads.
//
// Units are the caller's, any consistent set; with lengths, masses and energies of
// order 1 everything is dimensionless, as in the units lj of LAMMPS.
//
// # Walls
//
// A wall is a body of mass [WallMass] beside the bodies of the boundary, bonded to
// them as they are to each other: the fixed ends of the chains of Fermi, Pasta, Ulam
// and Tsingou. It takes up momentum, but its velocity stays of the order of 1e-30.
// Because it is a body like any other, frames obey q̇ = ∂H/∂p and ṗ = −∂H/∂q at walls
// too, total momentum is conserved, and a graph network learns and integrates the
// system without being told of walls.
package system
