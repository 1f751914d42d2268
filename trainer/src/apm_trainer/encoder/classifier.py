"""The network: any encoder, its tokens averaged, and a head of two layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.loading import from_pretrained


class MeanPooled(nn.Module):
    """An encoder without such a head gets one of ModernBERT's form: dense, GELU, layer norm, dropout, linear."""

    def __init__(self, encoder: nn.Module, hidden_size: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(
            nn.Linear(hidden_size, hidden_size), nn.GELU(), nn.LayerNorm(hidden_size), nn.Dropout(dropout)
        )
        self.classifier = nn.Linear(hidden_size, labels)
        for layer in (self.head[0], self.classifier):
            nn.init.normal_(layer.weight, std=0.02)  # type: ignore[arg-type]
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        logits: torch.Tensor = self.classifier(self.head((hidden * mask).sum(1) / mask.sum(1).clamp(min=1)))
        return logits


@dataclass
class Classifier:
    network: nn.Module
    tokenizer: Any
    longest: int
    """Tokens that the encoder has positions for."""

    def logits(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """[texts, labels] in 32 bits. The loss is computed by whoever asks: with soft labels the library's own would be
        a binary one."""
        found = self.network(input_ids=input_ids, attention_mask=attention_mask)
        logits: torch.Tensor = found if isinstance(found, torch.Tensor) else found.logits
        return logits.float()


def load_classifier(source: ModelSource, labels: int, seed: int) -> Classifier:
    """With a new last layer (and head, where the encoder has none), drawn from the seed."""
    config = from_pretrained(AutoConfig, source)
    if getattr(config, "is_decoder", False) or source.gguf is not None:
        raise TrainerError("bad-request", f"{source.name} is no encoder", "give an encoder such as ModernBERT-base")
    torch.manual_seed(seed)
    network: nn.Module
    if hasattr(config, "classifier_pooling"):
        config.num_labels = labels
        config.classifier_pooling = "mean"
        network = from_pretrained(AutoModelForSequenceClassification, source, config=config, dtype=torch.float32)
    else:
        # A pooling layer of the encoder's own would never be trained.
        extra = {"add_pooling_layer": False} if config.model_type in _POOLERS else {}
        encoder = from_pretrained(AutoModel, source, dtype=torch.float32, **extra)
        torch.manual_seed(seed)
        dropout = float(getattr(config, "classifier_dropout", None) or 0.0)
        network = MeanPooled(encoder, int(config.hidden_size), labels, dropout)
    tokenizer = from_pretrained(AutoTokenizer, source)
    tokenizer.padding_side = "right"
    return Classifier(network, tokenizer, _positions(config, tokenizer))


_POOLERS = ("bert", "roberta", "xlm-roberta", "mpnet", "camembert")
"""Encoders with a pooling layer that can be left out when they are made."""


def _positions(config: Any, tokenizer: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None)
    # RoBERTa and its kin keep two of their positions for themselves: their tokenizers know.
    known = [n for n in (positions, tokenizer.model_max_length) if isinstance(n, int) and 0 < n < 2**31]
    return min(known, default=512)
