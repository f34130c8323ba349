"""The C library: loading it, the types of its functions, and passing arrays to it."""

from __future__ import annotations

import ctypes
import operator
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_uint64, c_void_p
from typing import Any, Optional

import numpy as np

ABI_VERSION = 1


class Error(RuntimeError):
    """What the library refused to do, or could not."""


def _load() -> ctypes.CDLL:
    endings = {"darwin": "dylib", "win32": "dll"}
    name = "librapidhgn." + endings.get(sys.platform, "so")
    path = os.environ.get("RAPIDHGN_LIBRARY") or os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"{path}: cannot be loaded ({error}); build it with 'make capi'") from error
    library.rhgn_abi_version.restype = c_int32
    if library.rhgn_abi_version() != ABI_VERSION:
        raise ImportError(f"{path}: has another interface than this package; build both from one source")
    return library


class States(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64), ("frames", c_int64), ("nodes", c_int64), ("dim", c_int64),
        ("q", c_void_p), ("q_stride", c_int64), ("p", c_void_p), ("p_stride", c_int64),
        ("qdot", c_void_p), ("qdot_stride", c_int64), ("pdot", c_void_p), ("pdot_stride", c_int64),
        ("energy", c_void_p), ("mass", c_void_p), ("charge", c_void_p), ("species", c_void_p),
        ("box", c_void_p), ("box_stride", c_int64), ("edges", c_void_p), ("edge_count", c_int64),
    ]


class TrainOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64), ("cutoff", c_double), ("sampler", c_char_p), ("activation", c_char_p), ("xi", c_char_p),
        ("omega", c_double), ("features", c_int64), ("node_features", c_int64), ("ridge", c_double), ("rcond", c_double),
        ("seed", c_uint64), ("encoding", c_char_p),
    ]


class TrainReport(ctypes.Structure):
    _fields_ = [
        ("samples", c_int64), ("rows", c_int64), ("features", c_int64), ("rank", c_int64), ("rank_p", c_int64),
        ("edges", c_double), ("cond", c_double), ("cond_p", c_double), ("force_error", c_double),
        ("seconds", c_double), ("seconds_solve", c_double),
    ]


class LsqReport(ctypes.Structure):
    _fields_ = [("rows", c_int64), ("rank", c_int64), ("cond", c_double)]


class RolloutOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64), ("dt", c_double), ("steps", c_int64), ("every", c_int64), ("skin", c_double), ("table", c_int64),
    ]


class RolloutReport(ctypes.Structure):
    _fields_ = [("steps", c_int64), ("energy_drift", c_double), ("extrapolated", c_double), ("seconds", c_double)]


OBSERVER = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int64, POINTER(c_double), POINTER(c_double), POINTER(c_double))

library = _load()


def _declare() -> None:
    i32, i64, f64, array, text = c_int32, c_int64, c_double, c_void_p, c_char_p
    number = POINTER(c_int64)
    for name, arguments in {
        "set_threads": [i32],
        "dgemm": [i32, i32, i64, i64, i64, f64, array, i64, array, i64, f64, array, i64],
        "features": [text, i64, i64, i64, array, i64, array, i64, array, array, i64, array, i64],
        "segment_sum": [i64, i64, i64, array, array, i64, array, i64],
        "lsq_new": [i64, i64, number],
        "lsq_append": [i64, i64, array, i64, array, i64, array],
        "lsq_merge": [i64, i64],
        "lsq_solve": [i64, f64, f64, array, i64, array, POINTER(LsqReport)],
        "lsq_marshal": [i64, array, i64, number],
        "lsq_unmarshal": [text, i64, number],
        "lsq_free": [i64],
        "train": [POINTER(States), POINTER(TrainOptions), number, POINTER(TrainReport)],
        "model_load": [text, number],
        "model_save": [i64, text],
        "model_info": [i64, POINTER(f64), POINTER(i32)],
        "forces": [i64, POINTER(States), array, i64, array, i64, array, number],
        "rollout": [i64, POINTER(States), POINTER(RolloutOptions), OBSERVER, array, array, array, POINTER(RolloutReport)],
        "model_free": [i64],
    }.items():
        function = getattr(library, "rhgn_" + name)
        function.argtypes, function.restype = arguments, i32
    library.rhgn_last_error.restype = c_char_p
    library.rhgn_level.restype = c_char_p


