package pair

import "math"

// A Window is a range of bodies among which [Search] looks for those near a point.
type Window struct {
	First, Last int     // from First to before Last
	X, Y, Z     float64 // the point, as seen from there
}

// behind is how many numbers [Search] may read and write behind those that it needs.
const behind = 8

// Search appends the bodies of the windows whose squared distance from the point is below
// limit, in their order, each as 4j, to dst:
//
//	(xⱼ − X)² + (yⱼ − Y)² + (zⱼ − Z)² < limit,  j ≠ self.
//
// x, y and z have the same length, a multiple of 8, in which all windows lie, and their
// numbers behind the last body are finite. Sums are fused from left to right; the result is
// the same at every level.
//
// Search panics if lengths differ or a window does not lie in them. It allocates only to
// grow dst.
func Search(dst []int32, x, y, z []float64, windows []Window, self int, limit float64) []int32 {
	if len(x)%behind != 0 || len(y) != len(x) || len(z) != len(x) {
		panic("pair: lengths of coordinates differ or are not multiples of 8")
	}
	most := 0
	for i := range windows {
		w := &windows[i]
		if w.First < 0 || w.First > w.Last || w.Last > len(x)-behind {
			panic("pair: a window is not among the bodies")
		}
		most += w.Last - w.First
	}
	if most == 0 {
		return dst
	}
	used := len(dst)
	if cap(dst) < used+most+behind {
		dst = append(dst, make([]int32, most+behind)...)
	}
	n := search(dst[used:used+most+behind], x, y, z, windows, self, limit)
	return dst[:used+n]
}

// searchGeneric writes what it finds into dst, which has room for all candidates and more,
// and returns their number.
func searchGeneric(dst []int32, x, y, z []float64, windows []Window, self int, limit float64) (n int) {
	for _, w := range windows {
		xs, ys, zs := x[w.First:w.Last], y[w.First:w.Last], z[w.First:w.Last]
		ys, zs = ys[:len(xs)], zs[:len(xs)]
		for k := range xs {
			dx, dy, dz := xs[k]-w.X, ys[k]-w.Y, zs[k]-w.Z
			dst[n] = int32(stride * (w.First + k))
			if math.FMA(dz, dz, math.FMA(dy, dy, float64(dx*dx))) < limit && w.First+k != self {
				n++
			}
		}
	}
	return n
}
