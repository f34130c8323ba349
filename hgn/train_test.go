package hgn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Training recovers what made the data: forces and velocities of states it has not
// seen, and energies up to a constant; not so where masses or charges, which differ from
// frame to frame here, multiply what is constant. The bounds are ten times and more what
// was found for the seeds used.
func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		w       world
		change  func(o *Options)
		frames  int
		jitter  float64
		forces  float64
		kinetic float64
	}{
		"springs of three species":  {world{dim: 3, side: 2, species: 3, potential: spring}, nil, 150, 0.15, 1e-13, 1e-13},
		"springs, squared distance": {world{dim: 2, side: 3, species: 1, potential: spring}, func(o *Options) { o.Xi = DistanceSquared }, 100, 0.15, 1e-13, 1e-13},
		"springs, tanh":             {world{dim: 1, side: 9, species: 1, potential: spring}, func(o *Options) { o.Activation = dense.Tanh }, 100, 0.15, 1e-13, 1e-13},
		"springs, SWIM":             {world{dim: 2, side: 3, species: 1, potential: spring}, func(o *Options) { o.Sampler = SWIM }, 100, 0.15, 1e-10, 1e-13},
		"springs, ELM":              {world{dim: 2, side: 3, species: 1, potential: spring}, func(o *Options) { o.Sampler = ELM }, 100, 0.15, 1e-13, 1e-13},
		"springs, truncated":        {world{dim: 2, side: 3, species: 1, potential: spring}, func(o *Options) { o.RCond = 1e-13 }, 100, 0.15, 1e-12, 1e-13},
		"closed springs":            {world{dim: 2, side: 4, species: 2, periodic: true, potential: spring}, nil, 100, 0.15, 1e-13, 1e-13},
		"liquid of two species":     {world{dim: 3, side: 4, species: 2, cutoff: 2, periodic: true, potential: screened}, nil, 12, 0.15, 1e-10, 1e-10},
		"masses":                    {world{dim: 3, side: 2, species: 1, weight: byMass, potential: gravity}, nil, 200, 0.15, 1e-13, 1e-13},
		"charges":                   {world{dim: 2, side: 3, species: 2, weight: byCharge, potential: coulomb}, nil, 200, 0.15, 1e-13, 1e-13},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.w.options(t)
			if c.change != nil {
				c.change(&o)
			}
			data := c.w.frames(t, 1, c.frames, c.jitter)
			m, r := train(t, data, o)
			e := evaluate(t, m, c.w.frames(t, 2, 20, 0.8*c.jitter), o.Graph)
			if !(e.Force <= c.forces) || !(e.Velocity <= c.kinetic) || c.w.weight == unweighted && !(e.Energy <= 1000*max(c.forces, c.kinetic)) {
				t.Errorf("errors %+v", e)
			}
			if in := evaluate(t, m, data, o.Graph); !(math.Abs(in.Force-r.ForceError) <= 2e-12+1e-3*in.Force) { // large coefficients cancel when used
				t.Errorf("force error on the training frames %v, the report has %v", in.Force, r.ForceError)
			}
			if h := energyOf(t, m, data[0], o.Graph); !(math.Abs(h-data[0].Energy) <= 1e-12*(1+math.Abs(h))) {
				t.Errorf("energy of the first frame %v, want %v", h, data[0].Energy)
			}
			n, dim := c.w.nodes(), c.w.dim
			if r.Samples != c.frames || r.Nodes != n || r.Rows != int64(c.frames*n*(dim+1)) || r.MinimumNorm() {
				t.Errorf("report %+v", r)
			}
			if o.Graph != nil && r.Edges != float64(o.Graph.Edges()) {
				t.Errorf("%v edges, want %v", r.Edges, o.Graph.Edges())
			}
		})
	}
}

// A kinetic energy that differs between species is found, |p|²/2m is not built in.
func TestKineticPerSpecies(t *testing.T) {
	w := world{dim: 2, side: 3, species: 2, potential: spring}
	relativistic := func(f *Frame) { // species 5 obeys T = m(√(1 + |p|²/m²) − 1)
		for i := range f.Mass {
			if f.Species[i] != 5 {
				continue
			}
			t := squaredMomentum(f, i) / f.Mass[i]
			for k := i * f.Dim; k < (i+1)*f.Dim; k++ {
				f.QDot[k] = f.P[k] / f.Mass[i] / math.Sqrt(1+t/2)
			}
		}
	}
	frames, others := w.frames(t, 1, 300, 0.1), w.frames(t, 2, 10, 0.1)
	for _, set := range []Frames{frames, others} {
		for _, f := range set {
			relativistic(f)
			f.HasEnergy = false
		}
	}
	o := w.options(t)
	o.NodeFeatures = 32
	m, _ := train(t, frames, o)
	if e := evaluate(t, m, others, o.Graph); !(e.Velocity <= 1e-4) {
		t.Errorf("error of velocities %v", e.Velocity)
	}
	var energy, factor [1]float64
	for i, c := range []float64{1, 1 / math.Sqrt(1+0.4/2)} {
		pairsOf(m).kinetics[i].eval(energy[:], factor[:], []float64{0.4}, new(kineticScratch))
		if !(math.Abs(factor[0]-c) <= 1e-4) {
			t.Errorf("species %d: factor %v, want %v", i, factor[0], c)
		}
	}
}

