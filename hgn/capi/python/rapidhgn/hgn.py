"""Hamiltonian graph networks."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import numpy as np

from . import _library as lib


class Prediction(NamedTuple):
    """What a model says about states."""

    pdot: np.ndarray  #: forces −∂H/∂q, like q
    qdot: np.ndarray  #: velocities ∂H/∂p, like q
    energy: np.ndarray  #: H, one number per frame, or a number for a single state
    outside: int  #: edges shorter or longer than any in training


class Trajectory(NamedTuple):
    """A motion."""

    step: np.ndarray  #: numbers of steps, K
    q: np.ndarray  #: positions K×N×d
    p: np.ndarray  #: momenta K×N×d
    energy_drift: float  #: max |H(t) − H(0)| over the kinetic energy at the start
    extrapolated: float  #: edge evaluations outside of the training range over all


class HGN:
    """Learns the energy H(q, p) of an N-body system from its motion.

    ::

        model = HGN().fit(q, p, qdot, pdot, edges=edges)   # or HGN(cutoff=2.5)
        forces = model.predict(q, p, edges=edges).pdot
        path = model.simulate(q[0], p[0], dt=0.01, steps=1000, edges=edges)

    Arrays are T×N×d, float64, in C order (the first axis may have a stride): T frames of N bodies
    in d = 1, 2 or 3 dimensions. Units are yours; any consistent set does. A model depends on the
    frames and on the options below, and not on the number of threads.

    Options: cutoff, for edges between all pairs closer than it, in place of fixed edges; sampler
    ("elm-whitened", "elm", "swim", or of networks "aswim"); activation ("gaussian", "tanh", "softplus", "sin" or "sigmoid");
    xi ("r", "r2", "log" or "1/r"); omega, the width of the weights; features per pair of species (64),
    node_features (16); ridge (1e-16) or rcond, relative to the largest singular value; seed;
    encoding ("invariant", "frame", "invariant-network" or "many-body").
    """

    def __init__(self, *, cutoff: float = 0.0, sampler: Optional[str] = None, activation: Optional[str] = None,
                 xi: Optional[str] = None, omega: float = 0.0, features: int = 0, node_features: int = 0,
                 ridge: float = 0.0, rcond: float = 0.0, seed: int = 0, encoding: Optional[str] = None) -> None:
        def name(option: str, value: Optional[str]) -> Optional[bytes]:
            return None if value is None else lib.encoded(option, value)

        self._options = lib.TrainOptions(
            ctypes.sizeof(lib.TrainOptions), cutoff, name("sampler", sampler), name("activation", activation), name("xi", xi),
            omega, lib.integer("features", features, 0, 31), lib.integer("node_features", node_features, 0, 31), ridge, rcond,
            lib.integer("seed", seed, 0, 64), name("encoding", encoding))
        self._handle = 0
        self._free: Optional[Callable[[], Any]] = None
        self.cutoff = cutoff  #: 0 with fixed edges
        self.periodic = False
        self.report: Optional[lib.TrainReport] = None  #: of fit: samples, rank, cond, force_error, seconds, …

    def _own(self, handle: int) -> None:
        if self._free is not None:
            self._free()
        self._handle, self._free = handle, weakref.finalize(self, lib.library.rhgn_model_free, handle)
        cutoff, periodic = ctypes.c_double(), ctypes.c_int32()
        lib.check(lib.library.rhgn_model_info(handle, ctypes.byref(cutoff), ctypes.byref(periodic)))
        self.cutoff, self.periodic = cutoff.value, bool(periodic.value)

    def _trained(self) -> int:
        if not self._handle:
            raise ValueError("the model is not trained: call fit or load")
        return self._handle

    def fit(self, q: np.ndarray, p: Optional[np.ndarray] = None, qdot: Optional[np.ndarray] = None,
            pdot: Optional[np.ndarray] = None, *, edges: Any = None, masses: Any = None, species: Any = None,
            charges: Any = None, box: Any = None, energy: Any = None) -> "HGN":
        """Trains on T frames.

        q, p, qdot, pdot: positions, momenta, velocities, forces, T×N×d. One of p and qdot may be
        missing: p = m·qdot. edges: E×2 bodies, counted from 0, each pair once. masses (1),
        species (integers) and charges: N. box: the d lengths of a periodic box, or T×d of them.
        energy: T total energies; the first fixes the zero of H.
        """
        if pdot is None:
            raise ValueError("fit needs the forces pdot")
        states, keep = _states(q, p, qdot, pdot, edges, masses, species, charges, box, energy)
        report = lib.TrainReport()
        handle = ctypes.c_int64()
        lib.check(lib.library.rhgn_train(ctypes.byref(states), ctypes.byref(self._options), ctypes.byref(handle), ctypes.byref(report)))
        del keep
        self._own(handle.value)
        self.report = report
        return self

    def predict(self, q: np.ndarray, p: Optional[np.ndarray] = None, *, edges: Any = None, masses: Any = None, species: Any = None,
                charges: Any = None, box: Any = None) -> Prediction:
        """Forces, velocities and energies of T frames, or of one state if q is N×d.

        Without p the bodies rest. The other arguments are those of fit.
        """
        handle = self._trained()
        single = np.ndim(q) == 2
        if single:
            q, p = _frame("q", q), None if p is None else _frame("p", p)
        states, keep = _states(q, p, None, None, edges, masses, species, charges, box, None)
        shape = (states.frames, states.nodes, states.dim)
        pdot, qdot, energy, outside = np.empty(shape), np.empty(shape), np.empty(shape[0]), ctypes.c_int64()
        lib.check(lib.library.rhgn_forces(handle, ctypes.byref(states), lib.pointer(pdot), 0, lib.pointer(qdot), 0,
                                          lib.pointer(energy), ctypes.byref(outside)))
        del keep
        if single:
            return Prediction(pdot[0], qdot[0], energy[0], outside.value)
        return Prediction(pdot, qdot, energy, outside.value)

    def forces(self, q: np.ndarray, out: Optional[np.ndarray] = None, *, edges: Any = None, masses: Any = None, species: Any = None,
               charges: Any = None, box: Any = None) -> np.ndarray:
        """The forces alone, of T frames or of one state, into out if it is given."""
        handle = self._trained()
        single = np.ndim(q) == 2
        frames = _frame("q", q) if single else q
        states, keep = _states(frames, None, None, None, edges, masses, species, charges, box, None)
        result = np.empty(np.shape(q)) if out is None else lib.floats("out", out, np.ndim(q), writable=True)
        if result.shape != np.shape(q):
            raise ValueError(f"out has shape {result.shape}, not {np.shape(q)}")
        rows = result[np.newaxis] if single else result
        if single:
            lib.floats("out", rows, 3, writable=True)
        lib.check(lib.library.rhgn_forces(handle, ctypes.byref(states), lib.pointer(rows), lib.stride(rows), None, 0, None, None))
        del keep
        return result

    def simulate(self, q: np.ndarray, p: np.ndarray, *, dt: float, steps: int, every: int = 1, skin: float = 0.3, table: int = 0,
                 callback: Optional[Callable[[int, np.ndarray, np.ndarray], Any]] = None, edges: Any = None, masses: Any = None,
                 species: Any = None, charges: Any = None, box: Any = None) -> Trajectory:
        """Moves one state, q and p of shape N×d, by steps of dt.

        States 0, every, 2·every, … are returned; or, with a callback, handed to callback(step, q, p)
        as arrays that are valid during the call only, and not kept. An exception in the callback
        ends the motion and is raised. skin is that of neighbour lists. With a table of so many
        cells, −1 for the default number, the potential is interpolated: faster, and accurate to
        what the table resolves.
        """
        handle = self._trained()
        states, keep = _states(_frame("q", q), _frame("p", p), None, None, edges, masses, species, charges, box, None)
        steps, every, table = lib.integer("steps", steps, 0, 62), lib.integer("every", every, 1, 62), lib.integer("table", table, -1, 31)
        shape = (states.nodes, states.dim)
        found: List[Tuple[int, np.ndarray, np.ndarray]] = []
        failed: List[BaseException] = []

        def observe(_user: Any, step: int, qs: Any, ps: Any, _forces: Any) -> int:
            try:
                state = np.ctypeslib.as_array(qs, shape), np.ctypeslib.as_array(ps, shape)
                if callback is None:
                    found.append((step, state[0].copy(), state[1].copy()))
                else:
                    callback(step, *state)
            except BaseException as error:  # it must not pass through the library
                failed.append(error)
                return 1
            return 0

        options = lib.RolloutOptions(ctypes.sizeof(lib.RolloutOptions), dt, steps, every, skin if skin > 0 else -1.0, table)
        report = lib.RolloutReport()
        status = lib.library.rhgn_rollout(handle, ctypes.byref(states), ctypes.byref(options), lib.OBSERVER(observe), None, None, None,
                                          ctypes.byref(report))
        del keep
        if failed:
            raise failed[0]
        lib.check(status)
        empty = np.empty((0,) + shape)
        return Trajectory(
            np.array([step for step, _, _ in found], dtype=np.int64),
            np.stack([x for _, x, _ in found]) if found else empty,
            np.stack([x for _, _, x in found]) if found else empty,
            report.energy_drift, report.extrapolated)

    def save(self, path: Any) -> None:
        """Writes the model, a safetensors file that NumPy can read."""
        lib.check(lib.library.rhgn_model_save(self._trained(), lib.encoded("path", path)))

    @classmethod
    def load(cls, path: Any) -> "HGN":
        """Reads a model that save or the program hgn has written."""
        model = cls()
        model._own(lib.new_handle(lib.library.rhgn_model_load, lib.encoded("path", path)))
        return model


def _frame(name: str, a: Any) -> np.ndarray:
    """A single state as a sequence of one."""
    return lib.floats(name, a, 2)[np.newaxis]


def _states(q: Any, p: Any, qdot: Any, pdot: Any, edges: Any, masses: Any, species: Any, charges: Any, box: Any,
            energy: Any) -> Tuple[lib.States, list]:
    """The states as the library takes them, and what must live as long as they do."""
    states = lib.States(struct_size=ctypes.sizeof(lib.States))
    keep: list = []

    q = lib.floats("q", q, 3)
    states.frames, states.nodes, states.dim = q.shape
    for name, a in (("q", q), ("p", p), ("qdot", qdot), ("pdot", pdot)):
        if a is None:
            continue
        a = lib.floats(name, a, 3)
        if a.shape != q.shape:
            raise ValueError(f"{name} has shape {a.shape}, and q has {q.shape}")
        keep.append(a)
        setattr(states, name, lib.pointer(a))
        setattr(states, name + "_stride", lib.stride(a))

    def each(field: str, name: str, a: Any, count: int) -> None:
        if a is None:
            return
        a = np.ascontiguousarray(np.broadcast_to(np.asarray(a, dtype=np.float64), (count,)))
        keep.append(a)
        setattr(states, field, lib.pointer(a))

    each("mass", "masses", masses, q.shape[1])
    each("charge", "charges", charges, q.shape[1])
    each("energy", "energy", energy, q.shape[0])
    if species is not None:
        kinds = lib.integers("species", species, 1)
        if kinds.shape != (q.shape[1],):
            raise ValueError(f"{kinds.shape[0]} species for {q.shape[1]} bodies")
        keep.append(kinds)
        states.species = lib.pointer(kinds)
    if box is not None:
        lengths = np.ascontiguousarray(box, dtype=np.float64)
        if lengths.shape not in ((q.shape[2],), (q.shape[0], q.shape[2])):
            raise ValueError(f"box has shape {lengths.shape}, not {(q.shape[2],)} or {(q.shape[0], q.shape[2])}")
        keep.append(lengths)
        states.box, states.box_stride = lib.pointer(lengths), q.shape[2] if lengths.ndim == 2 else 0
    if edges is not None:
        pairs = lib.integers("edges", edges, 2)
        if pairs.shape[1] != 2:
            raise ValueError(f"edges have shape {pairs.shape}, not E×2")
        keep.append(pairs)
        states.edges, states.edge_count = lib.pointer(pairs), pairs.shape[0]
    return states, keep
