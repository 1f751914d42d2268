"""Reference values for src/statistics/{power,variance-components}.test.ts.
Run: python3 test/reference/power.py > test/reference/power.json   (NumPy, SciPy)
"""
import json

import numpy as np
from scipy import optimize, stats

rng = np.random.default_rng(20)
U, W = 12, 4
table = np.round(0.3 + rng.normal(0, 0.8, (U, 1)) + rng.normal(0, 0.5, (1, W)) + rng.normal(0, 1, (U, W)), 2)


def components(d):
    """Least squares on dummy variables: sums of squares by dropping one factor at a time."""
    u, w = d.shape
    rows, columns = np.divmod(np.arange(u * w), w)
    def residual_square(*factors):
        design = np.column_stack([np.ones(u * w)] + [np.eye(n)[i][:, 1:] for i, n in factors])
        fit, *_ = np.linalg.lstsq(design, d.ravel(), rcond=None)
        return ((d.ravel() - design @ fit) ** 2).sum()
    full = residual_square((rows, u), (columns, w))
    mean_users = (residual_square((columns, w)) - full) / (u - 1)
    mean_worlds = (residual_square((rows, u)) - full) / (w - 1)
    residual = full / ((u - 1) * (w - 1))
    return [max(0, (mean_users - residual) / w), max(0, (mean_worlds - residual) / u), residual]


def crossed(mu, mw, me, u, w):
    """Standard error (squared, of the grand mean) and degrees of freedom that the test takes, from mean squares."""
    total = np.maximum(mu, mu + mw - me)
    df = total**2 / (mu**2 / (u - 1) + mw**2 / (w - 1) + me**2 / ((u - 1) * (w - 1)))
    return total / (u * w), np.maximum(df, min(u, w) - 1)


def mde(v, u, w, alpha=0.05, power=0.8, draws=400_000):
    """The effect that the crossed t finds with the power, by drawing its mean squares: nothing but their chi-squares."""
    expected = v[2] + w * v[0], v[2] + u * v[1], v[2]
    free = u - 1, w - 1, (u - 1) * (w - 1)
    squared, df = crossed(*(e * rng.chisquare(f, draws) / f for e, f in zip(expected, free)), u, w)
    reach = stats.t.ppf(1 - alpha / 2, df) * squared**0.5
    se = (v[0] / u + v[1] / w + v[2] / (u * w)) ** 0.5
    reached = lambda e: (stats.norm.cdf((e - reach) / se) + stats.norm.cdf((-e - reach) / se)).mean()
    return optimize.brentq(lambda e: reached(e) - power, se, 40 * se)


def simulated_power(v, u, w, effect, draws):
    """How often the crossed t test finds the effect in drawn tables: nothing of the formulas above but the test."""
    d = (effect + rng.normal(0, v[0] ** 0.5, (draws, u, 1)) + rng.normal(0, v[1] ** 0.5, (draws, 1, w))
         + rng.normal(0, v[2] ** 0.5, (draws, u, w)))
    grand = d.mean((1, 2))
    by_user, by_world = d.mean(2), d.mean(1)
    mu = w * by_user.var(1, ddof=1)
    mw = u * by_world.var(1, ddof=1)
    rest = d - by_user[:, :, None] - by_world[:, None, :] + grand[:, None, None]
    me = (rest**2).sum((1, 2)) / ((u - 1) * (w - 1))
    squared, df = crossed(mu, mw, me, u, w)
    return float((2 * stats.t.sf(abs(grand) / squared**0.5, df) < 0.05).mean())


plans = []
for v, u, w in [([1, 0, 4], 100, 5), ([1, 0.05, 4], 100, 10), ([0.5, 0.02, 2], 1000, 10), ([2, 0.2, 1], 40, 8),
                ([1, 0.1, 4], 12, 3), ([1, 0.5, 4], 5, 10)]:
    effect = mde(v, u, w)
    plans.append({"variance": v, "users": u, "worlds": w, "effect": effect, "strictEffect": mde(v, u, w, 0.05 / 6),
                  "simulatedPower": simulated_power(v, u, w, effect, 20_000 if u * w < 2000 else 1_000)})
print(json.dumps({
    "table": table.tolist(), "components": components(table),
    "oneWorld": float(table[:, 0].var(ddof=1)), "plans": plans,
}, indent=1))
