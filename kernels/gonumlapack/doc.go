// Package gonumlapack puts the kernels of package dense behind gonum's LAPACK:
//
//	lapack64.Use(gonumlapack.Implementation{})
//
// and everything in gonum that factors float64 matrices through its lapack64 is faster from
// then on: mat.QR, mat.LQ, mat.SVD, mat.EigenSym and mat.Cholesky, and lapack64.Gels. It does
// not need package gonumblas: routines that are ours call the kernels directly and leave the
// process-wide BLAS alone.
//
// Routines that are not listed are gonum's own. Each that is has its meaning, argument checks
// and panics, and its protocol for work; what it takes beyond that it allocates, and keeps for
// later calls:
//
//	Dgeqrf Dorgqr Dormqr Dgeqp3  QR factorization, with pivoting what does not pivot
//	Dgelqf Dorglq Dormlq         LQ factorization
//	Dgels                        least squares
//	Dgesvd Dgebrd Dbdsqr         singular value decomposition
//	Dorgbr Dormbr                orthogonal matrices of Dgebrd
//	Dorghr Dormhr Dorgtr         and of Dgehrd and, for a lower triangle, Dsytrd
//	Dsyev Dsteqr                 symmetric eigenvalue problems, where vectors are wanted
//	Dpotrf Dpotrs                Cholesky factorization
//	Dtrtrs                       triangular systems
//
// Dgeev and Dggsvd3, which need some of these in turn, use gonum's: most of their time goes
// into Dhseqr and Dtgsja, which are none of these.
//
// Small problems are left to gonum, where ours would not be faster. Factors have the signs of
// gonum's and agree with them to rounding, as sums are fused and ordered otherwise; errors
// have the same bounds. A pair of singular vectors may have both signs turned. NaN and
// infinities spread as IEEE 754 has it, where gonum's BLAS hides some of them behind zeros;
// Dgesvd and Dsyev leave matrices that hold any to gonum.
//
// At level generic on amd64 everything is gonum's, whose assembly for any amd64 is faster
// there than portable Go. Results therefore depend on the level, but not on the number of
// workers, and are the same to the bit at levels avx2 and avx512 and in every run.
package gonumlapack
