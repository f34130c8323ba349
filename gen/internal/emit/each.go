package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Each describes a kernel that computes elements of a few slices from those of x at the same
// index.
type Each struct {
	Name    string   // the kernel without its level
	Results []string // the parameters before x
	Unroll  int      // vectors per turn of the main loop
	Doc     string   // what the kernel does, after its name

	Held int // numbers that stay in registers, those used first; AVX512 alone

	// Limit, unless 0, makes the kernel stop before a vector with an element that is not
	// below it in magnitude, or NaN, and return the number of elements before.
	Limit float64

	// Body returns the results at x.
	Body func(m Arith, x Group) []Group
}

// Emit emits the kernel.
func (e Each) Emit(v Vec, t *Table) {
	signature := "func("
	for _, r := range e.Results {
		signature += r + ", "
	}
	signature += "x []float64)"
	doc := []string{e.Name + v.Level + " " + e.Doc, "The slices have the length of x; they may be x, but not otherwise overlap."}
	if e.Limit != 0 {
		signature += " int"
		doc = append(doc, fmt.Sprintf("It stops before a vector with an element of magnitude %g or more, or NaN,", e.Limit),
			"and returns the number of elements before.")
	}
	TEXT(e.Name+v.Level, NOSPLIT, signature)
	Pragma("noescape")
	Doc(doc...)

	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	var results, pointers []reg.Register
	for _, r := range e.Results {
		results = append(results, Load(Param(r).Base(), GP64()))
	}
	x := Load(Param("x").Base(), GP64())
	pointers = append(pointers, results...)
	pointers = append(pointers, x)

	var numbers *held
	if v == AVX512 && e.Held > 0 {
		numbers = newHeld(t, e.Held)
		JMP(LabelRef("numbers")) // whose registers are known below
		Label("begin")
	}
	vectors := func(count int) func() {
		return func() {
			m := Arith{Vec: v, table: t, size: count, held: numbers}
			in := m.group()
			for i, r := range in {
				VMOVUPD(v.At(x, i), r)
			}
			e.stop(m, in)
			for k, out := range e.Body(m, in) {
				for i, r := range out {
					VMOVUPD(r, v.At(results[k], i))
				}
			}
		}
	}
	if e.Unroll > 1 {
		Loop("loop", n, e.Unroll*v.Lanes, pointers, vectors(e.Unroll))
	}
	Loop("vector", n, v.Lanes, pointers, vectors(1))

	TESTQ(n, n)
	JE(LabelRef("done"))
	edge := t.Edge()
	edge.Of(n)
	m := Arith{Vec: v, table: t, size: 1, held: numbers}
	in := m.group()
	edge.Load(Mem{Base: x}, in[0])
	e.stop(m, in)
	for k, out := range e.Body(m, in) {
		edge.Store(e.Results[k], out[0], Mem{Base: results[k]})
	}
	Label("done")
	VZEROUPPER()
	if e.Limit != 0 {
		Store(Load(Param("x").Len(), GP64()), ReturnIndex(0))
		RET()
		Label("stop")
		VZEROUPPER()
		SUBQ(Load(Param("x").Base(), GP64()), x)
		SHRQ(Imm(3), x)
		Store(x, ReturnIndex(0))
	}
	RET()
	if numbers != nil {
		Label("numbers")
		for _, load := range numbers.loads {
			load()
		}
		JMP(LabelRef("begin"))
	}
}

// stop emits the jump that ends the kernel if an element of x is not below the limit.
func (e Each) stop(m Arith, x Group) {
	if e.Limit == 0 {
		return
	}
	const notLess = 5 // or NaN
	size := m.And(x, ^SignBit)
	limit := m.table.Float(e.Limit)
	if m.Vec == AVX512 {
		any := K()
		for i, r := range size {
			mask := K()
			VCMPPD_BCST(Imm(notLess), limit, r, mask)
			if i == 0 {
				any = mask
			} else {
				KORB(mask, any, any)
			}
		}
		KORTESTB(any, any)
	} else {
		for _, r := range size {
			VCMPPD(Imm(notLess), limit, r, r)
		}
		for _, r := range size[1:] {
			VORPD(r, size[0], size[0])
		}
		VTESTPD(size[0], size[0])
	}
	JNE(LabelRef("stop"))
}
