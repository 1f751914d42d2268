"""Small arrays as NumPy itself saves them (base64), with their values.

python3 test/reference/npy_fixtures.py > src/numerics/npy.fixtures.json
"""
import base64
import io
import json

import numpy as np


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return base64.b64encode(out.getvalue()).decode()


def npz(save, **arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return base64.b64encode(out.getvalue()).decode()


grid = np.arange(24).reshape(2, 3, 4) - 5
names = np.array([["verbose", "terse"], ["naïve 𝛼", ""]])
good = []
for dtype in ["<i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    good.append((dtype, grid.astype(dtype), None))
for dtype in ["|u1", "<u2", ">u2", "<u4", "<u8", ">u8"]:
    good.append((dtype, (grid + 5).astype(dtype), None))
good += [
    ("bool", grid > 0, None),
    ("unicode", names, None),
    ("big-endian unicode", names.astype(">U7"), None),
    ("byte strings", np.array([b"ab", b"c"]), None),
    ("Fortran order", np.asfortranarray(grid), None),
    ("Fortran order, unicode", np.asfortranarray(names), None),
    ("version 2 header", grid, (2, 0)),
    ("version 3 header", names, (3, 0)),
    ("a single number", np.array(2.5), None),
    ("empty", np.zeros((0, 3)), None),
    ("wide integers", np.array([2**53 - 1, -(2**53) + 1, 2**40 + 3]), None),
    ("non-finite", np.array([np.nan, np.inf, -np.inf]), None),
]


def literal(value):
    if isinstance(value, float) and not np.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]  # as JavaScript prints them
    if isinstance(value, bytes):
        return value.decode()
    return int(value) if isinstance(value, bool) else value


bad = {
    "objects": npy(np.array([{"a": 1}, None], dtype=object)),
    "records": npy(np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")])),
    "complex": npy(np.array([1j])),
    "dates": npy(np.array(["2026-01-01"], dtype="datetime64[D]")),
    "integers past 2^53": npy(np.array([2**53 + 1])),
    "unsigned integers past 2^53": npy(np.array([2**64 - 1], dtype="u8")),
}
fixtures = {
    "good": [
        {"name": name, "dtype": a.dtype.str, "shape": list(a.shape), "npy": npy(a, version),
         "values": [literal(v) for v in a.ravel().tolist()]}
        for name, a, version in good
    ],
    "bad": [{"name": name, "npy": data} for name, data in bad.items()],
    "stored": npz(np.savez, scores=grid, pairs=names),
    "deflated": npz(np.savez_compressed, scores=np.repeat(grid, 100, axis=0), pairs=names),
}
print(json.dumps(fixtures, ensure_ascii=False))
