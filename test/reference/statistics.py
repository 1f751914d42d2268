"""Reference values for src/statistics, from NumPy and SciPy (made with numpy 2.4, scipy 1.17).

python3 test/reference/statistics.py > test/reference/statistics.json
"""
import json
from itertools import combinations

import numpy as np
from scipy import optimize, special, stats

rng = np.random.default_rng(7)


def none(array):
    return [[None if np.isnan(v) else round(float(v), 12) for v in row] for row in array]


def numbers(values):
    return [float(v) for v in np.ravel(values)]


# Two-way data: user effects, world effects, cell noise; some cells missing, some exact ties. Indexed [world][user].
users, worlds = 60, 4
baseline = rng.integers(10, 90, (worlds, users)) / 10
difference = 0.4 + rng.normal(0, 0.8, users) + rng.normal(0, 0.4, (worlds, 1)) + rng.normal(0, 1, (worlds, users))
difference = np.round(difference, 1)
difference[rng.random((worlds, users)) < 0.1] = 0
method = baseline + difference
method[rng.random((worlds, users)) < 0.05] = np.nan
baseline[2, 5] = np.nan
d = method - baseline


def paired(world):
    known = ~np.isnan(d[world])
    x = d[world][known]
    return {
        "meanReward": method[world][known].mean(), "delta": x.mean(), "win": (x > 1e-9).mean(),
        "tie": (abs(x) <= 1e-9).mean(), "loss": (x < -1e-9).mean(), "n": int(known.sum()),
    }


def holm(p):
    """By the closure principle: the largest Bonferroni p-value of any set of hypotheses that holds i."""
    m = len(p)
    sets = [s for size in range(1, m + 1) for s in combinations(range(m), size)]
    return [max(min(1.0, len(s) * min(p[j] for j in s)) for s in sets if i in s) for i in range(m)]


def exact_mde(n, sd=1.0, alpha=0.05, power=0.8):
    """Noncentral t: the effect whose two-sided t test has the power."""
    critical = stats.t.ppf(1 - alpha / 2, n - 1)
    reached = lambda e: stats.nct.sf(critical, n - 1, e * n**0.5 / sd) + stats.nct.cdf(-critical, n - 1, e * n**0.5 / sd)
    return optimize.brentq(lambda e: reached(e) - power, sd / n**0.5, 6 * sd / n**0.5)


deltas = [np.nanmean(d[w]) for w in range(worlds)]
wins, losses = (d > 1e-9).sum(), (d < -1e-9).sum()

pvalues = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03]
x = np.round(rng.normal(size=25), 1)
y = np.round(0.5 * x + rng.normal(size=25), 1)
r = stats.pearsonr(x, y)
probabilities = [1e-300, 1e-20, 1e-6, 0.001, 0.024, 0.075, 0.3, 0.5, 0.61, 0.925, 0.975, 0.999999]
betas = [(0.1, 0.5, 0.5), (0.999, 499, 0.5), (0.2, 3, 8), (0.9, 3, 8), (0.5, 5000, 5000), (0.03, 1.5, 0.5), (0.5, 20, 0.5)]
quantiles_t = [(0.975, 1), (0.8, 1), (0.975, 2), (0.3, 3), (0.8, 9), (0.975, 30), (0.975, 999), (0.9999, 4.5)]

print(json.dumps({
    "descriptive": {
        "values": numbers(x), "mean": x.mean(), "sd": x.std(ddof=1), "populationSd": x.std(),
        "quantiles": [[p, float(np.quantile(x, p))] for p in [0, 0.025, 0.3, 0.5, 0.77, 1]],
    },
    "paired": {
        "method": none(method), "baseline": none(baseline), "perWorld": [paired(w) for w in range(worlds)],
        "delta": np.mean(deltas), "deltaSd": np.std(deltas, ddof=1), "ratio": wins / losses,
    },
    "holm": {"p": pvalues, "adjusted": holm(pvalues)},
    "power": [[n, exact_mde(n)] for n in [10, 20, 50, 200, 1000]],
    "correlation": {
        "x": numbers(x), "y": numbers(y), "pearson": r.statistic, "p": r.pvalue,
        "spearman": stats.spearmanr(x, y).statistic,
        "pOf": [[c, n, float(2 * stats.t.sf(abs(c) * ((n - 2) / (1 - c * c)) ** 0.5, n - 2))]
                for c, n in [(-0.3, 10), (0.05, 1000), (0.9, 5), (-0.6, 100)]],
    },
    "distributions": {
        "normal": [[p, float(special.ndtri(p))] for p in probabilities],
        "beta": [[*b, float(special.betainc(b[1], b[2], b[0]))] for b in betas],
        "t": [[*q, float(stats.t.ppf(*q))] for q in quantiles_t],
    },
}, separators=(",", ":")))
