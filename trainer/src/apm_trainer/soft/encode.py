"""Pairs as tokens, cut as the in-process trainer cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apm_trainer.soft.base import Base
from apm_trainer.soft.request import Message, Pair, SoftSettings, Vector


@dataclass(frozen=True)
class EncodedPair:
    id: str
    embedded: Vector
    prompt: list[int]
    """The templated prompt, up to where the answer begins."""
    chosen: list[int]
    rejected: list[int]

    @property
    def tokens(self) -> int:
        return 2 * len(self.prompt) + len(self.chosen) + len(self.rejected)


def encode_pairs(pairs: Sequence[Pair], base: Base, settings: SoftSettings) -> list[EncodedPair]:
    """An answer that is too long keeps its beginning, without the token that ends it.

    A long prompt keeps its end, where the answer is asked for (or, as in the paper, its beginning). Token ids are cut
    only where the model has no positions. Pairs with an empty answer are left out.
    """
    encoded = (_encode(pair, base, settings) for pair in pairs)
    return [pair for pair in encoded if pair.chosen and pair.rejected]


def _encode(pair: Pair, base: Base, settings: SoftSettings) -> EncodedPair:
    soft = settings.soft_tokens
    most = (base.longest - soft) // 2

    def answer(value: str | list[int]) -> list[int]:
        if isinstance(value, str):
            return [*base.encode(value.strip()), *base.end][: min(settings.max_answer_tokens, most)]
        return value[:most]

    chosen, rejected = answer(pair.chosen), answer(pair.rejected)
    room = base.longest - soft - max(len(chosen), len(rejected))
    prompt, is_text = prompt_ids(pair.prompt, base)
    limit = min(settings.max_prompt_tokens, room) if is_text else room
    kept = prompt[:limit] if settings.keep_prompt == "beginning" else prompt[-limit:]
    return EncodedPair(pair.id, pair.embedded, kept, chosen, rejected)


def prompt_ids(prompt: list[Message] | list[int], base: Base) -> tuple[list[int], bool]:
    """The tokens of a prompt, and whether it came as text."""
    messages = [one for one in prompt if isinstance(one, dict)]
    if messages:
        return base.chat(messages), True
    return [one for one in prompt if isinstance(one, int)], False
