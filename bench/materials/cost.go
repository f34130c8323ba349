package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// Of molybdenum, in eV, Å and the unit of time that goes with them and atomic masses.
const (
	lattice     = 3.18
	mass        = 95.95
	number      = 42
	temperature = 5000 * 8.617333e-5 // at the start; half of it becomes potential energy
	femtosecond = "0.0982269"
)

// cost prints what an atom and a step of a rollout cost on one core, with a many-body model of
// molybdenum, its features of pairs alone, and the tabulated potential of the default encoding
// fitted to the motion that those give.
func (b *bench) cost() error {
	mo := &sets[1]
	file := func(name string) string { return filepath.Join(b.dir, name) }
	start, motion := file("start.xyz"), file("motion.xyz")
	if err := writeCrystal(start, 5); err != nil {
		return err
	}
	many, pairs, table := file("many.safetensors"), file("pairs.safetensors"), file("table.safetensors")
	if _, err := b.train(mo, "-split", "1", "-out", many); err != nil {
		return err
	}
	if _, err := b.train(mo, "-split", "1", "-pairs", "-out", pairs); err != nil {
		return err
	}
	masses := fmt.Sprintf("%d=%v", number, mass)
	simulate := func(model, steps string, more ...string) (float64, error) {
		var r result
		args := []string{"simulate", "-model", model, "-data", start, "-masses", masses, "-steps", steps, "-dt", femtosecond, "-workers", "1"}
		err := b.hgn(&r, append(args, more...)...)
		return 1e6 / r.Speed, err
	}
	if _, err := simulate(pairs, "200", "-out", motion, "-every", "20"); err != nil {
		return err
	}
	var fitted result
	if err := b.hgn(&fitted, "train", "-data", motion, "-encoding", "invariant", "-box", "periodic", "-cutoff", mo.cutoff, "-masses", masses, "-out", table); err != nil {
		return err
	}
	works := []struct{ name, model, steps string }{
		{"many-body", many, "100"},
		{"features of pairs alone, many-body (`-pairs`)", pairs, "400"},
		{"tabulated pair potential (`-encoding invariant`)", table, "20000"},
	}
	micros := make([]float64, len(works))
	for round := range 3 { // the least of them, in turns
		for i, w := range works {
			m, err := simulate(w.model, w.steps)
			if err != nil {
				return err
			}
			if round == 0 || m < micros[i] {
				micros[i] = m
			}
		}
	}
	fmt.Printf("\n## Cost of molecular dynamics\n\n250 atoms of molybdenum, cutoff %s Å, one core\n\n| model | µs per atom and step | of many-body |\n| --- | ---: | ---: |\n", mo.cutoff)
	for i, w := range works {
		fmt.Printf("| %s | %.3g | %.2g |\n", w.name, micros[i], micros[i]/micros[0])
	}
	return nil
}

// writeCrystal writes n×n×n body-centred cells with thermal momenta.
func writeCrystal(name string, n int) error {
	rng := rand.New(rand.NewPCG(1, 0))
	f := &hgn.Frame{Dim: 3}
	var total [3]float64
	for k := range 2 * n * n * n {
		cell, centre := k/2, float64(k%2)/2
		for a, at := range []int{cell % n, cell / n % n, cell / n / n} {
			p := math.Sqrt(mass*temperature) * rng.NormFloat64()
			total[a] += p
			f.Q = append(f.Q, lattice*(float64(at)+centre))
			f.P = append(f.P, p)
		}
		f.Mass = append(f.Mass, mass)
		f.Species = append(f.Species, number)
	}
	f.QDot = make([]float64, len(f.P))
	for i := range f.P {
		f.P[i] -= total[i%3] / float64(f.Nodes())
		f.QDot[i] = f.P[i] / mass
	}
	for a := range 3 {
		f.Box.Hi[a], f.Box.Periodic[a] = lattice*float64(n), true
	}
	w, err := trajectory.Create(name)
	if err != nil {
		return err
	}
	if err := w.WriteFrame(f); err != nil {
		return err
	}
	return w.Close()
}
