package pair

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// crowd returns positions in and around a box, and some of the bodies.
func crowd(t *testing.T, r *rand.Rand, bodies int) (q []float64, some []int32) {
	q = kerneltest.Rand(r, 3*30)
	for i := range q {
		q[i] *= 3
	}
	some = make([]int32, bodies)
	for k := range some {
		some[k] = int32(r.IntN(30))
	}
	if bodies > 0 {
		some = pageEnd(t, some)
	}
	return kerneltest.PageEnd(t, q), some
}

func TestSeparations(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	special := kerneltest.Special()
	kerneltest.EachLevel(t, func(t *testing.T) {
		var s Separations
		for bodies := range 40 {
			for _, length := range [][3]float64{{}, {2, 3, 2.5}, {0, 1, 0}} {
				q, some := crowd(t, r, bodies)
				if bodies%3 == 2 {
					q[3*int(some[bodies/2])+r.IntN(3)] = special[r.IntN(len(special))]
				}
				point := [3]float64{q[0], q[1], q[2]}
				s.Find(q, some, point, length)
				if len(s.X) != bodies || len(s.Y) != bodies || len(s.Z) != bodies || len(s.R) != bodies {
					t.Fatal("wrong lengths")
				}
				for k, j := range some {
					var d [3]float64
					for a := range d {
						d[a] = q[3*j+int32(a)] - point[a]
						inverse := 0.0
						if length[a] > 0 {
							inverse = 1 / length[a]
						}
						d[a] = math.FMA(-length[a], math.RoundToEven(float64(d[a]*inverse)), d[a])
					}
					want := []float64{d[0], d[1], d[2], math.Sqrt(math.FMA(d[2], d[2], math.FMA(d[1], d[1], float64(d[0]*d[0]))))}
					if i := kerneltest.FirstDifference([]float64{s.X[k], s.Y[k], s.Z[k], s.R[k]}, want); i >= 0 {
						t.Fatalf("%d bodies, length %v: number %d is %v, want %v", bodies, length, k, s, want)
					}
				}
			}
		}
	})
}

func TestSeparationsPanic(t *testing.T) {
	for _, j := range []int32{-1, 2, math.MaxInt32} {
		func() {
			s := Separations{X: []float64{7}, Y: []float64{7}, Z: []float64{7}, R: []float64{7}}
			defer func() {
				if got := recover(); got != badBodies || !slices.Equal(s.X[:1], []float64{7}) {
					t.Errorf("body %d: panic %v, X %v", j, got, s.X)
				}
			}()
			s.Find(make([]float64, 8), []int32{j}, [3]float64{}, [3]float64{})
		}()
	}
}

func TestSeparationsAllocs(t *testing.T) {
	var s Separations
	q, some := make([]float64, 30), make([]int32, 21)
	if n := testing.AllocsPerRun(10, func() { s.Find(q, some, [3]float64{}, [3]float64{1, 1, 1}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSeparations(b *testing.B) {
	r := rand.New(rand.NewPCG(33, 34))
	const bodies = 55
	q, some := kerneltest.Rand(r, 3*10000), make([]int32, bodies)
	for k := range some {
		some[k] = int32(5000 + r.IntN(300))
	}
	for _, l := range simd.Available() {
		b.Run(fmt.Sprintf("bodies=%d/level=%v", bodies, l), func(b *testing.B) {
			defer simd.SetActive(simd.SetActive(l))
			var s Separations
			for b.Loop() {
				s.Find(q, some, [3]float64{}, [3]float64{10, 10, 10})
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/bodies, "ns/body")
		})
	}
}
