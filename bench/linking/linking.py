"""Measures the library from Python and C against NumPy and Go:

    make capi python-test && python3 bench/linking/linking.py

Needs NumPy, Go and a C compiler. --read MEGABYTES writes and reads files of that size too.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is loaded
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "hgn", "capi", "build")
sys.path.insert(0, os.path.join(BUILD, "python"))

import numpy as np  # noqa: E402

import rapidhgn  # noqa: E402


def least(repeat, *calls):
    """The least time of each call, taken in turn."""
    best = [float("inf")] * len(calls)
    for _ in range(repeat):
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def lstsq():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((100_000, 256)), rng.standard_normal(100_000)
    ours, theirs = least(3, lambda: rapidhgn.lstsq(a, b), lambda: np.linalg.lstsq(a, b, rcond=None))
    want = np.linalg.lstsq(a, b, rcond=None)[0]
    error = np.linalg.norm(rapidhgn.lstsq(a, b).x - want) / np.linalg.norm(want)
    print(f"least squares 100000 x 256: {ours * 1e3:.0f} ms, NumPy {np.__version__} {theirs * 1e3:.0f} ms: "
          f"{theirs / ours:.2f} x; difference {error:.1e}")


def forces(folder, linking):
    rng = np.random.default_rng(2)

    def liquid(side, frames):
        grid = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), -1).reshape(-1, 3) * 1.1
        return np.ascontiguousarray(grid + 0.15 * rng.uniform(-1, 1, (frames,) + grid.shape)), np.full(3, 1.1 * side)

    q, box = liquid(5, 20)
    d = q[:, :, None] - q[:, None]
    d -= box * np.round(d / box)
    r = np.linalg.norm(d, axis=-1)[..., None] + 100 * np.eye(125)[None, :, :, None]
    f = np.ascontiguousarray((np.where(r < 2.5, (2.5 - r) ** 3, 0) * d / r).sum(2))
    model = rapidhgn.HGN(cutoff=2.5).fit(q, np.zeros_like(q), pdot=f, box=box)
    path, state = os.path.join(folder, "model"), os.path.join(folder, "state.npz")
    model.save(path)
    q, box = liquid(22, 1)
    q = np.ascontiguousarray(q[:, :10_000])
    np.savez(state, q=q, box=box)
    out = np.empty_like(q)
    here, there = [], []
    for _ in range(3):
        here.append(least(15, lambda: model.forces(q, out, box=box))[0] * 1e6)
        there.append(float(subprocess.run([linking, "forces", path, state], check=True, capture_output=True, text=True,
                                          env={**os.environ, "GOMAXPROCS": "1"}).stdout))
    print(f"forces of 10000 atoms: {min(here):.0f} us, in Go {min(there):.0f} us: {100 * (min(here) / min(there) - 1):+.1f} %")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--read", type=int, default=0, metavar="MEGABYTES")
    options = parser.parse_args()
    rapidhgn.set_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        linking, calls = os.path.join(folder, "linking"), os.path.join(folder, "calls")
        subprocess.run(["go", "build", "-o", linking, "./bench/linking"], cwd=ROOT, check=True)
        subprocess.run(["cc", "-O2", "-I", BUILD, "-o", calls, os.path.join(ROOT, "bench/linking/c/calls.c"),
                        os.path.join(BUILD, "librapidhgn.so"), f"-Wl,-rpath,{BUILD}"], check=True)
        print(subprocess.run([calls], check=True, capture_output=True, text=True).stdout, end="")
        forces(folder, linking)
        lstsq()
        for name in ["a.dump", "a.xyz"] if options.read else []:
            path = os.path.join(folder, name)
            subprocess.run([linking, "grow", os.path.join(ROOT, "hgn/testdata/lj108.dump.gz"), path, str(options.read)], check=True)
            rate = subprocess.run([linking, "read", path], check=True, capture_output=True, text=True).stdout
            print(f"{name[2:]} of {os.path.getsize(path) / 1e6:.0f} MB: {rate}", end="")
            os.remove(path)


if __name__ == "__main__":
    main()
