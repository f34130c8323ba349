package main

import (
	"context"
	"iter"
	"math/big"
	"math/rand/v2"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// parts returns the frames that train and those that test.
func (f *trainFlags) parts(ctx context.Context, r *reader, data, test []string) (trainParts, testParts []hgn.Source, err error) {
	files, err := r.open(data)
	if err != nil {
		return nil, nil, err
	}
	if len(test) > 0 {
		others, err := r.open(test)
		return whole(files), whole(others), err
	}
	if f.shuffle {
		return f.draw(ctx, r, files)
	}
	for _, file := range files {
		n, err := r.count(ctx, file)
		if err != nil {
			return nil, nil, err
		}
		k := share(f.split, n)
		trainParts = append(trainParts, file.Slice(0, k))
		if k < n {
			testParts = append(testParts, file.Slice(k, n))
		}
	}
	return trainParts, testParts, nil
}

// splitStream is the second half of the seed of a random split.
const splitStream = 0x73706c69

// draw splits the frames of all files at random.
func (f *trainFlags) draw(ctx context.Context, r *reader, files []*trajectory.File) (trainParts, testParts []hgn.Source, err error) {
	counts := make([]int, len(files))
	total := 0
	for i, file := range files {
		if counts[i], err = r.count(ctx, file); err != nil {
			return nil, nil, err
		}
		total += counts[i]
	}
	chosen := make([]bool, total)
	k := share(f.split, total)
	for _, j := range rand.New(rand.NewPCG(f.options.Seed, splitStream)).Perm(total)[:k] {
		chosen[j] = true
	}
	for i, file := range files {
		part := chosen[:counts[i]]
		chosen = chosen[counts[i]:]
		trainParts = append(trainParts, &selection{file, part, true})
		if k < total {
			testParts = append(testParts, &selection{file, part, false})
		}
	}
	return trainParts, testParts, nil
}

// A selection is the frames of a source that are chosen, or the others.
type selection struct {
	src    hgn.Source
	chosen []bool
	want   bool
}

// Frames is that of [hgn.Source].
func (s *selection) Frames() iter.Seq2[*hgn.Frame, error] {
	return func(yield func(*hgn.Frame, error) bool) {
		i := 0
		for f, err := range s.src.Frames() {
			mine := err != nil || s.chosen[i] == s.want
			i++
			if mine && !yield(f, err) {
				return
			}
		}
	}
}

// share is floor(split·n), at least 1, for the decimal number that split stands
// for: 0.29 of 100 are 29, though 0.29·100 < 29 in floating point.
func share(split float64, n int) int {
	exact, _ := new(big.Rat).SetString(strconv.FormatFloat(split, 'g', -1, 64))
	exact.Mul(exact, big.NewRat(int64(n), 1))
	k := new(big.Int).Quo(exact.Num(), exact.Denom())
	return max(1, int(k.Int64()))
}
