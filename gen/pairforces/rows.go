package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows goes over rows of any multiple of 8 neighbours.
func (k *kernel) rows(start, left reg.Register) {
	Label("row")
	k.row()
	groups := GP64()
	MOVQ(Mem{Base: start, Disp: 8}, groups)
	SUBQ(Mem{Base: start}, groups)
	JE(LabelRef("rowEnd"))
	if k.slots() > 1 {
		SUBQ(Imm(16), groups)
		JL(LabelRef("pairsEnd"))
		Label("pairs")
		k.neighbors(0, 0)
		ADDQ(Imm(64), k.list)
		SUBQ(Imm(16), groups)
		JGE(LabelRef("pairs"))
		Label("pairsEnd")
		ADDQ(Imm(16), groups)
		JE(LabelRef("rowEnd"))
	}
	Label("group")
	for part := range 8 / k.Lanes {
		k.neighbors(part)
	}
	ADDQ(Imm(32), k.list)
	SUBQ(Imm(8), groups)
	JNE(LabelRef("group"))
	Label("rowEnd")
	k.endRow()
	ADDQ(Imm(8), start)
	ADDQ(Imm(32), k.body)
	ADDQ(Imm(32), k.dst)
	DECQ(left)
	JNE(LabelRef("row"))
}

// fewRows goes over rows of 4 neighbours: as many as the vectors under way hold, then
// fewer, and at 512 bits a last one alone.
func (k *kernel) fewRows(_, left reg.Register) {
	each := k.Lanes / 4
	for slots := k.slots(); slots > 0; slots-- {
		bodies := each * slots
		loop, end := fmt.Sprintf("rows%d", bodies), fmt.Sprintf("rows%dEnd", bodies)
		SUBQ(Imm(uint64(bodies)), left)
		JL(LabelRef(end))
		Label(loop)
		k.row()
		k.neighbors(make([]int, slots)...)
		k.endRow()
		ADDQ(Imm(uint64(16*bodies)), k.list)
		ADDQ(U32(32*bodies), k.body)
		ADDQ(U32(32*bodies), k.dst)
		SUBQ(Imm(uint64(bodies)), left)
		JGE(LabelRef(loop))
		Label(end)
		ADDQ(Imm(uint64(bodies)), left)
	}
	if each > 1 {
		JE(LabelRef("done"))
		k.width.(*paired).alone = true
		k.neighbors(0)
		Label("done")
	}
}
