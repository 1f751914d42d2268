"""All that is trained: the projector from an embedded history to vectors, and LoRA in the base LLM."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from torch.nn.functional import gelu

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.soft.base import Base
from apm_trainer.soft.request import SoftSettings
from apm_trainer.soft.targets import module_names
from apm_trainer.training.optimizer import Parameters
from apm_trainer.training.seeds import fold

ADAPTER = "default"


class Projector(nn.Module):
    """Soft-prompt vectors [B, n, D] of embedded histories [B, E].

    One linear layer, or two with a GELU between them (the exact one), inside as wide as the network.
    """

    def __init__(self, kind: str, embedding_size: int, soft_tokens: int, hidden_size: int) -> None:
        super().__init__()
        rows = soft_tokens * hidden_size
        self.first = nn.Linear(embedding_size, hidden_size if kind == "mlp" else rows)
        self.second = nn.Linear(hidden_size, rows) if kind == "mlp" else None
        self._hidden_size = hidden_size

    def forward(self, embedded: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.first(embedded)
        if self.second is not None:
            out = self.second(gelu(out))
        return out.view(len(embedded), -1, self._hidden_size)


class Adapter:
    def __init__(self, base: Base, settings: SoftSettings, embedding_size: int, seed: int) -> None:
        """Drawn from the seed: uniform within 1 / sqrt(inputs); B begins at zero (Hu et al. 2021)."""
        self.base, self.settings = base, settings
        self.modules = module_names(base.model, settings.targets)
        lora = LoraConfig(
            task_type="CAUSAL_LM",
            r=settings.rank,
            lora_alpha=settings.alpha,  # type: ignore[arg-type]
            lora_dropout=settings.dropout,
            target_modules=self.modules,
            bias="none",
        )
        self.peft = cast(PeftModel, get_peft_model(base.model, lora, adapter_name=ADAPTER))
        self.network: Any = self.peft.get_base_model()
        device = next(self.network.parameters()).device
        self.projector = Projector(settings.projector, embedding_size, settings.soft_tokens, base.hidden_size).to(
            device
        )
        self.parameters: Parameters = {
            **{f"projector.{name}": p for name, p in self.projector.named_parameters()},
            **{name.replace(f".{ADAPTER}.", "."): p for name, p in self.peft.named_parameters() if p.requires_grad},
        }
        self._draw(seed)

    def soft_rows(self, embedded: torch.Tensor) -> torch.Tensor:
        rows: torch.Tensor = self.projector(embedded)
        return rows.to(self.network.dtype)

    @contextmanager
    def bare(self) -> Iterator[None]:
        """The base without its adapter."""
        with self.peft.disable_adapter():
            yield

    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Raises `bad-request` for a tensor that is missing or of another shape."""
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                found = tensors.get(name)
                if found is None or found.shape != parameter.shape:
                    has = "is missing" if found is None else f"has shape {list(found.shape)}"
                    raise TrainerError(
                        "bad-request",
                        f'the adapter does not fit: "{name}" {has}, not {list(parameter.shape)}',
                        "give the model and the settings with which it was trained",
                    )
                parameter.copy_(found)

    def _draw(self, seed: int) -> None:
        inputs = 1
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                # A bias follows its weights and begins within the same bounds.
                if parameter.ndim > 1:
                    inputs = parameter.shape[1]
                bound = 0.0 if "lora_B" in name else 1 / math.sqrt(inputs)
                generator = torch.Generator().manual_seed(fold(seed, "initial", name))
                drawn = torch.rand(parameter.shape, generator=generator)
                parameter.copy_(bound * (2 * drawn - 1))