// A model does not depend on the number of workers, on the instruction set, on
// whether frames are kept or streamed, or on how often it is trained.
func TestTrainBits(t *testing.T) {
	for _, name := range []string{"cube", "liquid"} {
		w := worlds[name]
		frames := w.frames(t, 1, 1200/w.nodes(), 0.15) // several chunks
		base := w.options(t)
		base.Seed, base.Sampler, base.Features = 5, SWIM, 16
		first, _ := train(t, frames, base)
		want := first.marshal()
		same := func(t *testing.T, src Source, o Options) {
			t.Helper()
			m, _ := train(t, src, o)
			if !bytes.Equal(m.marshal(), want) {
				t.Error("another model")
			}
		}
		for _, workers := range []int{1, 2, 3, 8} {
			o := base
			o.Workers = workers
			same(t, frames, o)
		}
		o := base
		o.Repeat = 2
		same(t, &stream{frames: frames}, o)
		kerneltest.EachLevel(t, func(t *testing.T) { same(t, frames, base) })
		o = base
		o.Seed = 6
		if m, _ := train(t, frames, o); bytes.Equal(m.marshal(), want) {
			t.Error("another seed gives the same model")
		}
		o = base
		o.Ridge = 1e-10
		if m, _ := train(t, frames, o); bytes.Equal(m.marshal(), want) {
			t.Error("another ridge gives the same model")
		}
	}
}

// Frames with more rows than a chunk are divided among workers; the model is that of
// the same data in smaller frames, but for rounding.
func TestTrainLargeFrames(t *testing.T) {
	w := world{dim: 2, side: 30, species: 2, potential: spring} // 1800 rows
	frames := w.frames(t, 1, 3, 0.15)
	o := w.options(t)
	m, r := train(t, frames, o)
	if e := evaluate(t, m, w.frames(t, 2, 1, 0.1), o.Graph); !(e.Force <= 1e-11) || r.Rows != 3*900*3 {
		t.Errorf("force error %v from %d rows", e.Force, r.Rows)
	}
	want := m.marshal()
	for _, workers := range []int{1, 3} {
		o.Workers = workers
		if m, _ := train(t, frames, o); !bytes.Equal(m.marshal(), want) {
			t.Errorf("%d workers give another model", workers)
		}
	}
	liquid := world{dim: 2, side: 24, species: 1, cutoff: 2, periodic: true, potential: screened}
	o = liquid.options(t)
	m, _ = train(t, liquid.frames(t, 1, 4, 0.15), o)
	if e := evaluate(t, m, liquid.frames(t, 2, 1, 0.12), nil); !(e.Force <= 1e-5) {
		t.Errorf("liquid: force error %v", e.Force)
	}
}

