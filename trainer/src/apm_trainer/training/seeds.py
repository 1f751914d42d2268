"""Randomness by name: a draw depends on the job's seed and on what it is drawn for, never on what came before."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence


def fold(seed: int, *labels: str | int) -> int:
    """A seed of 63 bits for one purpose."""
    digest = hashlib.sha256(repr((seed, *labels)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def shuffled(items: Sequence[int], seed: int) -> list[int]:
    order = list(items)
    random.Random(seed).shuffle(order)
    return order


def chunks(items: Sequence[int], size: int) -> list[list[int]]:
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


def epoch_batches(count: int, size: int, seed: int, epoch: int) -> list[list[int]]:
    """Rows in a fresh order, a batch at a time; the last may be smaller."""
    return chunks(shuffled(range(count), fold(seed, "epoch", epoch)), size)
