"""The base LLM, frozen, and its tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.loading import from_pretrained
from apm_trainer.soft.request import Message

SEPARATOR = "\u200b"
"""Zero width: it parts the letters of a control token without changing what is read."""
TEMPLATE_DATE = "26 Jul 2024"
"""Some templates print the current date unless they are told one: prompts must not change overnight."""


@dataclass
class Base:
    model: Any
    tokenizer: Any
    end: list[int]
    """The token that ends an answer; empty where the model has none."""
    stops: list[int]
    """All tokens that end one in generation."""
    hidden_size: int
    longest: int

    def chat(self, messages: list[Message]) -> list[int]:
        """A prompt up to where the answer begins, by the model's chat template."""
        controls = [t.content for t in self.tokenizer.added_tokens_decoder.values() if t.special and len(t.content) > 1]
        safe = [{"role": m["role"], "content": _defused(m["content"], controls)} for m in messages]
        if not self.tokenizer.chat_template:
            raise TrainerError(
                "bad-request", "the model has no chat template", "use an instruction-tuned model, or send token ids"
            )
        text = self.tokenizer.apply_chat_template(
            safe, tokenize=False, add_generation_prompt=True, enable_thinking=False, date_string=TEMPLATE_DATE
        )
        return self.encode(text)

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False))


def load_base(source: ModelSource, precision: torch.dtype, device: torch.device) -> Base:
    tokenizer = from_pretrained(AutoTokenizer, source)
    model = from_pretrained(AutoModelForCausalLM, source, dtype=precision)
    model.to(device=device, dtype=precision)
    model.requires_grad_(False)
    model.eval()
    config = model.config.get_text_config(decoder=True)
    stops = _ids(config.eos_token_id) + _ids(getattr(model.generation_config, "eos_token_id", None))
    own = tokenizer.eos_token_id
    end = [own] if own is not None else stops[:1]
    return Base(
        model=model,
        tokenizer=tokenizer,
        end=end,
        stops=sorted({*stops, *end}),
        hidden_size=int(config.hidden_size),
        longest=int(getattr(config, "max_position_embeddings", None) or 2**20),
    )


def _ids(value: object) -> list[int]:
    if isinstance(value, int):
        return [value]
    return [int(one) for one in value] if isinstance(value, list) else []


def _defused(content: str, controls: list[str]) -> str:
    """A text that names a control token (the end of a turn, say) must not act as one."""
    for control in controls:
        content = content.replace(control, f"{control[:1]}{SEPARATOR}{control[1:]}")
    return content
