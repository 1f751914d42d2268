"""Reference fits for src/numerics/preference-model.ts: the same objective written with NumPy, minimised by SciPy.

python3 test/reference/preferences.py > test/reference/preferences.json
"""
import json

import numpy as np
from scipy.optimize import minimize

rng = np.random.default_rng(31)
users, per_user, p, q = 25, 6, 4, 5
U = np.round(rng.normal(size=(users, p)), 3)
Y = np.round(rng.normal(size=(users, per_user, q)), 3)
Y -= Y.mean(1, keepdims=True)
truth = rng.normal(size=(p, 2)) @ rng.normal(size=(2, q))
R = np.round(np.einsum("up,pq,unq->un", U, truth, Y) + rng.normal(size=(users, per_user)), 1)
R[rng.random(R.shape) < 0.15] = np.nan
R[3] = np.nan  # a user without any reward
R[4, :2] = 5.0  # a pair without a preference


def scores(x, rank):
    A, V, v = x[: rank * p].reshape(rank, p), x[rank * p : rank * (p + q)].reshape(rank, q), x[rank * (p + q) :]
    return np.einsum("unq,uq->un", Y, U @ A.T @ V + v)


def bradley_terry(s, r):
    better = r[:, None] > r[None, :]  # NaN compares as false
    return np.logaddexp(0, -(s[:, None] - s[None, :]))[better].mean() if better.any() else 0.0


def least_squares(s, r):
    there = ~np.isnan(r)
    if not there.any():
        return 0.0
    return 0.5 * np.mean(((s[there] - s[there].mean()) - (r[there] - r[there].mean())) ** 2)


LOSSES = {"bradley-terry": bradley_terry, "least-squares": least_squares}


def objective(x, rank, loss, penalty):
    s = scores(x, rank)
    return np.mean([LOSSES[loss](s[u], R[u]) for u in range(users)]) + penalty / 2 * x @ x


def fit(rank, loss, penalty):
    start = np.round(0.1 * rng.normal(size=rank * (p + q) + q), 4)
    found = minimize(objective, start, (rank, loss, penalty), method="BFGS", options={"gtol": 1e-9, "maxiter": 2000})
    s = scores(found.x, rank)
    pairs = [(s[u], R[u][:, None] > R[u][None, :]) for u in range(users)]
    pairs = [(own[:, None] > own[None, :], better) for own, better in pairs if better.any()]
    return {
        "rank": rank, "loss": loss, "penalty": penalty, "start": start.tolist(),
        "atStart": float(objective(start, rank, loss, penalty)),
        "value": float(found.fun),
        "scores": s.ravel().tolist(),
        "accuracy": float(np.mean([right[better].mean() for right, better in pairs])),
    }


print(json.dumps({
    "userSize": p, "answerSize": q, "perUser": per_user,
    "users": U.tolist(), "answers": Y.reshape(-1, q).tolist(),
    "rewards": [[None if np.isnan(v) else v for v in row] for row in R.tolist()],
    "fits": [
        fit(0, "bradley-terry", 0.05), fit(2, "bradley-terry", 0.02), fit(4, "bradley-terry", 0.02),
        fit(2, "least-squares", 0.1), fit(4, "least-squares", 0.1),
    ],
}, separators=(",", ":")))
