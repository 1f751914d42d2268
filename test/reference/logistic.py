"""Reference models for src/numerics/logistic.ts: scikit-learn's LogisticRegression.

python3 test/reference/logistic.py > test/reference/logistic.json
"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(11)
rows, test_rows, features, classes, c = 80, 200, 10, 4, 5.0


def sample(n):
    x = rng.normal(0.5, 1, (n, features)) * (rng.random((n, features)) < 0.4)
    return np.round(x, 3).astype(np.float32).astype(float)


x, x_test = sample(rows), sample(test_rows)
truth = rng.normal(0, 1, (features, classes))
logits = 0.7 * x @ truth + [0.5, 0, 0, -0.5]
soft = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
labels = np.array([rng.choice(classes, p=p) for p in soft])
soft = np.round(soft, 4)
soft[:, -1] = 1 - soft[:, :-1].sum(1)
weights = np.round(rng.random(rows) * 2, 2)


def fit(x, y, sample_weight=None):
    # Its default solver stops 2e-4 away from the optimum at any tolerance; Newton's own steps end at it.
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-13, max_iter=10_000)
    model.fit(x, y, sample_weight=sample_weight)
    return {
        "weights": model.coef_.T.ravel().tolist(),  # features x classes
        "bias": (model.intercept_ - model.intercept_.mean()).tolist(),
        "predicted": model.predict(x_test).tolist(),
    }


print(json.dumps({
    "classes": classes, "c": c, "x": x.tolist(), "xTest": x_test.tolist(),
    "labels": labels.tolist(), "soft": soft.tolist(), "sampleWeights": weights.tolist(),
    "hard": fit(x, labels),
    "weighted": fit(x, labels, weights),
    # A soft target is one row a class, weighed by its probability.
    "softTargets": fit(np.repeat(x, classes, 0), np.tile(np.arange(classes), rows), soft.ravel()),
}, separators=(",", ":")))
