"""Evaluates what "hgn export -format numpy" writes, with NumPy alone: potential.py MODEL.npz TRAJECTORY.npz"""

import sys

import numpy as np

ACTIVATIONS = {  # and their derivatives
    "gaussian": (lambda z: np.exp(-z * z), lambda z: -2 * z * np.exp(-z * z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sin": (np.sin, np.cos),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z))),
}
XI = {"r": (lambda r: r, np.ones_like), "r2": (lambda r: r * r, lambda r: 2 * r), "log": (np.log, lambda r: 1 / r),
      "1/r": (lambda r: 1 / r, lambda r: -1 / r**2)}


def potential(model, r, pair=0):
    """V and V' of a pair of species at the distances r."""
    act, act1 = ACTIVATIONS[str(model["activation"])]
    xi, xi1 = XI[str(model["xi"])]
    w, b, a = model["weight"][pair], model["bias"][pair], model["coefficient"][pair]
    cutoff = float(model["cutoff"])
    c, c1 = 1.0, 0.0
    if cutoff > 0:
        s = 1 - (r / cutoff) ** 2
        c, c1 = s * s, -4 * r * s / cutoff**2
    z = xi(r)[..., None] * w + b
    v = act(z) @ a
    v, v1 = c * v, c * xi1(r) * (act1(z) @ (a * w)) + c1 * v
    for (at, value, slope, curvature), outside in ((model["below"][pair], r < model["range"][pair, 0]),
                                                   (model["above"][pair], r > model["range"][pair, 2])):
        x = r - at
        v, v1 = np.where(outside, value + x * (slope + x * curvature / 2), v), np.where(outside, slope + x * curvature, v1)
    return (np.where(r < cutoff, v, 0), np.where(r < cutoff, v1, 0)) if cutoff > 0 else (v, v1)


if __name__ == "__main__":
    model, data = np.load(sys.argv[1]), np.load(sys.argv[2])
    q, f, box = data["q"][0], data["f"][0], np.diag(data["box"][0])
    d = q[:, None] - q
    d -= box * np.round(d / box)
    r = np.linalg.norm(d, axis=-1) + 100 * np.eye(len(q))
    force = -(potential(model, r)[1] / r)[..., None] * d
    print(f"force error of the first frame: {np.linalg.norm(force.sum(1) - f) / np.linalg.norm(f):.1e}")
