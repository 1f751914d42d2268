"""The four files of an adapter, in the layout of the in-process trainer (docs/prompt-optimization.md)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.folder import ARTIFACT_FILES, replace_file
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.soft.adapter import Adapter

_SCHEMA = "apm-bench/projector@1"
LORA_CONFIG, LORA, PROJECTOR_CONFIG, PROJECTOR = ARTIFACT_FILES


def write_adapter(
    folder: Path, adapter: Adapter, embedder: dict[str, str], source: ModelSource
) -> list[dict[str, Any]]:
    """Writes the files; returns their names, sizes and hashes."""
    settings = adapter.settings
    base = {"name": source.name, "fingerprint": source.request.fingerprint or ""}
    embedding_size = adapter.projector.first.in_features
    files = {
        LORA_CONFIG: _json(
            {
                "peft_type": "LORA",
                "task_type": "CAUSAL_LM",
                "base_model_name_or_path": source.name,
                "r": settings.rank,
                "lora_alpha": _plain(settings.alpha),
                "lora_dropout": settings.dropout,
                "target_modules": adapter.modules,
                "bias": "none",
                "fan_in_fan_out": False,
                "inference_mode": True,
                "init_lora_weights": True,
                "modules_to_save": None,
            }
        ),
        LORA: save(_tensors(adapter, projector=False)),
        PROJECTOR_CONFIG: _json(
            {
                "schema": _SCHEMA,
                "kind": settings.projector,
                "softTokens": settings.soft_tokens,
                "embeddingSize": embedding_size,
                "hiddenSize": adapter.base.hidden_size,
                "history": "prompts of the history joined by a blank line, embedded, brought to length 1",
                "embedder": embedder,
                "base": base,
            }
        ),
        PROJECTOR: save(_tensors(adapter, projector=True)),
    }
    for name, content in files.items():
        replace_file(folder / name, content)
    return [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]


def read_adapter(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors of an adapter folder by name. Raises `bad-request` for one that cannot be read."""
    tensors: dict[str, torch.Tensor] = {}
    for name in (LORA, PROJECTOR):
        try:
            tensors.update(load_file(folder / name))
        except (OSError, SafetensorError) as cause:
            raise TrainerError(
                "bad-request", f"{folder / name} cannot be read: {cause}", "send the files of an adapter folder again"
            ) from cause
    return tensors


def _tensors(adapter: Adapter, *, projector: bool) -> dict[str, torch.Tensor]:
    return {
        name: parameter.detach().float().cpu().contiguous()
        for name, parameter in adapter.parameters.items()
        if name.startswith("projector.") == projector
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
