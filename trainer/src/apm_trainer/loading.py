"""The one way to the library's `from_pretrained`: safetensors and GGUF only, no code of a repository, clear errors."""

from __future__ import annotations

from typing import Any

from apm_trainer.jobs.errors import TrainerError, classified
from apm_trainer.jobs.model_source import ModelSource


def from_pretrained(factory: Any, source: ModelSource, **options: Any) -> Any:
    """`factory` is one of the library's Auto classes."""
    arguments: dict[str, Any] = {"trust_remote_code": False, **options}
    if "dtype" in options:
        arguments["use_safetensors"] = source.gguf is None
    if source.revision is not None:
        arguments["revision"] = source.revision
    if source.gguf is not None:
        arguments["gguf_file"] = source.gguf
    try:
        return factory.from_pretrained(source.location, **arguments)
    except TrainerError:
        raise
    except (OSError, ValueError, KeyError) as cause:
        said = classified(cause)
        if said.kind != "internal":
            raise said from cause
        text = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        if "safetensors" in text and "does not appear" in text:
            raise TrainerError(
                "unsafe-weights",
                f"{source.name} has no safetensors",
                "choose a repository or a revision that has them; pickled weights are not loaded",
            ) from cause
        raise TrainerError(
            "no-model",
            f"{source.name} cannot be loaded: {text}",
            "check its name, the network to the hub and, for a gated model, HF_TOKEN; or give a folder with --allow",
        ) from cause
