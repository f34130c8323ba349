package sparse

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// segmentSumSlow is the definition, edge by edge.
func segmentSumSlow(dst, x blas64.General, receivers []int32) {
	for i := range dst.Rows {
		for j := range dst.Cols {
			dst.Data[i*dst.Stride+j] = 0
		}
	}
	for e, i := range receivers {
		for j := range dst.Cols {
			dst.Data[int(i)*dst.Stride+j] += x.Data[e*x.Stride+j]
		}
	}
}

var segmentSumCase = kernelCase{false, SegmentSum, segmentSumSlow}

func TestSegmentSum(t *testing.T)        { segmentSumCase.testValues(t) }
func TestSegmentSumSpecial(t *testing.T) { segmentSumCase.testSpecial(t) }
func TestSegmentSumPageEnd(t *testing.T) { segmentSumCase.testPageEnd(t) }
func TestSegmentSumPanics(t *testing.T)  { segmentSumCase.testPanics(t) }
func TestSegmentSumBlocks(t *testing.T)  { segmentSumCase.testBlocks(t) }
func TestSegmentSumEmpty(t *testing.T)   { segmentSumCase.testEmpty(t) }
func TestSegmentSumAllocs(t *testing.T)  { segmentSumCase.testAllocs(t) }
func BenchmarkSegmentSum(b *testing.B)   { segmentSumCase.bench(b) }

// The error bound of the documentation, against exact sums.
func TestSegmentSumAccuracy(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	const edges = 4000
	x := kerneltest.Rand(r, edges)
	ix, err := NewIndex(make([]int32, edges), 1)
	if err != nil {
		t.Fatal(err)
	}
	dst := []float64{0}
	SegmentSum(shaped(dst, 1, 1, 1), shaped(x, edges, 1, 1), ix)
	exact, absolute := new(big.Float).SetPrec(500), 0.0
	for _, v := range x {
		exact.Add(exact, new(big.Float).SetFloat64(v))
		absolute += math.Abs(v)
	}
	want, _ := exact.Float64()
	if gamma := (edges - 1) * 0x1p-53; !kerneltest.Close(dst[0], want, gamma/(1-gamma)*absolute) {
		t.Errorf("sum %v, want %v", dst[0], want)
	}
}

func ExampleSegmentSum() {
	receivers, err := NewIndex([]int32{2, 0, 2}, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := blas64.General{Rows: 3, Cols: 2, Stride: 2, Data: []float64{1, 10, 2, 20, 3, 30}}
	sums := blas64.General{Rows: 3, Cols: 2, Stride: 2, Data: make([]float64, 6)}
	SegmentSum(sums, messages, receivers)
	fmt.Println(sums.Data)
	// Output: [2 20 0 0 4 40]
}
