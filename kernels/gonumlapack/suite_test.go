package gonumlapack

import (
	"testing"

	"gonum.org/v1/gonum/lapack/testlapack"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestSuite runs gonum's own tests of every routine that is ours, at each level.
func TestSuite(t *testing.T) {
	impl := Implementation{}
	suite := []struct {
		name string
		test func(t *testing.T)
	}{
		{"Dgelqf", func(t *testing.T) { testlapack.DgelqfTest(t, impl) }},
		{"Dgeqrf", func(t *testing.T) { testlapack.DgeqrfTest(t, impl) }},
		{"Dorglq", func(t *testing.T) { testlapack.DorglqTest(t, impl) }},
		{"Dorgqr", func(t *testing.T) { testlapack.DorgqrTest(t, impl) }},
		{"Dormlq", func(t *testing.T) { testlapack.DormlqTest(t, impl) }},
		{"Dormqr", func(t *testing.T) { testlapack.DormqrTest(t, impl) }},
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, s := range suite {
			t.Run(s.name, s.test)
		}
	})
}
