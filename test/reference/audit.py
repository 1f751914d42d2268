"""Expected values of src/statistics/matches.test.ts and src/numerics/assignment.test.ts, by SciPy.

python3 test/reference/audit.py > test/reference/audit.json
"""
import json

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import binom, binomtest

rng = np.random.default_rng(7)
assignments = []
for shape in [(4, 4), (3, 5), (6, 6)]:
    gains = rng.integers(-9, 10, shape)
    rows, columns = linear_sum_assignment(gains, maximize=True)
    assignments.append({"gains": gains.tolist(), "sum": int(gains[rows, columns].sum())})
intervals = []
for hits, trials in [(0, 50), (3, 50), (7, 8), (50, 50)]:
    low, high = binomtest(hits, trials).proportion_ci(method="exact")
    intervals.append({"hits": hits, "trials": trials, "low": float(low), "high": float(high)})
print(json.dumps({
    "assignments": assignments,
    "intervals": intervals,
    "binomial": binom.pmf(range(4), 3, 0.05).tolist(),
    "atLeast": float(binom.sf(4, 30, 0.1)),
    "middleRange": binom.ppf([0.025, 0.975], 50, 0.05).tolist(),
}))
