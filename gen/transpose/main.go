// Transpose generates asm.TransposeAVX2. It moves data at the speed of the caches, so AVX-512
// has no form of its own.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const (
	rows    = 8 // of a block: a line of dst
	columns = 4 // of a block: a vector of src
)

func main() {
	emit.Kernel("transpose", func(v emit.Vec) {
		if v == emit.AVX2 {
			transpose(v)
		}
	})
}

func transpose(v emit.Vec) {
	TEXT("TransposeAVX2", NOSPLIT, "func(dst *float64, ldd int, src *float64, lds int, m, n int)")
	Pragma("noescape")
	Doc("TransposeAVX2 does what gonumlapack.transposeGeneric does, to the bit.",
		"It requires m, n > 0, m a multiple of 8, n of 4.")
	dst, src := Load(Param("dst"), GP64()).(reg.GPVirtual), Load(Param("src"), GP64()).(reg.GPVirtual)
	from := emit.NewStrided(emit.Bytes(NewParamAddr("lds", 24)), rows-1)
	to := emit.NewStrided(emit.Bytes(NewParamAddr("ldd", 8)), columns-1)
	m := Load(Param("m"), GP64())

	Label("rows")
	n := Load(Param("n"), GP64())
	x, y := GP64(), GP64()
	MOVQ(src, x)
	MOVQ(dst, y)
	Label("block")
	for half := range rows / columns {
		row, pair := v.Regs(columns), v.Regs(columns)
		for i := range row {
			VMOVUPD(from.At(x, half*columns+i, 0), row[i])
		}
		for i := 0; i < columns; i += 2 {
			VUNPCKLPD(row[i+1], row[i], pair[i])
			VUNPCKHPD(row[i+1], row[i], pair[i+1])
		}
		for i, imm := range []uint64{0x20, 0x20, 0x31, 0x31} {
			VPERM2F128(Imm(imm), pair[2+i%2], pair[i%2], row[i])
			VMOVUPD(row[i], to.At(y, i, 8*columns*half))
		}
	}
	ADDQ(U32(8*columns), x)
	to.Advance(y, columns)
	SUBQ(U32(columns), n)
	JG(LabelRef("block"))
	from.Advance(src, rows)
	ADDQ(U32(8*rows), dst)
	SUBQ(U32(rows), m)
	JG(LabelRef("rows"))
	VZEROUPPER()
	RET()
}
