"""rapidhgn: fast kernels, streaming least squares, and learned Hamiltonians of N-body systems.

Arrays go to the library as they are: float64 in C order, where the first axis may have a stride.
Anything else is an error that says how to convert it. The interpreter is free to run other threads
while the library computes. Child processes must be started with the method "spawn", not "fork".
"""

from __future__ import annotations

from . import _library
from ._library import Error
from .hgn import HGN, Prediction, Trajectory
from .kernels import features, gemm, segment_sum
from .lstsq import LeastSquares, Solution, lstsq

__all__ = [
    "HGN", "Prediction", "Trajectory", "LeastSquares", "Solution", "lstsq", "features", "gemm", "segment_sum",
    "set_threads", "level", "Error",
]
__version__ = "0.1.0"


def set_threads(n: int) -> None:
    """At most n threads compute at a time from now on; 0: as many as there are processors."""
    _library.check(_library.library.rhgn_set_threads(_library.integer("n", n, 0, 31)))


def level() -> str:
    """The instruction set in use: "generic", "avx2" or "avx512"."""
    return _library.library.rhgn_level().decode()
