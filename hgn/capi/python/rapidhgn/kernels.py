"""Kernels: matrix products, random features, sums over edges."""

from __future__ import annotations

from typing import Any, Optional, Tuple

import numpy as np

from . import _library as lib


def _result(name: str, out: Optional[np.ndarray], shape: Tuple[int, int]) -> np.ndarray:
    if out is None:
        return np.empty(shape)
    out = lib.floats(name, out, 2, writable=True)
    if out.shape != shape:
        raise ValueError(f"{name} has shape {out.shape}, not {shape}")
    return out


def gemm(a: np.ndarray, b: np.ndarray, out: Optional[np.ndarray] = None, *, alpha: float = 1.0, beta: float = 0.0,
         trans_a: bool = False, trans_b: bool = False) -> np.ndarray:
    """Returns ``alpha * op(a) @ op(b) + beta * out``, op being the transpose if so said.

    Shapes: op(a) m×k, op(b) k×n, the result m×n. The bits are the same on every machine and
    for any number of threads.
    """
    a, b = lib.floats("a", a, 2), lib.floats("b", b, 2)
    m, k = a.shape[::-1] if trans_a else a.shape
    inner, n = b.shape[::-1] if trans_b else b.shape
    if inner != k:
        raise ValueError(f"the products of {(m, k)} and {(inner, n)} do not match")
    if out is None and beta != 0:
        raise ValueError("beta without an out to add to")
    out = _result("out", out, (m, n))
    lib.check(lib.library.rhgn_dgemm(int(trans_a), int(trans_b), m, n, k, alpha, lib.pointer(a), lib.stride(a),
                                     lib.pointer(b), lib.stride(b), beta, lib.pointer(out), lib.stride(out)))
    return out


def features(x: np.ndarray, w: np.ndarray, bias: np.ndarray, activation: str = "tanh", out: Optional[np.ndarray] = None,
             grad: Optional[np.ndarray] = None) -> np.ndarray:
    """Returns ``act(x @ w.T + bias)``, and writes the derivative ``act'`` into grad if given.

    Shapes: x n×d, w m×d, bias m, the results n×m. act is tanh, softplus, gaussian (exp(−z²)),
    sin or sigmoid, accurate to 2 ulp.
    """
    x, w, bias = lib.floats("x", x, 2), lib.floats("w", w, 2), lib.floats("bias", bias, 1)
    if w.shape[1] != x.shape[1] or bias.shape[0] != w.shape[0]:
        raise ValueError(f"x {x.shape}, w {w.shape} and bias {bias.shape} do not match")
    shape = (x.shape[0], w.shape[0])
    out = _result("out", out, shape)
    slope = None if grad is None else _result("grad", grad, shape)
    lib.check(lib.library.rhgn_features(
        lib.encoded("activation", activation), shape[0], x.shape[1], shape[1], lib.pointer(x), lib.stride(x),
        lib.pointer(w), lib.stride(w), lib.pointer(bias), lib.pointer(out), lib.stride(out),
        lib.pointer(slope), 0 if slope is None else lib.stride(slope)))
    return out


def segment_sum(x: np.ndarray, receivers: Any, nodes: int, out: Optional[np.ndarray] = None) -> np.ndarray:
    """Returns the sums of the rows of x that have the same receiver.

    Shapes: x E×d, receivers E integers in 0 … nodes−1, the result nodes×d.
    """
    x, index = lib.floats("x", x, 2), lib.integers("receivers", receivers, 1)
    if index.shape[0] != x.shape[0]:
        raise ValueError(f"{index.shape[0]} receivers for {x.shape[0]} rows")
    out = _result("out", out, (nodes, x.shape[1]))
    lib.check(lib.library.rhgn_segment_sum(x.shape[0], nodes, x.shape[1], lib.pointer(index), lib.pointer(x), lib.stride(x),
                                           lib.pointer(out), lib.stride(out)))
    return out
