"""States from which training goes on to the same result: one safetensors file, its position in the metadata."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

POSITION = "position"


def save_tensors(path: Path, tensors: dict[str, torch.Tensor], position: dict[str, Any]) -> None:
    """Replaces the file as a whole; on a full disk the old one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    host = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    try:
        save_file(host, part, metadata={POSITION: json.dumps(position)})
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except (OSError, SafetensorError):
        part.unlink(missing_ok=True)
        raise


def load_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """`None` where there is no such file, or none that can be read: training then begins anew."""
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            position = json.loads((file.metadata() or {})[POSITION])
            names: list[str] = file.keys()
            return {name: file.get_tensor(name) for name in names}, position
    except (SafetensorError, KeyError, ValueError):
        return None
