"""Steps, epochs, checkpoints: the loop that both kinds of training go through.

The result depends on the task and the plan alone: not on checkpoints, interruptions or speed, and on the number of
processes only by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch

from apm_trainer.jobs.errors import REMEDIES, TrainerError
from apm_trainer.training.checkpoint import load_tensors, save_tensors
from apm_trainer.training.clock import Clock
from apm_trainer.training.optimizer import (
    OptimizerSettings,
    Parameters,
    adamw,
    clip,
    moments,
    rate_at,
    restore_moments,
)
from apm_trainer.training.seeds import chunks, fold
from apm_trainer.training.stopping import StopFlag
from apm_trainer.training.team import Team

Epoch = dict[str, float | None]


@dataclass(frozen=True)
class Plan:
    optimizer: OptimizerSettings
    epochs: int
    micro_batch: int
    keep: str
    """`last`, or `best`: by validation loss."""
    patience: int | None
    """With `best`: epochs without a better loss after which training ends."""
    checkpoint_steps: int
    seed: int


@dataclass
class Micro:
    """Sums over some items computed at once."""

    loss: torch.Tensor
    correct: float
    tokens: int


class Task(Protocol):
    parameters: Parameters

    def batches(self, epoch: int) -> list[list[int]]: ...
    def size(self, row: int) -> int: ...
    def learn(self, rows: list[int]) -> Micro: ...
    def validate(self) -> tuple[float | None, Epoch]: ...


class Watcher(Protocol):
    def __call__(self, progress: dict[str, Any], *, often: bool) -> None: ...


@dataclass
class Position:
    """How far a training has come."""

    epoch: int = 1
    batch: int = 0
    step: int = 0
    totals: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Loss, correct and items of the batches of this epoch that are done."""
    epochs: list[Epoch] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    """Validation losses, the untrained state first."""
    kept: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)


