package pair

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// sameForces compares all of a list with the reference.
func sameForces(t *testing.T, k *Kernel, q []float64, list *List) (forces []float64, sums Sums) {
	t.Helper()
	want, got := make([]float64, len(q)-4), make([]float64, len(q)-4)
	a := forcesGeneric(want, q, list.Start, list.Neighbors, list.First, k)
	lo, hi := list.Bodies()
	b := k.Forces(got, q, list, lo, hi)
	if i := kerneltest.FirstDifference(got, want); i >= 0 {
		t.Fatalf("force %d is %v, want %v", i, got[i], want[i])
	}
	if !kerneltest.Same(a.Energy, b.Energy) || a.Pairs != b.Pairs || a.Outside != b.Outside || a.Touching != b.Touching {
		t.Fatalf("%+v, want %+v", b, a)
	}
	return got, b
}

// A body that is not at a finite place has no force and exerts none.
func TestForcesSpecial(t *testing.T) {
	values := append(kerneltest.Special(), 0x1p-540, 0x1p-530, 0x1p511, 1e300)
	r := rand.New(rand.NewPCG(11, 12))
	l, crystal := newLiquid(r, 3, 1.7), newCrystal(r, 5)
	crystal.list.Pack(crystal.n)
	changes := map[string]func(p *Potential){
		"plain":    nil,
		"weighted": func(p *Potential) { p.Weighted = true },
		"endless":  func(p *Potential) { p.Cutoff2 = math.Inf(1) },
	}
	for name, change := range changes {
		for _, length := range [][3]float64{{}, l.length, {0, l.length[1], 0}} {
			k := lennardJonesKernel(t, 0.95, 1.2, change, length)
			kerneltest.EachLevel(t, func(t *testing.T) {
				for _, v := range values {
					for a := range 4 {
						q := slices.Clone(l.q)
						const body = 13
						q[4*body+a] = v
						p := slices.Clone(crystal.q)
						p[4*body+a] = v
						sameForces(t, k, p, &crystal.list)
						if f, _ := sameForces(t, k, q, &l.list); a < 3 && v-v != 0 && !slices.Equal(f[4*body:4*body+4], make([]float64, 4)) {
							t.Fatalf("%s: a body at %v has the force %v", name, v, f[4*body:4*body+4])
						}
					}
				}
			})
		}
	}
}

// A force of −0 is +0 after nothing but products that are lost to underflow were added.
func TestForcesSignOfZero(t *testing.T) {
	long, packed := newCrystal(rand.New(rand.NewPCG(19, 20)), 5), newCrystal(rand.New(rand.NewPCG(19, 20)), 5)
	packed.list.Pack(packed.n)
	for i := range packed.n {
		copy(packed.q[4*i:], []float64{float64(i % 5), float64(i / 5), 1e-4 - 2e-4*float64(i%2), 0x1p-537}) // neighbours repel each other
	}
	k := lennardJonesKernel(t, 0.95, 1.2, func(p *Potential) { p.Weighted = true }, [3]float64{})
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, list := range []*List{&long.list, &packed.list} {
			for lo := range 2 {
				f := slices.Repeat([]float64{math.Copysign(0, -1)}, 4*packed.n)
				k.Forces(f, packed.q, list, lo, packed.n)
				for i, v := range f[4*lo:] {
					if i%4 == 2 && (v != 0 || math.Signbit(v)) {
						t.Fatalf("few %v: force %d is %v with sign %v", list.Few, 4*lo+i, v, math.Signbit(v))
					}
				}
			}
		}
	})
}

// Two bodies at one point, or nearly: they touch where the square of their distance is 0.
func TestTouching(t *testing.T) {
	nan := math.NaN()
	list := List{Start: []int{0, 8, 16}, Neighbors: []int32{4, 8, 8, 8, 8, 8, 8, 8, 0, 8, 8, 8, 8, 8, 8, 8}}
	k := lennardJonesKernel(t, 0.95, 1.2, nil, [3]float64{})
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, d := range []float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, 0x1p-1022, 0x1p-538, 0x1p-537, 0x1p-500, 1e-9} {
			q := []float64{0, 0, 0, 1, d, 0, 0, 1, nan, nan, nan, nan}
			f, sums := sameForces(t, k, q, &list)
			if sums.Touching != (d*d == 0) || sums.Outside != 2 || sums.Pairs != 2 {
				t.Errorf("at a distance of %v: %+v", d, sums)
			}
			if f[0] != -f[4] || d*d == 0 && f[0] != 0 || d*d > 0 && !(f[0] < 0) {
				t.Errorf("at a distance of %v: forces %v", d, f)
			}
		}
	})
}

