package dense

import (
	"math"
	"math/big"
)

// The functions below are references by math/big, good to some 200 bits after any
// cancellation the tests meet.
const prec = 400

func newBig(x float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(x) }

func add(x, y *big.Float) *big.Float     { return new(big.Float).SetPrec(prec).Add(x, y) }
func sub(x, y *big.Float) *big.Float     { return new(big.Float).SetPrec(prec).Sub(x, y) }
func product(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Mul(x, y) }
func quo(x, y *big.Float) *big.Float     { return new(big.Float).SetPrec(prec).Quo(x, y) }
func neg(x *big.Float) *big.Float        { return new(big.Float).SetPrec(prec).Neg(x) }

func scaleBig(x *big.Float, k int) *big.Float {
	return new(big.Float).SetPrec(prec).SetMantExp(x, k)
}

// series returns Σ terms, where next makes a term of the one before it.
func series(term *big.Float, next func(term *big.Float, n int) *big.Float) *big.Float {
	sum := newBig(0)
	for n := 1; term.Sign() != 0 && (sum.Sign() == 0 || term.MantExp(nil) > sum.MantExp(nil)-prec-10); n++ {
		sum = add(sum, term)
		term = next(term, n)
	}
	return sum
}

// expBig returns eˣ by the series at x/2ᵏ, squared k times, and 0 below −2000, since a
// float64 does not tell the difference.
func expBig(x *big.Float) *big.Float {
	if x.Cmp(newBig(-2000)) < 0 {
		return newBig(0)
	}
	k := max(0, x.MantExp(nil)+10)
	e := add(newBig(1), expm1Series(scaleBig(x, -k)))
	for range k {
		e = product(e, e)
	}
	return e
}

// expm1Big returns eˣ − 1.
func expm1Big(x *big.Float) *big.Float {
	if x.MantExp(nil) < -10 {
		return expm1Series(x)
	}
	return sub(expBig(x), newBig(1))
}

func expm1Series(x *big.Float) *big.Float {
	return series(x, func(term *big.Float, n int) *big.Float {
		return quo(product(term, x), newBig(float64(n+1)))
	})
}

// log1pBig returns log(1+y), 0 ≤ y ≤ 1, as 2·artanh(y/(2+y)).
func log1pBig(y *big.Float) *big.Float {
	s := quo(y, add(y, newBig(2)))
	square := product(s, s)
	power := s
	sum := series(s, func(_ *big.Float, n int) *big.Float {
		power = product(power, square)
		return quo(power, newBig(float64(2*n+1)))
	})
	return scaleBig(sum, 1)
}

// piBig is π after Machin, good to the places that the largest float64 takes.
var piBig = func() *big.Float {
	const places = 1400
	one := new(big.Int).Lsh(big.NewInt(1), places)
	arctan := func(n int64) *big.Int { // of 1/n
		sum, power := new(big.Int), new(big.Int).Div(one, big.NewInt(n))
		for i := int64(1); power.Sign() != 0; i += 2 {
			term := new(big.Int).Div(power, big.NewInt(i))
			if i%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Div(power, big.NewInt(n*n))
		}
		return sum
	}
	pi := new(big.Int).Mul(big.NewInt(4), arctan(5))
	pi.Mul(pi.Sub(pi, arctan(239)), big.NewInt(4))
	return new(big.Float).SetMantExp(new(big.Float).SetInt(pi), -places)
}()

// sinCosBig returns the sine and cosine of x by their series at x − kπ/2.
func sinCosBig(x float64) (sin, cos *big.Float) {
	wide := func() *big.Float { return new(big.Float).SetPrec(2600) } // holds a product with π
	half := wide().SetMantExp(piBig, -1)
	quotient := wide().Quo(wide().SetFloat64(x), half)
	k, _ := quotient.Add(quotient, newBig(math.Copysign(0.5, x))).Int(nil)
	multiple := wide().Mul(wide().SetInt(k), half)
	r := new(big.Float).SetPrec(prec).Set(multiple.Sub(wide().SetFloat64(x), multiple))
	square := neg(product(r, r))
	next := func(from int) func(*big.Float, int) *big.Float {
		return func(term *big.Float, n int) *big.Float {
			return quo(product(term, square), newBig(float64((2*n-1+from)*(2*n+from))))
		}
	}
	s, c := series(r, next(1)), series(newBig(1), next(0))
	switch new(big.Int).And(k, big.NewInt(3)).Int64() { // of negative k too, as two's complement
	case 1:
		return c, neg(s)
	case 2:
		return neg(s), neg(c)
	case 3:
		return neg(c), s
	}
	return s, c
}

// exact returns a(z) and a′(z).
func (a Activation) exact(z float64) (value, slope *big.Float) {
	one := newBig(1)
	if a == Sin {
		return sinCosBig(z)
	}
	if a == Gaussian {
		e := expBig(neg(product(newBig(z), newBig(z))))
		return e, product(e, scaleBig(newBig(-z), 1))
	}
	size := math.Abs(z)
	if a == Tanh {
		size *= 2
	}
	e := expBig(newBig(-size))
	d := add(one, e)
	slope = quo(quo(e, d), d)
	sigmoid := quo(one, d)
	if z < 0 {
		sigmoid = quo(e, d)
	}
	switch a {
	case Tanh:
		t := neg(quo(expm1Big(newBig(-size)), d))
		if z < 0 {
			t = neg(t)
		}
		return t, scaleBig(slope, 2)
	case Softplus:
		return add(log1pBig(e), newBig(max(z, 0))), sigmoid
	}
	return sigmoid, slope
}

// ulps returns |got − want| in units in the last place of want.
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	exp := -1074
	if _, e := math.Frexp(w); w != 0 {
		exp = max(e-53, -1074)
	}
	d, _ := scaleBig(sub(newBig(got), want), -exp).Float64()
	return math.Abs(d)
}
