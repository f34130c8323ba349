package hgn

import (
	"context"
	"math"
)

// Units of stress in those of energy per volume, if these are eV and Å: 1 eV/Å³ is
// 160.2176634 GPa (from the exact value of the elementary charge).
const (
	ElectronVoltPerCubicAngstrom = 1
	Gigapascal                   = 1 / 160.2176634
	Kilobar                      = Gigapascal / 10
	Bar                          = Kilobar / 1000
)

// stressFrames is the number of frames that the unit of stress is found from.
const stressFrames = 24

// setStressUnit finds the unit of the stresses of d where it is needed and not given.
func (o *Options) setStressUnit(ctx context.Context, d *dataset) (err error) {
	if w := &o.Materials; (w.StressWeight > 0 || w.Appendable) && w.StressUnit == 0 {
		w.StressUnit, err = findStressUnit(ctx, d, o)
	}
	return err
}

// findStressUnit returns the unit of the stresses of the frames, of eV/Å³, GPa, kbar and bar
// with either sign, that goes with their energies and forces, and 0 if none does. It fits a
// small model to the latter.
func findStressUnit(ctx context.Context, d *dataset, opt *Options) (float64, error) {
	total := 0
	usable := func(f *Frame) bool {
		return f.HasStress && f.volume() > 0 && f.Stress != [6]float64{} && f.Nodes() <= 256 && (f.HasEnergy || f.PDot != nil)
	}
	if err := d.batches(ctx, func(frames []*Frame) error {
		for _, f := range frames {
			if usable(f) {
				total++
			}
		}
		return nil
	}); err != nil || total == 0 {
		return 0, err
	}
	var sample Frames
	seen := 0
	if err := d.batches(ctx, func(frames []*Frame) error {
		for _, f := range frames {
			if !usable(f) {
				continue
			}
			if seen*stressFrames/total != (seen+1)*stressFrames/total {
				own := new(Frame)
				own.CopyFrom(f)
				sample = append(sample, own)
			}
			seen++
		}
		return nil
	}); err != nil {
		return 0, err
	}
	small := *opt
	small.Features, small.Materials = 60, Materials{
		EnergyWeight: opt.Materials.EnergyWeight,
		ForceWeight:  opt.Materials.ForceWeight,
		StressWeight: -1,
		Candidates:   60,
		Members:      -1,
	}
	small, err := small.withDefaults()
	if err != nil {
		return 0, err
	}
	m, _, err := trainManyBody(ctx, small.withoutReference(newDataset(sample, 0)), &small)
	if err != nil {
		return 0, err
	}
	return matchStress(m.(*manyBodyModel), sample)
}

// matchStress returns the unit in which the stresses of the frames agree best with those of m.
func matchStress(m *manyBodyModel, frames Frames) (float64, error) {
	var xx, xy, yy float64
	var p prediction
	for _, f := range frames {
		if err := p.of(m, f, 1); err != nil {
			return 0, err
		}
		for a, s := range f.Stress {
			x, y := s*f.volume()/float64(f.Nodes()), p.virial[a]/float64(f.Nodes())
			xx, xy, yy = xx+float64(x*x), xy+float64(x*y), yy+float64(y*y)
		}
	}
	found := xy / xx
	if !(xy*xy > 0.5*xx*yy) {
		return 0, nil // no agreement
	}
	for _, unit := range []float64{ElectronVoltPerCubicAngstrom, Gigapascal, Kilobar, Bar} {
		if ratio := math.Abs(found) / unit; ratio > 0.4 && ratio < 2.5 {
			return math.Copysign(unit, found), nil
		}
	}
	return 0, nil
}
