"""A job's folder: files are replaced as a whole, and one process works in it at a time."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

from apm_trainer import PROTOCOL
from apm_trainer.jobs.errors import ErrorRecord, TrainerError
from apm_trainer.jobs.request import read_json

ARTIFACT_FILES = ("adapter_config.json", "adapter_model.safetensors", "projector.json", "projector.safetensors")
SECONDS_A_STATE = 1.0


def replace_file(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Writes beside and renames, so that a reader, or a process killed at any time, never meets a half file.

    What is not `lasting` may be lost when the power fails, and costs no waiting for the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            if lasting:
                os.fsync(out.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


class JobFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._told = 0.0
        self._lock: IO[str] | None = None

    @property
    def request_file(self) -> Path:
        return self.path / "request.json"

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    @property
    def artifact(self) -> Path:
        return self.path / "artifact"

    @property
    def initial(self) -> Path:
        return self.path / "initial"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def is_done(self) -> bool:
        return self.result_file.exists()

    def hold(self, wait_seconds: float = 0.0) -> None:
        """Keeps other processes out for as long as this one lives. Raises `conflict` when another is in."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = (self.path / ".lock").open("w")
        until = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    lock.close()
                    raise TrainerError(
                        "conflict", f"another process works in {self.path}", "wait for it to end, or stop it"
                    ) from None
                time.sleep(0.1)
        self._lock = lock

    def write_json(self, path: Path, value: Any, *, lasting: bool = True) -> None:
        content = (json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n").encode()
        replace_file(path, content, lasting=lasting)

    def state(self) -> dict[str, Any] | None:
        """The state as it was last written; a damaged file counts as none."""
        try:
            found = read_json(self.state_file)
        except TrainerError:
            return None
        return found if isinstance(found, dict) else None

    def tell(
        self,
        kind: str,
        state: str,
        progress: dict[str, Any] | None = None,
        error: ErrorRecord | None = None,
        *,
        often: bool = False,
    ) -> None:
        """Writes the state; with `often`, at most about once a second."""
        now = time.monotonic()
        if often and now - self._told < SECONDS_A_STATE:
            return
        self._told = now
        value: dict[str, Any] = {"protocol": PROTOCOL, "key": self.path.name, "kind": kind, "state": state}
        if progress is not None:
            value["progress"] = progress
        if error is not None:
            value["error"] = error
        self.write_json(self.state_file, value, lasting=False)
