package trajectory

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestScanFloat compares with strconv, which is correctly rounded.
func TestScanFloat(t *testing.T) {
	check := func(s string) {
		t.Helper()
		want, err := strconv.ParseFloat(s, 64)
		wantOK := err == nil || math.IsInf(want, 0)
		line := []byte("12 " + s + " 7")
		x, end, ok := scanFloat(line, 3)
		if ok != wantOK || end != 3+len(s) || ok && math.Float64bits(x) != math.Float64bits(want) {
			t.Fatalf("%q: %v, %d, %t, want %v, %t", s, x, end, ok, want, wantOK)
		}
		if _, end, ok := scanFloat(line[:3+len(s)], 3); ok != wantOK || end != 3+len(s) {
			t.Fatalf("%q at the end of a line: %d, %t", s, end, ok)
		}
	}
	for _, s := range strings.Fields(`0 -0 +0 0.0 . .5 5. +.5 -.5e1 e5 1e 1e+ 1e-5 1E5 1e05 1e0005 1e22 1e23 1e-22 1e-23
		9007199254740992 9007199254740993 -9007199254740993e-22 9007199254740992e22 9007199254740993e22 1.7976931348623157e308
		1.7976931348623159e308 -1e309 5e-324 2e-324 1e-400 18446744073709551616 99999999999999999999 0.1e1000 1e-1000
		0000000000000000000000000001 0.00000000000000000000000001 1.00000000000000000000000000 1,5 1.5f 1..5 1.5.5 --1 +-1
		- + Inf -inf +Infinity NaN nan 123456789012345678901234567890e-20 2.2250738585072011e-308 1e99999999999999999999`) {
		check(s)
	}
	// Above the middle of two numbers, of which the lower is even, by less than the
	// quotient of 64 bits shows; and in the middle.
	for _, s := range strings.Fields(`69514231809838.53516 7005124920494.588379 91736410341.88205719 854417107.9087241292
		5972815.918922892306 9286.012744880325954 9007199254740993.0 9007199254740995.00`) {
		check(s)
		check("-" + s)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 100000 {
		x := math.Float64frombits(r.Uint64())
		y := r.NormFloat64()
		check(strconv.FormatFloat(x, 'g', -1, 64))
		check(strconv.FormatFloat(y, 'g', 15, 64))
		check(strconv.FormatFloat(y, 'f', r.IntN(25), 64))
		check(strconv.FormatFloat(math.Ldexp(y, r.IntN(200)-100), 'e', r.IntN(20), 64))
	}
}

func TestScanCount(t *testing.T) {
	for _, c := range []struct {
		s    string
		want int64
		ok   bool
	}{
		{"0", 0, true}, {"007", 7, true}, {"9223372036854775807", math.MaxInt64, true}, {"9223372036854775808", 0, false},
		{"9223372036854775810", 0, false}, {"99999999999999999999", 0, false}, {"", 0, false}, {"-1", 0, false},
		{"+1", 0, false}, {"1.0", 0, false}, {"1e3", 0, false}, {"a", 0, false},
	} {
		n, end, ok := scanCount([]byte("1 "+c.s+"\t3"), 2)
		if n != c.want || ok != c.ok || end != 2+len(c.s) {
			t.Errorf("%q: %d, %d, %t", c.s, n, end, ok)
		}
	}
}
