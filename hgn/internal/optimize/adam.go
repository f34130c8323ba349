package optimize

import "math"

const (
	beta1 = 0.9
	beta2 = 0.999
	tiny  = 1e-8
)

// adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², both divided by 1 − βᵗ, and
// x ← x − η m̂/(√v̂ + 10⁻⁸) with β₁ = 0.9, β₂ = 0.999 (Kingma and Ba 2015). As adamw
// also x ← x − 0.01 η x first (Loshchilov and Hutter 2019); as nadam with Nesterov's
// momentum, μ_t = β₁ (1 − 0.5·0.96^(0.004 t)) (Dozat 2016); as radam with the
// adaptive rate left out until its variance is bounded, and rectified after (Liu et
// al. 2020).
type adam struct {
	kind    string
	t       int
	m, v    []float64
	product float64 // Π μ_t, for nadam
}

func (o *adam) Step(x, g []float64, rate float64) {
	o.t++
	t := float64(o.t)
	correct1, correct2 := 1-math.Pow(beta1, t), 1-math.Pow(beta2, t)
	ofM, ofG := 1/correct1, 0.0 // m̂ = ofM m + ofG g
	adaptive, scale := true, 1.0
	switch o.kind {
	case "adamw":
		for i := range x {
			x[i] -= 0.01 * rate * x[i]
		}
	case "nadam":
		now := beta1 * (1 - 0.5*math.Pow(0.96, 0.004*t))
		next := beta1 * (1 - 0.5*math.Pow(0.96, 0.004*(t+1)))
		o.product *= now
		ofM, ofG = next/(1-o.product*next), (1-now)/(1-o.product)
	case "radam":
		const limit = 2/(1-beta2) - 1
		rho := limit - 2*t*math.Pow(beta2, t)/correct2
		if adaptive = rho > 5; adaptive {
			scale = math.Sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
		}
	}
	for i, d := range g {
		o.m[i] = beta1*o.m[i] + (1-beta1)*d
		o.v[i] = beta2*o.v[i] + (1-beta2)*d*d
		move := ofM*o.m[i] + ofG*d
		if adaptive {
			move *= scale / (math.Sqrt(o.v[i]/correct2) + tiny)
		}
		x[i] -= rate * move
	}
}

// adamax: m as in adam, u ← max(β₂ u, |g| + 10⁻⁸), x ← x − η m̂/u (Kingma and Ba 2015).
type adamax struct {
	t    int
	m, u []float64
}

func (o *adamax) Step(x, g []float64, rate float64) {
	o.t++
	rate /= 1 - math.Pow(beta1, float64(o.t))
	for i, d := range g {
		o.m[i] = beta1*o.m[i] + (1-beta1)*d
		o.u[i] = max(beta2*o.u[i], math.Abs(d)+tiny)
		x[i] -= rate * o.m[i] / o.u[i]
	}
}

// adafactor keeps, for every matrix, means of g² + 10⁻³⁰ over rows and over columns,
// decayed by 1 − t^−0.8, in place of one for every element: v_ij = r_i c_j/mean(r). The
// move g/√v is cut to a root mean square of 1 and made with the rate
// η max(10⁻³, rms(x)) (Shazeer and Stern 2018, algorithm 4).
type adafactor struct {
	t      int
	blocks []factored
	move   []float64
}

type factored struct {
	Shape
	rows, cols []float64
}

func newAdafactor(n int, shapes []Shape) *adafactor {
	o := &adafactor{move: make([]float64, n)}
	for _, s := range shapes {
		o.blocks = append(o.blocks, factored{s, make([]float64, s.Rows), make([]float64, s.Cols)})
	}
	return o
}

func (o *adafactor) Step(x, g []float64, rate float64) {
	o.t++
	decay := 1 - math.Pow(float64(o.t), -0.8)
	for k := range o.blocks {
		b := &o.blocks[k]
		n := b.Rows * b.Cols
		if n == 0 {
			continue
		}
		x, g, move := x[b.Start:][:n], g[b.Start:][:n], o.move[b.Start:][:n]
		for i := range b.rows {
			b.rows[i] *= decay
		}
		for j := range b.cols {
			b.cols[j] *= decay
		}
		for i, d := range g {
			s := (1 - decay) * (d*d + 1e-30)
			b.rows[i/b.Cols] += s / float64(b.Cols)
			b.cols[i%b.Cols] += s / float64(b.Rows)
		}
		mean := 0.0
		for _, r := range b.rows {
			mean += r / float64(b.Rows)
		}
		size, ofX := 0.0, 0.0
		for i, d := range g {
			move[i] = d / math.Sqrt(b.rows[i/b.Cols]*b.cols[i%b.Cols]/mean)
			size += move[i] * move[i]
			ofX += x[i] * x[i]
		}
		size, ofX = math.Sqrt(size/float64(n)), math.Sqrt(ofX/float64(n))
		step := rate * max(1e-3, ofX) / max(1, size)
		for i, d := range move {
			x[i] -= step * d
		}
	}
}
