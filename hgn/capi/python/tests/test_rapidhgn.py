"""Tests of the package: python -m unittest, with the package on the path."""

import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings

import numpy as np

import rapidhgn

EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])


def springs(frames, seed=1):
    """Positions, momenta and forces of a ring of springs."""
    rng = np.random.default_rng(seed)
    q = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]) + 0.2 * rng.uniform(-1, 1, (frames, 4, 2))
    d = q.take(EDGES[:, 1], axis=1) - q.take(EDGES[:, 0], axis=1)
    f = d * (1 - 1 / np.linalg.norm(d, axis=-1, keepdims=True))
    return q, rng.normal(size=q.shape), f - np.roll(f, 1, axis=1)


class Kernels(unittest.TestCase):
    def test_results(self):
        rng = np.random.default_rng(0)
        a, b = rng.normal(size=(7, 12))[:, :5], rng.normal(size=(10, 9))[::2]
        np.testing.assert_allclose(rapidhgn.gemm(a, b), a @ b, rtol=1e-14)
        out = np.ones((7, 11))[:, 1:10]
        self.assertIs(rapidhgn.gemm(a, b, out, alpha=2, beta=3), out)
        np.testing.assert_allclose(out, 2 * (a @ b) + 3, rtol=1e-14)
        np.testing.assert_allclose(rapidhgn.gemm(a, a, trans_a=True), a.T @ a, rtol=1e-13)
        x, w, bias, grad = rng.normal(size=(20, 3)), rng.normal(size=(4, 3)), rng.normal(size=4), np.empty((20, 4))
        z = np.tanh(x @ w.T + bias)
        np.testing.assert_allclose(rapidhgn.features(x, w, bias, "tanh", grad=grad), z, rtol=1e-13)
        np.testing.assert_allclose(grad, 1 - z * z, atol=1e-15)
        np.testing.assert_array_equal(rapidhgn.segment_sum(x, [0, 2] * 10, 3), [x[::2].sum(0), [0] * 3, x[1::2].sum(0)])

    def test_refusals(self):
        a = np.ones((4, 4))
        frozen = np.ones((4, 4))
        frozen.flags.writeable = False
        for error, text, call in [
            (TypeError, "float32, not float64: pass a.astype", lambda: rapidhgn.gemm(a.astype(np.float32), a)),
            (ValueError, "Fortran order: pass numpy.ascontiguousarray", lambda: rapidhgn.gemm(np.asfortranarray(a), a)),
            (ValueError, "Fortran order", lambda: rapidhgn.gemm(a[:, ::2], a[:2])),
            (ValueError, "gaps", lambda: rapidhgn.gemm(a[::-1], a)),
            (ValueError, "read-only", lambda: rapidhgn.gemm(a, a, frozen)),
            (ValueError, "overlaps", lambda: rapidhgn.gemm(a, a, a)),
            (ValueError, "do not match", lambda: rapidhgn.gemm(a, a[:3])),
            (ValueError, "1 dimensions", lambda: rapidhgn.gemm(a[0], a)),
            (ValueError, "relu", lambda: rapidhgn.features(a, a, a[0], "relu")),
            (ValueError, "edge 1 belongs to node 9", lambda: rapidhgn.segment_sum(a[:2], [0, 9], 3)),
            (TypeError, "not integers", lambda: rapidhgn.segment_sum(a[:2], [0.0, 1.0], 3)),
            (TypeError, "float64", lambda: rapidhgn.gemm(a.astype(">f8"), a)),
            (ValueError, "n is -1", lambda: rapidhgn.set_threads(-1)),
            (ValueError, "want 0 to 2147483647", lambda: rapidhgn.set_threads(2**32 + 1)),
            (TypeError, "out holds float32, not float64: take another", lambda: rapidhgn.gemm(a, a, a.astype(np.float32))),
        ]:
            with self.assertRaisesRegex(error, text):
                call()
        self.assertIn(rapidhgn.level(), ("generic", "avx2", "avx512"))


