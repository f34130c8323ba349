"""Write the start of a melt: 250 atoms of molybdenum in a crystal, heated to 5000 K.

    python3 bench/materials/start.py START.xyz

Needs ASE. Half of the kinetic energy becomes potential energy, so that the run is at about
2300 K. Momenta are in ASE's units, in which 1 fs is 0.0982269.
"""
import sys

import numpy as np
from ase.build import bulk
from ase.io import write
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution, Stationary

atoms = bulk("Mo", "bcc", a=3.18, cubic=True) * (5, 5, 5)
MaxwellBoltzmannDistribution(atoms, temperature_K=5000, rng=np.random.default_rng(1))
Stationary(atoms)
write(sys.argv[1], atoms, format="extxyz", columns=["symbols", "positions", "momenta"])
