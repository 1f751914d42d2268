"""What a request for soft prompts says: pairs of answers, settings, and perhaps users to answer."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from apm_trainer.jobs.fields import Fields, bad

Message = dict[str, str]
Vector = npt.NDArray[np.float32]
TARGETS = ("q", "k", "v", "o", "gate", "up", "down")


@dataclass(frozen=True)
class Pair:
    """A better and a worse answer to one prompt of one user: texts, or token ids that are taken as they are."""

    id: str
    embedded: Vector
    prompt: list[Message] | list[int]
    chosen: str | list[int]
    rejected: str | list[int]


@dataclass(frozen=True)
class SoftData:
    embedder: dict[str, str]
    train: list[Pair]
    validation: list[Pair]
    order: list[list[list[int]]] | None
    answers: dict[str, Any] | None
    """The body of a request for answers; read by `soft.answers`."""

    @property
    def embedding_size(self) -> int:
        return len(self.train[0].embedded) if self.train else 0


@dataclass(frozen=True)
class SoftSettings:
    loss: str
    beta: float
    gamma: float
    projector: str
    soft_tokens: int
    rank: int
    alpha: float
    dropout: float
    targets: tuple[str, ...]
    decay_vectors: bool
    schedule: str
    warmup: float
    weight_decay: float
    keep: str
    learning_rate: float
    clip_norm: float
    epochs: int
    patience: int
    batch_size: int
    micro_batch: int
    max_prompt_tokens: int
    max_answer_tokens: int
    keep_prompt: str
    precision: str
    gradient_checkpointing: bool
    checkpoint_steps: int
    initial: bool


OPTIMIZERS: dict[str, tuple[str, float, float, str]] = {
    "ours": ("linear", 0.1, 0.0, "best"),
    "paper": ("constant", 0.0, 0.01, "last"),
}
"""Defaults of schedule, warm-up, weight decay and what is kept."""


def read_settings(fields: Fields) -> SoftSettings:
    loss = fields.choice("loss", ("dpo", "simpo"), "dpo")
    optimizer = fields.choice("optimizer", ("ours", "paper"), "ours")
    schedule, warmup, weight_decay, keep = OPTIMIZERS[optimizer]
    targets = tuple(fields.items("targets", ["q", "k", "v", "o"]))
    if not targets or len(set(targets)) < len(targets) or any(target not in TARGETS for target in targets):
        raise bad("settings.targets", f"must be some of {', '.join(TARGETS)}, each once")
    settings = SoftSettings(
        loss=loss,
        beta=fields.number("beta", 0.1 if loss == "dpo" else 2.0, low=1e-12),
        gamma=fields.number("gamma", 1.0),
        projector=fields.choice("projector", ("linear", "mlp"), "linear"),
        soft_tokens=fields.integer("softTokens", 1, low=1, high=256),
        rank=fields.integer("rank", 16, low=1, high=512),
        alpha=fields.number("alpha", 32.0, low=1e-12),
        dropout=fields.number("dropout", 0.05, high=0.9),
        targets=targets,
        decay_vectors=optimizer == "paper",
        schedule=fields.choice("schedule", ("linear", "constant"), schedule),
        warmup=fields.number("warmup", warmup, high=1.0),
        weight_decay=fields.number("weightDecay", weight_decay),
        keep=fields.choice("keep", ("last", "best"), keep),
        learning_rate=fields.number("learningRate", 5e-5),
        clip_norm=fields.number("clipNorm", 1.0, low=1e-12),
        epochs=fields.integer("epochs", 1),
        patience=fields.integer("patience", 2, low=1),
        batch_size=fields.integer("batchSize", 8, low=1),
        micro_batch=fields.integer("microBatch", 1, low=1),
        max_prompt_tokens=fields.integer("maxPromptTokens", 1024, low=1),
        max_answer_tokens=fields.integer("maxAnswerTokens", 1024, low=1),
        keep_prompt=fields.choice("keepPrompt", ("end", "beginning"), "end"),
        precision=fields.choice("precision", ("auto", "float32", "bfloat16"), "auto"),
        gradient_checkpointing=fields.flag("gradientCheckpointing", True),
        checkpoint_steps=fields.integer("checkpointSteps", 50, low=1),
        initial=fields.flag("initial", False),
    )
    fields.close()
    return settings


def read_data(fields: Fields) -> SoftData:
    embedder = Fields(fields.get("embedder"), "data.embedder")
    named = {"id": embedder.text("id"), "identity": embedder.text("identity")}
    embedder.close()
    train = [_pair(value, f"data.train[{i}]") for i, value in enumerate(fields.items("train"))]
    validation = [_pair(value, f"data.validation[{i}]") for i, value in enumerate(fields.items("validation", []))]
    if not train:
        raise bad("data.train", "has no pairs")
    for pair in (*train, *validation):
        if len(pair.embedded) != len(train[0].embedded):
            raise bad(
                "data", f'the vector of "{pair.id}" has {len(pair.embedded)} numbers, not {len(train[0].embedded)}'
            )
    data = SoftData(
        embedder=named,
        train=train,
        validation=validation,
        order=_order(fields.items("order"), len(train)) if fields.has("order") else None,
        answers=fields.get("answers") if fields.has("answers") else None,
    )
    fields.close()
    return data


def _pair(value: object, where: str) -> Pair:
    fields = Fields(value, where)
    pair = Pair(
        id=fields.text("id"),
        embedded=read_vector(fields.get("embedded"), f"{where}.embedded"),
        prompt=read_prompt(fields.get("prompt"), f"{where}.prompt"),
        chosen=_answer(fields.get("chosen"), f"{where}.chosen"),
        rejected=_answer(fields.get("rejected"), f"{where}.rejected"),
    )
    fields.close()
    return pair


def read_vector(value: object, where: str) -> Vector:
    """Base64 of little-endian 32-bit floats, or a list of numbers."""
    if isinstance(value, str):
        try:
            raw = base64.b64decode(value, validate=True)
        except binascii.Error:
            raise bad(where, "is no base64") from None
        if len(raw) == 0 or len(raw) % 4:
            raise bad(where, f"holds {len(raw)} bytes, which are no 32-bit floats")
        vector: Vector = np.frombuffer(raw, dtype="<f4").astype(np.float32)
    elif isinstance(value, list) and value and all(_is_number(x) for x in value):
        vector = np.asarray(value, dtype=np.float32)
    else:
        raise bad(where, "must be base64 of 32-bit floats, or numbers")
    if not np.isfinite(vector).all():
        raise bad(where, "holds a number that is not finite")
    return vector


def read_prompt(value: object, where: str) -> list[Message] | list[int]:
    if isinstance(value, list) and value:
        if all(_is_token(x) for x in value):
            return list(value)
        if all(isinstance(x, dict) and set(x) == {"role", "content"} for x in value) and all(
            isinstance(text, str) for x in value for text in x.values()
        ):
            return list(value)
    raise bad(where, "must be messages with role and content, or token ids")


def _answer(value: object, where: str) -> str | list[int]:
    if isinstance(value, str) or (isinstance(value, list) and value and all(_is_token(x) for x in value)):
        return value
    raise bad(where, "must be a text, or token ids")


def _order(value: list[Any], count: int) -> list[list[list[int]]]:
    for epoch in value:
        if not isinstance(epoch, list) or not all(isinstance(batch, list) and batch for batch in epoch):
            raise bad("data.order", "must be epochs of batches of rows")
        if any(not _is_token(row) or row >= count for batch in epoch for row in batch):
            raise bad("data.order", f"must hold rows from 0 to {count - 1}")
    return value


def _is_token(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
