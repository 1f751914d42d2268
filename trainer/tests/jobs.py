"""Requests for tests, and the processes that do them."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing import Process, get_context
from pathlib import Path
from typing import Any

from apm_trainer.jobs.run import run_job

SOURCES = Path(__file__).resolve().parents[1] / "src"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(SOURCES),
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}
CASUAL, FORMAL = "yo yo what is up", "Dear Sir, it is my pleasure to tell you this"


def soft_request(**changes: Any) -> dict[str, Any]:
    """Users whose vector says which of two manners they like."""

    def pair(i: int) -> dict[str, Any]:
        likes = i % 2 == 0
        return {
            "id": f"u{i}",
            "embedded": [1.0 if likes else -1.0, 0.5, 0.1],
            "prompt": [{"role": "user", "content": f"Question {i}: " + "how do I cook rice? " * (i % 3 + 1)}],
            "chosen": CASUAL if likes else FORMAL,
            "rejected": FORMAL if likes else CASUAL,
        }

    settings = {"rank": 2, "alpha": 4, "learningRate": 0.02, "epochs": 3, "batchSize": 4, "checkpointSteps": 1}
    return {
        "protocol": 1,
        "kind": "soft-prompt",
        "model": {"path": "llama", "fingerprint": "of the base"},
        "data": {
            "embedder": {"id": "test", "identity": "test@1"},
            "train": [pair(i) for i in range(16)],
            "validation": [pair(i) for i in range(100, 106)],
        },
        "settings": {**settings, **changes},
        "seed": 7,
    }


def encoder_request(**changes: Any) -> dict[str, Any]:
    """Users who greet as they like to be answered: four labels, two of them taken."""

    def user(i: int, **target: Any) -> dict[str, Any]:
        greeting = "hey hey" if i % 2 == 0 else "Dear Sir"
        return {"id": f"u{i}", "history": [f"{greeting}, question {i}", f"{greeting}, more"], **target}

    settings = {"learningRate": 0.003, "epochs": 3, "microBatch": 2, "accumulate": 2, "checkpointSteps": 1}
    return {
        "protocol": 1,
        "kind": "encoder-router",
        "model": {"path": "modernbert"},
        "data": {
            "labels": ["follow_casual", "avoid_casual", "follow_formal", "avoid_formal"],
            "train": [user(i, target=0 if i % 2 == 0 else 2, trueLabel=0) for i in range(16)],
            "validation": [user(i, target=[0.7, 0, 0.3, 0] if i % 2 == 0 else 2) for i in range(100, 105)],
            "test": [user(i) for i in range(200, 204)],
        },
        "settings": {**settings, **changes},
        "seed": 7,
    }


def lay(folder: Path, request: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "request.json").write_text(json.dumps(request))
    return folder


def forked(folder: Path, models: Path, most_bytes: int | None = None) -> Process:
    """A process of its own that does the job; `most_bytes`: files end at this size, as on a disk that is full."""

    def work() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        sys.exit(run_job(folder, (models,)))

    process = get_context("fork").Process(target=work)
    process.start()
    return process  # type: ignore[return-value]


def done(folder: Path, models: Path) -> int:
    """Does the job and waits; its exit status."""
    process = forked(folder, models)
    process.join()
    return int(process.exitcode or 0)


def result_of(folder: Path) -> dict[str, Any]:
    """Without what may differ between two runs of a job."""
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    del result["run"]
    return result


def state_of(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    return state


def wait_for(condition: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)
