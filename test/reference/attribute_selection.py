"""The selection on the real 1,000 x 112 ratings by NumPy: entropy filter, correlation, eigenvalues, parallel analysis by
drawing and correlating data, and varimax by singular values. Nothing is shared with the package.

python3 test/reference/attribute_selection.py > src/studies/attribute-selection/selection.reference.json
"""
import json
from pathlib import Path

import numpy as np
from linear_algebra import varimax


def entropy(scores):
    share = np.bincount(scores)[1:] / len(scores)
    share = share[share > 0]
    return -(share * np.log2(share)).sum()


def selection(ratings, names, least_entropy=1.5, draws=1000):
    """ratings: rows x candidates, whole numbers from 1; names: an array of the candidates' names."""
    entropies = np.array([entropy(column) for column in ratings.T])
    kept = entropies >= least_entropy
    data, kept_names = ratings[:, kept].astype(float), names[kept]
    values, vectors = np.linalg.eigh(np.corrcoef(data, rowvar=False))
    values, vectors = values[::-1], vectors[:, ::-1]
    rng = np.random.default_rng(0)
    drawn = [np.linalg.eigvalsh(np.corrcoef(rng.standard_normal(data.shape), rowvar=False))[::-1] for _ in range(draws)]
    threshold = np.percentile(drawn, 95, axis=0)
    ceiling = int(np.argmin(values > threshold))

    solutions = []
    for k in range(2, ceiling + 1, 2):
        rotated = varimax(vectors[:, :k] * np.sqrt(values[:k]))
        best = np.abs(rotated).argmax(axis=0)
        solutions.append({
            "k": k,
            "representatives": kept_names[best].tolist(),
            "loadings": rotated[best, range(k)].tolist(),
            "sumsOfSquares": (rotated**2).sum(axis=0).tolist(),
        })
    return {
        "kept": kept_names.tolist(),
        "entropies": entropies.tolist(),
        "means": ratings.mean(axis=0).tolist(),
        "deviations": ratings.std(axis=0).tolist(),
        "eigenvalues": values.tolist(),
        "threshold95": threshold.tolist(),
        "ceiling": ceiling,
        "solutions": solutions,
    }


if __name__ == "__main__":
    shared = Path("../shared/reference-data")
    ratings = np.load(shared / "response-ratings-glm-4.5-air-1000x112.npy")
    names = np.array(json.loads((shared / "candidate-attributes.json").read_text())["response"])
    print(json.dumps(selection(ratings, names)))
