// Gemmpack generates asm.GemmPackRowsAVX2 and asm.GemmPackColumnsAVX2, which copy operands of
// DGEMM to panels. They move data at the speed of the caches, so AVX-512 has no form of its
// own.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() {
	emit.Kernel("gemmpack", func(v emit.Vec) {
		if v == emit.AVX2 {
			packRows(v)
			packColumns(v)
		}
	})
}

// bytes loads a parameter that counts elements and makes it count bytes.
func bytes(name string) reg.GPVirtual {
	r := Load(Param(name), GP64()).(reg.GPVirtual)
	SHLQ(Imm(3), r)
	return r
}

const ahead = 8 // rows of src that are prefetched: the hardware sees no use in short ones

// packRows goes through src row by row, as it lies in memory.
func packRows(v emit.Vec) {
	TEXT("GemmPackRowsAVX2", NOSPLIT, "func(dst, src *float64, ld, k, w, width, size int, alpha float64)")
	Pragma("noescape")
	Doc("GemmPackRowsAVX2 does what gemm.packRowsGeneric does, to the bit, and writes rows of panels",
		"up to a multiple of 4 elements. It requires k, w > 0 and width to be such a multiple.")
	edge := v.NewEdge()
	dst, src := Load(Param("dst"), GP64()).(reg.GPVirtual), Load(Param("src"), GP64()).(reg.GPVirtual)
	ld, width, size := bytes("ld"), bytes("width"), bytes("size")
	k, w := Load(Param("k"), GP64()).(reg.GPVirtual), bytes("w")
	alpha := v.Reg()
	VBROADCASTSD(NewParamAddr("alpha", 56), alpha)
	rest := GP64() // elements at the end of a row that fill no vector
	MOVQ(w, rest)
	SHRQ(Imm(3), rest)
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	edge.Of(rest)

	Label("row")
	from, to, left, later := GP64(), GP64(), GP64(), GP64()
	MOVQ(src, from)
	LEAQ(Mem{Base: src, Index: ld, Scale: ahead}, later)
	MOVQ(dst, to)
	MOVQ(w, left)
	Label("panel")
	end := GP64() // of the panel, or of its last whole vector
	MOVQ(width, end)
	CMPQ(left, width)
	CMOVQLT(left, end)
	ANDQ(I32(-8*v.Lanes), end)
	SUBQ(end, left)
	at := GP64()
	XORQ(at, at)
	CMPQ(at, end)
	JGE(LabelRef("edge"))
	Label("vector")
	x := v.Reg()
	PREFETCHT0(Mem{Base: later, Index: at, Scale: 1})
	VMULPD(Mem{Base: from, Index: at, Scale: 1}, alpha, x)
	VMOVUPD(x, Mem{Base: to, Index: at, Scale: 1})
	ADDQ(U32(8*v.Lanes), at)
	CMPQ(at, end)
	JL(LabelRef("vector"))
	Label("edge")
	CMPQ(left, U32(8*v.Lanes))
	JGE(LabelRef("nextPanel"))
	TESTQ(left, left)
	JE(LabelRef("nextRow"))
	CMPQ(end, width)
	JE(LabelRef("nextPanel"))
	edge.Load(Mem{Base: from, Index: at, Scale: 1}, x)
	VMULPD(x, alpha, x)
	VMOVUPD(x, Mem{Base: to, Index: at, Scale: 1})
	JMP(LabelRef("nextRow"))
	Label("nextPanel")
	ADDQ(width, from)
	ADDQ(width, later)
	ADDQ(size, to)
	JMP(LabelRef("panel"))
	Label("nextRow")
	ADDQ(ld, src)
	ADDQ(width, dst)
	DECQ(k)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// packColumns goes through src 4 rows at a time, and through these by blocks of 4×4. Rows that
// are missing at the end are replaced by the last.
func packColumns(v emit.Vec) {
	TEXT("GemmPackColumnsAVX2", NOSPLIT, "func(dst, src *float64, ld, k, w, stride int, alpha float64)")
	Pragma("noescape")
	Doc("GemmPackColumnsAVX2 does what gemm.packColumnsGeneric does, to the bit, and writes rows",
		"up to a multiple of 4 elements. It requires k, w > 0.")
	dst, src := Load(Param("dst"), GP64()).(reg.GPVirtual), Load(Param("src"), GP64()).(reg.GPVirtual)
	ld, stride := bytes("ld"), bytes("stride")
	w := Load(Param("w"), GP64()).(reg.GPVirtual)
	alpha := v.Reg()
	VBROADCASTSD(NewParamAddr("alpha", 48), alpha)

	Label("rows")
	from := [4]reg.GPVirtual{}
	for i := range from {
		from[i] = GP64()
		if i == 0 {
			MOVQ(src, from[0])
			continue
		}
		next := GP64()
		LEAQ(Mem{Base: from[i-1], Index: ld, Scale: 1}, next)
		MOVQ(from[i-1], from[i])
		CMPQ(w, U32(i))
		CMOVQGT(next, from[i])
	}
	to := GP64()
	MOVQ(dst, to)
	k := Load(Param("k"), GP64()).(reg.GPVirtual)
	SUBQ(Imm(4), k)
	JL(LabelRef("columns"))
	Label("block")
	row, pair := v.Regs(4), v.Regs(4)
	for i := range row {
		VMULPD(Mem{Base: from[i]}, alpha, row[i])
		ADDQ(U32(32), from[i])
	}
	VUNPCKLPD(row[1], row[0], pair[0])
	VUNPCKHPD(row[1], row[0], pair[1])
	VUNPCKLPD(row[3], row[2], pair[2])
	VUNPCKHPD(row[3], row[2], pair[3])
	for i, imm := range []uint64{0x20, 0x20, 0x31, 0x31} {
		column := v.Reg()
		VPERM2F128(Imm(imm), pair[2+i%2], pair[i%2], column)
		VMOVUPD(column, Mem{Base: to})
		ADDQ(stride, to)
	}
	SUBQ(Imm(4), k)
	JGE(LabelRef("block"))
	Label("columns")
	ADDQ(Imm(4), k)
	JE(LabelRef("nextRows"))
	Label("column")
	for i := range from {
		x := XMM()
		VMOVSD(Mem{Base: from[i]}, x)
		VMULSD(alpha.AsX(), x, x)
		VMOVSD(x, Mem{Base: to, Disp: 8 * i})
		ADDQ(Imm(8), from[i])
	}
	ADDQ(stride, to)
	DECQ(k)
	JNE(LabelRef("column"))
	Label("nextRows")
	LEAQ(Mem{Base: src, Index: ld, Scale: 4}, src)
	ADDQ(U32(32), dst)
	SUBQ(Imm(4), w)
	JG(LabelRef("rows"))
	VZEROUPPER()
	RET()
}
