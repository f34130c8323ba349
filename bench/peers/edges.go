package main

import (
	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

// edges are works on a graph of m nodes with k edges each, sorted by receiver, and n columns.
var edges = map[string]func(w work) trial{
	"segmentsum": func(w work) trial {
		receivers, _ := ends(w)
		x, dst := matrix(w.m*w.k, w.n, operand(w.m*w.k*w.n)), matrix(w.m, w.n, make([]float64, w.m*w.n))
		return trial{run: func() { sparse.SegmentSum(dst, x, receivers) }}
	},
	"messages": func(w work) trial {
		receivers, senders := ends(w)
		m := sparse.Messages{
			U: matrix(w.m, w.n, operand(w.m*w.n)), V: matrix(w.m, w.n, operand(w.m*w.n)),
			Receivers: receivers, Senders: senders, Act: dense.Tanh,
		}
		dst := matrix(w.m, w.n, make([]float64, w.m*w.n))
		return trial{run: func() { m.Sum(dst, receivers) }}
	},
	"activation": func(w work) trial { // as many functions as messages has, 10⁴ in turn
		const n = 1e4
		dst, x := make([]float64, n), arguments(n)
		return trial{run: func() {
			for rest := w.m * w.k * w.n; rest > 0; rest -= n {
				dense.Tanh.Apply(dst[:min(n, rest)], x[:min(n, rest)])
			}
		}}
	},
}

// ends returns the indices of the receivers and of the senders, which lie all over.
func ends(w work) (receivers, senders sparse.Index) {
	r, s := make([]int32, w.m*w.k), make([]int32, w.m*w.k)
	for e := range r {
		r[e] = int32(e / w.k)
		s[e] = int32((e/w.k*7919 + e*104729) % w.m)
	}
	receivers, err := sparse.NewIndex(r, w.m)
	check(err)
	senders, err = sparse.NewIndex(s, w.m)
	check(err)
	return receivers, senders
}

func edgeGroups() []group {
	perEdge := func(w work) float64 { return float64(w.m) * float64(w.k) * float64(w.n) }
	return []group{
		{
			name: "segmentsum", title: "rows of n numbers from m·k edges to m nodes", roof: "read",
			unit:    gbytes(func(w work) float64 { return 8 * perEdge(w) }),
			columns: []column{{title: "ours", peer: "ours"}, {title: "NumPy", peer: "NumPy"}, {title: "PyTorch", peer: "PyTorch"}},
			rows:    []row{{work: work{op: "segmentsum", m: 20000, n: 64, k: 30}, bars: []bar{{of: ofRoof, least: 0.9}}}},
		}, {
			name: "messages", title: "Σⱼ tanh(uᵢ + vⱼ), m nodes with k edges and n columns (one of the aims is enough)",
			unit:    unit{"ns per function", func(w work, s float64) float64 { return 1e9 * s / perEdge(w) }},
			columns: []column{{title: "ours", peer: "ours"}, {title: "tanh alone", peer: "ours", op: "activation"}, {title: "PyTorch", peer: "PyTorch"}},
			rows: []row{{
				work: work{op: "messages", m: 20000, n: 64, k: 30}, either: true,
				bars: []bar{{of: "PyTorch", least: 12}, {of: "tanh alone", least: 0.9}},
			}},
		},
	}
}
