"""Reference models for src/numerics/ridge.ts: scikit-learn's Ridge, one output at a time on the rows whose target is there.

python3 test/reference/ridge.py > test/reference/ridge.json
"""
import json

import numpy as np
from sklearn.linear_model import Ridge

rng = np.random.default_rng(23)
rows, test_rows, features, outputs = 40, 12, 60, 5


def sample(n):
    x = rng.normal(0.4, 1, (n, features)) * (rng.random((n, features)) < 0.3)
    return np.round(x, 3).astype(np.float32).astype(float)


x, x_test = sample(rows), sample(test_rows)
truth = rng.normal(0, 1, (features, outputs)) * (rng.random((features, outputs)) < 0.2)
y = np.round(5.5 + x @ truth + rng.normal(0, 1, (rows, outputs)), 3)
gapped = y.copy()
gapped[rng.random(y.shape) < 0.25] = np.nan
gapped[3] = np.nan  # a user without any reward


def fit(targets, alpha):
    weights, bias, predicted = [], [], []
    for column in targets.T:
        there = ~np.isnan(column)
        model = Ridge(alpha=alpha, solver="svd").fit(x[there], column[there])
        weights.append(model.coef_)
        bias.append(model.intercept_)
        predicted.append(model.predict(x_test))
    return {
        "alpha": alpha,
        "weights": np.array(weights).T.ravel().tolist(),  # features x outputs
        "bias": list(map(float, bias)),
        "predicted": np.array(predicted).T.ravel().tolist(),  # test rows x outputs
    }


def with_nulls(table):
    return [[None if np.isnan(v) else v for v in row] for row in table.tolist()]


print(json.dumps({
    "outputs": outputs, "x": x.tolist(), "xTest": x_test.tolist(),
    "whole": y.tolist(), "gapped": with_nulls(gapped),
    "fits": {
        "whole": [fit(y, alpha) for alpha in (0.1, 3.0, 50.0)],
        "gapped": [fit(gapped, alpha) for alpha in (0.1, 3.0, 50.0)],
    },
}, separators=(",", ":")))
