"""The arithmetic from attributes to reward, by NumPy, for src/studies/worked-example: C is drawn here, not by the package.

python3 test/reference/worked_example.py > test/reference/worked-example.json
"""
import json

import numpy as np

rng = np.random.default_rng(11)


def permutation(k):
    C = np.zeros((k, k))
    C[np.arange(k), rng.permutation(k)] = rng.choice([-1.0, 1.0], k)
    return C


def example(C, active, n):
    k = len(C)
    a = np.zeros(k)
    a[rng.choice(k, active, replace=False)] = rng.choice([-1.0, 1.0], active)
    scores = np.round(rng.uniform(1, 10, (2, k)), 1)
    p = C @ a
    top = [int(i) for i in np.argsort(-np.abs(p), kind="stable")[:n] if p[i] != 0]
    w = np.abs(p[top]) / np.abs(p[top]).sum()
    sided = np.where(p[top] > 0, scores[:, top], 11 - scores[:, top])
    answer, plain = sided @ w
    return {
        "C": C.tolist(), "a": a.astype(int).tolist(), "n": n, "scores": scores.tolist(),
        "p": p.tolist(), "targets": top, "follow": (p[top] > 0).tolist(), "weights": w.tolist(),
        "toward": sided.tolist(), "reward": answer, "plainReward": plain, "delta": answer - plain,
    }


print(json.dumps([
    example(permutation(4), 1, 1),
    example(permutation(10), 2, 2),
    example(np.round(rng.normal(size=(4, 4)), 4), 2, 2),
    example(np.round(rng.normal(size=(10, 10)), 4), 2, 3),
    example(permutation(3), 1, 3),
], separators=(",", ":")))
