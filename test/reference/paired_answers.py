"""Reference values for src/statistics/{mcnemar,paired-change}.test.ts, from NumPy and SciPy.

python3 test/reference/paired_answers.py > test/reference/paired-answers.json
"""
import json

import numpy as np
from scipy import stats

PAIRS = [(0, 0), (1, 0), (0, 5), (3, 3), (3, 4), (10, 25), (25, 10), (1, 30), (120, 80), (700, 800), (5000, 5200)]


def mcnemar(b, c):
    """The exact test of statsmodels.stats.contingency_tables.mcnemar, which is SciPy's binomial test of one half."""
    if b + c == 0:
        return 1.0
    p = min(1.0, 2 * stats.binom.cdf(min(b, c), b + c, 0.5))
    assert abs(p - stats.binomtest(b, b + c, 0.5).pvalue) < 1e-12
    return float(p)


rng = np.random.default_rng(11)
sizes = rng.integers(1, 6, 40)
values = [[int(v) for v in rng.choice([-1, 0, 1], n, p=[0.25, 0.6, 0.15])] for n in sizes]


def wald_plus_two(b, c, n):
    """Agresti & Min (2005) from the cells of the table of pairs, without clusters."""
    b, c, n = b + 0.5, c + 0.5, n + 2
    reach = stats.norm.ppf(0.975) * ((b + c) - (b - c) ** 2 / n) ** 0.5 / n
    return [float((b - c) / n - reach), float((b - c) / n + reach)]


def wald_plus_two_clustered(values):
    """The same from weighted pairs: two added ones, as clusters of their own."""
    d = np.array([v for cluster in values for v in cluster] + [1, -1, 0, 0], dtype=float)
    w = np.array([1.0] * (len(d) - 4) + [0.5] * 4)
    centre = (w * d).sum() / w.sum()
    inner = sum(((np.array(cluster) - centre).sum()) ** 2 for cluster in values)
    added = (w[-4:] * (d[-4:] - centre) ** 2).sum()
    reach = stats.norm.ppf(0.975) * (inner + added) ** 0.5 / w.sum()
    return [float(centre - reach), float(centre + reach)]


print(json.dumps({
    "mcnemar": [[b, c, mcnemar(b, c)] for b, c in PAIRS],
    "clusters": {"values": values, "wald": wald_plus_two_clustered(values)},
    "wald": [[b, c, n, wald_plus_two(b, c, n)] for b, c, n in [(0, 0, 64), (2, 7, 48), (0, 3, 10), (60, 90, 1000)]],
}, separators=(",", ":")))
