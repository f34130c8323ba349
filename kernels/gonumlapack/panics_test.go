package gonumlapack

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// calls holds valid arguments of every routine that is ours.
func calls() map[string][]any {
	x := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i%7) + 1
		}
		return x
	}
	eye := func(n int) []float64 {
		x := make([]float64, n*n)
		for i := range n {
			x[i*n+i] = 2
		}
		return x
	}
	return map[string][]any{
		"Dgeqrf": {7, 5, x(7 * 5), 5, x(5), x(200), 200},
		"Dgelqf": {5, 7, x(7 * 5), 7, x(5), x(200), 200},
		"Dorgqr": {7, 5, 4, x(7 * 5), 5, x(4), x(200), 200},
		"Dorglq": {5, 7, 4, x(7 * 5), 7, x(4), x(200), 200},
		"Dormqr": {blas.Left, blas.Trans, 7, 3, 4, x(7 * 4), 4, x(4), x(7 * 3), 3, x(6000), 6000},
		"Dormlq": {blas.Right, blas.NoTrans, 3, 7, 4, x(7 * 4), 7, x(4), x(7 * 3), 7, x(6000), 6000},
		"Dorgbr": {lapack.GenerateQ, 7, 5, 4, x(7 * 5), 5, x(4), x(200), 200},
		"Dorghr": {7, 1, 5, x(7 * 7), 7, x(6), x(200), 200},
		"Dorgtr": {blas.Lower, 5, x(5 * 5), 5, x(4), x(200), 200},
		"Dormbr": {lapack.ApplyP, blas.Left, blas.Trans, 7, 3, 4, x(7 * 4), 7, x(4), x(7 * 3), 3, x(6000), 6000},
		"Dormhr": {blas.Left, blas.Trans, 7, 3, 1, 5, x(7 * 7), 7, x(6), x(7 * 3), 3, x(6000), 6000},
		"Dgeqp3": {7, 5, x(7 * 5), 5, []int{-1, 0, -1, 0, -1}, x(5), x(400), 400},
		"Dgels":  {blas.NoTrans, 7, 5, 2, x(7 * 5), 5, x(7 * 2), 2, x(200), 200},
		"Dgebrd": {7, 5, x(7 * 5), 5, x(5), x(4), x(5), x(5), x(400), 400},
		"Dbdsqr": {blas.Upper, 5, 3, 4, 2, x(5), x(4), x(5 * 3), 3, x(4 * 5), 5, x(5 * 2), 2, x(16)},
		"Dgesvd": {lapack.SVDStore, lapack.SVDAll, 7, 5, x(7 * 5), 5, x(5), x(7 * 5), 5, x(5 * 5), 5, x(400), 400},
		"Dsteqr": {lapack.EVOrig, 5, x(5), x(4), eye(5), 5, x(8)},
		"Dsyev":  {lapack.EVCompute, blas.Upper, 5, x(5 * 5), 5, x(5), x(20), 20},
		"Dpotrf": {blas.Upper, 5, eye(5), 5},
		"Dpotrs": {blas.Lower, 5, 3, eye(5), 5, x(5 * 3), 3},
		"Dtrtrs": {blas.Upper, blas.Trans, blas.NonUnit, 5, 3, eye(5), 5, x(5 * 3), 3},
	}
}

// TestPanics spoils each argument in turn and expects what gonum does about it.
func TestPanics(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for name, valid := range calls() {
			for i, arg := range valid {
				for _, spoilt := range spoil(arg) {
					args := slices.Clone(valid)
					args[i] = spoilt
					got, want := panicOf(Implementation{always: true}, name, args), panicOf(gonum.Implementation{}, name, args)
					if got != want {
						t.Errorf("%s with argument %d %v: panics with %q, gonum with %q", name, i, spoilt, got, want)
					}
				}
			}
		}
	})
}

// spoil returns values that are wrong, or border on it, in place of arg.
func spoil(arg any) []any {
	switch v := arg.(type) {
	case int:
		return []any{-2, -1, 0, 1, v - 1, v + 1}
	case []int:
		return []any{v[:len(v)-1], []int{-1, -1, -1, -2, -1}, []int{-1, 0, 5, 0, -1}}
	case []float64:
		return []any{[]float64{}, v[:1], v[:len(v)-1], append(slices.Clone(v), 1)}
	}
	return []any{reflect.Zero(reflect.TypeOf(arg)).Interface(), reflect.ValueOf(byte('O')).Convert(reflect.TypeOf(arg)).Interface()}
}

// panicOf calls a routine with copies of the arguments and returns what it panics with.
func panicOf(impl any, name string, args []any) (message string) {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		if x, ok := a.([]float64); ok {
			a = slices.Clip(slices.Clone(x))
		}
		if x, ok := a.([]int); ok {
			a = slices.Clone(x)
		}
		in[i] = reflect.ValueOf(a)
	}
	defer func() {
		if r := recover(); r != nil {
			message = fmt.Sprint(r)
		}
	}()
	reflect.ValueOf(impl).MethodByName(name).Call(in)
	return ""
}

// TestThresholds checks that the last problem below each threshold is gonum's, to the bit,
// and that the next one is not.
func TestThresholds(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, c := range []struct {
			what         string
			below, above bool
		}{
			{"reflectors", Implementation{}.reflects(92, 92, 92), Implementation{}.reflects(93, 93, 93)},
			{"few reflectors", Implementation{}.reflects(1e6, 7, 7), Implementation{}.reflects(1e6, 8, 8)},
			{"reduction", Implementation{}.ours(leastReduced, 161, 161, 161), Implementation{}.ours(leastReduced, 162, 162, 162)},
			{"SVD", Implementation{}.ours(leastSVD, 50, 50, 50), Implementation{}.ours(leastSVD, 51, 51, 51)},
			{"Cholesky", Implementation{}.ours(leastCholesky, 92, 92, 92), Implementation{}.ours(leastCholesky, 93, 93, 93)},
			{"systems", Implementation{}.ours(leastSolved, 20, 20, 10), Implementation{}.ours(leastSolved, 20, 20, 11)},
		} {
			if c.below || c.above != faster() {
				t.Errorf("%s: %v below the threshold, %v above", c.what, c.below, c.above)
			}
		}
		for _, n := range []int{92, 93} {
			a := newMatrix(newRand(), n, n)
			got, want := cloned(a), cloned(a)
			factorize(Implementation{}, true, got)
			factorize(gonum.Implementation{}, true, want)
			if same := slices.Equal(got.Data, want.Data); same != (n == 92 || !faster()) {
				t.Errorf("order %d: same bits as gonum: %v", n, same)
			}
			checkFactorization(t, fmt.Sprintf("QR of order %d", n), Implementation{}, gonum.Implementation{}, true, a)
		}
		for _, n := range []int{50, 51} {
			checkSVD(t, fmt.Sprintf("SVD of order %d", n), Implementation{}, newMatrix(newRand(), n, n))
		}
	})
}
