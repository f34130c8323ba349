package emit

// Constants of package dense.
const (
	Ln2Hi     = 0x1.62e42fef00000p-1
	Ln2Lo     = 0x1.473de6af278edp-34
	ToInteger = 0x1.8p52
	Bias      = 1023
	LiftBits  = 60
	Lift      = 1 << LiftBits
	Drop      = 1.0 / Lift
	Vanish    = 750.7
	SignBit   = uint64(1 << 63)
)

// NearestPower returns the integer k nearest to x/ln 2, and the bits of k + bias shifted to
// the exponent.
func (m Arith) NearestPower(x Group, bias float64) (k, shifted Group) {
	const log2e = 0x1.71547652b82fep+0
	shifted = m.Const(ToInteger + bias)
	m.AddMul(shifted, x, log2e)
	return m.Sub(shifted, ToInteger+bias), shifted
}

// LiftedPower returns dense.liftedPower of x.
func (m Arith) LiftedPower(x Group) (k, scale Group) {
	k, shifted := m.NearestPower(x, Bias+LiftBits)
	return k, m.ShiftLeft(shifted, 52)
}

// LiftedExp returns dense.liftedExp of x, which it destroys.
func (m Arith) LiftedExp(x Group) (p, scale Group) {
	k, scale := m.LiftedPower(x)
	m.SubMul(x, k, Ln2Hi)
	return m.Expm1Near0(m.SubMul(x, k, Ln2Lo)), scale
}

// Expm1Near0 returns dense.expm1Near0 of r.
func (m Arith) Expm1Near0(r Group) Group {
	w := m.Mul(r, r)
	even := m.Poly(w, 2.0911236630261545e-09, 2.755728296954995e-07, 2.4801587317144498e-05,
		0.0013888888888886552, 0.041666666666666664, 0.5)
	odd := m.Poly(w, 2.510038549551032e-08, 2.7557268459997064e-06, 0.00019841269863053618,
		0.008333333333330062, 0.16666666666666669)
	return m.MulAdd(m.MulAdd(odd, r, even), w, r)
}
