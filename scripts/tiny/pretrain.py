"""Trains the tiny checkpoint on documents that documents.ts wrote, in one pass, and writes model.safetensors,
training.json and curve.csv:

    apt-get install python3-torch libopenblas0-pthread      # Debian's packages; any PyTorch 1.13 or later will do
    /usr/bin/python3 scripts/tiny/pretrain.py runs/tiny/train-0 runs/tiny/train-1 --held-out runs/tiny/held-out

Interrupted (Ctrl-C is waited for, a crash loses some minutes), the same command goes on where it was. Processes share
every step's documents and add up their gradients; the result depends on their number through rounding alone.
"""

import os

# Small matrices: BLAS's own threads and memory that is handed back after each operation cost more than the arithmetic.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MASTER_ADDR="127.0.0.1", MASTER_PORT="29541")
os.environ.update(MALLOC_MMAP_THRESHOLD_=str(2**30), MALLOC_TRIM_THRESHOLD_=str(2**33), MALLOC_TOP_PAD_=str(2**28))

import argparse
import csv
import json
import math
import pathlib
import signal
import struct
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F

MODEL = pathlib.Path("models/tiny")
CONFIG = json.loads((MODEL / "config.json").read_text())
D, LAYERS, HEADS, KV_HEADS, HEAD_DIM, VOCABULARY = (CONFIG[name] for name in (
    "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size"))

SEED = 20260521
PROCESSES = 2
PLACES = 2560          # tokens and padding in one process's part of a step
LONGEST = 768          # documents of more tokens are left out
WINDOW = 4096          # documents that are put side by side by their length
PEAK_RATE, FLOOR = 3e-3, 0.02
WARM_UP, FLAT = 100, 0.5   # steps; the share of all steps after which the rate falls in a line
BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.98), 0.1, 1.0
REPORT_EVERY, MEASURE_EVERY, SAVE_SECONDS = 25, 500, 240


def read_documents(path):
    """Documents of a file: (kind, where the answer begins, tokens)."""
    data = np.fromfile(f"{path}.bin", dtype=np.uint16)
    documents, at = [], 0
    while at < len(data):
        kind, length, answer_at = (int(x) for x in data[at:at + 3])
        documents.append((kind, answer_at, data[at + 3:at + 3 + length]))
        at += 3 + length
    return documents


def batches_of(documents):
    """Indices of documents: batches of like length, in an order that is random within each window."""
    batches = []
    for start in range(0, len(documents), WINDOW):
        window = range(start, min(start + WINDOW, len(documents)))
        fitting = sorted((i for i in window if len(documents[i][2]) <= LONGEST), key=lambda i: len(documents[i][2]))
        made, batch = [], []
        for i in fitting:
            if batch and (len(batch) + 1) * len(documents[i][2]) > PLACES:
                made.append(batch)
                batch = []
            batch.append(i)
        if batch:
            made.append(batch)
        order = np.random.default_rng([SEED, start]).permutation(len(made))
        batches.extend(made[i] for i in order)
    return batches


def initial_parameters():
    """Normal weights by their input's width; those that write to the residual stream smaller."""
    generator = torch.Generator().manual_seed(SEED)
    normal = lambda rows, columns, spread: torch.randn(rows, columns, generator=generator) * spread
    q, kv, f = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM, CONFIG["intermediate_size"]
    writes = 1 / math.sqrt(2 * LAYERS)
    tensors = {"model.embed_tokens.weight": normal(VOCABULARY, D, CONFIG["initializer_range"])}
    for i in range(LAYERS):
        at = f"model.layers.{i}."
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{at}{name}.weight"] = torch.ones(D)
        for name, rows, columns, scale in (
            ("self_attn.q_proj", q, D, 1), ("self_attn.k_proj", kv, D, 1), ("self_attn.v_proj", kv, D, 1),
            ("self_attn.o_proj", D, q, writes), ("mlp.gate_proj", f, D, 1), ("mlp.up_proj", f, D, 1),
            ("mlp.down_proj", D, f, writes),
        ):
            tensors[f"{at}{name}.weight"] = normal(rows, columns, scale / math.sqrt(columns))
    tensors["model.norm.weight"] = torch.ones(D)
    return {name: torch.nn.Parameter(tensor) for name, tensor in tensors.items()}


