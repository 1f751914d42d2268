"""What is told of a fine-tuned router."""

from __future__ import annotations

from typing import Any

import torch

from apm_trainer.encoder.request import SPLITS, EncoderData, User


def probabilities_of(users: list[User], log_probabilities: torch.Tensor) -> dict[str, list[float]]:
    return {user.id: row for user, row in zip(users, log_probabilities.double().exp().tolist(), strict=True)}


def accuracies(data: EncoderData, found: dict[str, list[float]]) -> dict[str, dict[str, float | None]]:
    """Per split, the share of users whose most probable label is that of their target, and their true one."""
    return {
        split: {
            "label": _share([(_top(found[u.id]), _top(list(u.target))) for u in users if u.target is not None]),
            "true": _share([(_top(found[u.id]), u.true_label) for u in users if u.true_label is not None]),
        }
        for split, users in ((split, data.users[split]) for split in SPLITS)
    }


def label_distribution(data: EncoderData) -> dict[str, list[float]]:
    """Targets summed over users, a label each."""
    return {
        split: [sum(user.target[i] for user in data.users[split] if user.target) for i in range(len(data.labels))]
        for split in ("train", "validation")
    }


def _top(values: list[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _share(pairs: list[tuple[Any, Any]]) -> float | None:
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else None
