package pair

import (
	"fmt"
	"math"
)

// lanes is the number of partial sums of a body; rows of a [List] are multiples of it, or of
// few neighbours.
const (
	lanes = 8
	few   = 4
)

// stride is the distance of the rows of positions and forces.
const stride = 4

// A List holds the neighbours of some consecutive bodies: those of body First+i are
// Neighbors[Start[i]:Start[i+1]], each as the index 4j of its row of positions. The length
// of each is a multiple of 8, or 4 for all if Few is set, filled up with 4·n, the row of
// nobody, for n bodies in all. Every pair is there twice, and no body is its own neighbour.
type List struct {
	First     int
	Start     []int // one more than there are bodies
	Neighbors []int32
	Few       bool // no body has more than 4 neighbours; see [List.Pack]
}

// Pack sets Few and shortens the rows to 4 neighbours, if all hold 8 of which the last 4 are
// nobody, for n bodies in all. The kernels then take half the time; results are the same.
func (l *List) Pack(n int) {
	if len(l.Start) == 0 {
		return
	}
	for i, first := range l.Start[:len(l.Start)-1] {
		if l.Start[i+1]-first != lanes {
			return
		}
		for _, j := range l.Neighbors[first+few : first+lanes] {
			if int(j) != stride*n {
				return
			}
		}
	}
	packed := l.Neighbors[:0]
	for i, first := range l.Start[:len(l.Start)-1] {
		l.Start[i] = len(packed)
		packed = append(packed, l.Neighbors[first:first+few]...)
	}
	l.Start[len(l.Start)-1] = len(packed)
	l.Neighbors, l.Few = packed, true
}

// Bodies returns the first body of l and the one after the last.
func (l *List) Bodies() (lo, hi int) { return l.First, l.First + len(l.Start) - 1 }

// Check returns an error unless [Kernel.Forces] can use l among n bodies.
func (l *List) Check(n int) error {
	lo, hi := l.Bodies()
	if lo < 0 || hi < lo || hi > n || n > math.MaxInt32/stride {
		return fmt.Errorf("pair: a list of bodies %d to %d, of %d", lo, hi, n)
	}
	if l.Start[0] < 0 || l.Start[hi-lo] > len(l.Neighbors) {
		return fmt.Errorf("pair: a list from %d to %d, of %d neighbours", l.Start[0], l.Start[hi-lo], len(l.Neighbors))
	}
	for i := range hi - lo {
		switch size := l.Start[i+1] - l.Start[i]; {
		case l.Few && size != few:
			return fmt.Errorf("pair: body %d has %d neighbours, not %d", lo+i, size, few)
		case !l.Few && (size < 0 || size%lanes != 0):
			return fmt.Errorf("pair: body %d has %d neighbours, not a multiple of %d", lo+i, size, lanes)
		}
	}
	var most, bits uint32
	for _, j := range l.Neighbors[l.Start[0]:l.Start[hi-lo]] {
		most = max(most, uint32(j))
		bits |= uint32(j)
	}
	if int(most) > stride*n || bits%stride != 0 {
		return fmt.Errorf("pair: a neighbour at %d, of %d bodies", most, n)
	}
	return nil
}

// Sums are what [Kernel.Forces] finds over the neighbours of some bodies. Between two bodies
// of these a pair counts twice.
type Sums struct {
	Energy   float64 // Σ V
	Pairs    int     // below the cutoff
	Outside  int     // below the cutoff, and below Least or above Most
	Touching bool    // two bodies are at one point
}

// Forces adds the forces of their neighbours to bodies lo … hi−1,
//
//	dst[i] += Σⱼ wᵢ wⱼ (V′(r)/r) (qⱼ − qᵢ),  r = |qⱼ − qᵢ|,
//
// where the difference is that of nearest images, the weights wᵢ are 1 unless the potential
// is weighted, and j runs over the neighbours of i below the cutoff. Neighbours at the same
// point have no force.
//
// Shapes: q has n+1 rows of 4, dst n. dst must not overlap q. The list, of lo … hi−1 and
// maybe others, must be one that [List.Check] accepts for n bodies, and the last row of q
// NaN: this is not checked here.
//
// Forces panics, before writing, if a shape does not match. It does not allocate.
func (k *Kernel) Forces(dst, q []float64, l *List, lo, hi int) Sums {
	first, end := l.Bodies()
	if len(q) != len(dst)+stride || len(dst) < stride*end || lo < first || lo > hi || hi > end {
		panic("pair: shapes of forces, positions and list do not match")
	}
	if lo == hi {
		return Sums{}
	}
	return forces(dst, q, l.Start[lo-first:hi-first+1], l.Neighbors, lo, l.Few, k)
}

// forcesGeneric does the bodies from lo on, one less than there are elements of start.
func forcesGeneric(dst, q []float64, start []int, neighbors []int32, lo int, k *Kernel) (sums Sums) {
	var energy [lanes]float64
	for b, first := range start[:len(start)-1] {
		at := stride * (lo + b)
		qi := (*[stride]float64)(q[at:])
		var f [3][lanes]float64
		for g := first; g < start[b+1]; g += lanes {
			for lane, j := range neighbors[g:min(g+lanes, start[b+1])] {
				d, s := k.difference(qi, (*[stride]float64)(q[j:]))
				if !(s < k.p.Cutoff2) {
					continue
				}
				v, v1 := k.packed.rows[k.p.Inner.piece(s)].eval(s)
				sums.Pairs++
				if s < k.p.Least || s > k.p.Most {
					sums.Outside++
					switch {
					case s < k.lo:
						v, v1 = k.p.Below.eval(s)
					case s > k.hi:
						v, v1 = k.p.Above.eval(s)
					}
					if s == 0 {
						v1 = 0
						sums.Touching = true
					}
				}
				if k.p.Weighted {
					w := qi[3] * q[j+3]
					v *= w
					v1 *= w
				}
				energy[lane] += v
				for a := range f {
					f[a][lane] = math.FMA(v1, d[a], f[a][lane])
				}
			}
		}
		for a := range f {
			dst[at+a] = math.FMA(2, sum(&f[a]), dst[at+a])
		}
	}
	sums.Energy = sum(&energy)
	return sums
}

// difference returns the nearest image of y − x and its squared length.
func (k *Kernel) difference(x, y *[stride]float64) (d [3]float64, s float64) {
	for a := range d {
		d[a] = y[a] - x[a]
		if k.periodic {
			images := math.RoundToEven(d[a] * k.inverse[a])
			d[a] = math.FMA(-k.length[a], images, d[a])
		}
	}
	return d, math.FMA(d[2], d[2], math.FMA(d[1], d[1], float64(d[0]*d[0])))
}

// sum adds lanes in the canonical order.
func sum(x *[lanes]float64) float64 {
	return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))
}
