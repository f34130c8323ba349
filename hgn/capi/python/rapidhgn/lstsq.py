"""Least squares of rows that stream by."""

from __future__ import annotations

import ctypes
import weakref
from typing import NamedTuple, Optional

import numpy as np

from . import _library as lib


class Solution(NamedTuple):
    """The solution of a least-squares problem."""

    x: np.ndarray  #: cols, or cols×rhs
    residual: np.ndarray  #: 2-norms of the columns of b − a x; a number if b has one column
    rank: int
    cond: float  #: of the column-scaled matrix


class LeastSquares:
    """Solves min ‖a x − b‖ for rows that are given piece by piece.

    Memory depends on the number of columns alone. The result depends on the sequence of rows,
    not on how it was cut into pieces, and not on the number of threads. It is as accurate as a
    QR factorization of all rows::

        fit = rapidhgn.LeastSquares()
        for a, b in pieces:
            fit.partial_fit(a, b)
        x = fit.solve().x
    """

    def __init__(self) -> None:
        self._handle = 0
        self._vector = False
        self._cols = self._rhs = 0

    def _own(self, handle: int) -> None:
        self._handle = handle
        weakref.finalize(self, lib.library.rhgn_lsq_free, handle)

    def partial_fit(self, a: np.ndarray, b: np.ndarray, sample_weight: Optional[np.ndarray] = None) -> "LeastSquares":
        """Adds rows: a of shape k×cols, b of shape k or k×rhs.

        sample_weight holds a weight of at least 0 for each row, by which the square of its
        residual counts. Numbers that are not finite are a ValueError that names the row.
        """
        a = lib.floats("a", a, 2)
        vector = np.ndim(b) == 1
        b = lib.floats("b", b, 1 if vector else 2)
        matrix = b.reshape(-1, 1) if vector else b
        if matrix.shape[0] != a.shape[0]:
            raise ValueError(f"a has {a.shape[0]} rows and b has {matrix.shape[0]}")
        if not self._handle:
            self._cols, self._rhs, self._vector = a.shape[1], matrix.shape[1], vector
            self._own(lib.new_handle(lib.library.rhgn_lsq_new, self._cols, self._rhs))
        if (a.shape[1], matrix.shape[1]) != (self._cols, self._rhs):
            raise ValueError(f"{a.shape[1]} columns and {matrix.shape[1]} right-hand sides after {self._cols} and {self._rhs}")
        weight = None
        if sample_weight is not None:
            weight = np.asarray(sample_weight, dtype=np.float64)
            if weight.shape != (a.shape[0],):
                raise ValueError(f"sample_weight has shape {weight.shape}, not {(a.shape[0],)}")
            if not (weight >= 0).all():
                raise ValueError("sample_weight holds a number that is not at least 0")
            weight = np.sqrt(weight)
        lib.check(lib.library.rhgn_lsq_append(self._handle, a.shape[0], lib.pointer(a), lib.stride(a),
                                              lib.pointer(matrix), lib.stride(matrix), lib.pointer(weight)))
        return self

    def merge(self, other: "LeastSquares") -> "LeastSquares":
        """Adds the rows of other, which stays as it was."""
        if not other._handle:
            return self
        if not self._handle:
            self._cols, self._rhs, self._vector = other._cols, other._rhs, other._vector
            self._own(lib.new_handle(lib.library.rhgn_lsq_new, self._cols, self._rhs))
        lib.check(lib.library.rhgn_lsq_merge(self._handle, other._handle))
        return self

    def solve(self, rcond: float = 0.0, ridge: float = 0.0) -> Solution:
        """Solves for the rows so far; more can be added afterwards.

        Singular values up to rcond times the largest are cut off: 0 stands for cols·2⁻⁵², below
        0 for none. ridge is relative to the largest singular value.
        """
        if not self._handle:
            raise ValueError("there are no rows yet")
        x, residual, report = np.empty((self._cols, self._rhs)), np.empty(self._rhs), lib.LsqReport()
        lib.check(lib.library.rhgn_lsq_solve(self._handle, rcond, ridge, lib.pointer(x), lib.stride(x),
                                             lib.pointer(residual), ctypes.byref(report)))
        if self._vector:
            return Solution(x[:, 0], residual[0], report.rank, report.cond)
        return Solution(x, residual, report.rank, report.cond)

    def __getstate__(self) -> dict:
        if not self._handle:
            return {}
        size = ctypes.c_int64()
        lib.check(lib.library.rhgn_lsq_marshal(self._handle, None, 0, ctypes.byref(size)))
        data = ctypes.create_string_buffer(size.value)
        lib.check(lib.library.rhgn_lsq_marshal(self._handle, data, size.value, ctypes.byref(size)))
        return {"data": data.raw, "vector": self._vector, "shape": (self._cols, self._rhs)}

    def __setstate__(self, state: dict) -> None:
        self.__init__()
        if state:
            self._vector, (self._cols, self._rhs) = state["vector"], state["shape"]
            self._own(lib.new_handle(lib.library.rhgn_lsq_unmarshal, state["data"], len(state["data"])))


def lstsq(a: np.ndarray, b: np.ndarray, *, rcond: float = 0.0, ridge: float = 0.0,
          sample_weight: Optional[np.ndarray] = None) -> Solution:
    """Solves min ‖a x − b‖ in one call: a of shape m×n, b of shape m or m×k.

    The same as ``LeastSquares().partial_fit(a, b, sample_weight).solve(rcond, ridge)``.
    """
    return LeastSquares().partial_fit(a, b, sample_weight).solve(rcond, ridge)
