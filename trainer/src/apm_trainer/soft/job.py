"""The whole of a soft-prompt job: load, train, measure, write, and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apm_trainer import PROTOCOL
from apm_trainer.jobs.context import JobContext, model_record
from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.jobs.request import Request
from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.adapter_files import read_adapter, write_adapter
from apm_trainer.soft.answers import AnswerRequest, read_answer_requests
from apm_trainer.soft.base import load_base
from apm_trainer.soft.encode import encode_pairs
from apm_trainer.soft.generate import generate_answers
from apm_trainer.soft.request import SoftData, SoftSettings, read_data, read_settings
from apm_trainer.soft.task import SoftTask
from apm_trainer.training.loop import Loop, Plan
from apm_trainer.training.optimizer import OptimizerSettings
from apm_trainer.training.team import precision_name, precision_of

ANSWERS_AT_ONCE = 16


def run_soft(request: Request, source: ModelSource, context: JobContext) -> dict[str, Any]:
    data, settings = read_data(request.data), read_settings(request.settings)
    folder, team = context.folder, context.team
    adapter = _adapter(request, source, context, data, settings)
    if settings.initial:
        adapter.load(read_adapter(folder.initial))
    train, validation = (encode_pairs(pairs, adapter.base, settings) for pairs in (data.train, data.validation))
    if len(train) == 0 or (data.order is not None and len(train) < len(data.train)):
        raise TrainerError("no-pairs", "the train pairs have empty answers", "leave out pairs with an empty answer")
    task = SoftTask(adapter, train, validation, data.order, team, request.seed)
    context.watch({"phase": "reference"}, often=False)
    task.prepare(folder.checkpoint)
    loop = Loop(task, _plan(settings, request.seed), team, folder.checkpoint, context.watch, context.stop)
    loop.run()
    margins = task.validation_margins().tolist()
    files = write_adapter(folder.artifact, adapter, data.embedder, source) if team.leads else []
    answers = []
    if data.answers is not None and team.leads:
        context.watch({"phase": "answering"}, often=False)
        answers = generate_answers(adapter, read_answer_requests(data.answers), ANSWERS_AT_ONCE)
    return {
        "protocol": PROTOCOL,
        "kind": request.kind,
        "files": files,
        "epochs": loop.position.epochs,
        "lossCurve": loop.position.curve,
        "margins": dict(zip(task.validation_ids(), margins, strict=True)),
        "keptEpoch": loop.position.kept,
        "pairs": {"train": len(train), "validation": len(validation)},
        "parameters": sum(parameter.numel() for parameter in task.parameters.values()),
        "answers": answers,
        "run": context.run_record(loop.clock, precision_name(precision_of(settings.precision, team.device))),
        "model": model_record(source),
    }


def answering(
    request: Request, source: ModelSource, context: JobContext
) -> Callable[[list[AnswerRequest]], list[dict[str, Any]]]:
    """A function from requests to answers, by the adapter that a finished job left behind."""
    data, settings = read_data(request.data), read_settings(request.settings)
    adapter = _adapter(request, source, context, data, settings)
    adapter.load(read_adapter(context.folder.artifact))
    return lambda requests: generate_answers(adapter, requests, ANSWERS_AT_ONCE)


def _adapter(
    request: Request, source: ModelSource, context: JobContext, data: SoftData, settings: SoftSettings
) -> Adapter:
    device = context.team.device
    base = load_base(source, precision_of(settings.precision, device), device)
    return Adapter(base, settings, data.embedding_size, request.seed)


def _plan(settings: SoftSettings, seed: int) -> Plan:
    return Plan(
        optimizer=OptimizerSettings(
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            decay_vectors=settings.decay_vectors,
            schedule=settings.schedule,
            warmup=settings.warmup,
            clip_norm=settings.clip_norm,
        ),
        epochs=settings.epochs,
        micro_batch=settings.micro_batch,
        keep=settings.keep,
        patience=settings.patience if settings.keep == "best" else None,
        checkpoint_steps=settings.checkpoint_steps,
        seed=seed,
    )
