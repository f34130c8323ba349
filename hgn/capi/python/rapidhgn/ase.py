"""A calculator for ASE, and what ASE reads as arrays. Needs ASE."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator, all_changes

from .hgn import HGN


class HGNCalculator(Calculator):
    """Energy and forces of a model, in the units that it was trained in.

    The energy is that of the bodies at rest: the potential energy. A model with a cutoff takes the
    periodic box of the atoms, which must not be tilted; one with fixed edges needs edges, E×2.
    Species are atomic numbers, as in extended XYZ.
    """

    implemented_properties = ["energy", "forces"]

    def __init__(self, model: HGN, *, edges: Optional[Any] = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.edges = model, edges

    def calculate(self, atoms: Optional[Atoms] = None, properties: Sequence[str] = ("energy",),
                  system_changes: Sequence[str] = tuple(all_changes)) -> None:
        super().calculate(atoms, properties, system_changes)
        found = self.model.predict(np.ascontiguousarray(self.atoms.positions), edges=self.edges, box=_box(self.atoms, self.model.periodic),
                                   masses=self.atoms.get_masses(), species=self.atoms.numbers)
        self.results["forces"] = found.pdot
        self.results["energy"] = float(found.energy)


def _box(atoms: Atoms, periodic: bool) -> Optional[np.ndarray]:
    if not periodic:
        return None
    cell = np.asarray(atoms.cell)
    if not atoms.pbc.all() or np.count_nonzero(cell - np.diag(np.diag(cell))):
        raise ValueError("the model is periodic and needs a box along the axes that repeats in all directions")
    return np.diag(cell).copy()


def arrays(frames: List[Atoms], periodic: bool = False) -> Dict[str, np.ndarray]:
    """The arguments of HGN.fit for frames that ASE has read: HGN(cutoff=…).fit(**arrays(frames))."""
    first = frames[0]
    if any(len(f) != len(first) or (f.numbers != first.numbers).any() for f in frames):
        raise ValueError("the frames differ in their atoms")
    found = {
        "q": np.stack([f.positions for f in frames]),
        "p": np.stack([f.get_momenta() for f in frames]),
        "pdot": np.stack([f.get_forces() for f in frames]),
        "masses": first.arrays["masses"] if "masses" in first.arrays else first.get_masses(),
        "species": first.numbers.copy(),
    }
    if periodic:
        found["box"] = np.stack([_box(f, True) for f in frames])
    return found
