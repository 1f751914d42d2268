"""Values from NumPy for correlation, components and rotation.

Varimax here is the usual one by singular values (not the pairwise one of the package). The planar map is checked by
its own properties instead.

python3 test/reference/linear_algebra.py > src/numerics/linear-algebra.reference.json
"""
import json

import numpy as np


def varimax(loadings):
    rotation = np.eye(loadings.shape[1])
    for _ in range(5000):
        turned = loadings @ rotation
        u, _, vt = np.linalg.svd(loadings.T @ (turned**3 - turned * (turned**2).mean(axis=0)))
        rotation = u @ vt
    turned = loadings @ rotation
    turned = turned[:, np.argsort(-(turned**2).sum(axis=0))]
    return turned * np.sign(turned[np.abs(turned).argmax(axis=0), range(turned.shape[1])])


if __name__ == "__main__":
    # A small integer matrix with structure, written out so that both sides read the same numbers.
    rng = np.random.default_rng(4)
    factors = rng.standard_normal((40, 3))
    data = np.rint(5.5 + 2 * factors @ rng.standard_normal((3, 9)) + rng.standard_normal((40, 9))).clip(1, 10)
    correlation = np.corrcoef(data, rowvar=False)
    values, vectors = np.linalg.eigh(correlation)
    order = np.argsort(-values)
    values, vectors = values[order], vectors[:, order]
    loadings = vectors[:, :3] * np.sqrt(values[:3])
    reference = {
        "data": data.astype(int).tolist(),
        "correlation": correlation.tolist(),
        "eigenvalues": values.tolist(),
        "varimax": varimax(loadings).tolist(),
    }
    print(json.dumps(reference))
