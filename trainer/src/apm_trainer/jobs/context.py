"""What a job works with, besides its request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
import transformers

from apm_trainer.jobs.folder import JobFolder
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.training.clock import Clock
from apm_trainer.training.stopping import StopFlag
from apm_trainer.training.team import Team


@dataclass
class JobContext:
    folder: JobFolder
    team: Team
    stop: StopFlag
    kind: str
    _progress: dict[str, Any] = field(default_factory=dict)

    def watch(self, progress: dict[str, Any], *, often: bool) -> None:
        """What is not told anew stays as it was told."""
        self._progress.update(progress)
        if self.team.leads:
            self.folder.tell(self.kind, "running", self._progress, often=often)

    def run_record(self, clock: Clock, precision: str) -> dict[str, Any]:
        """How it went: no part of the result."""
        return {
            "device": self.team.device.type,
            "precision": precision,
            "seconds": round(clock.seconds, 2),
            "tokensPerSecond": round(clock.tokens_per_second, 1),
            "peakBytes": self.team.peak_bytes(),
            "processes": self.team.size,
            "packages": {"torch": torch.__version__, "transformers": transformers.__version__},
        }


def model_record(source: ModelSource) -> dict[str, Any]:
    request = source.request
    return {"name": source.name, "revision": request.revision, "fingerprint": request.fingerprint}
