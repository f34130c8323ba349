// Package hgn learns the energy of an N-body system from its motion and gives
// back its dynamics.
//
// A Hamiltonian graph network writes the energy H(q, p) as a sum of features of
// bodies and of pairs of bodies. The hidden layer of every feature is drawn at
// random, and only the last, linear layer is solved for, by least squares over
// the equations of motion
//
//	q̇ = ∂H/∂p,  ṗ = −∂H/∂q
//
// (Rahma, Datar, Cukarska and Dietrich, arXiv 2506.06558). [Train] does that,
// [Model.Forces], [Model.Energy] and [Model.Rollout] use what was learned, and
// [Model.Save] and [Load] keep it.
//
// # Vocabulary
//
// A [Frame] is one observed state: positions q, momenta p = m·v and, for
// training, their time derivatives. A [Source] is a sequence of frames that can
// be read as often as needed. A [Graph] is the set of interacting pairs: fixed
// bonds, or all pairs closer than a cutoff. Arrays of vectors are row-major,
// one row of [Frame.Dim] coordinates per body. Units are the caller's; any
// consistent set does.
//
// # Determinism
//
// A model depends on the frames, their order and the options, and on nothing
// else: not on the number of workers and not on the instruction set, to the bit,
// on one machine.
package hgn
