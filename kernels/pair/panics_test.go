package pair

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPanics(t *testing.T) {
	const shapes = "pair: shapes of forces, positions and list do not match"
	const coordinates = "pair: lengths of coordinates differ or are not multiples of 8"
	const window = "pair: a window is not among the bodies"
	l := newLiquid(rand.New(rand.NewPCG(1, 2)), 3, 1.5)
	k := lennardJonesKernel(t, 0.95, 1.2, nil, l.length)
	dst, x := make([]float64, 4*l.n), make([]float64, 16)
	tail := List{First: 20, Start: l.list.Start[20:], Neighbors: l.list.Neighbors}
	search := func(x, y, z []float64, w Window) func() {
		return func() { Search(nil, x, y, z, []Window{w}, 0, 1) }
	}
	for name, c := range map[string]struct {
		want string
		call func()
	}{
		"few forces":      {shapes, func() { k.Forces(dst[4:], l.q, &l.list, 0, 1) }},
		"few positions":   {shapes, func() { k.Forces(dst, l.q[:4*l.n], &l.list, 0, 1) }},
		"few of both":     {shapes, func() { k.Forces(dst[:4*l.n-4], l.q[:4*l.n], &l.list, 0, 1) }},
		"before the list": {shapes, func() { k.Forces(dst, l.q, &tail, 19, 22) }},
		"behind the list": {shapes, func() { k.Forces(dst, l.q, &tail, 20, l.n+1) }},
		"backwards":       {shapes, func() { k.Forces(dst, l.q, &l.list, 2, 1) }},
		"dst of Eval":     {"pair: lengths differ", func() { k.p.Inner.Eval(dst[:3], dst[4:8], x[:4]) }},
		"grad of Eval":    {"pair: lengths differ", func() { k.p.Inner.Eval(dst[:4], dst[4:7], x[:4]) }},
		"Kick, forces":    {"pair: lengths differ", func() { Kick(dst[:8], dst[8:12], 1, x[:2], x[2:4]) }},
		"Kick, masses":    {"pair: lengths differ", func() { Kick(dst[:8], dst[8:16], 1, x[:1], x[2:3]) }},
		"Kick, t":         {"pair: lengths differ", func() { Kick(dst[:8], dst[8:16], 1, x[:2], x[2:3]) }},
		"Drift, momenta":  {"pair: lengths differ", func() { Drift(dst[:8], dst[8:12], 1, x[:2], x[2:4], nil, 1) }},
		"Drift, masses":   {"pair: lengths differ", func() { Drift(dst[:8], dst[8:16], 1, x[:1], x[2:3], nil, 1) }},
		"Drift, slopes":   {"pair: lengths differ", func() { Drift(dst[:8], dst[8:16], 1, x[:1], x[2:4], nil, 1) }},
		"Drift, places":   {"pair: lengths differ", func() { Drift(dst[:8], dst[8:16], 1, x[:2], x[2:4], dst[16:20], 1) }},
		"odd lengths":     {coordinates, search(x[:15], x[:15], x[:15], Window{})},
		"short y":         {coordinates, search(x, x[:8], x, Window{})},
		"short z":         {coordinates, search(x, x, x[:8], Window{})},
		"window before":   {window, search(x, x, x, Window{First: -1, Last: 3})},
		"window behind":   {window, search(x, x, x, Window{First: 1, Last: 9})},
		"window reversed": {window, search(x, x, x, Window{First: 3, Last: 2})},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("%s: panic %v, want %q", name, got, c.want)
				}
			}()
			c.call()
		}()
	}
	if !slices.Equal(dst, make([]float64, 4*l.n)) {
		t.Error("something was written before a panic")
	}
}

func TestListCheck(t *testing.T) {
	eight := func(j int32) []int32 { return []int32{j, 8, 8, 8, 8, 8, 8, 8} }
	for name, c := range map[string]struct {
		l  List
		ok bool
	}{
		"few":               {List{Start: []int{0, 4, 8}, Neighbors: eight(4), Few: true}, true},
		"few, too many":     {List{Start: []int{0, 8}, Neighbors: eight(4), Few: true}, false},
		"few, none":         {List{Start: []int{0, 0}, Neighbors: eight(4), Few: true}, false},
		"valid":             {List{Start: []int{0, 8, 8}, Neighbors: eight(4)}, true},
		"second body alone": {List{First: 1, Start: []int{0, 8}, Neighbors: eight(0)}, true},
		"empty":             {List{First: 2, Start: []int{0}}, true},
		"without Start":     {List{}, false},
		"negative body":     {List{First: -1, Start: []int{0, 0}}, false},
		"body 2 of 2":       {List{First: 2, Start: []int{0, 0}}, false},
		"negative start":    {List{Start: []int{-8, 0}}, false},
		"start too large":   {List{Start: []int{0, 16}, Neighbors: eight(4)}, false},
		"start falls":       {List{Start: []int{0, 8, 0}, Neighbors: eight(4)}, false},
		"seven":             {List{Start: []int{0, 7}, Neighbors: eight(4)}, false},
		"no row":            {List{Start: []int{0, 8}, Neighbors: eight(5)}, false},
		"negative":          {List{Start: []int{0, 8}, Neighbors: eight(-4)}, false},
		"beyond nobody":     {List{Start: []int{0, 8}, Neighbors: eight(12)}, false},
	} {
		if err := c.l.Check(2); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := func(float64) float64 { return 1 }
	for _, c := range [][3]float64{{1, 1, 0}, {2, 1, 0}, {0, 1, 0}, {-1, 1, 1}, {nan, 1, 0}, {1, nan, 0}, {1, 2, nan}, {1, inf, 0}, {1, 2, inf}} {
		if _, err := NewPiecewise(c[0], c[1], c[2], 0, one); err == nil {
			t.Errorf("NewPiecewise accepts from %v to %v, shifted by %v", c[0], c[1], c[2])
		}
	}
	for _, f := range []func(float64) float64{func(float64) float64 { return nan }, func(float64) float64 { return inf }} {
		if _, err := NewPiecewise(1, 2, 0, 0, f); err == nil {
			t.Error("NewPiecewise accepts a slope that is not finite")
		}
	}
	inner, err := NewPiecewise(1, 2, 0, 0, one)
	if err != nil {
		t.Fatal(err)
	}
	good := Potential{Inner: inner, Cutoff2: inf, Least: 1, Most: 2}
	for name, change := range map[string]func(p *Potential, length *[3]float64){
		"no Inner":        func(p *Potential, _ *[3]float64) { p.Inner = nil },
		"Least":           func(p *Potential, _ *[3]float64) { p.Least = 0.9 },
		"Least is NaN":    func(p *Potential, _ *[3]float64) { p.Least = nan },
		"Most":            func(p *Potential, _ *[3]float64) { p.Most = 2.1 },
		"cutoff":          func(p *Potential, _ *[3]float64) { p.Cutoff2 = nan },
		"negative length": func(_ *Potential, l *[3]float64) { l[1] = -1 },
		"endless length":  func(_ *Potential, l *[3]float64) { l[2] = inf },
		"NaN length":      func(_ *Potential, l *[3]float64) { l[0] = nan },
		"tiny length":     func(_ *Potential, l *[3]float64) { l[0] = 0x1p-1040 },
	} {
		p, length := good, [3]float64{4, 0, 4}
		if _, err := NewKernel(p, length); err != nil {
			t.Fatal(err)
		}
		change(&p, &length)
		if _, err := NewKernel(p, length); err == nil {
			t.Errorf("%s: NewKernel accepts %+v in %v", name, p, length)
		}
	}
}
