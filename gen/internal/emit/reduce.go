package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Sum32 returns the canonical sum of 32 lanes, which it destroys: first lanes j, j+8, j+16
// and j+24 as (0+1)+(2+3), then the 8 sums as ((0+1)+(2+3))+((4+5)+(6+7)).
func (v Vec) Sum32(acc []reg.VecVirtual) reg.VecVirtual {
	per := 8 / v.Lanes // registers that hold 8 lanes
	for j := range per {
		VADDPD(acc[per+j], acc[j], acc[j])
		VADDPD(acc[3*per+j], acc[2*per+j], acc[2*per+j])
		VADDPD(acc[2*per+j], acc[j], acc[j])
	}
	lo, hi := acc[0].AsY(), acc[per-1].AsY()
	if v == AVX512 {
		hi = YMM()
		VEXTRACTF64X4(Imm(1), acc[0], hi)
	}
	pairs, upper := YMM(), XMM()
	VHADDPD(hi, lo, pairs) // 0+1, 4+5, 2+3, 6+7
	VEXTRACTF128(Imm(1), pairs, upper)
	quads, sum := XMM(), XMM()
	VADDPD(upper, pairs.AsX(), quads) // (0+1)+(2+3), (4+5)+(6+7)
	VHADDPD(quads, quads, sum)
	return sum
}
