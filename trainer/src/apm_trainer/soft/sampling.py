"""Choosing tokens: each draw depends on its request's seed and the position alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from apm_trainer.soft.answers import Sampling
from apm_trainer.training.seeds import fold


@dataclass(frozen=True)
class Draw:
    sampling: Sampling
    seed: int


class SeededChoice:
    """A logits processor of the library's generation: leaves each row but one token, drawn here."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self._draws = draws
        self._position = 0

    def __call__(self, _ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        tokens = torch.stack([choose(row, draw, self._position) for row, draw in zip(scores, self._draws, strict=True)])
        self._position += 1
        only = torch.full_like(scores, float("-inf"))
        return only.scatter(1, tokens.unsqueeze(1), 0.0)


def choose(logits: torch.Tensor, draw: Draw, position: int) -> torch.Tensor:
    """The token of one row of logits [V]: temperature, then top-k, top-p and min-p, then one draw by the inverse of the
    cumulative distribution."""
    sampling = draw.sampling
    if sampling.temperature == 0:
        return logits.argmax()
    probabilities, tokens = torch.softmax(logits.float() / sampling.temperature, dim=-1).sort(
        descending=True, stable=True
    )
    if sampling.top_k > 0:
        probabilities = probabilities[: sampling.top_k] / probabilities[: sampling.top_k].sum()
    before = probabilities.cumsum(0) - probabilities
    kept = (before < sampling.top_p) & (probabilities >= sampling.min_p * probabilities[0])
    # The most probable token always stays, and they are sorted: what is kept is a beginning.
    cumulative = probabilities[kept].cumsum(0)
    uniform = fold(draw.seed, "token", position) / 2**63
    at = torch.searchsorted(cumulative, cumulative.new_tensor(uniform) * cumulative[-1], right=True)
    return tokens[at.clamp(max=len(cumulative) - 1)]
