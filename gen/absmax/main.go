// Absmax generates asm.AbsMaxAVX2 and asm.AbsMaxAVX512.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const unroll = 4 // vectors per turn of the main loop, which hide the latency of the maximum

func main() { emit.Kernel("absmax", absMax) }

func absMax(v emit.Vec) {
	TEXT("AbsMax"+v.Level, NOSPLIT, "func(x []float64) float64")
	Pragma("noescape")
	Doc("AbsMax" + v.Level + " returns what dense.absMaxGeneric returns.")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x := Load(Param("x").Base(), GP64())
	most := v.Zeros(unroll)
	abs := v.AbsMask()
	larger := func(size, most reg.VecVirtual) { VMAXPD(most, size, most) } // most, if size is NaN

	vectors := func(count int) func() {
		return func() {
			for i := range count {
				t := v.Reg()
				VANDPD(v.At(x, i), abs, t)
				larger(t, most[i])
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, []reg.Register{x}, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, []reg.Register{x}, vectors(1))
	TESTQ(n, n)
	JE(LabelRef("done"))
	tail := v.TailOf(n, v.Lanes)
	tail.Select(0)
	t := v.Reg()
	tail.Load(v.At(x, 0), t)
	VANDPD(t, abs, t)
	larger(t, most[0])
	Label("done")
	larger(most[1], most[0])
	larger(most[3], most[2])
	larger(most[2], most[0])
	half := most[0].AsY()
	if v == emit.AVX512 {
		upper := YMM()
		VEXTRACTF64X4(Imm(1), most[0], upper)
		VMAXPD(half, upper, half)
	}
	pair, one := XMM(), XMM()
	VEXTRACTF128(Imm(1), half, pair)
	VMAXPD(most[0].AsX(), pair, pair)
	VUNPCKHPD(pair, pair, one)
	VMAXSD(pair, one, one)
	VZEROUPPER()
	Store(one, ReturnIndex(0))
	RET()
}
