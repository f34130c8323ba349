package sparse

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func FuzzGather(f *testing.F)     { gatherCase.fuzz(f) }
func FuzzSegmentSum(f *testing.F) { segmentSumCase.fuzz(f) }

// fuzz compares the kernel with its definition at every level, between guards: list
// holds the node of each edge, bits the elements of x.
func (k kernelCase) fuzz(f *testing.F) {
	f.Add([]byte{2, 0, 2}, []byte("rapidhgn"), uint8(3), uint8(5), uint8(1), uint8(0), uint8(3))
	f.Add([]byte{}, []byte{}, uint8(4), uint8(1), uint8(0), uint8(0), uint8(0))
	f.Add([]byte{0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0xf0, 0xff}, uint8(1), uint8(33), uint8(0), uint8(2), uint8(7))
	f.Fuzz(func(t *testing.T, list, bits []byte, nodes, cols, gapX, gapDst, off uint8) {
		n, d := 1+int(nodes%9), int(cols%70)
		receivers := make([]int32, min(len(list), 20))
		for e := range receivers {
			receivers[e] = int32(int(list[e]) % n)
		}
		ix, err := NewIndex(receivers, n)
		if err != nil {
			t.Fatal(err)
		}
		dstRows, xRows := k.rows(len(receivers), n)
		strideX, strideDst := max(1, d+int(gapX%4)), max(1, d+int(gapDst%4))
		x0 := numbers(bits, length(xRows, d, strideX))
		d0 := numbers(bits, length(dstRows, d, strideDst)) // what is there is overwritten
		want := slices.Clone(d0)
		k.slow(shaped(want, dstRows, d, strideDst), shaped(x0, xRows, d, strideX), receivers)
		for _, level := range simd.Available() {
			x := kerneltest.NewGuarded(x0, int(off), kerneltest.NaN)
			dst := kerneltest.NewGuarded(d0, int(off/8), kerneltest.Sentinel)
			old := simd.SetActive(level)
			k.kernel(shaped(dst.V, dstRows, d, strideDst), shaped(x.V, xRows, d, strideX), ix)
			simd.SetActive(old)
			x.Check(t, "x")
			dst.Check(t, "dst")
			if i := kerneltest.FirstDifference(x.V, x0); i >= 0 {
				t.Fatalf("%v: x[%d] was modified", level, i)
			}
			if i := kerneltest.FirstDifference(dst.V, want); i >= 0 {
				t.Fatalf("%v: dst[%d] = %v, want %v", level, i, dst.V[i], want[i])
			}
		}
	})
}

// numbers returns n numbers of the given bits, over and over; 1, 2, … without any.
func numbers(bits []byte, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		if whole := len(bits) / 8; whole > 0 {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(bits[i%whole*8:]))
		} else {
			x[i] = float64(i + 1)
		}
	}
	return x
}
