package emit

// Constants of package dense.
const (
	Ln2Hi     = 0x1.62e42fef00000p-1
	Ln2Lo     = 0x1.473de6af278edp-34
	ToEighths = 0x1.8p49
	Bias      = 1023
	LiftBits  = 60
	Lift      = 1 << LiftBits
	Drop      = 1.0 / Lift
	Vanish    = 750.7
	SignBit   = uint64(1 << 63)
)

// The bits of dense.powers, the same less the bits of j/8, and of dense.powerRests, whose
// halves are equal.
var (
	Powers = Entries{
		0x3ff0000000000000, 0x3ff172b83c7d517b, 0x3ff306fe0a31b715, 0x3ff4bfdad5362a27,
		0x3ff6a09e667f3bcd, 0x3ff8ace5422aa0db, 0x3ffae89f995ad3ad, 0x3ffd5818dcfba487,
	}
	PowerSteps = Powers.less(func(j uint64) uint64 { return j << 49 })
	PowerRests = Entries{
		0, 0xbc801b15bc801b15, 0x3c834d753c834d75, 0x3c7690ce3c7690ce,
		0xbc93b3efbc93b3ef, 0x3c8db72f3c8db72f, 0x3c8c1a773c8c1a77, 0x3c74a3853c74a385,
	}
)

// NearestEighth returns the multiple k of 1/8 that is nearest to x/ln 2, and the bits of
// 8(k + bias).
func (m Arith) NearestEighth(x Group, bias float64) (k, shifted Group) {
	const log2e = 0x1.71547652b82fep+0
	shifted = m.Const(ToEighths + bias)
	m.AddMul(shifted, x, log2e)
	return m.Sub(shifted, ToEighths+bias), shifted
}

// LiftedPower returns dense.liftedPower of x.
func (m Arith) LiftedPower(x Group) (k, scale, rest Group) { return m.power(x, LiftBits) }

// power is LiftedPower with 2^lift in place of dense.lift.
func (m Arith) power(x Group, lift float64) (k, scale, rest Group) {
	k, shifted := m.NearestEighth(x, lift)
	at := m.Index(shifted)
	return k, m.AddBits(m.ShiftLeft(shifted, 49), m.Lookup(&PowerSteps, at)), m.Lookup(&PowerRests, at)
}

// LiftedExp returns dense.liftedExp of x, which it destroys.
func (m Arith) LiftedExp(x Group) (r, tail, scale Group) { return m.exp(x, LiftBits) }

// Exp is LiftedExp without the lift, for −700 < x ≤ 0.
func (m Arith) Exp(x Group) (r, tail, scale Group) { return m.exp(x, 0) }

func (m Arith) exp(x Group, lift float64) (r, tail, scale Group) {
	k, scale, rest := m.power(x, lift)
	r = m.Reduced(x, k, rest)
	return r, m.ExpTail(r), scale
}

// Reduced returns dense.reduced of its arguments, of which it destroys x and rest.
func (m Arith) Reduced(x, k, rest Group) Group {
	return m.Add(m.SubMul(x, k, Ln2Hi), m.SubMul(rest, k, Ln2Lo))
}

// ExpTail returns dense.expTail of r.
func (m Arith) ExpTail(r Group) Group {
	w := m.Mul(r, r)
	even := m.Poly(w, 2.4802493300934478e-05, 0.0013888888880378579, 0.041666666666666866, 0.5)
	odd := m.Poly(w, 0.0001984217584384062, 0.008333333324822985, 0.16666666666666866)
	return m.Mul(w, m.AddMul(even, odd, r))
}
