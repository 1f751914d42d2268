"""What a request for an encoder router says: labels, users, settings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from apm_trainer.jobs.fields import Fields, bad

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class User:
    id: str
    history: tuple[str, ...]
    target: tuple[float, ...] | None
    """A distribution over the labels."""
    true_label: int | None


@dataclass(frozen=True)
class EncoderData:
    labels: tuple[str, ...]
    users: dict[str, list[User]]
    """By split; ids are unique over all."""


@dataclass(frozen=True)
class EncoderSettings:
    """Defaults are the paper's."""

    learning_rate: float
    weight_decay: float
    clip_norm: float
    micro_batch: int
    accumulate: int
    epochs: int
    keep: str
    max_tokens: int
    precision: str
    gradient_checkpointing: bool
    checkpoint_steps: int


def read_settings(fields: Fields) -> EncoderSettings:
    settings = EncoderSettings(
        learning_rate=fields.number("learningRate", 2e-5),
        weight_decay=fields.number("weightDecay", 0.01),
        clip_norm=fields.number("clipNorm", 1.0, low=1e-12),
        micro_batch=fields.integer("microBatch", 4, low=1),
        accumulate=fields.integer("accumulate", 4, low=1),
        epochs=fields.integer("epochs", 3, low=1),
        keep=fields.choice("keep", ("last", "best"), "last"),
        max_tokens=fields.integer("maxTokens", 8192, low=8),
        precision=fields.choice("precision", ("float32", "bfloat16", "auto"), "float32"),
        gradient_checkpointing=fields.flag("gradientCheckpointing", False),
        checkpoint_steps=fields.integer("checkpointSteps", 50, low=1),
    )
    fields.close()
    return settings


def read_data(fields: Fields) -> EncoderData:
    labels = tuple(fields.items("labels"))
    if len(labels) < 2 or not all(isinstance(label, str) for label in labels) or len(set(labels)) < len(labels):
        raise bad("data.labels", "must be two or more different texts")
    users = {
        split: [
            _user(value, f"data.{split}[{i}]", len(labels), with_target=split != "test")
            for i, value in enumerate(fields.items(split, []))
        ]
        for split in SPLITS
    }
    fields.close()
    if not users["train"]:
        raise bad("data.train", "has no users")
    ids = [user.id for split in SPLITS for user in users[split]]
    if len(set(ids)) < len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise bad("data", f'two users are called "{twice}"')
    return EncoderData(labels, users)


def read_users(values: list[Any], where: str) -> list[User]:
    """Users without targets, as they are sent to be answered."""
    return [_user(value, f"{where}[{i}]", 0, with_target=False) for i, value in enumerate(values)]


def _user(value: object, where: str, labels: int, *, with_target: bool) -> User:
    fields = Fields(value, where)
    history = fields.items("history")
    if not all(isinstance(prompt, str) for prompt in history):
        raise bad(f"{where}.history", "must be a list of texts")
    user = User(
        id=fields.text("id"),
        history=tuple(history),
        target=_target(fields.get("target"), f"{where}.target", labels) if with_target else None,
        true_label=fields.integer("trueLabel", high=labels - 1) if fields.has("trueLabel") else None,
    )
    fields.close()
    return user


def _target(value: object, where: str, labels: int) -> tuple[float, ...]:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < labels:
            raise bad(where, f"must be a label's index from 0 to {labels - 1}")
        return tuple(float(i == value) for i in range(labels))
    if not isinstance(value, list) or len(value) != labels:
        raise bad(where, f"must be a label's index or {labels} probabilities")
    if not all(isinstance(p, (int, float)) and not isinstance(p, bool) and 0 <= p <= 1 for p in value):
        raise bad(where, "must hold numbers from 0 to 1")
    if not math.isclose(sum(value), 1, abs_tol=1e-3):
        raise bad(where, f"must add up to 1, not {sum(value):g}")
    return tuple(float(p) for p in value)
