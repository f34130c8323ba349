// Prefetch generates asm.PrefetchRowsAVX2. It uses no vectors: AVX-512 has no form of its own.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const line = 64 // bytes of a cache line

func main() {
	emit.Kernel("prefetch", func(v emit.Vec) {
		if v == emit.AVX2 {
			prefetch()
		}
	})
}

func prefetch() {
	TEXT("PrefetchRowsAVX2", NOSPLIT, "func(rows, cols int, x *float64, ldx int, index *int32)")
	Pragma("noescape")
	Doc("PrefetchRowsAVX2 asks for the lines of the rows of x that index lists, but for rows that",
		"are listed twice in turn. It requires rows, cols > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, x, index := get("rows"), get("x"), get("index")
	ldx, size := emit.Bytes(NewParamAddr("ldx", 24)), emit.Bytes(NewParamAddr("cols", 8))
	last, i := GP64(), GP64()
	MOVQ(I32(-1), last)

	Label("row")
	MOVLQSX(Mem{Base: index}, i)
	ADDQ(Imm(4), index)
	CMPQ(i, last)
	JE(LabelRef("next"))
	MOVQ(i, last)
	at, end := GP64(), GP64()
	MOVQ(i, at)
	IMULQ(ldx, at)
	ADDQ(x, at)
	LEAQ(Mem{Base: at, Index: size, Scale: 1, Disp: -8}, end) // the last element
	Label("line")
	PREFETCHT0(Mem{Base: at})
	ADDQ(Imm(line), at)
	CMPQ(at, end)
	JB(LabelRef("line"))
	PREFETCHT0(Mem{Base: end})
	Label("next")
	DECQ(rows)
	JNE(LabelRef("row"))
	RET()
}
