// Package lsq solves least-squares problems with many rows and few columns,
//
//	min ‖A X − B‖₂,  A m×n, B m×p, m ≫ n,
//
// by an orthogonal factorization of rows that are given a few at a time and are not kept:
// memory is O(n(n+p)) whatever the number of rows.
//
//	acc := lsq.New(n, p)
//	for … {
//		err := acc.Append(a, b) // any number of rows
//	}
//	sol, err := acc.Solve(lsq.Options{})
//
// # Method
//
// Rows are gathered into blocks of 384, and each block is folded into a triangular factor,
//
//	[R C; block] = Q [R′ C′; 0 T],
//
// by Householder reflectors that are formed on the columns of A and applied to the columns
// of B on the way; neither Q nor the rows are kept, and of T only the norms of its columns.
// Reflectors are formed in leaves of 8 columns and applied to the others by panels of up to
// 24, as products of matrices (Schreiber and Van Loan 1989).
// Folding rows into R = 0 is Householder's method on [0; A], which is numerically modified
// Gram–Schmidt on A with B as further columns (Björck and Paige 1992) and backward stable.
//
// A chunk is a number of blocks that depends on n alone (ChunkRows), and has a factor of
// its own. The factors of chunks are merged, [R₁; R₂] → R, along a fixed binary tree: node
// (level, index) covers the chunks index·2^level … (index+1)·2^level−1, and is formed from
// its two children, the lower first, as soon as both are there. Only the nodes that wait
// for their sibling are held, at most one a level. This is TSQR (Demmel, Grigori, Hoemmen
// and Langou 2012) run as a binary counter.
//
// # Answers
//
// R, C and the norms of T answer what would else take another pass over the rows: the
// residual, solutions for other ridges (SolveRidges) and the ridge that the rows themselves
// call for (Criterion, CrossValidate), degrees of freedom, noise, the variance of a prediction
// (Leverage) and solutions that agree with the rows as well (Spread), the columns that matter
// most (Select) and the problem of these alone (Columns). Rows can be taken back (Remove).
//
// Where A is known to be well-conditioned, NewGram takes half the time and says when that
// was not so.
//
// # Determinism
//
// The factor is a function of the sequence of rows: how it is cut into calls, the number of
// workers and the order in which they finish change no bit, and neither does the level of
// instructions. Since chunks are numbered, the same holds for accumulators that were given
// whole chunks of one sequence (NewShard) and then merged in any order. Results are
// reproducible where math.FMA, division and square root are rounded correctly, as Go
// requires.
//
// # Accuracy
//
// X, where nothing is truncated and Ridge is 0, is the exact solution of a problem in which
// each column of A and B is off by a small multiple of n·2⁻⁵² of its norm, whatever the
// scales of the columns; the multiple grows with the logarithm of the number of rows at
// most. Normal equations would square the condition number; nothing here does.
//
// Entries may be as small as the least normal numbers and as large as 2¹⁰²²/√m: intermediate
// squares are scaled by powers of two where they would leave the range. A factor that leaves
// it makes Solve return ErrOverflow.
//
// # References
//
//   - J. Demmel, L. Grigori, M. Hoemmen, J. Langou: Communication-optimal parallel and
//     sequential QR and LU factorizations. SIAM J. Sci. Comput. 34 (2012) A206–A239.
//   - Å. Björck, C. C. Paige: Loss and recapture of orthogonality in the modified
//     Gram–Schmidt algorithm. SIAM J. Matrix Anal. Appl. 13 (1992) 176–190.
//   - N. J. Higham: Accuracy and stability of numerical algorithms, 2nd ed., SIAM 2002,
//     chapters 19 and 20.
//   - R. Schreiber, C. Van Loan: A storage-efficient WY representation for products of
//     Householder transformations. SIAM J. Sci. Stat. Comput. 10 (1989) 53–57.
//   - G. Golub, W. Kahan: Calculating the singular values and pseudo-inverse of a matrix.
//     SIAM J. Numer. Anal. 2 (1965) 205–224.
//   - G. Golub, M. Heath, G. Wahba: Generalized cross-validation as a method for choosing a
//     good ridge parameter. Technometrics 21 (1979) 215–223.
//   - D. MacKay: Bayesian interpolation. Neural Computation 4 (1992) 415–447.
//   - J. Demmel, W. Kahan: Accurate singular values of bidiagonal matrices. SIAM J. Sci.
//     Stat. Comput. 11 (1990) 873–912.
package lsq