_declare()

_KINDS = {1: ValueError, 2: ValueError, 3: ValueError, 4: OSError}
STOPPED = 5


def check(status: int) -> None:
    """Raises the error of a call: ValueError for arguments and data, OSError for files."""
    if status:
        raise _KINDS.get(status, Error)(library.rhgn_last_error().decode("utf-8", "replace"))


def floats(name: str, a: Any, ndim: int, writable: bool = False) -> np.ndarray:
    """Returns a as it is, an array of float64 whose rows have no gaps.

    Lists and numbers are converted. Arrays of another type, or in an order that had to be
    copied, are errors: a copy is for the caller to make.
    """
    if not isinstance(a, np.ndarray):
        if writable:
            raise TypeError(f"{name} must be a NumPy array")
        a = np.array(a, dtype=np.float64)
    if a.dtype != np.float64:
        advice = "take another array" if writable else f"pass {name}.astype(numpy.float64)"
        raise TypeError(f"{name} holds {a.dtype}, not float64: {advice}")
    if a.ndim != ndim:
        raise ValueError(f"{name} has {a.ndim} dimensions of shape {a.shape}, not {ndim}")
    if not a.flags.aligned:
        raise ValueError(f"{name} is not aligned: " + ("take another array" if writable else f"pass {name}.copy()"))
    if writable and not a.flags.writeable:
        raise ValueError(f"{name} is read-only and cannot take a result: pass a writable array")
    if a.size and not _rows(a):
        advice = "take an array in C order" if writable else f"pass numpy.ascontiguousarray({name})"
        raise ValueError(f"{name} has gaps or is in Fortran order: {advice}")
    return a


def _rows(a: np.ndarray) -> bool:
    """Says whether all axes but the first are in C order without gaps."""
    size = a.itemsize
    for axis in range(a.ndim - 1, 0, -1):
        if a.shape[axis] > 1 and a.strides[axis] != size:
            return False
        size *= a.shape[axis]
    if a.ndim == 1:
        return a.shape[0] == 1 or a.strides[0] == size
    return a.shape[0] <= 1 or (a.strides[0] >= size and a.strides[0] % a.itemsize == 0)


def stride(a: np.ndarray) -> int:
    """The number of elements from one row of a to the next."""
    width = int(np.prod(a.shape[1:], dtype=np.int64))
    return width if a.shape[0] <= 1 else a.strides[0] // a.itemsize


def integers(name: str, a: Any, ndim: int) -> np.ndarray:
    """Returns a as a contiguous array of int64, which is small enough to copy."""
    found = np.asarray(a)
    if found.size and found.dtype.kind not in "iu":
        raise TypeError(f"{name} holds {found.dtype}, not integers")
    if found.ndim != ndim:
        raise ValueError(f"{name} has {found.ndim} dimensions of shape {found.shape}, not {ndim}")
    return np.ascontiguousarray(found, dtype=np.int64)


def integer(name: str, value: Any, low: int, bits: int) -> int:
    """Returns an integer that the library can take: from low, below 2^bits. ctypes would cut it."""
    found = operator.index(value)
    if not low <= found < 1 << bits:
        raise ValueError(f"{name} is {found}, want {low} to {(1 << bits) - 1}")
    return found


def pointer(a: Optional[np.ndarray]) -> Optional[int]:
    """The address of the elements of a, null for none."""
    return None if a is None or a.size == 0 else a.ctypes.data


def encoded(name: str, text: Any) -> bytes:
    """Returns text, or the name of a file, as UTF-8."""
    try:
        result = os.fspath(text)
        if isinstance(result, str):
            result = result.encode("utf-8")
        result.decode("utf-8")
    except UnicodeError as error:
        raise ValueError(f"{name} cannot be written as UTF-8") from error
    if b"\0" in result:
        raise ValueError(f"{name} holds a zero byte")
    return result


def new_handle(function: Any, *arguments: Any) -> int:
    """Calls a function whose last argument is a place for a handle."""
    handle = c_int64()
    check(function(*arguments, byref(handle)))
    return handle.value