class LeastSquares(unittest.TestCase):
    def test_like_numpy(self):
        rng = np.random.default_rng(2)
        a, b, w = rng.normal(size=(2000, 30)), rng.normal(size=(2000, 2)), rng.uniform(size=2000)
        want, residual, rank, _ = np.linalg.lstsq(a, b, rcond=None)
        got = rapidhgn.lstsq(a, b)
        np.testing.assert_allclose(got.x, want, rtol=1e-10)
        np.testing.assert_allclose(got.residual**2, residual, rtol=1e-12)
        self.assertEqual(got.rank, rank)
        root = np.sqrt(w)[:, None]
        want = np.linalg.lstsq(a * root, b * root, rcond=None)[0]
        np.testing.assert_allclose(rapidhgn.lstsq(a, b, sample_weight=w).x, want, rtol=1e-9)
        self.assertEqual(rapidhgn.lstsq(a, b[:, 0].copy()).x.shape, (30,))

    def test_pieces(self):
        rng = np.random.default_rng(3)
        a, b = rng.normal(size=(5000, 8)), rng.normal(size=5000)
        whole = rapidhgn.lstsq(a, b)
        fit = rapidhgn.LeastSquares()
        for lo in range(0, 5000, 700):
            fit.partial_fit(a[lo:lo + 700], b[lo:lo + 700])
        np.testing.assert_array_equal(fit.solve().x, whole.x)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(fit)).solve().x, whole.x)
        one, two = rapidhgn.LeastSquares().partial_fit(a[:999], b[:999]), rapidhgn.LeastSquares().partial_fit(a[999:], b[999:])
        np.testing.assert_allclose(one.merge(two).solve().x, whole.x, rtol=1e-12)
        empty = rapidhgn.LeastSquares()
        np.testing.assert_array_equal(empty.merge(two).merge(rapidhgn.LeastSquares()).solve().x, two.solve().x)

    def test_refusals(self):
        a = np.ones((4, 2))
        a[2, 1] = np.nan
        with self.assertRaisesRegex(ValueError, "row 2, column 1 of a: NaN"):
            rapidhgn.lstsq(a, np.ones(4))
        with self.assertRaisesRegex(ValueError, "no rows yet"):
            rapidhgn.LeastSquares().solve()
        with self.assertRaisesRegex(ValueError, "4 rows and b has 3"):
            rapidhgn.lstsq(a, np.ones(3))
        with self.assertRaisesRegex(ValueError, "sample_weight"):
            rapidhgn.lstsq(a, np.ones(4), sample_weight=[1, 1, 1, -1])


