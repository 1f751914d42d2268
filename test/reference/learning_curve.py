"""Reference values for src/statistics/learning-curve.test.ts.
Run: python3 test/reference/learning_curve.py > test/reference/learning_curve.json   (NumPy, SciPy)
"""
import json

import numpy as np
from scipy import optimize

LOW, HIGH = 0.1, 2.0  # of the exponent

TABLES = [
    # name, sizes, gains, ceiling
    ("a curve without noise", [75, 150, 300, 600], [1.5 - 6 * n**-0.5 for n in (75, 150, 300, 600)], 4.5),
    ("a noisy one", [75, 150, 300, 600], [0.76, 0.92, 0.97, 1.11], 4.5),
    ("five sizes, steep at first", [20, 40, 80, 160, 640], [-0.2, 0.55, 0.81, 0.98, 1.02], 4.0),
    ("one that grows to the end", [100, 200, 400, 800], [0.2, 0.5, 0.8, 1.1], 4.0),
    ("one that the end of the scale holds", [100, 200, 400, 800], [0.1, 0.9, 1.7, 2.5], 3.0),
    ("three sizes", [50, 200, 800], [0.4, 1.0, 1.25], 4.5),
    ("falling: flat is the best that is allowed", [100, 200, 400], [1.1, 1.0, 0.95], 4.5),
]


def fit(sizes, gains, ceiling):
    """Bounded nonlinear least squares from many starts; nothing of the package's profile over c."""
    n, y = np.array(sizes, float), np.array(gains, float)
    best = None
    for c in np.geomspace(LOW, HIGH, 8):
        for a in (y.max(), (y.max() + ceiling) / 2):
            start = [min(a, ceiling - 1e-6), max(1e-6, (a - y[0]) * n[0] ** c), c]
            found = optimize.least_squares(
                lambda p: p[0] - p[1] * n ** -p[2] - y,
                start,
                bounds=([-np.inf, 0, LOW], [ceiling, np.inf, HIGH]),
                x_scale=[1, max(1, start[1]), 1],
                xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=4000,
            )
            if best is None or found.cost < best.cost:
                best = found
    return best


def reach(p, gain, far=1e7):
    """Where the curve comes to a gain, by root finding; nothing when it does not before `far`."""
    curve = lambda n: p[0] - p[1] * n ** -p[2] - gain
    return None if curve(far) < 0 or curve(1) > 0 else optimize.brentq(curve, 1, far, xtol=1e-9)


out = []
for name, sizes, gains, ceiling in TABLES:
    found = fit(sizes, gains, ceiling)
    wanted = max(gains) * 1.05
    out.append(
        {
            "name": name,
            "sizes": sizes,
            "gains": [round(g, 6) for g in gains],
            "ceiling": ceiling,
            # Six digits: what is left is how solvers stop.
            "error": round(2 * found.cost, 7),
            "fitted": [round(found.x[0] - found.x[1] * n ** -found.x[2], 4) for n in sizes],
            "gain": round(wanted, 6),
            "users": None if found.x[1] < 1e-6 else (lambda r: None if r is None else float(f"{r:.3g}"))(reach(found.x, wanted)),
        }
    )
json.dump(out, fp=__import__("sys").stdout, indent=2)