class Loop:
    def __init__(self, task: Task, plan: Plan, team: Team, folder: Path, watch: Watcher, stop: StopFlag) -> None:
        self.task, self.plan, self.team = task, plan, team
        self._folder, self._watch, self._stop = folder, watch, stop
        self._optimizer = adamw(task.parameters, plan.optimizer)
        self._epoch_steps = len(task.batches(1)) if plan.epochs > 0 else 0
        self.steps = sum(len(task.batches(epoch + 1)) for epoch in range(plan.epochs))
        self.position = Position()
        self.clock = Clock(self.steps)

    def run(self) -> None:
        """Trains to the end and leaves the kept parameters in the task. Raises `stopped` after a checkpoint."""
        if not self._resume():
            self._measure()
        self.clock = Clock(self.steps - self.position.step)
        while not self._finished():
            for rows in self.task.batches(self.position.epoch)[self.position.batch :]:
                self._step(rows)
                if self.team.any(self._stop.is_set):
                    self._save()
                    raise TrainerError(
                        "stopped", f"stopped after step {self.position.step} of {self.steps}", REMEDIES["stopped"]
                    )
                if self.position.step % self.plan.checkpoint_steps == 0:
                    self._save()
            self._end_epoch()
        self._restore_kept()

    def _finished(self) -> bool:
        done = self.position.epoch - 1
        patience = self.plan.patience
        return done >= self.plan.epochs or (patience is not None and done - self.position.kept >= patience)

    def _step(self, rows: list[int]) -> None:
        position, plan, parameters = self.position, self.plan, self.task.parameters
        ordered = sorted(rows, key=lambda row: (self.task.size(row), row))
        sums = [0.0, 0.0, 0.0]
        for parameter in parameters.values():
            parameter.grad = torch.zeros_like(parameter)
        for place, part in self.team.share(chunks(ordered, plan.micro_batch)):
            torch.manual_seed(fold(plan.seed, "dropout", position.step, place))
            micro = self.task.learn(part)
            (micro.loss / len(rows)).backward()  # type: ignore[no-untyped-call]
            sums = [sums[0] + float(micro.loss.detach()), sums[1] + micro.correct, sums[2] + micro.tokens]
        gradients = [p.grad for p in parameters.values() if p.grad is not None]
        self.team.add_up(gradients)
        loss, correct, tokens = self.team.sums(sums)
        rate = plan.optimizer.learning_rate * rate_at(position.step, self.steps, plan.optimizer)
        norm = clip(gradients, plan.optimizer.clip_norm)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        position.step += 1
        position.batch += 1
        position.totals = [a + b for a, b in zip(position.totals, (loss, correct, len(rows)), strict=True)]
        position.curve.append(
            {
                "step": position.step,
                "epoch": position.epoch,
                "loss": loss / len(rows),
                "accuracy": correct / len(rows),
                "gradientNorm": norm,
                "learningRate": rate,
            }
        )
        self.clock.step(int(tokens))
        self._report(often=True)

    def _measure(self) -> None:
        """Validates the parameters as they are, as the epoch that has just ended (0: before the first)."""
        position = self.position
        number = len(position.epochs)
        self._report(phase="validation")
        loss, measures = self.task.validate()
        total, correct, items = position.totals
        position.epochs.append(
            {
                "epoch": number,
                "trainLoss": total / items if items else None,
                "trainAccuracy": correct / items if items else None,
                **measures,
            }
        )
        position.losses.append(loss)
        self._report()

    def _end_epoch(self) -> None:
        self._measure()
        position = self.position
        loss, least = position.losses[-1], position.losses[position.kept]
        better = position.kept == 0 or loss is None or least is None or loss < least
        if self.plan.keep == "last" or better:
            position.kept = position.epoch
            if self.plan.keep == "best" and self.team.leads:
                save_tensors(self._best(position.kept), dict(self.task.parameters), {})
        position.epoch += 1
        position.batch = 0
        position.totals = [0.0, 0.0, 0.0]
        self._save()

    def _best(self, epoch: int) -> Path:
        return self._folder / f"best-{epoch}.safetensors"

    def _save(self) -> None:
        if self.team.leads:
            parameters = self.task.parameters
            tensors = {f"at.{name}": parameter.data for name, parameter in parameters.items()}
            tensors.update(moments(self._optimizer, parameters))
            save_tensors(self._folder / "state.safetensors", tensors, vars(self.position))
            for old in self._folder.glob("best-*.safetensors"):
                if old != self._best(self.position.kept):
                    old.unlink()
        self.team.wait()

    def _resume(self) -> bool:
        found = load_tensors(self._folder / "state.safetensors")
        if found is None:
            return False
        tensors, position = found
        self.position = Position(**position)
        self._set({name.removeprefix("at."): tensor for name, tensor in tensors.items() if name.startswith("at.")})
        restore_moments(self._optimizer, self.task.parameters, tensors, self.position.step)
        return True

    def _restore_kept(self) -> None:
        if self.plan.keep == "best" and self.position.kept != self.position.epoch - 1:
            self.team.wait()
            found = load_tensors(self._best(self.position.kept))
            if found is None:
                raise TrainerError(
                    "internal",
                    f"the state of epoch {self.position.kept} is gone from {self._folder}",
                    "delete the folder checkpoint/ and ask again: training begins anew",
                )
            self._set(found[0])

    def _set(self, tensors: dict[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.task.parameters.items():
                parameter.copy_(tensors[name])

    def _report(self, phase: str = "training", *, often: bool = False) -> None:
        position = self.position
        total, _, items = position.totals
        progress: dict[str, Any] = {
            "phase": phase,
            "step": position.step,
            "steps": self.steps,
            "epoch": min(position.epoch, self.plan.epochs),
            "epochs": self.plan.epochs,
            "tokensPerSecond": round(self.clock.tokens_per_second, 1),
            "peakBytes": self.team.peak_bytes(),
            "validation": [
                {"epoch": e["epoch"], "loss": e["validationLoss"], "accuracy": e["validationAccuracy"]}
                for e in position.epochs
            ],
        }
        if items:
            progress["trainLoss"] = total / items
        if self.clock.seconds_left is not None:
            progress["secondsLeft"] = round(self.clock.seconds_left, 1)
        self._watch(progress, often=often)
