package main

import (
	"iter"
	"math/rand/v2"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// splitStream is the second half of the seed of a random split.
const splitStream = 0x73706c69

// shuffled chooses k of the n frames of file number i.
func shuffled(seed uint64, i, n, k int) []bool {
	rng := rand.New(rand.NewPCG(seed, splitStream+uint64(i)))
	chosen := make([]bool, n)
	for _, j := range rng.Perm(n)[:k] {
		chosen[j] = true
	}
	return chosen
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
			if err == nil && (i >= len(s.chosen) || s.chosen[i] != s.want) {
				i++
				continue
			}
			i++
			if !yield(f, err) {
				return
			}
		}
	}
}
