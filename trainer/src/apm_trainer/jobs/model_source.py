"""Where weights may be read from, and that they are no pickles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.request import ModelRequest

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True)
class ModelSource:
    """What `from_pretrained` takes."""

    location: str
    """A folder, or a repository of the hub."""
    gguf: str | None
    revision: str | None
    request: ModelRequest

    @property
    def name(self) -> str:
        return self.request.name or self.request.path or self.location


def find_model(request: ModelRequest, allowed: tuple[Path, ...]) -> ModelSource:
    """Raises `not-allowed` outside the given folders, `unsafe-weights` for pickles, `no-model` for nothing."""
    if request.name is not None:
        _check_repository(request.name)
        return ModelSource(request.name, request.gguf, request.revision, request)
    path = _allowed_path(str(request.path), allowed)
    if path.is_file():
        if path.suffix.lower() != ".gguf":
            raise TrainerError(
                "unsafe-weights", f"{path.name} is no GGUF file", "give a folder with safetensors, or a .gguf file"
            )
        return ModelSource(str(path.parent), path.name, None, request)
    if not (path / "config.json").exists():
        raise TrainerError("no-model", f"{path} is no checkpoint folder: it has no config.json")
    if not any(path.glob("*.safetensors")):
        if any(file for pattern in _PICKLES for file in path.glob(pattern)):
            raise TrainerError(
                "unsafe-weights",
                f"{path} holds pickled weights, which can run code when they are loaded",
                "convert them to safetensors (save_pretrained) on a machine where they may be trusted",
            )
        raise TrainerError("no-model", f"{path} holds no safetensors")
    return ModelSource(str(path), None, None, request)


def _check_repository(name: str) -> None:
    parts = name.split("/")
    if len(parts) > 2 or any(not part or part.startswith(".") for part in parts) or Path(name).exists():
        raise TrainerError(
            "bad-request",
            f'model.name: "{name}" is no repository of the hub',
            'write OWNER/REPOSITORY; a folder is given as "path"',
        )


def _allowed_path(given: str, allowed: tuple[Path, ...]) -> Path:
    roots = [root.resolve() for root in allowed]
    candidates = [Path(given)] if Path(given).is_absolute() else [root / given for root in roots]
    inside = [
        path for path in (candidate.resolve() for candidate in candidates) if any(path.is_relative_to(r) for r in roots)
    ]
    if not inside:
        raise TrainerError(
            "not-allowed",
            f"{given} is not within a folder that the trainer may read",
            f"start apm-trainer with --allow DIR; given now: {', '.join(map(str, roots)) or 'none'}",
        )
    for path in inside:
        if path.exists():
            return path
    raise TrainerError("no-model", f"{given} does not exist")
