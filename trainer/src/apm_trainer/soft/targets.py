"""Which modules of an architecture the projections q, k, v, o, gate, up and down are."""

from __future__ import annotations

from typing import Any

import torch

from apm_trainer.jobs.errors import TrainerError

_NAMES: dict[str, tuple[str, ...]] = {
    "q": ("q_proj", "qkv_proj", "query_key_value", "c_attn", "Wqkv"),
    "k": ("k_proj", "qkv_proj", "query_key_value", "c_attn", "Wqkv"),
    "v": ("v_proj", "qkv_proj", "query_key_value", "c_attn", "Wqkv"),
    "o": ("o_proj", "out_proj", "dense", "c_proj"),
    "gate": ("gate_proj", "gate_up_proj"),
    "up": ("up_proj", "gate_up_proj", "fc1", "dense_h_to_4h", "c_fc"),
    "down": ("down_proj", "fc2", "dense_4h_to_h"),
}
"""Llama's name first, then those of architectures that fuse or name them otherwise."""


def module_names(model: Any, targets: tuple[str, ...]) -> list[str]:
    """The last parts of the modules' names, as PEFT takes them. Raises `bad-request` where there are none."""
    linear = {
        name.rsplit(".", 1)[-1]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) or type(module).__name__ == "Conv1D"
    }
    names: list[str] = []
    for target in targets:
        found = next((name for name in _NAMES[target] if name in linear), None)
        if found is None:
            raise TrainerError(
                "bad-request",
                f'settings.targets: this model has no projection "{target}"',
                f"its linear layers are called {', '.join(sorted(linear))}; choose other targets",
            )
        if found not in names:
            names.append(found)
    return names
