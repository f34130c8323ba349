package gonumlapack

import (
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/testlapack"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/gonumblas"
)

// thorough reports whether a test should take its time: at the level that the environment asks
// for, or at the highest if that is none or is absent and routines are ours there, but not under the race
// detector. So each level has its turn where the tests are run level by level.
func thorough() bool {
	level, asked := simd.Requested()
	levels := simd.Available()
	if highest := levels[len(levels)-1]; !asked || level > highest {
		level = highest
	}
	return !underRace && !testing.Short() && simd.Active() == level && (asked || faster())
}

// TestSuite runs gonum's own tests of every routine that is ours, small problems with our code
// too: all of them at the level at hand, see thorough, and those that are quick at each. The
// checks, which take most of the time, are products by package blas64.
func TestSuite(t *testing.T) {
	defer blas64.Use(blas64.Implementation())
	blas64.Use(gonumblas.Implementation{})
	impl := Implementation{always: true}
	suite := []struct {
		name string
		long bool
		test func(t *testing.T)
	}{
		{"Dbdsqr", true, func(t *testing.T) { testlapack.DbdsqrTest(t, impl) }},
		{"Dgebrd", false, func(t *testing.T) { testlapack.DgebrdTest(t, impl) }},
		{"Dgelqf", true, func(t *testing.T) { testlapack.DgelqfTest(t, impl) }},
		{"Dgels", true, func(t *testing.T) { testlapack.DgelsTest(t, impl) }},
		{"Dgeqp3", true, func(t *testing.T) { testlapack.Dgeqp3Test(t, impl) }},
		{"Dgeqrf", true, func(t *testing.T) { testlapack.DgeqrfTest(t, impl) }},
		{"Dgesvd", true, func(t *testing.T) { testlapack.DgesvdTest(t, impl, 1e-13) }},
		{"Dorgbr", false, func(t *testing.T) { testlapack.DorgbrTest(t, impl) }},
		{"Dorghr", false, func(t *testing.T) { testlapack.DorghrTest(t, impl) }},
		{"Dorglq", false, func(t *testing.T) { testlapack.DorglqTest(t, impl) }},
		{"Dorgqr", false, func(t *testing.T) { testlapack.DorgqrTest(t, impl) }},
		{"Dorgtr", false, func(t *testing.T) { testlapack.DorgtrTest(t, impl) }},
		{"Dormbr", true, func(t *testing.T) { testlapack.DormbrTest(t, impl) }},
		{"Dormhr", true, func(t *testing.T) { testlapack.DormhrTest(t, impl) }},
		{"Dormlq", true, func(t *testing.T) { testlapack.DormlqTest(t, impl) }},
		{"Dormqr", true, func(t *testing.T) { testlapack.DormqrTest(t, impl) }},
		{"Dpotrf", true, func(t *testing.T) { testlapack.DpotrfTest(t, impl) }},
		{"Dpotrs", false, func(t *testing.T) { testlapack.DpotrsTest(t, impl) }},
		{"Dsteqr", false, func(t *testing.T) { testlapack.DsteqrTest(t, impl) }},
		{"Dsyev", false, func(t *testing.T) { testlapack.DsyevTest(t, impl) }},
		{"Dtrtrs", false, func(t *testing.T) { testlapack.DtrtrsTest(t, impl) }},
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		t.Run("routine", func(t *testing.T) { // all at this level, for it waits for them
			for _, s := range suite {
				if !s.long || thorough() {
					t.Run(s.name, func(t *testing.T) {
						t.Parallel()
						s.test(t)
					})
				}
			}
		})
	})
}
