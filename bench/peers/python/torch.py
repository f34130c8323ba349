"""Runs works on edges through PyTorch, by the protocol of numpy.py: M nodes, N columns, K
edges for each node."""

import sys
import time

import torch

torch.manual_seed(1)


def ends(m, k):
    receivers = torch.arange(m).repeat_interleave(k)
    return receivers, (receivers * 7919 + torch.arange(m * k) * 104729) % m


def messages(m, n, k):
    u, v = torch.randn(m, n, dtype=torch.float64), torch.randn(m, n, dtype=torch.float64)
    receivers, senders = ends(m, k)
    out = torch.zeros(m, n, dtype=torch.float64)

    def run():
        out.zero_()
        out.index_add_(0, receivers, torch.tanh(u[receivers] + v[senders]))

    return run


def segment_sum(m, n, k):
    x, out = torch.randn(m * k, n, dtype=torch.float64), torch.zeros(m, n, dtype=torch.float64)
    receivers, _ = ends(m, k)

    def run():
        out.zero_()
        out.index_add_(0, receivers, x)

    return run


OPS = {"messages": messages, "segmentsum": segment_sum}

print(torch.__version__, flush=True)
last, run = None, None
for line in sys.stdin:
    op, *sizes = line.split()
    m, n, k, repeat, threads = map(int, sizes)
    if op not in OPS:
        print("-", flush=True)
        continue
    torch.set_num_threads(threads)
    if (op, m, n, k) != last:
        run = None  # its operands are no longer needed
        run, last = OPS[op](m, n, k), (op, m, n, k)
    now = time.thread_time if threads == 1 else time.perf_counter
    start = now()
    for _ in range(repeat):
        run()
    print(f"{now() - start:.9f}", flush=True)