// A frame repeated changes nothing but the weight of all rows; frames of other sizes,
// and other dimensions, can be mixed under a cutoff; some may have no edges.
func TestTrainMixedFrames(t *testing.T) {
	var mixed, others Frames
	for _, w := range []world{
		{dim: 3, side: 3, species: 1, cutoff: 2, potential: screened},
		{dim: 1, side: 40, species: 1, cutoff: 2, potential: screened},
		{dim: 2, side: 9, species: 1, cutoff: 2, potential: screened},
		{dim: 1, side: 1, species: 1, cutoff: 2, potential: screened},
	} {
		mixed = append(mixed, w.frames(t, 1, 40, 0.15)...)
		others = append(others, w.frames(t, 2, 3, 0.1)...)
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	m, r := train(t, mixed, Options{Cutoff: 2})
	if e := evaluate(t, m, others, nil); !(e.Force <= 1e-5) || !(e.Velocity <= 1e-10) {
		t.Errorf("errors %+v", e)
	}
	for _, workers := range []int{1, 3} {
		again, _ := train(t, mixed, Options{Cutoff: 2, Workers: workers})
		if !bytes.Equal(again.marshal(), m.marshal()) {
			t.Errorf("%d workers give another model", workers)
		}
	}
	if r.Samples != 160 || r.Rows != 40*(4*27+2*40+3*81+2) {
		t.Errorf("report %+v", r)
	}
}

// Data that determine little or nothing still give a model of least norm.
func TestTrainPoorData(t *testing.T) {
	w := world{dim: 2, side: 2, species: 1, potential: spring}
	o := w.options(t)
	one := w.frames(t, 1, 1, 0.1)
	m, r := train(t, one, o)
	if e := evaluate(t, m, one, o.Graph); !(e.Force <= 1e-8) || !(e.Velocity <= 1e-8) || !r.MinimumNorm() {
		t.Errorf("one frame: %+v, minimum norm %v", e, r.MinimumNorm())
	}
	rest := w.frames(t, 1, 30, 0.1)
	for _, f := range rest {
		clear(f.P)
		clear(f.QDot)
	}
	m, r = train(t, rest, o)
	if e := evaluate(t, m, rest, o.Graph); !(e.Force <= 1e-7) || e.Velocity != 0 || r.RankP != 0 {
		t.Errorf("at rest: %+v, rank %d", e, r.RankP)
	}
	alone := world{dim: 3, side: 1, species: 1, cutoff: 2, potential: screened}
	frames := alone.frames(t, 1, 200, 0.1) // so many that columns would be compressed
	m, r = train(t, frames, Options{Cutoff: 2})
	if e := evaluate(t, m, frames, nil); e.Force != 0 || !(e.Velocity <= 1e-9) || r.Rank != 0 || r.Edges != 0 {
		t.Errorf("a body alone: %+v, %+v", e, r)
	}
	if _, err := m.Energy(world{dim: 3, side: 2, species: 1, cutoff: 2, potential: screened}.one(t), nil); err == nil || !strings.Contains(err.Error(), "training had no edge between species 3 and 3") {
		t.Errorf("a pair that was never seen: %v", err)
	}
}

func (w world) one(t *testing.T) *Frame { return w.frames(t, 1, 1, 0.1)[0] }

// Two bodies on a circle: the distance is constant but for rounding, which must not
// become the scale of the features.
func TestTrainConstantDistance(t *testing.T) {
	g, err := NewGraph(2, [][2]int{{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	var frames Frames
	for k := range 50 {
		sin, cos := math.Sincos(0.1 * float64(k))
		frames = append(frames, &Frame{
			Dim: 2, Species: []int{1, 1}, Mass: []float64{1, 1},
			Q: []float64{cos, sin, -cos, -sin}, P: []float64{-sin, cos, sin, -cos},
			QDot: []float64{-sin, cos, sin, -cos}, PDot: []float64{-cos, -sin, cos, sin},
		})
	}
	m, _ := train(t, frames, Options{Graph: g})
	if e := evaluate(t, m, frames, g); !(e.Force <= 1e-12) || !(e.Velocity <= 1e-12) {
		t.Errorf("errors %+v", e)
	}
	f := copyOf(frames[0])
	f.Q[0] += 1e-3
	if force := forcesOf(t, m, f, g); !(math.Abs(force[0]+1) <= 0.1) {
		t.Errorf("force %v a little outside, want about −1", force[0])
	}
}

func TestTrainErrors(t *testing.T) {
	w := worlds["cube"]
	frames := w.frames(t, 1, 4, 0.1)
	good := w.options(t)
	option := func(change func(o *Options)) Options { o := good; change(&o); return o }
	data := func(change func(f *Frame)) Frames {
		bad := Frames{frames[0], frames[1], copyOf(frames[2])}
		change(bad[2])
		return bad
	}
	broken := errors.New("broken")
	many := copyOf(frames[0])
	for i := range 300 { // 46056 pairs with those there are
		many.Species = append(many.Species, 1000+i)
		many.Mass = append(many.Mass, 1)
		many.Q = append(many.Q, 10+float64(i), 0, 0)
		many.P, many.QDot, many.PDot = append(many.P, 0, 0, 0), append(many.QDot, 0, 0, 0), append(many.PDot, 0, 0, 0)
	}
	for name, c := range map[string]struct {
		src  Source
		o    Options
		want string
	}{
		"no frames":          {Frames{}, good, "no frame to train on"},
		"source":             {&stream{frames: frames, fail: 3, err: broken}, good, "broken"},
		"no velocities":      {data(func(f *Frame) { f.QDot = nil }), good, "step 20: training needs velocities and forces"},
		"no forces":          {data(func(f *Frame) { f.PDot = nil }), good, "training needs velocities and forces"},
		"one point":          {data(func(f *Frame) { copy(f.Q[:3], f.Q[3:6]) }), good, "bodies 0 and 1 are at one point"},
		"overflow":           {data(func(f *Frame) { f.Q[0] = 1e200 }), good, "at a distance of +Inf"},
		"other size":         {Frames{frames[0], worlds["square"].one(t)}, good, "9 bodies, but the edges are for 8"},
		"neither":            {frames, Options{}, "exactly one of"},
		"both":               {frames, option(func(o *Options) { o.Cutoff = 2 }), "exactly one of"},
		"negative cutoff":    {frames, Options{Cutoff: -1}, "cutoff -1"},
		"NaN cutoff":         {frames, Options{Cutoff: math.NaN()}, "cutoff NaN"},
		"large cutoff":       {frames, Options{Cutoff: 1.5, Periodic: true}, "larger than half the box"},
		"no box":             {data(func(f *Frame) { f.Box.Hi = f.Box.Lo }), option(func(o *Options) { o.Periodic = true }), "length of 0 in x"},
		"unknown sampler":    {frames, option(func(o *Options) { o.Sampler = 99 }), "unknown sampler"},
		"unknown xi":         {frames, option(func(o *Options) { o.Xi = 99 }), "unknown xi"},
		"unknown activation": {frames, option(func(o *Options) { o.Activation = 99 }), "unknown activation"},
		"negative features":  {frames, option(func(o *Options) { o.Features = -1 }), "number of features"},
		"many features":      {frames, option(func(o *Options) { o.NodeFeatures = 1 << 20 }), "number of features"},
		"many species":       {Frames{many}, Options{Cutoff: 1.5, Features: 1}, "46056 features for all species"},
		"negative repeat":    {frames, option(func(o *Options) { o.Repeat = -1 }), "repeat"},
		"infinite omega":     {frames, option(func(o *Options) { o.Omega = math.Inf(1) }), "omega"},
		"negative ridge":     {frames, option(func(o *Options) { o.Ridge = -1 }), "ridge"},
		"rcond":              {frames, option(func(o *Options) { o.RCond = 1 }), "rcond"},
		"NaN rcond":          {frames, option(func(o *Options) { o.RCond = math.NaN() }), "rcond"},
		"ridge and rcond":    {frames, option(func(o *Options) { o.RCond, o.Ridge = 1e-10, 1e-10 }), "exclude each other"},
	} {
		m, _, err := Train(context.Background(), c.src, c.o)
		if m != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, src := range map[string]Source{"memory": frames, "stream": &stream{frames: frames}} {
		if _, _, err := Train(ctx, src, good); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, err)
		}
	}
}

// Memory does not grow with the number of frames: batches are used again.
func TestTrainMemory(t *testing.T) {
	w := world{dim: 3, side: 8, species: 1, potential: spring}
	o := w.options(t)
	o.Features, o.NodeFeatures, o.Workers = 4, 2, 1
	d := w.frames(t, 1, 2, 0.1)
	allocated := func(n int) uint64 {
		src := &stream{}
		for k := range n {
			src.frames = append(src.frames, d[k%2])
		}
		set := newDataset(src, 0)
		set.batch = 20 * d[0].floats()
		oo, err := o.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, _, err := trainPairs(context.Background(), set, &oo); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1)
	few, many := allocated(20), allocated(60)
	frame := uint64(8 * d[0].floats())
	most := frame
	if simd.Race { // which makes sync.Pool, where kernels keep buffers, forget at random
		most *= 8
	}
	if growth := (many - few) / 40; growth > most {
		t.Errorf("%d bytes are allocated per frame of %d", growth, frame)
	}
}

func ExampleTrain() {
	// Two bodies of mass 1 on a spring, H = p₁²/2 + p₂²/2 + (r − 1)²/2.
	bond, err := NewGraph(2, [][2]int{{0, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var frames Frames
	for k := range 100 {
		sin, cos := math.Sincos(math.Sqrt2 * 0.1 * float64(k))
		x, v := 0.1*cos, -0.1*math.Sqrt2*sin // r = 1 + 2x
		frames = append(frames, &Frame{
			Dim: 1, Species: []int{1, 1}, Mass: []float64{1, 1},
			Q: []float64{-0.5 - x, 0.5 + x}, P: []float64{-v, v},
			QDot: []float64{-v, v}, PDot: []float64{2 * x, -2 * x},
		})
	}
	model, report, err := Train(context.Background(), frames, Options{Graph: bond})
	if err != nil {
		fmt.Println(err)
		return
	}
	force := make([]float64, 2)
	state := &Frame{Dim: 1, Species: []int{1, 1}, Mass: []float64{1, 1}, Q: []float64{0, 1.15}, P: []float64{0, 0}}
	if _, err := model.Forces(force, state, bond); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d equations, forces %.6f\n", report.Rows, force)
	// Output: 400 equations, forces [0.150000 -0.150000]
}
