"""Reference for src/numerics/principal-axes.ts: NumPy's singular values of rows centred within groups.

python3 test/reference/principal_axes.py > test/reference/principal-axes.json
"""
import json

import numpy as np

rng = np.random.default_rng(7)
rows, columns = 60, 24
groups = np.sort(rng.integers(0, 9, rows))
groups = np.unique(groups, return_inverse=True)[1]
x = rng.normal(size=(rows, 6)) @ rng.normal(size=(6, columns)) * np.linspace(3, 0.2, columns)
x += 0.3 * rng.normal(size=x.shape) + 4 * rng.normal(size=(groups.max() + 1, columns))[groups]
x = np.round(x, 3).astype(np.float32).astype(float)


def axes(of):
    centred = x - np.array([x[of == g].mean(0) for g in of])
    _, values, right = np.linalg.svd(centred, full_matrices=False)
    # A projector says which directions, whatever their signs.
    return {"groups": of.tolist(), "singularValues": values[:5].tolist(), "projector": (right[:5].T @ right[:5]).ravel().tolist()}


print(json.dumps({
    "x": x.tolist(), "one": axes(np.zeros(rows, int)), "within": axes(groups),
}, separators=(",", ":")))
