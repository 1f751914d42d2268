"""Reference values for src/statistics/{independent,linearised}.test.ts, from NumPy and SciPy.

python3 test/reference/independent.py > test/reference/independent.json
"""
import json

import numpy as np
from scipy import stats

A = [1.5, -0.5, 2.0, 0.0, 3.5, 1.0]
B = [2.5, 0.5, 4.0, 3.0, -1.0, 2.0, 6.0, 1.5, 2.0]
# A user's sum of differences, and number of questions.
SUMS = [2, -1, 0, 3, 1, -2, 0, 1]
COUNTS = [4, 2, 3, 5, 1, 4, 2, 3]


def welch():
    """What a comparison of runs without common users gives in one world."""
    found = stats.ttest_ind(B, A, equal_var=False)
    low, high = found.confidence_interval(0.95)
    return {
        "a": A,
        "b": B,
        "estimate": float(np.mean(B) - np.mean(A)),
        "degreesOfFreedom": float(found.df),
        "ci95": [float(low), float(high)],
        "pValue": float(found.pvalue),
    }


def ratio():
    """The linearised ratio of two sums over users: Cochran (1977), section 6.4."""
    sums, counts = np.array(SUMS, float), np.array(COUNTS, float)
    estimate = sums.sum() / counts.sum()
    residuals = (sums - estimate * counts) / counts.sum()
    users = len(sums)
    error = np.sqrt(users / (users - 1) * np.sum(residuals**2))
    half = stats.t.ppf(0.975, users - 1) * error
    return {
        "sums": SUMS,
        "counts": COUNTS,
        "estimate": float(estimate),
        "standardError": float(error),
        "ci95": [float(estimate - half), float(estimate + half)],
        "pValue": float(2 * stats.t.sf(abs(estimate / error), users - 1)),
    }


print(json.dumps({"welch": welch(), "ratio": ratio()}, indent=1))
