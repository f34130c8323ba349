"""Trains on extended XYZ that ASE reads, draws forces if Matplotlib is installed, and moves the atoms with ASE.

train_xyz.py TRAJECTORY.xyz CUTOFF DT PLOT.png
"""

import sys

import numpy as np
from ase.io import read
from ase.md.verlet import VelocityVerlet

import rapidhgn
from rapidhgn.ase import HGNCalculator, arrays

path, cutoff, dt, plot = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
frames = read(path, ":", format="extxyz")
split = max(1, len(frames) * 2 // 5)
model = rapidhgn.HGN(cutoff=cutoff).fit(**arrays(frames[:split], periodic=True))
test = arrays(frames[split:], periodic=True)
forces = test.pop("pdot")
found = model.predict(**test).pdot
print(f"{split} frames of {len(frames[0])} atoms in {model.report.seconds * 1e3:.0f} ms; "
      f"force error on the others {np.linalg.norm(found - forces) / np.linalg.norm(forces):.1e}")

try:
    import matplotlib
except ImportError:
    print("NOT RUN: the picture, for want of Matplotlib")
else:
    matplotlib.use("Agg")
    from matplotlib import pyplot
    pyplot.plot(forces.ravel(), found.ravel(), ".", markersize=1)
    pyplot.xlabel("force, observed")
    pyplot.ylabel("force, learned")
    pyplot.savefig(plot)
    print(f"drew {plot}")

atoms = frames[split]
atoms.calc = HGNCalculator(model)
start, kinetic = atoms.get_total_energy(), atoms.get_kinetic_energy()
VelocityVerlet(atoms, timestep=dt).run(200)
print(f"moved by ASE for 200 steps: energy drift {abs(atoms.get_total_energy() - start) / kinetic:.1e} of the kinetic energy")
