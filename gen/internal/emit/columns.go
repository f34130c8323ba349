package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Columns4 loads the four numbers at each of four rows and returns their columns, at 256
// bits.
func Columns4(row func(i int) Mem) []reg.VecVirtual {
	c := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	for i := range c { // 16 bytes of rows i&1 and i&1 + 2
		disp := 16 * (i / 2)
		VBROADCASTF128(row(i%2).Offset(disp), c[i])
		VINSERTF128(Imm(1), row(i%2+2).Offset(disp), c[i], c[i])
	}
	x, y, z, w := YMM(), YMM(), YMM(), YMM()
	VUNPCKLPD(c[1], c[0], x)
	VUNPCKHPD(c[1], c[0], y)
	VUNPCKLPD(c[3], c[2], z)
	VUNPCKHPD(c[3], c[2], w)
	return []reg.VecVirtual{x, y, z, w}
}
