"""Makes ase.xyz with ASE 3.29.0, and numpy.npz with NumPy 2.4.6, in this folder."""

import numpy as np
from ase import Atoms, units
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import write

# Silicon in a box that is tilted, moving; then a molecule that rests, without a box.
bulk = Atoms("Si2", positions=[[0, 0, 0], [1.3575, 1.3575, 1.3575]],
             cell=[[0, 2.715, 2.715], [2.715, 0, 2.715], [2.715, 2.715, 0]], pbc=True)
bulk.set_momenta([[1.5, -2.25, 0.125], [-1.5, 2.25, 0.0625]])
bulk.info["config_type"] = 'two "atoms"'
bulk.calc = SinglePointCalculator(bulk, energy=-10.5, forces=[[0.1, 0.2, 0.3], [-0.1, -0.2, -0.3]],
                                  stress=[1, 2, 3, 4, 5, 6])
molecule = Atoms("OH", positions=[[0, 0, 0], [0, 0, 0.96]])
molecule.set_initial_charges([-1, 1])
molecule.calc = SinglePointCalculator(molecule, energy=-7.25, forces=[[0, 0, 1], [0, 0, -1]])
write("ase.xyz", [bulk, molecule], format="extxyz")

# Two trajectories of three states of two bodies in the plane.
t, s, n, d = np.ogrid[:2, :3, :2, :2]
np.savez("numpy.npz",
         position=1000.0 * t + 100 * s + 10 * n + d,
         momentum=np.asarray(2 * t + s + n + d, np.float32),
         force=np.zeros((2, 3, 2, 2), np.int16),
         senders=np.array([0, 1]), receivers=np.array([1, 0]),
         masses=np.array([1, 4], np.uint8), box=np.array([5.0, 6.0]),
         group=np.array([["a", "b", "cé"], ["", "e", "f"]]),
         stride=np.int64(10), dt=0.5)
