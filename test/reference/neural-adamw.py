"""Reference values of src/neural/jax/adamw.ts by PyTorch's own AdamW and clipping, in double precision.

    apt-get install python3-torch libopenblas0-pthread     # Debian's packages; any PyTorch 1.13 or later will do
    /usr/bin/python3 test/reference/neural-adamw.py > src/neural/jax/adamw.reference.json
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)

STEPS, DECAY, CLIP = 7, 0.1, 1.0
RATES = [0.01 * (1 + i % 3) for i in range(STEPS)]
wave = lambda count, phase, scale: torch.tensor([scale * math.sin(1 + 2.3 * i + phase) for i in range(count)])

matrix = wave(6, 0, 1).reshape(2, 3).requires_grad_()
vector = wave(3, 5, 1).requires_grad_()
# Vectors do not decay.
optimiser = torch.optim.AdamW([dict(params=[matrix], weight_decay=DECAY), dict(params=[vector], weight_decay=0)])
gradients = []
for step in range(STEPS):
    # Some longer than the clipping norm, some shorter.
    scale = 2.0 if step % 2 == 0 else 0.2
    matrix.grad, vector.grad = wave(6, step, scale).reshape(2, 3), wave(3, 3 * step, scale)
    gradients.append(dict(matrix=matrix.grad.flatten().tolist(), vector=vector.grad.tolist()))
    torch.nn.utils.clip_grad_norm_([matrix, vector], CLIP)
    for group in optimiser.param_groups:
        group["lr"] = RATES[step]
    optimiser.step()
print(json.dumps(dict(
    weightDecay=DECAY, clipNorm=CLIP, rates=RATES, gradients=gradients,
    initial=dict(matrix=wave(6, 0, 1).tolist(), vector=wave(3, 5, 1).tolist()),
    final=dict(matrix=matrix.flatten().tolist(), vector=vector.tolist()),
), indent=1))
