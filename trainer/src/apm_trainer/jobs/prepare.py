"""Where a plain command works."""

from __future__ import annotations

import os
from pathlib import Path

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.folder import replace_file
from apm_trainer.jobs.request import identity_of, read_json


def prepare_folder(target: Path, out: Path | None) -> Path:
    """The folder of a job, with its request in it."""
    if target.is_dir():
        if out is not None and out.resolve() != target.resolve():
            raise TrainerError(
                "bad-request", "a folder is worked in where it is", "leave out --out, or give the request"
            )
        return target
    if out is None:
        raise TrainerError("bad-request", f"{target} needs a folder to work in", "add --out DIR")
    value = read_json(target)
    kept = out / "request.json"
    if kept.exists():
        if identity_of(read_json(kept)) != identity_of(value):
            raise TrainerError("conflict", f"{out} belongs to another request", "give another folder with --out")
    elif int(os.environ.get("RANK", "0")) == 0:
        replace_file(kept, target.read_bytes())
    return out
