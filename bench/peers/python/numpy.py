"""Runs works through NumPy. Reads lines "OP M N K REPEAT THREADS" and answers each with the
seconds that REPEAT calls took, of this thread if THREADS is 1, else of the clock; with "-" if
it does not know OP. The number of threads is given by the environment."""

import sys
import time

import numpy as np

rng = np.random.default_rng(1)


def operand(*shape):
    return rng.uniform(-1, 1, shape)


def product(m, n, k):
    a, b, c = operand(m, k), operand(k, n), np.empty((m, n))
    return lambda: np.matmul(a, b, out=c)


def gram(m, n, k):
    a, c = operand(k, n), np.empty((n, n))
    return lambda: np.matmul(a.T, a, out=c)  # which NumPy takes for a call of dsyrk


def elementwise(f):
    def prepare(m, n, k):
        x = 4 * operand(n)
        y = np.empty(n)
        return lambda: f(x, y)

    return prepare


def sigmoid(x, out):
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.divide(1, out, out)


def gaussian(x, out):
    np.multiply(x, x, out)
    np.negative(out, out)
    np.exp(out, out)


def tanh_grad():
    def prepare(m, n, k):
        x, y, grad = 4 * operand(n), np.empty(n), np.empty(n)

        def run():
            np.tanh(x, y)
            np.multiply(y, y, grad)
            np.subtract(1, grad, grad)

        return run

    return prepare


def features(m, n, k):
    x, w, b = operand(m, k), operand(k, n), operand(n)
    return lambda: np.tanh(x @ w + b)


def features_in_place(m, n, k):
    x, w, b, y = operand(m, k), operand(k, n), operand(n), np.empty((m, n))

    def run():
        np.matmul(x, w, out=y)
        np.add(y, b, out=y)
        np.tanh(y, out=y)

    return run


def lstsq(m, n, k):
    a, b = operand(m, n), operand(m)
    return lambda: np.linalg.lstsq(a, b, rcond=None)


def segment_sum(m, n, k):
    x, y = operand(m * k, n), np.empty((m, n))
    first = np.arange(m) * k
    return lambda: np.add.reduceat(x, first, axis=0, out=y)


OPS = {
    "gemm": product,
    "syrk": gram,
    "exp": elementwise(np.exp),
    "tanh": elementwise(np.tanh),
    "sin": elementwise(np.sin),
    "sigmoid": elementwise(sigmoid),
    "softplus": elementwise(lambda x, y: np.logaddexp(0, x, y)),
    "gaussian": elementwise(gaussian),
    "tanhgrad": tanh_grad(),
    "features": features,
    "featuresinplace": features_in_place,
    "lstsq": lstsq,
    "segmentsum": segment_sum,
}

print(np.__version__, flush=True)
last, run = None, None
for line in sys.stdin:
    op, *sizes = line.split()
    m, n, k, repeat, threads = map(int, sizes)
    if op not in OPS:
        print("-", flush=True)
        continue
    if (op, m, n, k) != last:
        run = None  # its operands are no longer needed
        run, last = OPS[op](m, n, k), (op, m, n, k)
    now = time.thread_time if threads == 1 else time.perf_counter
    start = now()
    for _ in range(repeat):
        run()
    print(f"{now() - start:.9f}", flush=True)
