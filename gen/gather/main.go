// Gather generates asm.Gather, asm.GatherAdd, asm.GatherAdd3 and asm.GatherMul for AVX2 and
// AVX-512: rows picked by lists of row numbers, copied, added up, or multiplied in place.
//
// A row goes by in strips of 4 vectors; what bounds the kernels are loads and stores.
package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const stripVectors = 4

func main() {
	emit.Kernel("gather", func(v emit.Vec) {
		edge := v.NewEdge()
		k := kernel{v: v, edge: edge}
		k.emit("Gather", 1, "sets row k of dst to row iu[k] of u.", nil)
		k.emit("GatherAdd", 2, "sets row k of dst to u[iu[k],:] + v[iv[k],:].", VADDPD)
		k.emit("GatherAdd3", 3, "sets row k of dst to (u[iu[k],:] + v[iv[k],:]) + w[iw[k],:].", VADDPD)
		k.inPlace = true
		k.emit("GatherMul", 1, "multiplies row k of dst by row iu[k] of u, element by element.", VMULPD)
	})
}

type kernel struct {
	v       emit.Vec
	edge    *emit.Edge
	inPlace bool // dst is the first operand
}

// emit emits the kernel that combines so many operands from left to right.
func (k *kernel) emit(name string, operands int, doc string, combine func(...Op)) {
	letters := []string{"u", "v", "w"}[:operands]
	signature := "func(rows, cols int, dst *float64, ld int"
	for _, x := range letters {
		signature += strings.ReplaceAll(", X *float64, ldX int, iX *int32", "X", x)
	}
	TEXT(name+k.v.Level, NOSPLIT, signature+")")
	Pragma("noescape")
	Doc(name+k.v.Level+" "+doc, "It requires rows, cols > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, row := get("rows"), get("dst")
	lists := make([]reg.GPVirtual, operands)
	for i, x := range letters {
		lists[i] = get("i" + x)
	}
	rest := get("cols")
	ANDQ(Imm(uint64(k.v.Lanes-1)), rest)
	JE(LabelRef("row"))
	k.edge.Of(rest)

	Label("row")
	dst := GP64()
	MOVQ(row, dst)
	pointers := []reg.Register{dst}
	for i, x := range letters {
		const firstOperand = 32 // offset of u among the parameters, and 24 bytes each
		p := GP64()
		MOVLQSX(Mem{Base: lists[i]}, p)
		ADDQ(Imm(4), lists[i])
		IMULQ(NewParamAddr("ld"+x, firstOperand+24*i+8), p)
		SHLQ(Imm(3), p)
		ADDQ(NewParamAddr(x, firstOperand+24*i), p)
		pointers = append(pointers, p)
	}
	n := get("cols")
	sources := pointers[1:]
	if k.inPlace {
		sources = pointers
	}
	for _, strip := range []struct {
		name    string
		vectors int
	}{{"strip", stripVectors}, {"vector", 1}} {
		emit.Loop(strip.name, n, strip.vectors*k.v.Lanes, pointers, func() {
			sum := k.v.Regs(strip.vectors)
			for j, s := range sum {
				VMOVUPD(k.v.At(sources[0], j), s)
			}
			for _, p := range sources[1:] {
				for j, s := range sum {
					combine(k.v.At(p, j), s, s)
				}
			}
			for j, s := range sum {
				VMOVUPD(s, k.v.At(dst, j))
			}
		})
	}
	TESTQ(n, n)
	JE(LabelRef("next"))
	sum := k.v.Reg()
	k.edge.Load(Mem{Base: sources[0]}, sum)
	for _, p := range sources[1:] {
		x := k.v.Reg()
		k.edge.Load(Mem{Base: p}, x)
		combine(x, sum, sum)
	}
	k.edge.Store(fmt.Sprint("edge", name), sum, Mem{Base: dst})
	Label("next")
	ld := get("ld")
	LEAQ(Mem{Base: row, Index: ld, Scale: 8}, row)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
