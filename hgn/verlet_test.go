package hgn

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// oscillators are n independent ones of mass 1 and frequency 1, 2, …, n.
type oscillators struct {
	calls int
	fail  int   // at this call of Forces, from 1
	err   error // with this
}

func (o *oscillators) Forces(dst, q []float64) error {
	if o.calls++; o.calls == o.fail {
		return o.err
	}
	for i, x := range q {
		dst[i] = -float64((i+1)*(i+1)) * x
	}
	return nil
}

func (o *oscillators) Velocities(dst, p []float64) { copy(dst, p) }

// After n steps from (1, 0) the method is at cos(nΩdt), cos(Ωdt) = 1 − (ωdt)²/2, exactly.
func TestVerletExact(t *testing.T) {
	const dt, steps = 0.1, 1000
	q, p := []float64{1, 1, 1}, make([]float64, 3)
	seen := 0
	err := Verlet(context.Background(), &oscillators{}, q, p, dt, steps, func(step int) error {
		seen++
		for i, x := range q {
			omega := float64(i + 1)
			angle := math.Acos(1 - omega*omega*dt*dt/2)
			if want := math.Cos(angle * float64(step)); !(math.Abs(x-want) <= 1e-11) || step != seen {
				t.Fatalf("step %d: q[%d] = %v, want %v", step, i, x, want)
			}
		}
		return nil
	})
	if err != nil || seen != steps {
		t.Errorf("%d steps, %v", seen, err)
	}
}

// The error at a fixed time falls with dt².
func TestVerletOrder(t *testing.T) {
	last := 0.0
	for _, steps := range []int{100, 200, 400} {
		q, p := []float64{1}, []float64{0.5}
		if err := Verlet(context.Background(), &oscillators{}, q, p, 5/float64(steps), steps, nil); err != nil {
			t.Fatal(err)
		}
		d := math.Abs(q[0] - math.Cos(5) - 0.5*math.Sin(5))
		if ratio := last / d; last > 0 && !(math.Abs(ratio-4) <= 0.05) {
			t.Errorf("%d steps: the error fell by %v, want 4", steps, ratio)
		}
		last = d
	}
}

// The error of the composition falls with dt⁴, and −dt undoes it.
func TestSuzukiOrder(t *testing.T) {
	last := 0.0
	for _, steps := range []int{50, 100, 200} {
		q, p, h := []float64{1}, []float64{0.5}, new(oscillators)
		if err := Suzuki(context.Background(), h, q, p, 5/float64(steps), steps, nil); err != nil {
			t.Fatal(err)
		}
		if h.calls != 5*steps+1 {
			t.Errorf("%d steps take %d forces", steps, h.calls)
		}
		d := math.Abs(q[0] - math.Cos(5) - 0.5*math.Sin(5))
		if ratio := last / d; last > 0 && !(math.Abs(ratio-16) <= 0.5) {
			t.Errorf("%d steps: the error fell by %v, want 16", steps, ratio)
		}
		last = d
		if err := Suzuki(context.Background(), h, q, p, -5/float64(steps), steps, nil); err != nil || !(math.Abs(q[0]-1)+math.Abs(p[0]-0.5) <= 1e-13) {
			t.Errorf("%d steps and back: %v, %v, %v", steps, q, p, err)
		}
	}
}

// A step is symplectic: the determinant of its Jacobian, here for one coordinate
// and by exact differences of a linear map, is 1; and −dt undoes it.
func TestVerletSymplectic(t *testing.T) {
	var columns [2][2]float64
	for k := range 2 {
		q, p := []float64{0}, []float64{0}
		[][]float64{q, p}[k][0] = 1
		if err := Verlet(context.Background(), &oscillators{}, q, p, 0.3, 7, nil); err != nil {
			t.Fatal(err)
		}
		columns[k] = [2]float64{q[0], p[0]}
		if err := Verlet(context.Background(), &oscillators{}, q, p, -0.3, 7, nil); err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(q[0]-float64(1-k)) <= 1e-14) || !(math.Abs(p[0]-float64(k)) <= 1e-14) {
			t.Errorf("back at (%v, %v)", q[0], p[0])
		}
	}
	if det := columns[0][0]*columns[1][1] - columns[0][1]*columns[1][0]; !(math.Abs(det-1) <= 1e-14) {
		t.Errorf("determinant %v", det)
	}
}

// Each step costs one evaluation of the forces, and no steps cost none.
func TestVerletCalls(t *testing.T) {
	for steps, want := range map[int]int{-1: 0, 0: 0, 1: 2, 10: 11} {
		o := &oscillators{}
		q, p := []float64{1}, []float64{2}
		if err := Verlet(context.Background(), o, q, p, 0.1, steps, nil); err != nil || o.calls != want {
			t.Errorf("%d steps: %d evaluations, want %d (error %v)", steps, o.calls, want, err)
		}
		if steps <= 0 && (q[0] != 1 || p[0] != 2) {
			t.Errorf("%d steps: at (%v, %v)", steps, q[0], p[0])
		}
	}
}

func TestVerletErrors(t *testing.T) {
	broken := errors.New("broken")
	for fail, want := range map[int]int{1: 0, 2: 0, 3: 1, 8: 6} {
		made := 0
		err := Verlet(context.Background(), &oscillators{fail: fail, err: broken}, []float64{1}, []float64{0}, 0.1, 10, func(step int) error {
			made = step
			return nil
		})
		if !errors.Is(err, broken) || made != want {
			t.Errorf("evaluation %d fails: %v after %d steps, want %d", fail, err, made, want)
		}
	}
	made := 0
	stop := func(step int) error {
		if made = step; step == 4 {
			return broken
		}
		return nil
	}
	if err := Verlet(context.Background(), &oscillators{}, []float64{1}, []float64{0}, 0.1, 10, stop); !errors.Is(err, broken) || made != 4 {
		t.Errorf("observe fails: %v after %d steps", err, made)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := Verlet(ctx, &oscillators{}, []float64{1}, []float64{0}, 0.1, 10, func(step int) error {
		if made = step; step == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || made != 3 {
		t.Errorf("cancelled: %v after %d steps", err, made)
	}
}

func TestVerletPanics(t *testing.T) {
	q := []float64{1, 2}
	defer func() {
		if r := recover(); r != "hgn: len(q) != len(p)" || !slices.Equal(q, []float64{1, 2}) {
			t.Errorf("panic %v, q = %v", r, q)
		}
	}()
	Verlet(context.Background(), &oscillators{}, q, []float64{1}, 0.1, 1, nil)
}
