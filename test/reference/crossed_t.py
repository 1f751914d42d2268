"""Reference values for the crossed t (src/statistics/crossed.ts, linearised.ts, win-loss.ts), from NumPy and SciPy
(made with numpy 2.4, scipy 1.17). Written from the formulas as matrices of dummy variables, not as loops over cells.

python3 test/reference/crossed_t.py > test/reference/crossed_t.json
"""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(13)


def table(users, worlds, missing=0.0, world_sd=0.3, effect=0.4):
    d = effect + rng.normal(0, 0.6, (users, 1)) + rng.normal(0, world_sd, worlds) + rng.normal(0, 2.4, (users, worlds))
    d = np.round(d)
    d[rng.random(d.shape) < missing] = np.nan
    return d


def infer(estimate, psi):
    """psi: users x worlds, NaN where missing, sums to 0."""
    known = ~np.isnan(psi)
    rows, columns = known.any(1), known.any(0)
    psi, known = psi[np.ix_(rows, columns)], known[np.ix_(rows, columns)]
    (U, W), n = psi.shape, known.sum()
    vu = U / (U - 1) * np.sum(np.nansum(psi, axis=1) ** 2)
    if W < 3:
        se, df = np.sqrt(vu), U - 1
    else:
        vw = W / (W - 1) * np.sum(np.nansum(psi, axis=0) ** 2)
        left = psi - np.nanmean(psi, axis=1, keepdims=True) - np.nanmean(psi, axis=0, keepdims=True)
        rest = n - U - W + 1
        ve = n / rest * np.nansum(left**2)
        v = max(vu, vu + vw - ve)
        se = np.sqrt(v)
        df = max(min(U, W) - 1, v**2 / (vu**2 / (U - 1) + vw**2 / (W - 1) + ve**2 / rest))
    low, high = stats.t.interval(0.95, df, estimate, se)
    return {"estimate": float(estimate), "standardError": float(se), "degreesOfFreedom": float(df),
            "ci95": [float(low), float(high)], "pValue": float(2 * stats.t.sf(abs(estimate) / se, df))}


def mean_over_worlds(d):
    delta = np.nanmean(np.nanmean(d[:, (~np.isnan(d)).any(0)], axis=0))
    counts = (~np.isnan(d)).sum(0)
    return delta, (d - delta) / (np.where(counts > 0, counts, 1) * (counts > 0).sum())


def mean_of_cells(d):
    return np.nanmean(d), (d - np.nanmean(d)) / (~np.isnan(d)).sum()


def log_win_loss(d):
    wins, losses = (d > 0).sum(), (d < 0).sum()
    return np.log(wins / losses), np.where(np.isnan(d), np.nan, (d > 0) / wins - (d < 0) / losses)


def difference(a, b):
    both = np.isnan(a[1]) & np.isnan(b[1])
    return a[0] - b[0], np.where(both, np.nan, np.nan_to_num(a[1]) - np.nan_to_num(b[1]))


def ratio(a, b):
    r = a[0] / b[0]
    both = np.isnan(a[1]) & np.isnan(b[1])
    return r, np.where(both, np.nan, (np.nan_to_num(a[1]) - r * np.nan_to_num(b[1])) / b[0])


def case(d):
    other = np.round(d + rng.normal(0.5, 1, d.shape))
    other[rng.random(d.shape) < 0.1] = np.nan
    return {
        "users": d.shape[0], "worlds": d.shape[1],
        "values": [None if np.isnan(x) else float(x) for x in d.ravel()],
        "other": [None if np.isnan(x) else float(x) for x in other.ravel()],
        "meanOverWorlds": infer(*mean_over_worlds(d)), "meanOfCells": infer(*mean_of_cells(d)),
        "logWinLoss": infer(*log_win_loss(d)),
        "difference": infer(*difference(mean_over_worlds(d), mean_over_worlds(other))),
        "ratio": infer(*ratio(mean_over_worlds(d), mean_over_worlds(other))),
    }


holed = table(12, 5, 0.2)
holed[3], holed[:, 2] = np.nan, np.nan  # nobody's user, nobody's world
one = table(30, 1)
test = stats.ttest_1samp(one[:, 0], 0)
tables = {
    "one world": case(one), "two worlds": case(table(20, 2, 0.1)), "three worlds": case(table(40, 3, 0, 0.8)),
    "five worlds, a fifth missing": case(table(30, 5, 0.2)), "a user and a world without any": case(holed),
    "more worlds than users": case(table(4, 10, 0, 1.5)), "worlds alike": case(table(25, 6, 0, 0)),
}


def clopper_pearson(users):
    """All users on one side: bounds of wins / losses from the share of that side."""
    low = stats.binomtest(users, users).proportion_ci(0.95, "exact").low
    return [float(low / (1 - low)), float((1 - low) / low)]


print(json.dumps({
    "tables": tables,
    "ttest": {"p": float(test.pvalue), "ci95": [float(x) for x in test.confidence_interval(0.95)]},
    "clopperPearson": [[users, *clopper_pearson(users)] for users in [1, 2, 5, 40]],
}, separators=(",", ":")))
