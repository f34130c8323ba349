// Package network holds the graph network of Rahma, Datar, Cukarska and Dietrich
// (arXiv 2506.06558, section 3) on plain arrays,
//
//	h_i  = σ(W_V x_i + b_V)                 node encoder
//	g_ij = σ(W_E e_ij + b_E)                edge encoder
//	m_ij = σ(A h_i + B h_j + C g_ij + b_M)  messages, W_M = [A B C]
//	H    = b + θ_h·Σ_i h_i + θ_m·Σ_ij m_ij + θ_g·Σ_ij g_ij
//
// with analytic first derivatives with respect to positions and momenta, for one
// energy or for every feature by itself, and the gradient of a loss of these with
// respect to all parameters. The last sum is an option; sums over ij run over both
// directions of every edge. A h and B h are computed once per node.
//
// What x_i and e_ij are is the business of an [Encoder]: coordinates in a frame
// that moves with the bodies, or invariant scalars.
//
// # Layers
//
// Weights are blas64.General, one row per feature, and all parameters are views of
// one slice, which is what optimizers move. Derivatives with respect to coordinates
// are rows: first those with respect to q, body by body, then those with respect
// to p.
package network