// The polynomials agree with the sum over all pairs but for their error, about 1e-5 of the
// energy of those nearest to each other.
func TestForcesReference(t *testing.T) {
	l := newLiquid(rand.New(rand.NewPCG(13, 14)), 6, 2.8)
	k := lennardJonesKernel(t, 0.5, 2.5, nil, l.length)
	got, energy, scale := make([]float64, 4*l.n), 0.0, 0.0
	sums := k.Forces(got, l.q, &l.list, 0, l.n)
	want := make([]float64, 4*l.n)
	for i := range l.n {
		for j := range l.n {
			var d [3]float64
			for a := range d {
				d[a] = math.Remainder(l.q[4*j+a]-l.q[4*i+a], l.length[a])
			}
			s := d[0]*d[0] + d[1]*d[1] + d[2]*d[2]
			if i == j || s >= 6.25 {
				continue
			}
			v, v1 := lennardJones(s)
			energy, scale = energy+v, scale+math.Abs(v)
			for a := range d {
				want[4*i+a] += 2 * v1 * d[a]
			}
		}
	}
	if !kerneltest.Close(sums.Energy, energy, 1e-5*scale) {
		t.Errorf("energy %v, want %v", sums.Energy, energy)
	}
	for i := range want {
		if !kerneltest.Close(got[i], want[i], 1e-6*(1+math.Abs(want[i]))) {
			t.Fatalf("force %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestEvalSpecial(t *testing.T) {
	p := lennardJonesKernel(t, 0.9, 2, nil, [3]float64{}).p.Inner
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, v := range kerneltest.Special() {
			for i := range 17 {
				s, f, f1, g, g1 := make([]float64, 17), make([]float64, 17), make([]float64, 17), make([]float64, 17), make([]float64, 17)
				for j := range s {
					s[j] = 1 + float64(j)/8
				}
				s[i] = v
				evalGeneric(f, f1, s, p)
				p.Eval(g, g1, s)
				if kerneltest.FirstDifference(f, g) >= 0 || kerneltest.FirstDifference(f1, g1) >= 0 {
					t.Fatalf("%v at %d: %v and %v, want %v and %v", v, i, g, g1, f, f1)
				}
				if math.IsNaN(v) && !(math.IsNaN(g[i]) && math.IsNaN(g1[i])) {
					t.Fatalf("f(NaN) = %v, f'(NaN) = %v", g[i], g1[i])
				}
			}
		}
	})
}

func TestSearchSpecial(t *testing.T) {
	values := append(kerneltest.Special(), 1)
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, v := range values {
			for at := range 11 {
				var c [3][]float64
				for a := range c {
					c[a] = make([]float64, 24)
				}
				c[at%3][at] = v
				for _, limit := range values {
					for _, point := range values {
						windows := []Window{{First: 0, Last: 11, X: 0.5}, {First: 2, Last: 9, Y: point}}
						want := make([]int32, 64)
						want = want[:searchGeneric(want, c[0], c[1], c[2], windows, 4, limit)]
						if got := Search(nil, c[0], c[1], c[2], windows, 4, limit); !slices.Equal(got, want) {
							t.Fatalf("%v at %d, limit %v, point %v: found %v, want %v", v, at, limit, point, got, want)
						}
					}
				}
			}
		}
	})
}

// Bodies anywhere, with any list that is accepted.
func FuzzForces(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	f.Add(make([]byte, 200), uint8(7))
	some := []byte{9, 1, 4, 16, 2, 0, 6}
	for _, x := range append(kerneltest.Rand(rand.New(rand.NewPCG(15, 16)), 20), kerneltest.Special()...) {
		some = binary.LittleEndian.AppendUint64(some, math.Float64bits(x))
	}
	f.Add(some, uint8(3))
	f.Add(some, uint8(32+8+1))
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		n := min(len(data)/32, 20)
		q := make([]float64, 4*n+4)
		for i := range q {
			q[i] = math.NaN()
			if i < 4*n {
				q[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
			}
		}
		list := List{Start: []int{0}, Few: kind&32 != 0}
		for i := range n {
			size := 8 * int(data[i]%5)
			if list.Few {
				size = few
			}
			for range size {
				j := int(data[(len(list.Neighbors)+i)%len(data)]) % (n + 1)
				if j == i {
					j = n
				}
				list.Neighbors = append(list.Neighbors, int32(4*j))
			}
			list.Start = append(list.Start, len(list.Neighbors))
		}
		if err := list.Check(n); err != nil {
			t.Fatal(err)
		}
		var length [3]float64
		for a := range length {
			length[a] = float64(kind >> a & 1 * 5)
		}
		k := lennardJonesKernel(t, 0.95, 1.2, func(p *Potential) {
			p.Weighted = kind&8 != 0
			if kind&16 != 0 {
				p.Cutoff2 = math.Inf(1)
			}
		}, length)
		kerneltest.EachLevel(t, func(t *testing.T) { sameForces(t, k, q, &list) })
	})
}
