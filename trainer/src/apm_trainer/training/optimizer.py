"""AdamW, clipping and the schedule, as the in-process trainer has them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch

Parameters = dict[str, torch.nn.Parameter]


@dataclass(frozen=True)
class OptimizerSettings:
    learning_rate: float
    weight_decay: float
    decay_vectors: bool
    """PyTorch's AdamW lets everything decay; without it biases and norms do not."""
    schedule: str
    """`constant`, or `linear`: down to zero after the warm-up."""
    warmup: float
    """Share of the steps over which the rate rises."""
    clip_norm: float


def adamw(parameters: Parameters, settings: OptimizerSettings) -> torch.optim.AdamW:
    """Loshchilov & Hutter 2019, algorithm 2, with PyTorch's other defaults."""
    groups = [
        {"params": [p], "weight_decay": settings.weight_decay if settings.decay_vectors or p.ndim > 1 else 0.0}
        for p in parameters.values()
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate)


def rate_at(step: int, steps: int, settings: OptimizerSettings) -> float:
    """The share of the learning rate for a step (from 0); the first step already learns."""
    rising = math.ceil(settings.warmup * steps)
    if step < rising:
        return (step + 1) / (rising + 1)
    return 1.0 if settings.schedule == "constant" else (steps - step) / (steps - rising)


def clip(gradients: Iterable[torch.Tensor], clip_norm: float) -> float:
    """Shortens the gradients to a global norm (Pascanu et al. 2013), without an epsilon; returns the norm before."""
    listed = list(gradients)
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g.float()) for g in listed]))
    scale = torch.clamp(clip_norm / torch.clamp(norm, min=1e-12), max=1.0)
    for gradient in listed:
        gradient.mul_(scale.to(gradient.dtype))
    return float(norm)


def moments(optimizer: torch.optim.AdamW, parameters: Parameters) -> dict[str, torch.Tensor]:
    """What AdamW remembers, by name; empty before the first step."""
    found: dict[str, torch.Tensor] = {}
    for name, parameter in parameters.items():
        state = optimizer.state.get(parameter)
        if state:
            found[f"first.{name}"] = state["exp_avg"]
            found[f"second.{name}"] = state["exp_avg_sq"]
    return found


def restore_moments(
    optimizer: torch.optim.AdamW, parameters: Parameters, tensors: dict[str, torch.Tensor], step: int
) -> None:
    for name, parameter in parameters.items():
        if f"first.{name}" in tensors:
            optimizer.state[parameter] = {
                "step": torch.tensor(float(step)),
                "exp_avg": tensors[f"first.{name}"].to(parameter.device),
                "exp_avg_sq": tensors[f"second.{name}"].to(parameter.device),
            }
