"""The whole of an encoder job: load, fine-tune, predict, write."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from apm_trainer import PROTOCOL
from apm_trainer.encoder.classifier import Classifier, load_classifier
from apm_trainer.encoder.request import SPLITS, EncoderSettings, User, read_data, read_settings
from apm_trainer.encoder.result import accuracies, label_distribution, probabilities_of
from apm_trainer.encoder.task import EncoderTask
from apm_trainer.jobs.context import JobContext, model_record
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.jobs.request import Request
from apm_trainer.training.checkpoint import load_tensors, save_tensors
from apm_trainer.training.loop import Loop, Plan
from apm_trainer.training.optimizer import OptimizerSettings
from apm_trainer.training.seeds import fold
from apm_trainer.training.team import precision_name, precision_of

WEIGHTS = "router.safetensors"


def run_encoder(request: Request, source: ModelSource, context: JobContext) -> dict[str, Any]:
    data, settings = read_data(request.data), read_settings(request.settings)
    team = context.team
    classifier = load_classifier(source, len(data.labels), fold(request.seed, "head"))
    if settings.gradient_checkpointing:
        _checkpointing(classifier)
    precision = precision_of(settings.precision, team.device)
    task = EncoderTask(classifier, data, settings, team, precision, request.seed)
    loop = Loop(task, _plan(settings, request.seed), team, context.folder.checkpoint, context.watch, context.stop)
    loop.run()
    found: dict[str, list[float]] = {}
    for split in SPLITS:
        users = data.users[split]
        if users:
            found.update(probabilities_of(users, task.predict(task.encoded[split].ids)))
    if team.leads:
        _write_artifact(context.folder.artifact, classifier)
    position = loop.position
    return {
        "protocol": PROTOCOL,
        "kind": request.kind,
        "labels": list(data.labels),
        "probabilities": found,
        "accuracy": accuracies(data, found),
        "labelDistribution": label_distribution(data),
        "lossCurve": position.curve,
        "epochs": position.epochs,
        "keptEpoch": position.kept,
        "cutTexts": sum(encoded.cut for encoded in task.encoded.values()),
        "parameters": sum(parameter.numel() for parameter in task.parameters.values()),
        "run": context.run_record(loop.clock, precision_name(precision)),
        "model": model_record(source),
    }


def predict_users(request: Request, source: ModelSource, context: JobContext) -> Any:
    """A function from users to probabilities, by the router that a finished job left behind."""
    data, settings = read_data(request.data), read_settings(request.settings)
    classifier = load_classifier(source, len(data.labels), fold(request.seed, "head"))
    loaded = load_tensors(context.folder.artifact / WEIGHTS)
    if loaded is None:
        raise FileNotFoundError(context.folder.artifact / WEIGHTS)
    classifier.network.load_state_dict(loaded[0])
    precision = precision_of(settings.precision, context.team.device)

    def predict(users: list[User]) -> dict[str, list[float]]:
        if not users:
            return {}
        only = type(data)(data.labels, {"train": [], "validation": [], "test": users})
        task = EncoderTask(classifier, only, settings, context.team, precision, request.seed)
        return probabilities_of(users, task.predict(task.encoded["test"].ids))

    return predict


def _plan(settings: EncoderSettings, seed: int) -> Plan:
    return Plan(
        optimizer=OptimizerSettings(
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            decay_vectors=True,
            schedule="constant",
            warmup=0.0,
            clip_norm=settings.clip_norm,
        ),
        epochs=settings.epochs,
        micro_batch=settings.micro_batch,
        keep=settings.keep,
        patience=None,
        checkpoint_steps=settings.checkpoint_steps,
        seed=seed,
    )


def _checkpointing(classifier: Classifier) -> None:
    encoder: Any = getattr(classifier.network, "encoder", classifier.network)
    encoder.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})


def _write_artifact(folder: Path, classifier: Classifier) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    save_tensors(folder / WEIGHTS, dict(classifier.network.state_dict()), {})
