"""The processes that do jobs: the server itself loads no model, so that none of them can take it down."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apm_trainer.training.stopping import PARENT


@dataclass(frozen=True)
class Launch:
    """How workers are started."""

    allowed: tuple[Path, ...]
    processes: int

    def _allow(self) -> list[str]:
        return [part for folder in self.allowed for part in ("--allow", str(folder))]

    def train_command(self, folder: Path) -> list[str]:
        job = ["-m", "apm_trainer", "run", str(folder), *self._allow()]
        if self.processes == 1:
            return [sys.executable, *job]
        # Without a GPU the same command trains on the CPU, over gloo. Port 0: any that is free.
        several = ["--num_processes", str(self.processes), "--num_machines", "1", "--main_process_port", "0"]
        plain = ["--mixed_precision", "no", "--dynamo_backend", "no"]
        return [
            *(sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"),
            *several,
            *plain,
            *job,
        ]

    def serve_command(self, folder: Path) -> list[str]:
        return [sys.executable, "-m", "apm_trainer", "answer", str(folder), *self._allow()]


def environment() -> dict[str, str]:
    """A worker's: it knows whose it is, and not the server's token."""
    kept = {name: value for name, value in os.environ.items() if name != "APM_TRAINER_TOKEN"}
    return {**kept, PARENT: str(os.getpid()), "TOKENIZERS_PARALLELISM": "false"}


def start_training(launch: Launch, folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        launch.train_command(folder),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment(),
        start_new_session=True,
    )


def start_serving(launch: Launch, folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        launch.serve_command(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment(),
        start_new_session=True,
    )


def ask_to_stop(process: subprocess.Popen[bytes]) -> None:
    """Every process of the group makes a checkpoint after its step."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
