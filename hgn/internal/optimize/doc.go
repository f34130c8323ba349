// Package optimize holds the optimizers that networks are trained with for
// comparison: fourteen rules of first order and L-BFGS, mini-batches, schedules,
// early stopping, and a report of divergence.
//
// A [Rule] moves parameters by one gradient. Constants that are not a learning rate
// are those that the authors recommend or, where they leave it open, PyTorch's
// defaults; they are stated at each rule. [Fit] runs a rule, or L-BFGS, on a
// [Problem].
package optimize
