"""W + alpha / rank B A as a checkpoint folder: for vLLM, whose LoRA and prompt embeddings do not always go together."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import ModelRequest
from apm_trainer.loading import from_pretrained
from apm_trainer.soft.adapter_files import LORA, LORA_CONFIG


def merge_adapter(adapter: Path, base: str, out: Path) -> int:
    if not (adapter / LORA).exists() or not (adapter / LORA_CONFIG).exists():
        raise TrainerError("bad-request", f"{adapter} is no adapter folder", f"it must hold {LORA_CONFIG} and {LORA}")
    if out.exists() and any(out.iterdir()):
        raise TrainerError("conflict", f"{out} is not empty", "give a new folder")
    path = Path(base)
    request = ModelRequest(
        name=None if path.exists() else base,
        path=str(path.resolve()) if path.exists() else None,
        revision=None,
        gguf=None,
        fingerprint=None,
    )
    # Whoever types the command names the folder himself.
    source = find_model(request, (path.resolve().parent,) if path.exists() else ())
    dtype: torch.dtype | str = torch.float32 if source.gguf else "auto"
    model = from_pretrained(AutoModelForCausalLM, source, dtype=dtype)
    merged = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    if source.gguf is not None:
        merged = _plain(merged)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    merged.save_pretrained(part)
    from_pretrained(AutoTokenizer, source).save_pretrained(part)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        out.rmdir()
    part.replace(out)
    print(f"apm-trainer: wrote {out}")
    return 0


def _plain(model: torch.nn.Module) -> torch.nn.Module:
    """A model that came from a GGUF file refuses to be saved: its configuration says that it is quantised."""
    config = model.config.to_dict()  # type: ignore[operator, union-attr]
    config.pop("quantization_config", None)
    fresh: torch.nn.Module = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
        AutoConfig.for_model(**config)
    )
    fresh.load_state_dict(model.state_dict())
    return fresh
