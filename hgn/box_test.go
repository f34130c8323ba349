package hgn

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The reduced difference is that of exact arithmetic, up to one rounding.
func TestImageReduce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		length := math.Ldexp(1+r.Float64(), r.IntN(40)-20)
		images := math.Ldexp(r.Float64()-0.5, r.IntN(35))
		box := Box{Hi: [3]float64{length}, Periodic: [3]bool{true}}
		im := box.image(true)
		x := images * length
		got := im.reduce(0, x)
		if math.Abs(math.Abs(got)-length/2) < length*0x1p-20 {
			continue // a tie within the rounding of x/length
		}
		exact := new(big.Float).SetPrec(2000).SetFloat64(x)
		n := new(big.Float).SetPrec(2000).SetFloat64(math.Round(images))
		exact.Sub(exact, n.Mul(n, new(big.Float).SetFloat64(length)))
		want, _ := exact.Float64()
		if got != want {
			t.Fatalf("reduce(%v) with length %v is %v, want %v", x, length, got, want)
		}
	}
}

// Many lengths away the quotient is not known well enough to tell the nearest image:
// differences near a tie must be reduced exactly.
func TestImageReduceFar(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for exponent := 30; exponent <= 50; exponent++ {
		for range 200 {
			length := 1 + r.Float64()
			box := Box{Hi: [3]float64{length}, Periodic: [3]bool{true}}
			im := box.image(true)
			x := (math.Ldexp(1, exponent) + 0.5) * length
			for range r.IntN(4) {
				x = math.Nextafter(x, math.Inf(1))
			}
			if got, want := im.reduce(0, x), math.Remainder(x, length); got != want {
				t.Fatalf("reduce(%v) with length %v is %v, want %v", x, length, got, want)
			}
		}
	}
}

// Whatever the difference, the result is inside of the box or NaN.
func TestImageReduceExtremes(t *testing.T) {
	for _, length := range []float64{0x1p-1022, 1e-300, 0.1, 1, 5.0387885741475218, 1e300, math.MaxFloat64} {
		box := Box{Hi: [3]float64{length}, Periodic: [3]bool{true}}
		if err := box.check(1, 0); err != nil {
			t.Fatal(err)
		}
		im := box.image(true)
		for _, x := range []float64{0, 5e-324, 1e-300, 1, length / 2, length, 1e9 * length, 1e12 * length, 1e300, math.MaxFloat64} {
			if math.IsInf(x, 0) {
				continue
			}
			for _, x := range []float64{x, -x} {
				if got := im.reduce(0, x); !(math.Abs(got) <= length*(0.5+0x1p-20)) {
					t.Errorf("reduce(%v) with length %v is %v", x, length, got)
				}
			}
		}
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if got := im.reduce(0, x); !math.IsNaN(got) {
				t.Errorf("reduce(%v) is %v", x, got)
			}
		}
	}
}

func TestImageFree(t *testing.T) {
	box := Box{Hi: [3]float64{1, 1, 1}, Periodic: [3]bool{true, false, true}}
	free, periodic := box.image(false), box.image(true)
	for a, want := range []float64{-0.25, 3.75, -0.25} {
		if got := free.reduce(a, 3.75); got != 3.75 {
			t.Errorf("free: reduce(%d, 3.75) is %v", a, got)
		}
		if got := box.Reduce(a, 3.75); got != want {
			t.Errorf("Reduce(%d, 3.75) is %v, want %v", a, got, want)
		}
		if got := periodic.reduce(a, 3.75); got != want {
			t.Errorf("periodic: reduce(%d, 3.75) is %v, want %v", a, got, want)
		}
	}
}
