"""Blocks of ggml's formats and the numbers that they stand for, by the package `gguf` of llama.cpp's authors.

python3 test/reference/gguf_blocks.py > src/neural/gguf/blocks.reference.json
"""
import json

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Where a block keeps half floats (scale, and minimum where there is one): bytes of the block.
HALVES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q4_K: [0, 2], T.Q5_K: [0, 2],
          T.Q6_K: [208], T.F16: [0], T.BF16: [], T.F32: []}

rng = np.random.default_rng(7)
cases = []
for kind, halves in HALVES.items():
    size, width = GGML_QUANT_SIZES[kind]
    blocks = 1 if size == 256 else 2 if size == 32 else 8
    data = rng.integers(0, 256, (blocks, width), dtype=np.uint8)
    for at in halves:
        data[:, at:at + 2] = rng.normal(0, 0.02, blocks).astype(np.float16).view(np.uint8).reshape(blocks, 2)
    if kind == T.F32:
        data = rng.normal(0, 0.02, blocks).astype(np.float32).view(np.uint8)
    if kind == T.BF16:
        data = rng.normal(0, 0.02, blocks).astype(np.float32).view(np.uint8).reshape(blocks, 4)[:, 2:].copy()
    values = dequantize(data.reshape(1, -1), kind).reshape(-1)
    cases.append({"type": kind.name, "hex": data.tobytes().hex(), "values": [float(v) for v in values]})
print(json.dumps(cases))