class Models(unittest.TestCase):
    def setUp(self):
        self.q, self.p, self.f = springs(200)
        self.model = rapidhgn.HGN().fit(self.q[:160], self.p[:160], pdot=self.f[:160], edges=EDGES)

    def test_fit_predict(self):
        found = self.model.predict(self.q[160:], self.p[160:], edges=EDGES)
        self.assertLess(np.linalg.norm(found.pdot - self.f[160:]), 1e-10 * np.linalg.norm(self.f[160:]))
        self.assertLess(np.abs(found.qdot - self.p[160:]).max(), 1e-10)
        self.assertEqual(found.energy.shape, (40,))
        self.assertEqual(self.model.report.samples, 160)
        one = self.model.predict(self.q[170], self.p[170], edges=EDGES)
        np.testing.assert_array_equal(one.pdot, found.pdot[10])
        self.assertEqual(one.energy, found.energy[10])
        out = np.empty((20, 4, 2))
        self.assertIs(self.model.forces(self.q[160::2], out, edges=EDGES), out)
        np.testing.assert_array_equal(out, found.pdot[::2])
        again = rapidhgn.HGN().fit(self.q[:160], qdot=self.p[:160], pdot=self.f[:160], edges=EDGES, masses=1.0)
        np.testing.assert_array_equal(again.forces(self.q, edges=EDGES), self.model.forces(self.q, edges=EDGES))

    def test_simulate(self):
        path = self.model.simulate(self.q[0], self.p[0], dt=0.01, steps=100, every=10, edges=EDGES)
        self.assertEqual((path.step.tolist(), path.q.shape, path.p.shape), (list(range(0, 101, 10)), (11, 4, 2), (11, 4, 2)))
        np.testing.assert_array_equal(path.q[0], self.q[0])
        self.assertLess(path.energy_drift, 1e-3)
        seen = []
        self.model.simulate(self.q[0], self.p[0], dt=0.01, steps=100, every=10, edges=EDGES, callback=lambda step, q, p: seen.append(q[0, 0]))
        np.testing.assert_array_equal(seen, path.q[:, 0, 0])

        def stop(step, q, p):
            if step == 50:
                raise KeyError("enough")
        with self.assertRaisesRegex(KeyError, "enough"):
            self.model.simulate(self.q[0], self.p[0], dt=0.01, steps=100, edges=EDGES, callback=stop)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "é.safetensors")
            self.model.save(path)
            again = rapidhgn.HGN.load(path)
            np.testing.assert_array_equal(again.forces(self.q, edges=EDGES), self.model.forces(self.q, edges=EDGES))
            with self.assertRaisesRegex(OSError, "no such file"):
                rapidhgn.HGN.load(os.path.join(folder, "absent"))
            with open(path, "wb") as file:
                file.write(b"not a model")
            with self.assertRaisesRegex(OSError, "not a model"):
                rapidhgn.HGN.load(path)
        with self.assertRaisesRegex(ValueError, "UTF-8"):
            rapidhgn.HGN.load(b"\xff")

    def test_cutoff(self):
        rng = np.random.default_rng(4)
        q = rng.uniform(0, 4, (30, 12, 3))
        d = q[:, :, None] - q[:, None]
        d -= 4 * np.round(d / 4)
        r = np.linalg.norm(d, axis=-1)[..., None] + 10 * np.eye(12)[None, :, :, None]
        f = (np.where(r < 1.5, 4 * (1.5 - r) ** 3, 0) * d / r).sum(2)
        model = rapidhgn.HGN(cutoff=1.5, activation="gaussian").fit(q, np.zeros_like(q), pdot=f, box=[4, 4, 4.0])
        self.assertTrue(model.periodic and model.cutoff == 1.5)
        error = model.forces(q, box=np.full((30, 3), 4.0)) - f
        self.assertLess(np.linalg.norm(error), 1e-4 * np.linalg.norm(f))

    def test_encoding(self):
        network = rapidhgn.HGN(encoding="frame", features=30).fit(self.q, self.p, pdot=self.f, edges=EDGES)
        found = network.predict(self.q, self.p, edges=EDGES)
        self.assertLess(np.linalg.norm(found.pdot - self.f), 2 * np.linalg.norm(self.f))
        with self.assertRaisesRegex(ValueError, "many-body"):
            rapidhgn.HGN(encoding="many-body").fit(self.q, self.p, pdot=self.f, edges=EDGES)

    def test_many_body(self):
        rng = np.random.default_rng(4)
        q = rng.uniform(0, 4, (40, 12, 3))
        d = q[:, :, None] - q[:, None]
        d -= 4 * np.round(d / 4)
        r = np.linalg.norm(d, axis=-1)[..., None] + 10 * np.eye(12)[None, :, :, None]
        f = (np.where(r < 1.5, 4 * (1.5 - r) ** 3, 0) * d / r).sum(2)
        model = rapidhgn.HGN(cutoff=1.5, encoding="many-body", features=30)
        model.fit(q, np.zeros_like(q), pdot=f, box=[4, 4, 4.0], species=np.full(12, 18))
        self.assertLess(np.linalg.norm(model.forces(q, box=np.full((40, 3), 4.0), species=np.full(12, 18)) - f), 1e-6 * np.linalg.norm(f))
        try:
            from ase import Atoms
            from rapidhgn.ase import HGNCalculator
        except ImportError:
            self.skipTest("NOT RUN with ASE, which is not installed")
        atoms = Atoms("Ar12", positions=q[0], cell=[4, 4, 4], pbc=True, calculator=HGNCalculator(model))
        np.testing.assert_allclose(atoms.get_forces(), f[0], atol=1e-6 * np.abs(f).max())
        atoms.positions[3, 1] += 1e-4
        up = atoms.get_potential_energy()
        atoms.positions[3, 1] -= 2e-4
        self.assertAlmostEqual((atoms.get_potential_energy() - up) / 2e-4, f[0, 3, 1], delta=1e-5 * np.abs(f).max())

    def test_refusals(self):
        q, p, f, model = self.q, self.p, self.f, self.model
        bad = q.copy()
        bad[3, 1, 0] = np.inf
        frozen = q.copy()
        frozen.flags.writeable = False
        for error, text, call in [
            (ValueError, "not trained", lambda: rapidhgn.HGN().predict(q)),
            (ValueError, "needs the forces", lambda: rapidhgn.HGN().fit(q, p)),
            (ValueError, "fixed edges", lambda: model.predict(q)),
            (ValueError, "step 3: q of body 1 is", lambda: model.predict(bad, edges=EDGES)),
            (ValueError, "p has shape", lambda: model.predict(q, p[:3], edges=EDGES)),
            (ValueError, "edge 0 joins body 7", lambda: model.predict(q, edges=[[7, 0]])),
            (ValueError, "read-only", lambda: model.forces(q, frozen, edges=EDGES)),
            (ValueError, "Fortran", lambda: model.predict(np.asfortranarray(q), edges=EDGES)),
            (TypeError, "float32", lambda: model.predict(q.astype("f4"), edges=EDGES)),
            (ValueError, "species 5", lambda: model.predict(q, edges=EDGES, species=[1, 1, 1, 5])),
            (ValueError, "encoding: unknown encoding \"best\"", lambda: rapidhgn.HGN(encoding="best").fit(q, p, pdot=f, edges=EDGES)),
            (ValueError, "unknown sampler", lambda: rapidhgn.HGN(sampler="best").fit(q, p, pdot=f, edges=EDGES)),
            (ValueError, "exactly one of fixed edges and a cutoff", lambda: rapidhgn.HGN().fit(q, p, pdot=f)),
            (ValueError, "box has shape", lambda: model.predict(q, edges=EDGES, box=[1.0])),
            (ValueError, "steps is -1", lambda: model.simulate(q[0], p[0], dt=0.1, steps=-1, edges=EDGES)),
        ]:
            with self.assertRaisesRegex(error, text):
                call()

    def test_threads(self):
        want = self.model.forces(self.q, edges=EDGES)
        wrong = []

        def work():
            for _ in range(5):
                own = rapidhgn.HGN().fit(self.q[:160], self.p[:160], pdot=self.f[:160], edges=EDGES)
                if (own.forces(self.q, edges=EDGES) != want).any() or (self.model.forces(self.q, edges=EDGES) != want).any():
                    wrong.append(1)
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(wrong)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork on this system")
    def test_fork(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                self.model.forces(self.q, edges=EDGES)
            except rapidhgn.Error as error:
                os._exit(0 if "spawn" in str(error) else 2)
            os._exit(1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_ase(self):
        try:
            from ase import Atoms
            from rapidhgn.ase import HGNCalculator, arrays
        except ImportError:
            self.skipTest("NOT RUN: ASE is not installed")
        q3 = np.concatenate([self.q, np.zeros((200, 4, 1))], axis=2)
        atoms = Atoms("H4", positions=q3[0])
        model = rapidhgn.HGN().fit(q3, np.zeros_like(q3), pdot=np.concatenate([self.f, np.zeros((200, 4, 1))], axis=2), edges=EDGES,
                                   masses=atoms.get_masses(), species=atoms.numbers)
        atoms.calc = HGNCalculator(model, edges=EDGES)
        np.testing.assert_allclose(atoms.get_forces()[:, :2], self.f[0], atol=1e-9)
        numerical = np.zeros((4, 3))
        for i in range(4):
            for a in range(3):
                for sign in (1, -1):
                    moved = atoms.copy()
                    moved.positions[i, a] += sign * 1e-4
                    moved.calc = atoms.calc
                    numerical[i, a] -= sign * moved.get_potential_energy() / 2e-4
        np.testing.assert_allclose(numerical, atoms.get_forces(), atol=1e-6)
        found = arrays([atoms])
        self.assertEqual(found["q"].shape, (1, 4, 3))


class Readme(unittest.TestCase):
    def test_example(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "README.md")
        with open(path, encoding="utf-8") as file:
            code = re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1)
        with open(os.path.join(os.path.dirname(path), "..", "..", "..", "README.md"), encoding="utf-8") as file:
            self.assertIn(code, file.read())  # the same in the README of the project
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                             env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}).stdout
        self.assertLess(float(re.fullmatch(r"force error: (\S+)\n", out).group(1)), 1e-10)


if __name__ == "__main__":
    unittest.main()
