"""A request as it comes: the parts that both kinds have; the rest is read by each kind's own module."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apm_trainer import PROTOCOL
from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.fields import Fields, bad

KINDS = ("encoder-router", "soft-prompt")


@dataclass(frozen=True)
class ModelRequest:
    """Where the weights are: a repository of the hub or a path, and perhaps a GGUF file in the repository."""

    name: str | None
    path: str | None
    revision: str | None
    gguf: str | None
    fingerprint: str | None


@dataclass(frozen=True)
class Request:
    kind: str
    model: ModelRequest
    data: Fields
    settings: Fields
    seed: int


def parse_request(value: object) -> Request:
    """Raises `bad-request` for another form than docs/trainer-protocol.md has; data and settings are left unread."""
    fields = Fields(value, "request")
    if fields.integer("protocol", PROTOCOL) != PROTOCOL:
        raise TrainerError(
            "bad-request",
            f"this trainer speaks protocol {PROTOCOL}, the request {fields.get('protocol')}",
            "use a benchmark and a trainer of the same release",
        )
    request = Request(
        kind=fields.choice("kind", KINDS),
        model=_model(Fields(fields.get("model"), "model")),
        data=Fields(fields.get("data"), "data"),
        settings=Fields(fields.get("settings", {}), "settings"),
        seed=fields.integer("seed", 0),
    )
    fields.close()
    return request


def _model(fields: Fields) -> ModelRequest:
    optional = {
        key: fields.text(key) if fields.has(key) else None
        for key in ("name", "path", "revision", "gguf", "fingerprint")
    }
    fields.close()
    if (optional["name"] is None) == (optional["path"] is None):
        raise bad("model", 'needs either "name" (of the hub) or "path"')
    if optional["path"] is not None and (optional["gguf"] or optional["revision"]):
        raise bad("model", '"gguf" and "revision" belong to a model of the hub; a path names the GGUF file itself')
    return ModelRequest(**optional)


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainerError("bad-request", f"{path} does not exist") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as cause:
        raise TrainerError(
            "bad-request", f"{path} is not JSON: {cause}", "write it anew: it was damaged or cut off"
        ) from cause


def identity_of(value: Any) -> str:
    """A hash of a request that does not depend on the order of keys or on white space."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
