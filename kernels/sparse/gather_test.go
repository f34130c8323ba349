package sparse

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// gatherSlow is the definition, element by element.
func gatherSlow(dst, x blas64.General, nodes []int32) {
	for e, i := range nodes {
		for j := range dst.Cols {
			dst.Data[e*dst.Stride+j] = x.Data[int(i)*x.Stride+j]
		}
	}
}

var gatherCase = kernelCase{true, Gather, gatherSlow}

func TestGather(t *testing.T)        { gatherCase.testValues(t) }
func TestGatherSpecial(t *testing.T) { gatherCase.testSpecial(t) }
func TestGatherPageEnd(t *testing.T) { gatherCase.testPageEnd(t) }
func TestGatherPanics(t *testing.T)  { gatherCase.testPanics(t) }
func TestGatherBlocks(t *testing.T)  { gatherCase.testBlocks(t) }
func TestGatherEmpty(t *testing.T)   { gatherCase.testEmpty(t) }
func TestGatherAllocs(t *testing.T)  { gatherCase.testAllocs(t) }
func BenchmarkGather(b *testing.B)   { gatherCase.bench(b) }

// Gather and SegmentSum are transposes: ⟨y, Gather x⟩ = ⟨SegmentSum y, x⟩, exactly so
// for small integers.
func TestTranspose(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const nodes, edges, d = 7, 40, 3
	integers := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(r.IntN(201) - 100)
		}
		return x
	}
	inner := func(x, y []float64) (sum float64) {
		for i := range x {
			sum += x[i] * y[i]
		}
		return sum
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		ix, err := NewIndex(randomReceivers(r, edges, nodes), nodes)
		if err != nil {
			t.Fatal(err)
		}
		x, y := integers(nodes*d), integers(edges*d)
		gathered, summed := make([]float64, edges*d), make([]float64, nodes*d)
		Gather(shaped(gathered, edges, d, d), shaped(x, nodes, d, d), ix)
		SegmentSum(shaped(summed, nodes, d, d), shaped(y, edges, d, d), ix)
		if a, b := inner(y, gathered), inner(summed, x); a != b {
			t.Errorf("⟨y, Gather x⟩ = %v, ⟨SegmentSum y, x⟩ = %v", a, b)
		}
	})
}

func ExampleGather() {
	senders, err := NewIndex([]int32{2, 0, 2}, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	states := blas64.General{Rows: 3, Cols: 1, Stride: 1, Data: []float64{5, 6, 7}}
	perEdge := blas64.General{Rows: 3, Cols: 1, Stride: 1, Data: make([]float64, 3)}
	Gather(perEdge, states, senders)
	fmt.Println(perEdge.Data)
	// Output: [7 5 7]
}