ANGLES = torch.outer(torch.arange(LONGEST).float(),
                     CONFIG["rope_theta"] ** (-2 * torch.arange(HEAD_DIM // 2) / HEAD_DIM))
COS, SIN = ANGLES.cos(), ANGLES.sin()


def rotary(x):
    cos, sin = COS[:x.shape[2]], SIN[:x.shape[2]]
    a, b = x[..., :HEAD_DIM // 2], x[..., HEAD_DIM // 2:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def hidden_states(w, ids):
    """[rows, length, D] after the last norm, of tokens [rows, length]."""
    rows, length = ids.shape
    later = torch.full((length, length), -1e9).triu(1)

    def norm(y, name):
        return y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + CONFIG["rms_norm_eps"]) * w[f"{name}.weight"]

    def linear(y, name):
        return F.linear(y, w[f"{name}.weight"])

    def heads(y, count):
        return y.view(rows, length, count, HEAD_DIM).transpose(1, 2)

    def shared(y):
        return y.repeat_interleave(HEADS // KV_HEADS, 1)

    x = w["model.embed_tokens.weight"][ids]
    for i in range(LAYERS):
        at, mlp = f"model.layers.{i}.self_attn.", f"model.layers.{i}.mlp."
        h = norm(x, f"model.layers.{i}.input_layernorm")
        q = rotary(heads(linear(h, f"{at}q_proj"), HEADS)) * HEAD_DIM ** -0.5
        k = shared(rotary(heads(linear(h, f"{at}k_proj"), KV_HEADS)))
        v = shared(heads(linear(h, f"{at}v_proj"), KV_HEADS))
        mixed = (q @ k.transpose(-1, -2) + later).softmax(-1) @ v
        x = x + linear(mixed.transpose(1, 2).reshape(rows, length, -1), f"{at}o_proj")
        h = norm(x, f"model.layers.{i}.post_attention_layernorm")
        x = x + linear(F.silu(linear(h, f"{mlp}gate_proj")) * linear(h, f"{mlp}up_proj"), f"{mlp}down_proj")
    return norm(x, "model.norm")


def answer_losses(w, documents):
    """Negative log-probabilities of all tokens of all answers, in nats, and the row that each belongs to."""
    length = max(len(tokens) for _, _, tokens in documents) - 1
    ids, targets, counts = (np.zeros((len(documents), length), t) for t in (np.int64, np.int64, bool))
    for row, (_, answer_at, tokens) in enumerate(documents):
        n = len(tokens) - 1
        ids[row, :n], targets[row, :n], counts[row, answer_at - 1:n] = tokens[:-1], tokens[1:], True
    mask = torch.from_numpy(counts)
    logits = F.linear(hidden_states(w, torch.from_numpy(ids))[mask], w["model.embed_tokens.weight"])
    return F.cross_entropy(logits, torch.from_numpy(targets)[mask], reduction="none"), mask.nonzero()[:, 0]


def measure(w, documents, instructions):
    """Nats a token of held-out answers, and how many nats a told answer loses when it is told the opposite."""
    other = {token: pair[1 - i] for pair in instructions for i, token in enumerate(pair)}
    told = [d for d in documents if any(int(t) in other for t in d[2][1:8]) and int(d[2][0]) not in other]
    turned = [(k, at, np.array([other.get(int(t), t) for t in tokens])) for k, at, tokens in told]

    def sums(some):
        order = sorted(range(len(some)), key=lambda i: len(some[i][2]))
        result, count = np.zeros(len(some)), 0
        for start in range(0, len(order), 16):
            part = order[start:start + 16]
            losses, rows = answer_losses(w, [some[i] for i in part])
            result[part] = torch.zeros(len(part)).index_add_(0, rows, losses).numpy()
            count += len(losses)
        return result, count

    with torch.no_grad():
        total, count = sums([d for d in documents if len(d[2]) <= LONGEST])
        return total.sum() / count, float((sums(turned)[0] - sums(told)[0]).mean())


def rate_at(step, steps):
    falling = min(1.0, (1 - step / steps) / (1 - FLAT))
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP) * (FLOOR + (1 - FLOOR) * falling)


def write_checkpoint(folder, w, progress, curve):
    data, header, at = [], {}, 0
    for name, tensor in w.items():
        content = tensor.detach().half().numpy().tobytes()
        header[name] = dict(dtype="F16", shape=list(tensor.shape), data_offsets=[at, at + len(content)])
        data.append(content)
        at += len(content)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))
    record = dict(parameters=sum(t.numel() for t in w.values()), **progress)
    record["seconds"] = round(record["seconds"])
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    with open(folder / "curve.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["step", "tokens", "seconds", "rate", "loss", "heldOut", "told"])
        table.writerows(curve)


def train(rank, options):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=PROCESSES)
    documents = [d for path in options.documents for d in read_documents(path)]
    held_out = read_documents(options.held_out)
    instructions = json.loads(pathlib.Path(f"{options.held_out}.json").read_text())["instructions"]
    batches = batches_of(documents)
    steps = len(batches) // PROCESSES
    answer_tokens = sum(len(documents[i][2]) - documents[i][1] for batch in batches for i in batch)
    usual = answer_tokens / steps  # every token counts the same, in a step of many short documents or of few long ones
    if rank == 0:
        print(f"{len(documents)} documents, {steps} steps, {usual:.0f} tokens of answers a step", flush=True)

    w = initial_parameters()
    matrices = [t for name, t in w.items() if t.dim() == 2 and "embed" not in name]
    others = [t for name, t in w.items() if t.dim() == 1 or "embed" in name]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=WEIGHT_DECAY), dict(params=others, weight_decay=0.0)], betas=BETAS)
    progress = dict(steps=0, tokens=0, answerTokens=0, documents=0,
                    tooLong=sum(len(d[2]) > LONGEST for d in documents), seconds=0.0)
    curve, state_file = [], pathlib.Path(options.state)
    if state_file.exists():
        state = torch.load(state_file)
        for name, tensor in w.items():
            tensor.data.copy_(state["weights"][name])
        optimizer.load_state_dict(state["optimizer"])
        progress, curve = state["progress"], state["curve"]

    def save():
        part = state_file.with_suffix(".part")
        weights = {name: t.data for name, t in w.items()}
        torch.save(dict(weights=weights, optimizer=optimizer.state_dict(), progress=progress, curve=curve), part)
        part.replace(state_file)
        write_checkpoint(pathlib.Path(options.out), w, progress, curve)

    stopping = []
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, lambda *_: stopping.append(True))
    dist.barrier()
    before, saved, recent = time.monotonic(), progress["seconds"], np.zeros(4)
    while progress["steps"] < steps:
        rate = rate_at(progress["steps"], steps)
        own = [documents[i] for i in batches[progress["steps"] * PROCESSES + rank]]
        losses, _ = answer_losses(w, own)
        optimizer.zero_grad(set_to_none=True)
        losses.sum().div(usual).backward()
        sizes = [len(tokens) for _, _, tokens in own]
        notes = torch.tensor([losses.sum().item(), len(losses), sum(sizes), len(own), len(stopping)])
        together = torch.cat([t.grad.reshape(-1) for t in w.values()] + [notes])
        dist.all_reduce(together)
        gradient, (loss, answered, tokens, count, stop) = together[:-len(notes)], together[-len(notes):].tolist()
        gradient *= min(1.0, CLIP / (gradient.norm().item() + 1e-6))
        for tensor, part in zip(w.values(), gradient.split([t.numel() for t in w.values()])):
            tensor.grad = part.view_as(tensor)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()

        now = time.monotonic()
        spent, before = now - before, now
        for name, amount in (("steps", 1), ("tokens", int(tokens)), ("answerTokens", int(answered)),
                             ("documents", int(count)), ("seconds", spent)):
            progress[name] += amount
        recent += [loss, answered, tokens, spent]
        step = progress["steps"]
        last = step == steps or stop > 0
        if rank == 0 and (step % REPORT_EVERY == 0 or last):
            due = step % MEASURE_EVERY == 0 or step == steps
            measured = measure(w, held_out, instructions) if due else None
            row = [step, progress["tokens"], round(progress["seconds"]), f"{rate:.3g}", f"{recent[0] / recent[1]:.4f}"]
            curve.append(row + ([f"{x:.4f}" for x in measured] if measured else ["", ""]))
            left = (steps - step) * recent[3] / REPORT_EVERY / 60
            print(*curve[-1], f"{recent[2] / recent[3]:.0f} tokens/s, {left:.0f} min left", flush=True)
            recent[:] = 0
        if rank == 0 and (last or progress["seconds"] - saved > SAVE_SECONDS):
            save()
            saved = progress["seconds"]
        if last:
            break
    dist.barrier()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="+", help="files of documents.ts, without their ending")
    parser.add_argument("--held-out", required=True, help="a file of the test half")
    parser.add_argument("--out", default=MODEL, help="folder of what is written; config.json is that of models/tiny")
    parser.add_argument("--state", default="runs/tiny/state.pt", help="what an interrupted training needs to go on")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    mp.spawn(train, args=(parser.parse_args(),), nprocs=PROCESSES)
