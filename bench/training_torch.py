"""The training step of bench/training.ts in PyTorch: the same network, adapter, loss and optimiser.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 bench/training_torch.py CONFIG_JSON THREADS PAIRS LENGTH

THREADS is only printed: threads of OpenBLAS are faster here than threads of PyTorch's own.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F

config = json.loads(sys.argv[1])
threads, PAIRS, LENGTH = (int(x) for x in sys.argv[2:])
torch.set_num_threads(1)
V, D, FF, LAYERS = (config[k] for k in ("vocabSize", "hiddenSize", "intermediateSize", "layers"))
HEADS, KV, HD = (config[k] for k in ("heads", "kvHeads", "headDim"))
RANK, SCALING, E, DROPOUT = 16, 2.0, 128, 0.05
torch.manual_seed(1)
normal = lambda *shape: 0.02 * torch.randn(*shape)

embed = normal(V, D)
shapes = {"q": (HEADS * HD, D), "k": (KV * HD, D), "v": (KV * HD, D), "o": (D, HEADS * HD),
          "gate": (FF, D), "up": (FF, D), "down": (D, FF)}
layers = [{p: normal(*s) for p, s in shapes.items()} for _ in range(LAYERS)]
lora = [{p: (normal(RANK, shapes[p][1]).requires_grad_(), torch.zeros(shapes[p][0], RANK, requires_grad=True))
         for p in "qkvo"} for _ in range(LAYERS)]
projector = normal(D, E).requires_grad_(), torch.zeros(D, requires_grad=True)
trained = [*projector, *(m for pairs in lora for pair in pairs.values() for m in pair)]
optimiser = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0)

angles = torch.outer(torch.arange(LENGTH), 10000.0 ** (-torch.arange(0, HD, 2) / HD))
cos, sin = angles.cos()[None, :, None], angles.sin()[None, :, None]
mask = torch.full((LENGTH, LENGTH), -1e9).triu(1)
ones = torch.ones(D)


def rms(x):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * ones


def rotate(x):
    a, b = x[..., : HD // 2], x[..., HD // 2:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def forward(x, at):
    """Logits at positions `at` [N, A] alone, as the trainer computes them."""
    n, t, _ = x.shape
    for layer, pairs in zip(layers, lora):
        def project(p, h):
            y = F.linear(h, layer[p])
            if p in pairs:
                a, b = pairs[p]
                y = y + SCALING * F.linear(F.linear(F.dropout(h, DROPOUT), a), b)
            return y

        h = rms(x)
        q = rotate(project("q", h).view(n, t, HEADS, HD)).transpose(1, 2).reshape(n, KV, HEADS // KV * t, HD)
        k = rotate(project("k", h).view(n, t, KV, HD)).transpose(1, 2)
        v = project("v", h).view(n, t, KV, HD).transpose(1, 2)
        scores = (q @ k.transpose(-1, -2)).view(n, KV, HEADS // KV, t, t) / math.sqrt(HD) + mask
        mixed = scores.softmax(-1).view(n, KV, HEADS // KV * t, t) @ v
        x = x + project("o", mixed.view(n, HEADS, t, HD).transpose(1, 2).reshape(n, t, HEADS * HD))
        m = rms(x)
        x = x + project("down", F.silu(project("gate", m)) * project("up", m))
    return F.linear(rms(x.gather(1, at[..., None].expand(-1, -1, D))), embed)


ids = torch.randint(V, (2 * PAIRS, LENGTH - 1))
ANSWER = LENGTH // 2
targets = torch.randint(V, (2 * PAIRS, ANSWER))
at = torch.arange(LENGTH - ANSWER - 1, LENGTH - 1).expand(2 * PAIRS, ANSWER)
histories = torch.randn(PAIRS, E)
best_wall = best_cpu = math.inf
for step in range(30):
    wall, cpu = time.perf_counter(), time.process_time()
    soft = F.linear(histories, *projector)[:, None]
    logits = forward(torch.cat([torch.cat([soft, soft]), embed[ids]], 1), at)
    sums = logits.log_softmax(-1).gather(-1, targets[..., None]).squeeze(-1).sum(-1)
    loss = -F.logsigmoid(0.1 * (sums[:PAIRS] - sums[PAIRS:])).mean()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimiser.step()
    if step >= 3:
        best_wall = min(best_wall, time.perf_counter() - wall)
        best_cpu = min(best_cpu, time.process_time() - cpu)
tokens = 2 * PAIRS * LENGTH
print(f"PyTorch {torch.__version__}, {threads} threads: {best_wall:.3f} s a step, {tokens / best_wall:.0f} tokens/s, "
      f"{tokens / best_cpu:.0f} tokens/CPU s")
